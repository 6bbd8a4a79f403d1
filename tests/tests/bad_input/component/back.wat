;; A child that calls its parent's import, and a parent that forbids itself to leave.
(component
  (import "tick" (func $tick (param "n" u32) (result u32)))
  (component $Child
    (import "tick" (func $tick (param "n" u32) (result u32)))
    (core func $tick' (canon lower (func $tick)))
    (core module $M
      (import "" "tick" (func $tick (param i32) (result i32)))
      (func (export "go") (param i32) (result i32) (call $tick (call $tick (local.get 0))))
      (func (export "after") (param i32) (drop (call $tick (i32.const 0)))))
    (core instance $m (instantiate $M (with "" (instance (export "tick" (func $tick'))))))
    (func (export "go") (param "n" u32) (result u32) (canon lift (core func $m "go")))
    (func (export "bad") (param "n" u32) (result u32)
      (canon lift (core func $m "go") (post-return (core func $m "after")))))
  (instance $child (instantiate $Child (with "tick" (func $tick))))
  (export "go" (func $child "go"))
  (export "z-bad" (func $child "bad")))
