;; There are two slots.
(component (core func (canon context.get i32 2)))
