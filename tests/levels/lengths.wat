;; a byte behind the entries of a section
(module binary "\00asm\01\00\00\00" "\05\02\00\00")
