;; A function that needs the memory of the module that calls it: a table stands between, and is filled later.
(component
  (import "print" (func $print (param "s" string)))
  (core module $Shim
    (table (export "$imports") 1 1 funcref)
    (type $f (func (param i32 i32)))
    (func (export "0") (type $f) (call_indirect (type $f) (local.get 0) (local.get 1) (i32.const 0))))
  (core module $Fill
    (import "" "0" (func (param i32 i32)))
    (import "" "$imports" (table 1 1 funcref))
    (elem (i32.const 0) func 0))
  (core instance $shim (instantiate $Shim))
  (core module $Main
    (import "host" "print" (func $print (param i32 i32)))
    (memory (export "memory") 1)
    (data (i32.const 8) "hello")
    (func (export "run") (call $print (i32.const 8) (i32.const 5))))
  (core instance $main (instantiate $Main (with "host" (instance (export "print" (func $shim "0"))))))
  (core func $print' (canon lower (func $print) (memory (core memory $main "memory"))))
  (core instance (instantiate $Fill (with "" (instance
    (export "$imports" (table $shim "$imports")) (export "0" (func $print'))))))
  (func (export "run") (canon lift (core func $main "run"))))
