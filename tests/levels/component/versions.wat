;; A version has three numbers.
(component (import "a:b/c@1.2" (instance)))
