;; The function takes nothing.
(component (import "f" (func $f)) (export "g" (func $f) (func (param "a" u8))))
