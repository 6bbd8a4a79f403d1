//! Why a run ends, and how it goes on.
//!
//! The engine returns to its caller for fuel, memory, stack and functions of the host, at any
//! instruction; running again must give what an uninterrupted run gives.

use super::{Memories, module, store};
use tabwasm::Trap;
use tabwasm::compact::{Error, Exit, Extern, Growth, Value};
use tabwasm::types::ValType;

const FACTORIAL: &str = r#"(module
    (func $f (export "f") (param i64) (result i64)
        (if (result i64) (i64.eqz (local.get 0))
            (then (i64.const 1))
            (else (i64.mul (local.get 0) (call $f (i64.sub (local.get 0) (i64.const 1))))))))"#;

#[test]
fn a_program_can_be_stopped_at_every_instruction() {
    let mut memories = Memories::new(0);
    let (mut store, _, f) = store(module(FACTORIAL), &[], &mut memories, "f");
    let mut runs = 0;
    store.call(f, &[Value::I64(10)]).unwrap();
    loop {
        let mut fuel = 1;
        runs += 1;
        match store.run(&mut fuel) {
            Exit::Done => break,
            exit => assert_eq!((exit, fuel), (Exit::Fuel, 0)),
        }
    }
    assert_eq!(store.results().next(), Some(Value::I64(3_628_800)));
    // In one piece it takes as much.
    store.call(f, &[Value::I64(10)]).unwrap();
    let mut fuel = 1_000_000;
    assert_eq!(store.run(&mut fuel), Exit::Done);
    let used = 1_000_000 - fuel;
    assert!(
        used == runs || used + 1 == runs,
        "{used} in one piece, {runs} pieces"
    );
    store.call(f, &[Value::I64(10)]).unwrap();
    assert_eq!(store.run(&mut used.clone()), Exit::Done);
    store.call(f, &[Value::I64(10)]).unwrap();
    assert_eq!(store.run(&mut (used - 1)), Exit::Fuel);
}

#[test]
fn a_full_stack_can_be_exchanged_for_a_larger_one() {
    let mut memories = Memories::new(0);
    let mut more = vec![Default::default(); 1000];
    let mut slots = vec![0; 5000];
    let (mut store, _, f) = store(module(FACTORIAL), &[], &mut memories, "f");
    store.call(f, &[Value::I64(500)]).unwrap();
    let mut fuel = u64::MAX;
    assert_eq!(store.run(&mut fuel), Exit::StackFull);
    assert_eq!(store.run(&mut fuel), Exit::StackFull);
    store.extend_frames(&mut more).unwrap();
    assert_eq!(store.run(&mut fuel), Exit::StackFull);
    store.extend_slots(&mut slots).unwrap();
    assert_eq!(store.run(&mut fuel), Exit::Done);
    assert_eq!(store.results().next(), Some(Value::I64(0)));
}

#[test]
fn functions_of_the_host_are_called_by_returning() {
    let module = module(
        r#"(module
            (import "host" "add" (func $add (param i32 i32) (result i32)))
            (import "host" "say" (func $say (param i32)))
            (memory (export "memory") 0)
            (func (export "f") (param i32) (result i32)
                (call $say (call $add (local.get 0) (i32.const 5)))
                (return_call $add (local.get 0) (i32.const 7)))
            (export "add" (func $add)))"#,
    );
    let imports = [
        Extern::Host {
            id: 3,
            params: &[ValType::I32, ValType::I32],
            results: &[ValType::I32],
        },
        Extern::Host {
            id: 4,
            params: &[ValType::I32],
            results: &[],
        },
    ];
    let mut memories = Memories::new(0);
    let (mut store, instance, f) = store(module, &imports, &mut memories, "f");
    let mut said = Vec::new();
    let mut fuel = 1000;
    store.call(f, &[Value::I32(30)]).unwrap();
    loop {
        let exit = store.run(&mut fuel);
        let params: Vec<Value> = store.host_params().collect();
        match (exit, params.as_slice()) {
            (Exit::Host { id: 3, .. }, [Value::I32(a), Value::I32(b)]) => {
                assert_eq!(store.run(&mut fuel), exit, "it waits");
                assert_eq!(store.host_return(&[]), Err(Error::Types));
                store.host_return(&[Value::I32(a + b)]).unwrap();
            }
            (Exit::Host { id: 4, .. }, [value]) => {
                said.push(*value);
                store.host_return(&[]).unwrap();
            }
            (exit, _) => {
                assert_eq!(exit, Exit::Done);
                break;
            }
        }
    }
    assert_eq!(said, [Value::I32(35)]);
    assert_eq!(store.results().collect::<Vec<_>>(), [Value::I32(37)]);
    assert_eq!(store.host_return(&[]), Err(Error::Idle));
    // The host calls its own function.
    let add = store.func(instance, "add").unwrap();
    store.call(add, &[Value::I32(1), Value::I32(2)]).unwrap();
    assert_eq!(store.call(add, &[]), Err(Error::Busy));
    assert!(matches!(store.run(&mut fuel), Exit::Host { id: 3, .. }));
    store.host_return(&[Value::I32(9)]).unwrap();
    assert_eq!(store.run(&mut fuel), Exit::Done);
    assert_eq!(store.results().next(), Some(Value::I32(9)));
}

#[test]
fn memory_grows_as_far_as_the_host_likes() {
    let module = module(
        r#"(module
            (memory (export "memory") 1 4)
            (func (export "grow") (param i32) (result i32)
                (i32.store8 (i32.const 9) (i32.const 77))
                (memory.grow (local.get 0))))"#,
    );
    let mut memories = Memories::new(1 << 16);
    let mut more = vec![1; 3 << 16];
    let (mut store, instance, grow) = store(module, &[], &mut memories, "grow");
    let mut fuel = 10_000;
    store.call(grow, &[Value::I32(2)]).unwrap();
    let asked = Exit::Grow {
        what: Growth::Memory,
        missing: 2 << 16,
    };
    assert_eq!(store.run(&mut fuel), asked);
    assert_eq!(store.run(&mut fuel), asked);
    store.refuse();
    assert_eq!(store.run(&mut fuel), Exit::Done);
    assert_eq!(store.results().next(), Some(Value::I32(-1)));

    store.call(grow, &[Value::I32(2)]).unwrap();
    assert_eq!(store.run(&mut fuel), asked);
    store.extend(&mut more).unwrap();
    assert_eq!(store.run(&mut fuel), Exit::Done);
    assert_eq!(store.results().next(), Some(Value::I32(1)));
    let Some(Extern::Memory(memory)) = store.export(instance, "memory") else {
        panic!("no memory");
    };
    let bytes = store.memory(memory).unwrap();
    assert_eq!((bytes.len(), bytes[9]), (3 << 16, 77));
    assert!(bytes[1 << 16..].iter().all(|byte| *byte == 0));
    // Beyond its maximum, nobody is asked.
    store.call(grow, &[Value::I32(2)]).unwrap();
    assert_eq!(store.run(&mut fuel), Exit::Done);
    assert_eq!(store.results().next(), Some(Value::I32(-1)));
}

#[test]
fn traps_end_the_call_and_nothing_else() {
    let module = module(
        r#"(module (func (export "f") (param i32) (result i32)
            (i32.div_s (i32.const 7) (local.get 0))))"#,
    );
    let mut memories = Memories::new(0);
    let (mut store, _, f) = store(module, &[], &mut memories, "f");
    store.call(f, &[Value::I32(0)]).unwrap();
    let trap = Exit::Trap(Trap::IntegerDivisionByZero);
    assert_eq!(store.run(&mut 1000), trap);
    assert_eq!(store.run(&mut 1000), Exit::Done, "nothing is under way");
    store.call(f, &[Value::I32(7)]).unwrap();
    assert_eq!(store.run(&mut 1000), Exit::Done);
    assert_eq!(store.results().next(), Some(Value::I32(1)));
    assert_eq!(store.call(f, &[]), Err(Error::Types));
    assert_eq!(store.call(f, &[Value::I64(7)]), Err(Error::Types));
}
