//! What a module needs is what it takes, to the last byte.
//!
//! A device has no memory to spare, so the numbers are tried: with exactly these lengths a module
//! runs, with one less it does not.

use super::module;
use tabwasm::compact::{Depth, Exit, Module, Ram, Store, Value};
use tabwasm::profile::{NoAlloc, Std};
use tabwasm::reject::Detail;
use tabwasm::spec::Limit;

const PROGRAM: &str = r#"(module
    (memory 1)
    (table 3 funcref)
    (global i32 (i32.const 7))
    (elem func 0)
    (data "abc")
    (func $a (param i32 i32) (result i32) (local i64 i64) (i32.add (local.get 0) (local.get 1)))
    (func $b (param i32) (result i32)
        (i32.const 1) (i32.const 2) (call $a (local.get 0) (i32.const 5)) drop drop)
    (func (export "f") (result i32) (call $b (i32.const 3)) (return_call $b)))"#;

#[test]
fn exactly_as_much_as_needed_is_enough() {
    let module = module(PROGRAM);
    let needs = module.needs();
    let depth = Depth::of(module.wasm(), &Std).unwrap().unwrap();
    let run = |slots: u64, frames: u64, memory: usize, elements: usize| {
        let mut slots = vec![0; slots as usize];
        let mut frames = vec![Default::default(); frames as usize];
        let mut memory = vec![0; memory];
        let mut elements = vec![Default::default(); elements];
        let mut instances = vec![Default::default(); needs.instances];
        let mut tables = vec![Default::default(); needs.tables];
        let mut memories = vec![Default::default(); needs.memories];
        let mut globals = vec![Default::default(); needs.globals];
        let mut types = vec![Default::default(); needs.types];
        let mut segments = vec![Default::default(); needs.segments];
        let mut store: Store<'_, '_, NoAlloc> = Store::new(Ram {
            slots: &mut slots,
            frames: &mut frames,
            instances: &mut instances,
            links: &mut [],
            tables: &mut tables,
            elements: &mut elements,
            memories: &mut memories,
            memory: &mut memory,
            globals: &mut globals,
            types: &mut types,
            segments: &mut segments,
        });
        let instance = store.instantiate(module, &[]).ok()?;
        let f = store.func(instance, "f")?;
        store.call(f, &[]).ok()?;
        assert!(matches!(store.run(&mut 1000), Exit::Done | Exit::StackFull));
        store.results().next()
    };
    let (bytes, elements) = (needs.memory as usize, needs.elements as usize);
    assert_eq!((bytes, elements), (1 << 16, 4));
    let result = Some(Value::I32(1));
    assert_eq!(run(depth.slots, depth.frames, bytes, elements), result);
    assert_eq!(run(depth.slots, depth.frames - 1, bytes, elements), None);
    assert_eq!(run(depth.slots - 1, depth.frames, bytes, elements), None);
    assert_eq!(run(depth.slots, depth.frames, bytes - 1, elements), None);
    assert_eq!(run(depth.slots, depth.frames, bytes, elements - 1), None);
}

#[test]
fn calls_without_bound_are_told() {
    let unbounded = [
        "(module (func $f (call $f)))",
        "(module (func $f (call $g)) (func $g (call $f)))",
        "(module (table 1 funcref) (func (call_indirect (i32.const 0))))",
    ];
    for text in unbounded {
        let wasm = wat::parse_str(text).unwrap();
        assert_eq!(Depth::of(&wasm, &Std), Ok(None), "{text}");
    }
}

#[test]
fn an_arena_that_is_too_small_says_how_much_more_it_takes() {
    let wasm = wat::parse_str(PROGRAM).unwrap();
    let mut length = 0;
    let mut steps = 0;
    loop {
        let mut arena = vec![0; length];
        let verdict = Module::new(&wasm, &NoAlloc, &mut arena);
        let Err(reject) = verdict else {
            break;
        };
        let Detail::Limit { limit, at_least } = reject.detail() else {
            panic!("{reject}");
        };
        assert_eq!(limit, Limit::Arena);
        assert!(at_least > length as u64);
        length = at_least as usize;
        steps += 1;
    }
    assert!(steps > 5);
    let mut arena = vec![0; length - 1];
    assert!(Module::new(&wasm, &NoAlloc, &mut arena).is_err());
}
