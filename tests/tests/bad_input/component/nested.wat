;; A component that calls another, with a list of strings and a record in memory.
(component
  (component $Inner
    (core module $M
      (memory (export "memory") 1)
      (global $top (mut i32) (i32.const 64))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.set $top (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
        (global.get $top)
        (global.set $top (i32.add (global.get $top) (local.get 3))))
      (func (export "echo") (param i32 i32) (result i32)
        (i32.store (i32.const 16) (local.get 0))
        (i32.store (i32.const 20) (local.get 1))
        (i32.const 16))
      (func (export "free") (param i32)))
    (core instance $m (instantiate $M))
    (func (export "echo") (param "l" (list string)) (result (list string))
      (canon lift (core func $m "echo") (memory (core memory $m "memory"))
        (realloc (core func $m "realloc")) (post-return (core func $m "free")))))
  (instance $inner (instantiate $Inner))
  (core module $Memory
    (memory (export "memory") 1)
    (data (i32.const 0) "\08\00\00\00\03\00\00\00abc")
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 256)))
  (core instance $memory (instantiate $Memory))
  (core func $echo (canon lower (func $inner "echo") (memory (core memory $memory "memory"))
    (realloc (core func $memory "realloc"))))
  (core module $Main
    (import "" "echo" (func $echo (param i32 i32 i32)))
    (import "" "memory" (memory 1))
    (func (export "run") (result i32)
      (call $echo (i32.const 0) (i32.const 1) (i32.const 32))
      (i32.load (i32.const 36))))
  (core instance $main (instantiate $Main (with "" (instance
    (export "echo" (func $echo)) (export "memory" (memory $memory "memory"))))))
  (func (export "run") (result u32) (canon lift (core func $main "run"))))
