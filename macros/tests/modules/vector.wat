(module
  (import "host" "turn" (func $turn (param v128 i32) (result v128)))
  (memory (export "memory") 1)
  (global (export "first") v128 (v128.const i32x4 1 2 3 4))
  (func (export "add_first") (param v128) (result v128)
    (v128.store (i32.const 8) (local.get 0))
    (call $turn (i32x4.add (v128.load (i32.const 8)) (global.get 0)) (i32.const 8))))
