;; an export of an unknown kind
(module binary "\00asm\01\00\00\00" "\07\05\01\01a\7f\00")
