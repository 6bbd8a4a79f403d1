(module (type (func (param (ref null 1)))))
