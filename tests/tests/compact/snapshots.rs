//! Snapshots are taken and restored anywhere: at every instruction, into another store.
//!
//! A snapshot and a table may come from outside, so forged ones are tried as well: they may give
//! wrong results or traps, and nothing worse.

use super::{Memories, module, store};
use tabwasm::compact::{Error, Exit, Module, Store, Value};
use tabwasm::profile::NoAlloc;

const PROGRAM: &str = r#"(module
    (memory 1)
    (table 3 funcref)
    (global $calls (mut i32) (i32.const 0))
    (elem (i32.const 1) $twice)
    (data (i32.const 0) "\05")
    (func $twice (param i32) (result i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (i32.store (i32.const 4) (i32.add (i32.load (i32.const 4)) (local.get 0)))
        (i32.mul (local.get 0) (i32.const 2)))
    (func (export "f") (param i32) (result i32 i32 i32)
        (local $i i32)
        (loop $again
            (local.set 0 (call_indirect (param i32) (result i32) (local.get 0) (i32.const 1)))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $i) (i32.load8_u (i32.const 0)))))
        (local.get 0) (global.get $calls) (i32.load (i32.const 4))))"#;

#[test]
fn a_program_moves_between_stores_at_every_instruction() {
    let module = module(PROGRAM);
    let (mut first, mut second) = (Memories::new(1 << 16), Memories::new(1 << 16));
    let (mut here, _, f) = store(module, &[], &mut first, "f");
    let mut there: Store<'_, '_, NoAlloc> = Store::new(second.ram());
    here.call(f, &[Value::I32(3)]).unwrap();
    let mut moves = 0;
    while here.run(&mut 1) != Exit::Done {
        let mut bytes = vec![0; here.snapshot_size()];
        assert_eq!(here.snapshot(&mut bytes), Ok(bytes.len()));
        there.restore(&bytes, &[module]).unwrap();
        std::mem::swap(&mut here, &mut there);
        moves += 1;
    }
    assert!(moves > 50, "{moves}");
    let results: Vec<Value> = here.results().collect();
    assert_eq!(results, [Value::I32(96), Value::I32(5), Value::I32(93)]);
}

#[test]
fn what_is_no_snapshot_is_refused() {
    let module = module(PROGRAM);
    let (mut first, mut second) = (Memories::new(1 << 16), Memories::new(1 << 16));
    let (mut here, _, f) = store(module, &[], &mut first, "f");
    let mut there: Store<'_, '_, NoAlloc> = Store::new(second.ram());
    here.call(f, &[Value::I32(3)]).unwrap();
    let _ = here.run(&mut 10);
    let mut bytes = vec![0; here.snapshot_size()];
    here.snapshot(&mut bytes).unwrap();
    assert_eq!(there.restore(&bytes, &[]), Err(Error::Snapshot));
    assert_eq!(there.restore(&bytes[1..], &[module]), Err(Error::Snapshot));
    let other = super::module("(module)");
    assert_eq!(there.restore(&bytes, &[other]), Err(Error::Snapshot));
    assert!(there.restore(&bytes[..bytes.len() - 1], &[module]).is_err());
    assert!(here.snapshot(&mut [0; 10]).is_err());
}

/// Whatever the bytes say: wrong results, but no panic, and an end.
#[test]
fn forged_snapshots_harm_nobody() {
    let module = module(PROGRAM);
    let mut first = Memories::new(1 << 16);
    let (mut here, _, f) = store(module, &[], &mut first, "f");
    here.call(f, &[Value::I32(3)]).unwrap();
    let _ = here.run(&mut 30);
    let mut bytes = vec![0; here.snapshot_size()];
    here.snapshot(&mut bytes).unwrap();
    let interesting = (0..400).chain(bytes.len() - 200..bytes.len());
    for index in interesting {
        for value in [0, 1, 7, 127, 128, 255] {
            let mut forged = bytes.clone();
            forged[index] = value;
            let mut second = Memories::new(1 << 16);
            let mut there: Store<'_, '_, NoAlloc> = Store::new(second.ram());
            if there.restore(&forged, &[module]).is_ok() {
                let _ = there.run(&mut 1000);
                let _ = there.results().count();
                let _ = there.host_params().count();
            }
        }
    }
}

/// A table that another module or a bad flash gave: no panic, and an end.
#[test]
fn forged_tables_harm_nobody() {
    let module = module(PROGRAM);
    for index in 0..module.table().len() {
        for value in [0, 1, 2, 64, 127, 128, 255] {
            let mut table = module.table().to_vec();
            table[index] = value;
            let forged = Module::with_trusted_table(module.wasm(), table.leak());
            let mut memories = Memories::new(1 << 17);
            let mut store: Store<'_, '_, NoAlloc> = Store::new(memories.ram());
            let _ = forged.needs();
            let Ok(instance) = store.instantiate(forged, &[]) else {
                continue;
            };
            let _ = store.run(&mut 1000);
            store.abort();
            if let Some(f) = store.func(instance, "f")
                && store.call(f, &[Value::I32(3)]).is_ok()
            {
                let _ = store.run(&mut 1000);
                let _ = store.results().count();
            }
        }
    }
    let other = super::module("(module)");
    assert!(Module::with_table(module.wasm(), other.table()).is_err());
    assert!(Module::with_table(module.wasm(), &[]).is_err());
    assert!(Module::with_table(module.wasm(), module.table()).is_ok());
}
