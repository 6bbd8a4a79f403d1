;; a count of six bytes
(module binary "\00asm\01\00\00\00" "\05\06\80\80\80\80\80\00")
