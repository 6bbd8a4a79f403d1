(module (func (local.get 0) drop))
