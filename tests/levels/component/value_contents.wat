;; A boolean is zero or one.
(component binary "\00asm" "\0d\00\01\00" "\0c\04\01\7f\01\02")
