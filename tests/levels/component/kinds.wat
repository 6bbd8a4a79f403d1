;; A function is no type of values.
(component (type $f (func)) (type (list $f)))
