(component (alias export 0 "f" (func)))
