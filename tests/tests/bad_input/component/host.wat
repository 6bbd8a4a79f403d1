;; Everything that a host can give: functions in an instance, a type of resources.
(component
  (import "files" (instance $files
    (export "file" (type $file (sub resource)))
    (export "open" (func (param "size" u32) (result (own $file))))
    (export "[method]file.size" (func (param "self" (borrow $file)) (result u32)))))
  (alias export $files "file" (type $file))
  (core func $open (canon lower (func $files "open")))
  (core func $size (canon lower (func $files "[method]file.size")))
  (core func $drop (canon resource.drop $file))
  (core module $M
    (import "" "open" (func $open (param i32) (result i32)))
    (import "" "size" (func $size (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "run") (param i32) (result i32) (local $h i32)
      (local.set $h (call $open (local.get 0)))
      (call $size (local.get $h))
      (call $drop (local.get $h))))
  (core instance $m (instantiate $M (with "" (instance
    (export "open" (func $open)) (export "size" (func $size)) (export "drop" (func $drop))))))
  (func (export "run") (param "x" u32) (result u32) (canon lift (core func $m "run"))))
