;; Nobody outside knows the record.
(component (type $r (record (field "a" u8))) (import "f" (func (param "a" $r))))
