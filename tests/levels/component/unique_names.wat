;; The labels differ in a hyphen and in case only.
(component (type (record (field "a-b" u8) (field "AB" u8))))
