;; a memory with unknown flags
(module binary "\00asm\01\00\00\00" "\05\03\01\20\00")
