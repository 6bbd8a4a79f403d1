;; More parameters than a core function has: all in memory, on both sides.
(component
  (type $many (tuple u8 u16 u32 u64 s8 s16 s32 s64 f32 f64 char bool u8 u8 u8 u8 u64))
  (component $Inner
    (type $many (tuple u8 u16 u32 u64 s8 s16 s32 s64 f32 f64 char bool u8 u8 u8 u8 u64))
    (core module $M
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 512))
      (func (export "take") (param i32) (result i32) (local.get 0)))
    (core instance $m (instantiate $M))
    (func (export "take") (param "m" $many) (result $many)
      (canon lift (core func $m "take") (memory (core memory $m "memory")) (realloc (core func $m "realloc")))))
  (instance $inner (instantiate $Inner))
  (core module $Memory (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 256)))
  (core instance $memory (instantiate $Memory))
  (core func $take (canon lower (func $inner "take") (memory (core memory $memory "memory"))))
  (core module $Main
    (import "" "take" (func $take (param i32 i32)))
    (func (export "run") (param i32) (result i32)
      (call $take (local.get 0) (i32.const 128))
      (i32.const 128)))
  (core instance $main (instantiate $Main (with "" (instance (export "take" (func $take))))))
  (func (export "run") (param "m" $many) (result $many)
    (canon lift (core func $main "run") (memory (core memory $memory "memory"))
      (realloc (core func $memory "realloc")))))
