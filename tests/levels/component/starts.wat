;; The function takes a value.
(component (import "f" (func $f (param "a" u8))) (start $f))
