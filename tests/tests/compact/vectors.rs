//! Vectors in the compact engine: slots of 16 bytes, and what is refused where they have 8.
//!
//! Values of each kind go through everything that holds a value: parameters, locals, operands,
//! globals, branches, calls, functions of the host, snapshots. What counts values counts a vector
//! once.

use super::{Memories, module, module_of, store, store_of};
use tabwasm::V128;
use tabwasm::compact::{Error, Exit, Extern, Module, Store, Value};
use tabwasm::profile::{NoAlloc, NoAllocVector};
use tabwasm::reject::Detail;
use tabwasm::spec::Proposal;
use tabwasm::types::ValType;

/// A vector goes through all that holds values, and is changed on the way.
const PROGRAM: &str = r#"(module
    (import "host" "mix" (func $mix (param i32 v128 i64) (result v128 i32)))
    (memory 1)
    (global $kept (mut v128) (v128.const i32x4 1 2 3 4))
    (func $twice (param v128 i32) (result i32 v128)
        (local $sum v128)
        (local.set $sum (i32x4.add (local.get 0) (local.get 0)))
        (local.get 1) (local.get $sum))
    (func (export "f") (param v128 i32 f64) (result v128 f64 i32)
        (local $v v128)
        (global.set $kept (i32x4.add (local.get 0) (global.get $kept)))
        (call $twice (global.get $kept) (local.get 1))
        (local.set $v)
        (drop)
        (local.set $v (block (result v128)
            (i32.const 9) (local.get $v) (br 0)))
        (v128.store offset=3 (i32.const 5) (local.get $v))
        (local.set $v (v128.load8_lane offset=3 15 (i32.const 9) (v128.load offset=3 (i32.const 5))))
        (v128.store32_lane 3 (i32.const 40) (local.get $v))
        (call $mix (local.get 1) (local.get $v) (i64.load (i32.const 40)))
        (drop)
        (select (v128.const i64x2 -1 -1) (local.get 1))
        (local.get 2)
        (i32x4.extract_lane 2 (global.get $kept))))"#;

/// What the host gives for a vector.
fn mixed(given: V128) -> V128 {
    V128::from(given.as_u128().rotate_left(8))
}

const HOST: Extern<'static> = Extern::Host {
    id: 7,
    params: &[ValType::I32, ValType::V128, ValType::I64],
    results: &[ValType::V128, ValType::I32],
};

/// The result of the program, by numbers of 128 bits.
fn expected(lanes: [u32; 4]) -> [Value; 3] {
    let kept = [lanes[0] + 1, lanes[1] + 2, lanes[2] + 3, lanes[3] + 4];
    let mut bytes = Vec::new();
    for lane in kept {
        bytes.extend((2 * lane).to_le_bytes());
    }
    bytes[15] = bytes[4];
    let vector = V128::from_le_bytes(bytes.try_into().unwrap());
    [mixed(vector).into(), 1.5.into(), (kept[2] as i32).into()]
}

fn lanes([a, b, c, d]: [u32; 4]) -> V128 {
    let join = |low: u32, high: u32| u128::from(high) << 32 | u128::from(low);
    V128::from(join(c, d) << 64 | join(a, b))
}

/// Answers the host function that is called.
fn answer(store: &mut Store<'_, '_, NoAllocVector>) {
    let given: Vec<Value> = store.host_params().collect();
    let [Value::I32(1), Value::V128(vector), Value::I64(number)] = given[..] else {
        panic!("{given:?}");
    };
    assert_eq!(number as u128, vector.as_u128() >> 96);
    let wrong = [Value::I64(0), Value::I32(4)];
    assert_eq!(store.host_return(&wrong), Err(Error::Types));
    let results = [Value::V128(mixed(vector)), Value::I32(4)];
    store.host_return(&results).unwrap();
}

const LANES: [u32; 4] = [0x1234_5678, 0x0102_0304, 7, 0x7FFF_0000];

#[test]
fn vectors_go_wherever_values_go_and_by_snapshots_to_other_stores() {
    let module = module_of(PROGRAM, &NoAllocVector);
    let (mut first, mut second) = (Memories::new(1 << 16), Memories::new(1 << 16));
    let (mut here, _, f) = store_of::<NoAllocVector>(module, &[HOST], &mut first, "f");
    let mut there: Store<'_, '_, NoAllocVector> = Store::new(second.ram());
    let params = [lanes(LANES).into(), 1.into(), 1.5.into()];
    for fuel in [u64::MAX, 1] {
        here.call(f, &params).unwrap();
        let (mut exits, mut moves) = (0, 0);
        loop {
            match here.run(&mut fuel.clone()) {
                Exit::Done => break,
                Exit::Host { .. } => answer(&mut here),
                exit => assert_eq!(exit, Exit::Fuel),
            }
            exits += 1;
            let mut bytes = vec![0; here.snapshot_size()];
            assert_eq!(here.snapshot(&mut bytes), Ok(bytes.len()));
            there.restore(&bytes, &[module]).unwrap();
            std::mem::swap(&mut here, &mut there);
            moves += 1;
        }
        assert!(if fuel == 1 { moves > 40 } else { exits == 1 }, "{moves}");
        let results: Vec<Value> = here.results().collect();
        assert_eq!(results, expected(LANES));
        // Its global holds all of it.
        let zero = V128::default().into();
        here.call(f, &[zero, 1.into(), 1.5.into()]).unwrap();
        assert!(matches!(here.run(&mut u64::MAX.clone()), Exit::Host { .. }));
        answer(&mut here);
        assert_eq!(here.run(&mut u64::MAX.clone()), Exit::Done);
        assert_eq!(here.results().collect::<Vec<_>>(), expected(LANES));
        // Back to the beginning for the next round.
        here = Store::new(Box::leak(Box::new(Memories::new(1 << 16))).ram());
        here.instantiate(module, &[HOST]).unwrap();
    }
}

#[test]
fn a_vector_counts_once() {
    let text = |ty: &str, zero: &str| {
        format!(
            r#"(module
                (func $g (param {ty} {ty}) (result {ty} {ty}) (local {ty} {ty} {ty} {ty} {ty} {ty} {ty} {ty})
                    (local.get 0) (local.get 3))
                (func (export "f") (result {ty} {ty}) (return_call $g ({zero}) ({zero}))))"#
        )
    };
    let wide = module_of(&text("v128", "v128.const i64x2 0 0"), &NoAllocVector);
    let narrow = module(&text("i64", "i64.const 0"));
    assert_eq!(wide.needs().slots, narrow.needs().slots);
    let (mut first, mut second) = (Memories::new(0), Memories::new(0));
    let (mut vectors, _, f) = store_of::<NoAllocVector>(wide, &[], &mut first, "f");
    let (mut scalars, _, g) = store(narrow, &[], &mut second, "f");
    let mut fuel = [1000; 2];
    vectors.call(f, &[]).unwrap();
    scalars.call(g, &[]).unwrap();
    let done = [vectors.run(&mut fuel[0]), scalars.run(&mut fuel[1])];
    assert_eq!(done, [Exit::Done; 2]);
    assert!(fuel[0] < 1000 && fuel[0] == fuel[1], "{fuel:?}");
    assert_eq!(vectors.results().count(), 2);
}

#[test]
fn needs_suffice_for_a_constant() {
    let module = module_of(
        r#"(module (global (export "g") v128 (v128.const i64x2 1 2)))"#,
        &NoAllocVector,
    );
    let run = |slots: usize| {
        let mut memories = Memories::new(0);
        let mut ram = memories.ram();
        ram.slots = &mut ram.slots[..slots];
        let mut store: Store<'_, '_, NoAllocVector> = Store::new(ram);
        let instance = store.instantiate(module, &[]).ok()?;
        store.global_value(instance, "g")
    };
    let value = Value::V128(V128::from(2 << 64 | 1_u128));
    assert_eq!(run(module.needs().slots), Some(value));
    assert_eq!(run(module.needs().slots - 1), None);
}

#[test]
fn slots_of_eight_bytes_take_no_module_that_may_have_vectors() {
    let vector = "(module (global v128 (v128.const i64x2 1 2)))";
    let wasm = wat::parse_str(vector).unwrap();
    let mut arena = [0; 1 << 12];
    let reject = Module::new(&wasm, &NoAlloc, &mut arena).unwrap_err();
    assert_eq!(reject.detail(), Detail::Proposal(Proposal::Simd));

    // A table that was made where vectors are says so, on any machine.
    let made = module_of(vector, &NoAllocVector);
    let module = Module::with_table(made.wasm(), made.table()).unwrap();
    let mut memories = Memories::new(0);
    let mut store: Store<'_, '_, NoAlloc> = Store::new(memories.ram());
    let error = Error::SlotWidth { bytes: 16 };
    assert_eq!(store.instantiate(module, &[]), Err(error));
    assert_eq!(
        error.to_string(),
        "slots of another width: it is for slots of 16 bytes"
    );
    // Nothing is left of it, and others are taken.
    let scalar = super::module(r#"(module (func (export "f") (result i32) (i32.const 5)))"#);
    assert!(store.instantiate(scalar, &[]).is_ok());
    let mut memories = Memories::new(0);
    let (mut store, _, f) = store_of::<NoAllocVector>(scalar, &[], &mut memories, "f");
    store.instantiate(module, &[]).unwrap();
    store.call(f, &[]).unwrap();
    assert_eq!(store.run(&mut 10), Exit::Done);
    assert_eq!(store.results().next(), Some(Value::I32(5)));
}

#[test]
fn a_snapshot_is_for_slots_of_one_width() {
    let scalar = module(r#"(module (func (export "f")))"#);
    let (mut first, mut second) = (Memories::new(0), Memories::new(0));
    let (mut narrow, _, f) = store(scalar, &[], &mut first, "f");
    let (mut wide, _, g) = store_of::<NoAllocVector>(scalar, &[], &mut second, "f");
    narrow.call(f, &[]).unwrap();
    wide.call(g, &[]).unwrap();
    let mut of_narrow = vec![0; narrow.snapshot_size()];
    let mut of_wide = vec![0; wide.snapshot_size()];
    narrow.snapshot(&mut of_narrow).unwrap();
    wide.snapshot(&mut of_wide).unwrap();
    let refused = |bytes| Err(Error::SlotWidth { bytes });
    assert_eq!(narrow.restore(&of_wide, &[scalar]), refused(16));
    assert_eq!(wide.restore(&of_narrow, &[scalar]), refused(8));
    assert_eq!(wide.restore(&of_wide, &[scalar]), Ok(()));
    assert_eq!(narrow.restore(&of_narrow, &[scalar]), Ok(()));
    assert_eq!(wide.run(&mut 10), Exit::Done);
    assert_eq!(narrow.run(&mut 10), Exit::Done);
    // The same bytes with a table that admits vectors.
    let other = Module::new(scalar.wasm(), &NoAllocVector, vec![0; 1 << 12].leak()).unwrap();
    assert_eq!(narrow.restore(&of_narrow, &[other]), refused(16));
    assert_eq!(wide.restore(&of_wide, &[other]), Ok(()));
}
