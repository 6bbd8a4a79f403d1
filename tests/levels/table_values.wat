(module (type (func)) (table 1 (ref 0)))
