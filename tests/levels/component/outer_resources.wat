;; A component is a unit of its own.
(component (import "r" (type $r (sub resource))) (component (alias outer 1 $r (type))))
