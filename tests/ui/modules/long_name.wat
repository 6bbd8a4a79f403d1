(module (func (export "a_name_that_is_longer_than_sixteen_bytes")))
