;; Calls between the host and a component: one that it exports, one that it imports.
(component
    (import "next" (func $next (param "n" u32) (result u32)))
    (core func $next' (canon lower (func $next)))
    (core module $Main
        (import "" "next" (func $next (param i32) (result i32)))
        (func (export "add") (param i32 i32) (result i32)
            (i32.add (local.get 0) (local.get 1)))
        (func (export "fill"))
        (func (export "next") (param $times i32) (local $n i32)
            (loop $again
                (local.set $n (call $next (local.get $n)))
                (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))))
    (core instance $main (instantiate $Main
        (with "" (instance (export "next" (func $next'))))))
    (func (export "add") (param "a" u32) (param "b" u32) (result u32)
        (canon lift (core func $main "add")))
    (func (export "fill") (canon lift (core func $main "fill")))
    (func (export "next") (param "times" u32) (canon lift (core func $main "next"))))
