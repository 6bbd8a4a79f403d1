//! Components run: linked by name, instantiated and called by the host, with values that Rust knows the
//! type of and with others, and with resources of the host.

use std::io::{self, Write as _};
use std::path::PathBuf;

use tabwasm::component::{
    BorrowedResource, Component, Linker, Resource, ResourceTable, ResourceType, Val, ValueMismatch,
};
use tabwasm::{Config, Engine, Store, StoreContextMut, Trap};

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

/// A component that calls another with a list of as many empty strings as it is told, and then adds 100
/// to a number in its memory. The other one's allocator traps at its 7th call, unless all is freed.
const LISTS: &str = r#"(component
    (component $Callee
        (core module $M (memory (export "m") 1)
            (global $calls (mut i32) (i32.const 0))
            (func $realloc (export "realloc") (param i32 i32 i32 i32) (result i32)
                (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
                (if (i32.eq (global.get $calls) (i32.const 7)) (then (unreachable)))
                (i32.const 1024))
            (func (export "take") (param i32 i32) (result i32)
                (global.set $calls (i32.const 0))
                (i32.store (i32.const 0) (i32.const 5))
                (local.get 1)))
        (core instance $m (instantiate $M))
        (func (export "take") (param "list" (list string)) (result u32)
            (canon lift (core func $m "take") (memory (core memory $m "m")) (realloc (core func $m "realloc")))))
    (component $Caller
        (import "take" (func $take (param "list" (list string)) (result u32)))
        (core module $L (memory (export "m") 1))
        (core instance $l (instantiate $L))
        (alias core export $l "m" (core memory $memory))
        (core func $take' (canon lower (func $take) (memory $memory)))
        (core module $M (import "l" "m" (memory 1))
            (import "l" "take" (func $take (param i32 i32) (result i32)))
            (func $run (export "run") (param $count i32) (result i32) (local $taken i32)
                (local.set $taken (call $take (i32.const 16) (local.get $count)))
                (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 100)))
                (i32.add (i32.load (i32.const 0)) (local.get $taken))))
        (core instance $m (instantiate $M (with "l" (instance
            (export "m" (memory $memory)) (export "take" (func $take'))))))
        (func (export "run") (param "count" u32) (result u32) (canon lift (core func $m "run"))))
    (instance $callee (instantiate $Callee))
    (instance $caller (instantiate $Caller (with "take" (func $callee "take"))))
    (export "run" (func $caller "run")))"#;

#[test]
fn between_calls_of_an_allocator_nothing_is_mixed_up() {
    let engine = Engine::default();
    let component = Component::new(&engine, wat::parse_str(LISTS).expect("text")).expect("valid");
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &component);
    let instance = instance.expect("linked");
    let run = instance.get_typed_func::<(u32,), (u32,)>(&mut store, "run");
    let run = run.expect("a function");
    // Each time the caller finds its own memory again.
    for (count, expected) in [(0, 100), (1, 201), (5, 305), (3, 403)] {
        assert_eq!(
            run.call(&mut store, (count,)).expect("no trap"),
            (expected,)
        );
    }
    // The 7th call is that for the 6th string. The allocator runs in the one, the call is made by the other.
    let error = run.call(&mut store, (6,)).expect_err("it traps");
    assert_eq!(error.as_trap_code(), Some(Trap::UnreachableCodeReached));
    let frames = error.wasm_backtrace().expect("frames").frames();
    let names: Vec<_> = frames.iter().map(|frame| frame.func_name()).collect();
    assert_eq!(names, [Some("realloc"), Some("run")]);
    let error = run.call(&mut store, (1,)).expect_err("it has trapped");
    assert_eq!(error.as_trap_code(), Some(Trap::CannotEnter));
}

#[test]
fn a_call_between_components_sees_the_epoch() {
    // The host lets the time pass before the caller calls the callee.
    let text = LISTS
        .replacen("(component", "(component (import \"late\" (func $late))", 1)
        .replace("(component $Caller", "(component $Caller (import \"late\" (func $late)) (core func $late' (canon lower (func $late)))")
        .replace("(export \"take\" (func $take'))", "(export \"take\" (func $take')) (export \"late\" (func $late'))")
        .replace("(func $run", "(import \"l\" \"late\" (func $late)) (func $run")
        .replace("(local.set $taken (call", "(call $late) (local.set $taken (call")
        .replace("(with \"take\"", "(with \"late\" (func $late)) (with \"take\"");
    let mut config = Config::new();
    config.epoch_interruption(true);
    let engine = Engine::new(&config).expect("configuration");
    let component = Component::new(&engine, wat::parse_str(text).expect("text")).expect("valid");
    let mut linker = Linker::<()>::new(&engine);
    let late = |store: StoreContextMut<'_, ()>, ()| {
        store.engine().increment_epoch();
        Ok(())
    };
    linker.root().func_wrap("late", late).expect("defined");
    let mut store = Store::new(&engine, ());
    store.set_epoch_deadline(1);
    let instance = linker.instantiate(&mut store, &component).expect("linked");
    let run = instance.get_typed_func::<(u32,), (u32,)>(&mut store, "run");
    let error = run.and_then(|run| run.call(&mut store, (1,)));
    let error = error.expect_err("it is late");
    assert_eq!(error.as_trap_code(), Some(Trap::Interrupt));
    // The callee has not begun.
    let frames = error.wasm_backtrace().expect("frames").frames();
    let names: Vec<_> = frames.iter().map(|frame| frame.func_name()).collect();
    assert_eq!(names, [Some("run")]);
}

/// Components that import nothing, with an engine each; `tests/components.py` compares what they answer
/// with wasmtime.
const REAL: [&str; 3] = ["stubbed.wasm", "starling-pure.wasm", "python.wasm"];

#[test]
fn real_components_greet() {
    let folder = match std::env::var_os("TABWASM_COMPONENTS") {
        Some(folder) => PathBuf::from(folder),
        None => tabwasm_tests::workspace().join("target/components"),
    };
    for name in REAL {
        let Ok(bytes) = std::fs::read(folder.join(name)) else {
            // To the stream itself, which the test harness does not hold back.
            let _ = writeln!(
                io::stderr(),
                "SKIPPED: {name} is not in {}: `.ci/extended` makes it (tests/components.sh)",
                folder.display()
            );
            continue;
        };
        greets(name, &bytes);
    }
}

fn greets(name: &str, bytes: &[u8]) {
    let engine = Engine::default();
    let component = Component::new(&engine, bytes).expect(name);
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &component);
    let instance = instance.expect(name);
    let greet = instance
        .get_typed_func::<(&str,), (String,)>(&mut store, "greet")
        .expect(name);
    for someone in ["World", "", "Jürgen \u{1f310}"] {
        let expected = format!("Hello, {someone}!");
        let (answer,) = greet.call(&mut store, (someone,)).expect(name);
        assert_eq!(answer, expected, "{name}");
        let mut results = [Val::Bool(false)];
        greet
            .func()
            .call(&mut store, &[Val::String(someone.to_owned())], &mut results)
            .expect(name);
        assert_eq!(results, [Val::String(expected)], "{name}");
    }
}

#[test]
fn values_of_another_type_are_the_hosts_mistake() {
    let engine = Engine::default();
    let text = r#"(component
        (import "h" (func $h (param "x" u32) (result u32)))
        (core func $h (canon lower (func $h)))
        (core module $M
            (import "" "h" (func $h (param i32) (result i32)))
            (func (export "f") (param i32) (result i32) (call $h (local.get 0))))
        (core instance $m (instantiate $M (with "" (instance (export "h" (func $h))))))
        (func (export "f") (param "x" u32) (result u32) (canon lift (core func $m "f"))))"#;
    let component = Component::new(&engine, wat::parse_str(text).expect("text")).expect("valid");
    let mut linker = Linker::<bool>::new(&engine);
    let answer = |store: StoreContextMut<'_, bool>, results: &mut [Val]| {
        results[0] = match store.data() {
            true => Val::U32(7),
            false => Val::Char('7'),
        };
        Ok(())
    };
    linker
        .root()
        .func_new("h", move |store, _, _, results| answer(store, results))
        .expect("defined");
    let mut store = Store::new(&engine, true);
    let instance = linker.instantiate(&mut store, &component).expect("linked");
    let f = instance.get_func(&mut store, "f").expect("exported");
    let call = |store: &mut Store<bool>, argument: Val| {
        let mut results = [Val::Bool(false)];
        f.call(store, &[argument], &mut results).map(|()| results)
    };
    // The guest has not seen it.
    let error = call(&mut store, Val::Char('1')).expect_err("no `u32`");
    assert!(error.is::<ValueMismatch>(), "{error:#}");
    assert_eq!(
        call(&mut store, Val::U32(1)).expect("no trap"),
        [Val::U32(7)]
    );
    // The guest is in the middle of what it did.
    *store.data_mut() = false;
    let error = call(&mut store, Val::U32(1)).expect_err("no `u32`");
    assert!(error.is::<ValueMismatch>(), "{error:#}");
    *store.data_mut() = true;
    let error = call(&mut store, Val::U32(1)).expect_err("it did not end");
    assert_eq!(error.as_trap_code(), Some(Trap::CannotEnter));
}

/// What the host has.
struct File(Vec<u8>);

#[test]
fn resources_of_the_host() {
    let engine = Engine::default();
    let component = Component::new(
        &engine,
        wat::parse_str(
            r#"(component
            (import "files" (instance $files
                (export "file" (type $file (sub resource)))
                (export "open" (func (param "size" u32) (result (own $file))))
                (export "[method]file.size" (func (param "self" (borrow $file)) (result u32)))))
            (alias export $files "file" (type $file))
            (core func $open (canon lower (func $files "open")))
            (core func $size (canon lower (func $files "[method]file.size")))
            (core func $drop (canon resource.drop $file))
            (core module $M
                (import "" "open" (func $open (param i32) (result i32)))
                (import "" "size" (func $size (param i32) (result i32)))
                (import "" "drop" (func $drop (param i32)))
                (global $kept (mut i32) (i32.const 0))
                (func (export "run") (result i32) (local $h i32) (local $sum i32)
                    (local.set $h (call $open (i32.const 3)))
                    (local.set $sum (call $size (local.get $h)))
                    (call $drop (local.get $h))
                    (local.set $h (call $open (i32.const 4)))
                    (global.set $kept (local.get $h))
                    (i32.add (local.get $sum) (call $size (local.get $h))))
                (func (export "give") (result i32) (global.get $kept))
                (func (export "look") (param i32) (result i32) (local $size i32)
                    (local.set $size (call $size (local.get 0)))
                    (call $drop (local.get 0))
                    (local.get $size)))
            (core instance $m (instantiate $M (with "" (instance
                (export "open" (func $open)) (export "size" (func $size)) (export "drop" (func $drop))))))
            (func (export "run") (result u32) (canon lift (core func $m "run")))
            (func (export "give") (result (own $file)) (canon lift (core func $m "give")))
            (func (export "look") (param "f" (borrow $file)) (result u32) (canon lift (core func $m "look"))))"#,
        )
        .expect("text"),
    )
    .expect("valid");
    let mut linker = Linker::<ResourceTable>::new(&engine);
    let mut files = linker.instance("files").expect("a name");
    files
        .resource("file", ResourceType::host::<File>(), |mut store, rep| {
            let file = Resource::<File>::new(rep);
            store.data_mut().delete(file)?;
            Ok(())
        })
        .expect("defined");
    files
        .func_wrap("open", |mut store, (size,): (u32,)| {
            Ok((store.data_mut().push(File(vec![0; size as usize]))?,))
        })
        .expect("defined");
    files
        .func_wrap(
            "[method]file.size",
            |store, (file,): (BorrowedResource<File>,)| {
                Ok((store.data().get(&file)?.0.len() as u32,))
            },
        )
        .expect("defined");
    let mut store = Store::new(&engine, ResourceTable::new());
    let instance = linker.instantiate(&mut store, &component).expect("linked");
    let run = instance
        .get_typed_func::<(), (u32,)>(&mut store, "run")
        .expect("a function");
    assert_eq!(run.call(&mut store, ()).expect("no trap"), (7,));
    let give = instance
        .get_typed_func::<(), (Resource<File>,)>(&mut store, "give")
        .expect("a function");
    let (file,) = give.call(&mut store, ()).expect("no trap");
    let look = instance
        .get_typed_func::<(BorrowedResource<File>,), (u32,)>(&mut store, "look")
        .expect("a function");
    assert_eq!(
        look.call(&mut store, (file.borrow(),)).expect("no trap"),
        (4,)
    );
    assert_eq!(store.data_mut().delete(file).expect("there").0.len(), 4);
    // It was given away: the guest has no handle any more.
    let error = give.call(&mut store, ()).expect_err("no handle");
    assert_eq!(error.as_trap_code(), Some(Trap::UnknownHandle));
    let error = run.call(&mut store, ()).expect_err("it has trapped");
    assert_eq!(error.as_trap_code(), Some(Trap::CannotEnter));
}

/// What a component says of a module that it imports, the module that the host gives, and what the
/// linker answers.
#[rustfmt::skip]
const MODULES: [(&str, &str, Option<&str>); 24] = [
    // It may ask for less, and export more.
    (r#"(import "a" "f" (func)) (import "a" "m" (memory 1))"#, r#"(import "a" "f" (func))"#, None),
    ("", r#"(func (export "more"))"#, None),
    (r#"(import "a" "f" (func))"#, r#"(import "a" "g" (func))"#, Some("unknown import: `a::g` (function [] -> []) is not defined")),
    (r#"(import "a" "f" (func))"#, r#"(import "b" "f" (func))"#, Some("unknown import: `b::f`")),
    (r#"(import "a" "f" (func))"#, r#"(import "a" "f" (func (param i32)))"#, Some("incompatible import type for `a::f`")),
    (r#"(import "a" "f" (func))"#, r#"(import "a" "f" (memory 1))"#, Some("incompatible import type for `a::f`")),
    // What is promised may be more than it asks for, not less.
    (r#"(import "a" "m" (memory 2 3))"#, r#"(import "a" "m" (memory 1))"#, None),
    (r#"(import "a" "m" (memory 1))"#, r#"(import "a" "m" (memory 2))"#, Some("incompatible import type for `a::m`")),
    (r#"(import "a" "m" (memory 1))"#, r#"(import "a" "m" (memory 1 3))"#, Some("incompatible import type for `a::m`")),
    (r#"(import "a" "t" (table 2 funcref))"#, r#"(import "a" "t" (table 1 funcref))"#, None),
    (r#"(import "a" "t" (table 1 funcref))"#, r#"(import "a" "t" (table 1 externref))"#, Some("incompatible import type for `a::t`")),
    (r#"(import "a" "g" (global i32))"#, r#"(import "a" "g" (global i32))"#, None),
    (r#"(import "a" "g" (global i32))"#, r#"(import "a" "g" (global (mut i32)))"#, Some("incompatible import type for `a::g`")),
    // What it exports may be more than is expected.
    (r#"(export "f" (func (param i32)))"#, r#"(func (export "f") (param i32))"#, None),
    (r#"(export "f" (func (param i32)))"#, "", Some("does not export `f`: expected function [i32] -> []")),
    (r#"(export "f" (func (param i32)))"#, r#"(func (export "f") (param i64))"#, Some("exports `f` as another type")),
    (r#"(export "f" (func))"#, r#"(memory (export "f") 1)"#, Some("exports `f` as another type")),
    (r#"(export "m" (memory 1))"#, r#"(memory (export "m") 2 3)"#, None),
    (r#"(export "m" (memory 2))"#, r#"(memory (export "m") 1)"#, Some("exports `m` as another type")),
    // Types may be defined in the type, around it, and in groups.
    (r#"(alias outer $C $pair (type $p)) (export "f" (func (type $p)))"#, r#"(func (export "f") (param i32 i32))"#, None),
    (r#"(alias outer $C $pair (type $p)) (export "f" (func (type $p)))"#, r#"(func (export "f") (param i32))"#, Some("exports `f` as another type")),
    (r#"(alias outer $C $user (type $u)) (export "f" (func (type $u)))"#,
     r#"(type $pair (func (param i32 i32))) (func (export "f") (param (ref $pair)))"#, None),
    (r#"(alias outer $C $user (type $u)) (export "f" (func (type $u)))"#,
     r#"(type $other (func (param i32))) (func (export "f") (param (ref $other)))"#, Some("exports `f` as another type")),
    (r#"(type $s (func (param (ref null $s)))) (export "f" (func (type $s)))"#,
     r#"(type $pair (func)) (type $s (func (param (ref null $s)))) (func (export "f") (type $s))"#, None),
];

#[test]
fn modules_that_are_given_are_compared_when_linked() {
    let engine = Engine::default();
    for (declared, given, answer) in MODULES {
        let given = wat::parse_str(format!("(module {given})")).expect(given);
        let given = tabwasm::Module::new(&engine, given).expect("valid");
        // It is compared by itself, and as something that an instance exports.
        let import = format!(r#"(import "m" (core module $m {declared}))"#);
        let within =
            format!(r#"(import "a:b/c@1.0.0" (instance (export "m" (core module {declared}))))"#);
        for (text, path) in [(import, "m"), (within, "a:b/c@1.0.0/m")] {
            let text = format!(
                r#"(component $C
                    (core type $pair (func (param i32 i32)))
                    (core type $user (func (param (ref $pair))))
                    {text})"#
            );
            let component = wat::parse_str(&text).expect(&text);
            let component = Component::new(&engine, component).expect(&text);
            let mut linker = Linker::<()>::new(&engine);
            match path {
                "m" => linker.root().module("m", &given),
                _ => linker
                    .instance("a:b/c@1.0.0")
                    .and_then(|mut instance| instance.module("m", &given)),
            }
            .expect("defined");
            let linked = linker.instantiate_pre(&component).map(drop);
            match (answer, linked.map_err(|error| format!("{error:#}"))) {
                (None, linked) => assert_eq!(linked, Ok(()), "{text}"),
                (Some(answer), Ok(())) => panic!("linked, not `{answer}`: {text}"),
                (Some(answer), Err(said)) => {
                    let import = format!("import `{path}` has another type");
                    assert!(
                        said.contains(&import) && said.contains(answer),
                        "{text}: {said}"
                    );
                }
            }
        }
    }
}
