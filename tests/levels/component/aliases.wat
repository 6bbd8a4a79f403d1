;; There are no five scopes around the component.
(component binary "\00asm" "\0d\00\01\00" "\06\05\01\03\02\05\00")
