;; The value goes nowhere.
(component binary "\00asm" "\0d\00\01\00" "\0a\07\01\00\01v\02\01\7d")
