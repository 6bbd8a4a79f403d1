(module (func (export "a-b")) (func (export "a.b")))
