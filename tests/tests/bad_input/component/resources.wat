;; A resource of one component in the hands of another: made, lent, given, dropped.
(component
  (component $Owner
    (core module $Drop (func (export "drop") (param i32)))
    (core instance $drop (instantiate $Drop))
    (type $r' (resource (rep i32) (dtor (core func $drop "drop"))))
    (export $r "r" (type $r'))
    (core func $new (canon resource.new $r'))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "look") (param i32) (result i32) (local.get 0)))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (func (export "make") (param "x" u32) (result (own $r)) (canon lift (core func $m "make")))
    (func (export "look") (param "r" (borrow $r)) (result u32) (canon lift (core func $m "look"))))
  (instance $owner (instantiate $Owner))
  (alias export $owner "r" (type $r))
  (core func $make (canon lower (func $owner "make")))
  (core func $look (canon lower (func $owner "look")))
  (core func $drop (canon resource.drop $r))
  (core module $Main
    (import "" "make" (func $make (param i32) (result i32)))
    (import "" "look" (func $look (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "run") (param i32) (result i32) (local $h i32)
      (local.set $h (call $make (local.get 0)))
      (call $look (local.get $h))
      (call $drop (local.get $h))))
  (core instance $main (instantiate $Main (with "" (instance
    (export "make" (func $make)) (export "look" (func $look)) (export "drop" (func $drop))))))
  (func (export "run") (param "x" u32) (result u32) (canon lift (core func $main "run"))))
