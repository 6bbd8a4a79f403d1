(component binary "\00asm" "\0e\00\01\00")
