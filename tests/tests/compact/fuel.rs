//! Work that is paid for before it is done, or owed for and paid before anything else.
//!
//! The same bounds as those of the fast engine, counted for each row whose work depends on an
//! operand.

use super::{Memories, module, store};
use tabwasm::compact::{Exit, Extern, Value};
use tabwasm::spec::{Opcode, Rate};
use tabwasm::types::ValType;
use tabwasm_tests::work::{Sizes, bulk};

/// As little as the rows need.
const SMALL: Sizes = ["1 4", "32 64"];

/// Enough for all.
const PLENTY: u64 = 1 << 30;

#[test]
fn each_row_pays_before_it_begins() {
    let mut memories = Memories::new(4 << 16);
    let (mut store, instance, _) = store(module(&bulk(SMALL)), &[], &mut memories, "memory.fill");
    let mut rows = 0;
    for opcode in Opcode::ALL {
        let Some(rate) = opcode.rate() else { continue };
        let name = opcode.mnemonic();
        let func = store.func(instance, name).unwrap();
        let mut cost = |count: i32| {
            let mut fuel = PLENTY;
            store.call(func, &[Value::I32(count)]).unwrap();
            assert_eq!(store.run(&mut fuel), Exit::Done, "{name} {count}");
            PLENTY - fuel
        };
        let count = match name {
            "memory.grow" => 1 << 16,
            "memory.init" => 64,
            "table.init" => 8,
            _ => 16,
        };
        let nothing = cost(0);
        let all = nothing + rate.fuel(count as u64);
        let beyond = if name.ends_with("grow") { i32::MAX } else { 0 };
        assert_eq!(cost(beyond), nothing, "{name} that fails");

        let sizes = |store: &mut tabwasm::compact::Store<'_, '_, _>| {
            let Some(Extern::Memory(memory)) = store.export(instance, "memory") else {
                panic!("no memory");
            };
            let Some(Extern::Table(table)) = store.export(instance, "table") else {
                panic!("no table");
            };
            (
                store.memory(memory).unwrap().to_vec(),
                store.table_len(table),
            )
        };
        let before = sizes(&mut store);
        store.call(func, &[Value::I32(count)]).unwrap();
        // Of a growth, the result is dropped, for one unit.
        let behind = u64::from(name.ends_with("grow"));
        let mut fuel = all - behind - 1;
        assert_eq!(store.run(&mut fuel), Exit::Fuel, "{name}");
        assert!(before == sizes(&mut store), "{name} has done nothing");
        // It has cost nothing, and is tried again.
        let left = fuel;
        assert_eq!(
            left,
            opcode.fuel() as u64 + rate.fuel(count as u64) - 1,
            "{name}"
        );
        assert_eq!(store.run(&mut fuel), Exit::Fuel, "{name}");
        assert_eq!(fuel, left, "{name}");
        fuel += 1 + behind;
        assert_eq!(store.run(&mut fuel), Exit::Done, "{name}");
        assert_eq!(fuel, 0, "{name}");
        rows += 1;
    }
    assert_eq!(rows, 8);
}

#[test]
fn a_gigabyte_is_not_filled_for_four_units() {
    let module = module(
        r#"(module (memory 2) (func (export "f")
            (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x20000))))"#,
    );
    let mut memories = Memories::new(2 << 16);
    let (mut store, _, f) = store(module, &[], &mut memories, "f");
    store.call(f, &[]).unwrap();
    let mut fuel = PLENTY;
    assert_eq!(store.run(&mut fuel), Exit::Done);
    assert_eq!(PLENTY - fuel, 4 + 0x20000 / 32);
}

#[test]
fn what_is_owed_is_paid_before_anything_else() {
    let module = module(
        r#"(module
            (import "host" "take" (func $take (param i64 i64 i64 i64 i64 i64 i64 i64)))
            (global $g (export "g") (mut i32) (i32.const 0))
            (func $locals (local i64 i64 i64 i64 i64 i64 i64 i64) (global.set $g (i32.const 1)))
            (func (export "f") (call $locals))
            (func (export "locals") (local i64 i64 i64 i64 i64 i64 i64 i64)
                (global.set $g (i32.const 2)))
            (func (export "host")
                (call $take (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)
                    (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0))
                (global.set $g (i32.const 3))))"#,
    );
    let take = Extern::Host {
        id: 0,
        params: &[ValType::I64; 8],
        results: &[],
    };
    let mut memories = Memories::new(0);
    let (mut store, instance, f) = store(module, &[take], &mut memories, "f");
    let locals = store.func(instance, "locals").unwrap();
    let host = store.func(instance, "host").unwrap();
    assert_eq!(Rate::ZEROED.count(), 8);
    // One unit for the call, one for the locals; two for the global.
    for (func, parts, expected) in [
        (f, [1, 1, 1], 1),
        (locals, [1, 1, 0], 2),
        (host, [9, 1, 1], 3),
    ] {
        store.call(func, &[]).unwrap();
        let mut done = Exit::Fuel;
        for (at, part) in parts.into_iter().enumerate() {
            let mut fuel = part;
            done = store.run(&mut fuel);
            if matches!(done, Exit::Host { .. }) {
                store.host_return(&[]).unwrap();
                done = store.run(&mut fuel);
            }
            assert_eq!((done, fuel), (Exit::Fuel, 0), "{expected}, part {at}");
        }
        let before = store.global_value(instance, "g");
        assert_ne!(before, Some(Value::I32(expected)));
        assert_eq!(done, Exit::Fuel);
        assert_eq!(store.run(&mut 1), Exit::Done);
        assert_eq!(
            store.global_value(instance, "g"),
            Some(Value::I32(expected))
        );
    }
}

#[test]
fn a_tail_call_of_the_host_pays_once_for_results() {
    let results = "(result i64 i64 i64 i64 i64 i64 i64 i64)";
    let module = module(&format!(
        r#"(module
            (import "host" "give" (func $give {results}))
            (func (export "f") {results} (return_call $give)))"#
    ));
    let give = Extern::Host {
        id: 0,
        params: &[],
        results: &[ValType::I64; 8],
    };
    let mut memories = Memories::new(0);
    let (mut store, _, f) = store(module, &[give], &mut memories, "f");
    store.call(f, &[]).unwrap();
    let mut fuel = PLENTY;
    assert!(matches!(store.run(&mut fuel), Exit::Host { .. }));
    store.host_return(&[Value::I64(7); 8]).unwrap();
    assert_eq!(store.run(&mut fuel), Exit::Done);
    assert_eq!(store.results().last(), Some(Value::I64(7)));
    // The call, and what the host passes.
    assert_eq!(PLENTY - fuel, 1 + Rate::PASSED.fuel(8));
}

#[test]
fn a_function_of_another_instance_owes_for_its_locals_and_stays_there() {
    let there = module(
        r#"(module
            (global $g i32 (i32.const 1))
            (func (export "locals") (result i32) (local i64 i64 i64 i64 i64 i64 i64 i64)
                (global.get $g)))"#,
    );
    let here = module(
        r#"(module
            (import "there" "locals" (func $locals (result i32)))
            (global $g i32 (i32.const 2))
            (func (export "f") (result i32)
                (i32.add (i32.mul (call $locals) (i32.const 10)) (global.get $g))))"#,
    );
    let mut memories = Memories::new(0);
    let (mut store, _, locals) = store(there, &[], &mut memories, "locals");
    let instance = store
        .instantiate(here, &[Extern::Func(locals)])
        .expect("it is linked");
    let f = store.func(instance, "f").unwrap();
    store.call(f, &[]).unwrap();
    let mut fuel = PLENTY;
    assert_eq!(store.run(&mut fuel), Exit::Done);
    assert_eq!(store.results().next(), Some(Value::I32(12)));
    // Six instructions, and the locals.
    assert_eq!(PLENTY - fuel, 7);
}
