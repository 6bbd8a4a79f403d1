;; There is no memory for the string.
(component (import "f" (func $f (param "s" string))) (core func (canon lower (func $f))))
