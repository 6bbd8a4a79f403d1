(module (memory 1) (export "m" (memory 0)) (export "m" (memory 0)))
