(component binary "\00asm" "\0d\00\01\00" "\00\02\01\ff")
