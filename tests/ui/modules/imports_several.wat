(module
    (import "env" "log" (func (param i32 i32)))
    (import "env" "pick" (func (param f64 externref) (result i64 f32)))
    (func (export "f")))
