;; `data.drop` without a section that announces segments
(module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\0a\07\01\05\00\fc\09\00\0b" "\0b\04\01\01\01a")
