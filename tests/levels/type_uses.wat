(module (import "" "" (func (type 0))))
