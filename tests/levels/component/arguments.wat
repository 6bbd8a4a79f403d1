;; The function takes a number.
(component
  (component $c (import "f" (func (param "a" u8))))
  (import "f" (func $f))
  (instance (instantiate $c (with "f" (func $f)))))
