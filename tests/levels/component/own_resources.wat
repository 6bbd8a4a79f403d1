;; The instance mentions a resource that nobody else can name.
(component
  (type $r (resource (rep i32)))
  (type $i (instance (alias outer 1 $r (type $s)) (export "t" (type (eq $s)))))
  (import "i" (instance (type $i))))
