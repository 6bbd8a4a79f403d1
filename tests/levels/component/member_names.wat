;; A method takes the resource.
(component (import "r" (type $r (sub resource))) (import "[method]r.f" (func)))
