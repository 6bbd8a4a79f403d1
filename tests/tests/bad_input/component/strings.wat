;; Strings in all encodings, to the host and back.
(component
  (import "shout" (func $shout (param "s" string) (result string)))
  (core module $Memory
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const 64))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $top (i32.and
        (i32.add (global.get $top) (i32.sub (local.get 2) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get 2))))
      (global.get $top)
      (global.set $top (i32.add (global.get $top) (local.get 3)))))
  (core instance $memory (instantiate $Memory))
  (alias core export $memory "memory" (core memory $m))
  (alias core export $memory "realloc" (core func $realloc))
  (core func $shout' (canon lower (func $shout) string-encoding=utf16 (memory $m) (realloc $realloc)))
  (core module $Main
    (import "" "shout" (func $shout (param i32 i32 i32)))
    (func (export "run") (param i32 i32) (result i32)
      (call $shout (i32.const 0) (i32.const 4) (i32.const 32))
      (i32.const 32)))
  (core instance $main (instantiate $Main (with "" (instance (export "shout" (func $shout'))))))
  (func (export "run") (param "s" string) (result string)
    (canon lift (core func $main "run") string-encoding=utf16 (memory $m) (realloc $realloc)))
  (func (export "latin") (param "s" string) (result string)
    (canon lift (core func $main "run") string-encoding=latin1+utf16 (memory $m) (realloc $realloc))))
