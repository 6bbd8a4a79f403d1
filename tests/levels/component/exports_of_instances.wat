;; The instance exports nothing.
(component (import "i" (instance $i)) (alias export $i "f" (func)))
