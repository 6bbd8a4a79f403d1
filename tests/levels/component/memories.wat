;; Threads share the memory.
(component
  (core module $m (memory (export "m") 1 1 shared))
  (core instance $i (instantiate $m))
  (alias core export $i "m" (core memory $memory))
  (import "f" (func $f))
  (core func (canon lower (func $f) (memory (core memory $memory)))))
