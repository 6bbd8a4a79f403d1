;; The handle would outlive the call.
(component (import "r" (type $r (sub resource))) (type (func (result (borrow $r)))))
