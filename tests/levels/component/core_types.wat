;; The memory begins larger than it may become.
(component (core type (module (import "m" "m" (memory 2 1)))))
