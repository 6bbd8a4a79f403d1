;; a memory section before a table section, which must precede it
(module binary "\00asm\01\00\00\00" "\05\01\00" "\04\01\00")
