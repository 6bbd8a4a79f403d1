;; The core function gives nothing.
(component
  (core module $m (func (export "f")))
  (core instance $i (instantiate $m))
  (func (result u8) (canon lift (core func $i "f"))))
