;; A function implements no interface.
(component (import "f" (implements "a:b/c") (func)))
