(component binary "\00asm" "\0d\00\01\00" "\07\02\01\00")
