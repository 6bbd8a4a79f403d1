(module (type (func)) (func (local (ref 0)) (local.get 0) drop))
