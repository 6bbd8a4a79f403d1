//! Components run: linked, instantiated, called.

use tabwasm::component::{Component, Linker, Val};
use tabwasm::{Engine, Store};

#[test]
fn adds() {
    let engine = Engine::default();
    let component = Component::new(
        &engine,
        wat::parse_str(r#"(component
            (import "host" (func $h (param "x" u32) (result u32)))
            (import "hello" (func $hello (param "s" string) (result string)))
            (core module $L (memory (export "m") 1) (global $g (mut i32) (i32.const 64))
               (func (export "realloc") (param i32 i32 i32 i32) (result i32)
                 (local $p i32)
                 (local.set $p (i32.and (i32.add (global.get $g) (i32.sub (local.get 2) (i32.const 1))) (i32.sub (i32.const 0) (local.get 2))))
                 (global.set $g (i32.add (local.get $p) (local.get 3)))
                 (local.get $p)))
            (core instance $l (instantiate $L))
            (core func $h' (canon lower (func $h)))
            (core func $hello' (canon lower (func $hello) (memory (core memory $l "m")) (realloc (core func $l "realloc"))))
            (core module $M (import "h" "h" (func $h (param i32) (result i32)))
               (import "h" "hello" (func $hello (param i32 i32 i32)))
               (func (export "add") (param i32 i32) (result i32) (i32.add (call $h (local.get 0)) (local.get 1)))
               (func (export "greet") (param i32 i32) (result i32) (call $hello (local.get 0) (local.get 1) (i32.const 8)) (i32.const 8)))
            (core instance $m (instantiate $M (with "h" (instance (export "h" (func $h')) (export "hello" (func $hello'))))))
            (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $m "add")))
            (func (export "greet") (param "s" string) (result string) (canon lift (core func $m "greet") (memory (core memory $l "m")) (realloc (core func $l "realloc"))))
        )"#).expect("text"),
    )
    .expect("valid");
    let mut linker = Linker::<()>::new(&engine);
    linker
        .root()
        .func_wrap("host", |_, (x,): (u32,)| Ok((x * 10,)))
        .expect("defined");
    linker
        .root()
        .func_wrap("hello", |_, (x,): (String,)| Ok((format!("Hello, {x}!"),)))
        .expect("defined");
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &component).expect("linked");
    let add = instance
        .get_typed_func::<(u32, u32), (u32,)>(&mut store, "add")
        .expect("a function");
    assert_eq!(add.call(&mut store, (4, 2)).expect("no trap"), (42,));
    let greet = instance.get_func(&mut store, "greet").expect("a function");
    let mut results = [Val::Bool(false)];
    greet
        .call(&mut store, &[Val::String("World".into())], &mut results)
        .expect("no trap");
    assert_eq!(results, [Val::String("Hello, World!".into())]);
}
