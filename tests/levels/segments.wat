(module (data (memory 0) (i32.const 0) "a"))
