;; Instances put together of exports, modules and components that are taken from outside, two instances of one.
(component
  (core module $One (func (export "f") (result i32) (i32.const 1)))
  (component $Wrap
    (import "m" (core module $m (export "f" (func (result i32)))))
    (core instance $i (instantiate $m))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (component $Add
    (import "a" (instance $a (export "f" (func (result u32)))))
    (import "b" (instance $b (export "f" (func (result u32)))))
    (core func $a' (canon lower (func $a "f")))
    (core func $b' (canon lower (func $b "f")))
    (core module $M
      (import "a" "f" (func $a (result i32)))
      (import "b" "f" (func $b (result i32)))
      (func (export "f") (result i32) (i32.add (call $a) (call $b))))
    (core instance $i (instantiate $M
      (with "a" (instance (export "f" (func $a')))) (with "b" (instance (export "f" (func $b'))))))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (component $Outer
    (alias outer 1 $One (core module $one))
    (alias outer 1 $Wrap (component $wrap))
    (instance $i (instantiate $wrap (with "m" (core module $one))))
    (export "i" (instance $i)))
  (instance $x (instantiate $Outer))
  (instance $y (instantiate $Outer))
  (alias export $x "i" (instance $xi))
  (alias export $y "i" (instance $yi))
  (instance $sum (instantiate $Add (with "a" (instance $xi)) (with "b" (instance $yi))))
  (export "sum" (instance $sum)))
