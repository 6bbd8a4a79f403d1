;; The section in the inner component goes beyond it.
(component binary "\00asm" "\0d\00\01\00" "\04\0b" "\00asm" "\0d\00\01\00" "\07\05\00" "\07\01\00")
