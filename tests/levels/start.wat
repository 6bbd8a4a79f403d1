(module (start 0) (func (param i32)))
