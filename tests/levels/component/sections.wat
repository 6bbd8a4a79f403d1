;; There is no section 13.
(component binary "\00asm" "\0d\00\01\00" "\0d\00")
