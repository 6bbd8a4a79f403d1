;; The function gives nothing where a number is asked.
(component (core module (func (result i32))))
