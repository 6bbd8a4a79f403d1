;; The component does not know how the resource is represented.
(component (import "r" (type $r (sub resource))) (core func (canon resource.rep $r)))
