;; A record without fields.
(component binary "\00asm" "\0d\00\01\00" "\07\03\01\72\00")
