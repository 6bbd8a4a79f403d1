(component (type (record (field "a--b" u32))))
