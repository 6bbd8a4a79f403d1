;; The function takes nothing.
(component
  (core module $m (table (export "t") 1 funcref))
  (core instance $i (instantiate $m))
  (core type $f (func))
  (alias core export $i "t" (core table $t))
  (core func (canon thread.new-indirect $f (core table $t))))
