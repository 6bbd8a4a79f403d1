(component (import "a--b" (type (sub resource))))
