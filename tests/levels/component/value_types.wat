;; Values of 2^28 bytes.
(component (type (list u64 33554432)))
