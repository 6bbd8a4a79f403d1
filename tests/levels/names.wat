;; a custom section whose name is no UTF-8
(module binary "\00asm\01\00\00\00" "\00\02\01\ff")
