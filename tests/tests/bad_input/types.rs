//! What the types of an engine cost, and that they go with the last that holds them.
//!
//! An engine lives for long and loads many modules; if types stayed, memory would grow without end.
//! Modules, values and stores each hold types, and each is dropped last once.

use tabwasm::{Engine, Func, FuncType, Module, Store, ValType};

use super::binary::{module, number, section};
use super::counting::held;

/// Bytes that a type may cost beside those of its parameters and results.
const BESIDE: usize = 32;

/// Parameters of each type, each of one of four kinds: there are 16 million such types.
const PARAMS: usize = 12;

/// Types of a module of 1.3 MB.
const TYPES: usize = if cfg!(debug_assertions) {
    20_000
} else {
    87_000
};

/// The kinds of the parameters of a type.
fn kinds(ty: usize) -> impl Iterator<Item = usize> {
    (0..PARAMS).map(move |place| ty >> (2 * place) & 3)
}

/// A module of types that no other one has.
fn types(of: usize) -> Vec<u8> {
    let types = (of * TYPES..(of + 1) * TYPES).flat_map(|ty| {
        let params = kinds(ty).map(|kind| 0x7F - kind as u8);
        [0x60, PARAMS as u8].into_iter().chain(params).chain([0])
    });
    module(&[section(
        1,
        &[number(TYPES as u64), types.collect()].concat(),
    )])
}

fn func_type(ty: usize) -> FuncType {
    let types = [ValType::I32, ValType::I64, ValType::F32, ValType::F64];
    FuncType::new(kinds(ty).map(|kind| types[kind].clone()), [])
}

fn grown(since: isize) -> usize {
    usize::try_from(held() - since).unwrap_or(0)
}

#[test]
fn types_go_with_the_modules() {
    let engine = Engine::default();
    let bytes: Vec<Vec<u8>> = (0..20).map(types).collect();
    let before = held();
    for bytes in &bytes {
        drop(Module::new(&engine, bytes).expect("valid"));
        assert_eq!(held(), before);
    }
    let mut modules = Vec::with_capacity(bytes.len());
    let before = held();
    modules.extend(
        bytes
            .iter()
            .map(|bytes| Module::new(&engine, bytes).expect("valid")),
    );
    let all = grown(before);
    // The same modules again cost the same without the types of the engine.
    let second = held();
    let again: Vec<Module> = bytes
        .iter()
        .map(|bytes| Module::new(&engine, bytes).expect("valid"))
        .collect();
    let per_type = (all - grown(second)).div_ceil(20 * TYPES) - 4 * PARAMS;
    assert!(per_type <= BESIDE);
    drop(modules);
    // All types are still those of the second modules.
    assert!(Module::new(&engine, &bytes[7]).is_ok());
    drop(again);
    assert_eq!(held(), before - (20 * size_of::<Module>()) as isize);
    // What is printed is held as well, where tests capture it.
    println!(
        "{} modules of {} bytes: {all} bytes, {per_type} for each type beside its own length",
        bytes.len(),
        bytes[0].len()
    );
}

#[test]
fn types_go_with_the_values() -> tabwasm::Result<()> {
    let engine = Engine::default();
    let mut values = Vec::with_capacity(TYPES);
    let before = held();
    // Out of order, so that each comes between others.
    for place in 0..TYPES {
        values.push(func_type(place * 7_919 % (1 << (2 * PARAMS))).register(&engine)?);
    }
    let all = grown(before);
    let per_type = all.div_ceil(TYPES) - 4 * PARAMS;
    assert!(per_type <= BESIDE, "{per_type}");
    // Few that are left hold neither the words of the others nor their place in the index.
    let mut place = 0;
    values.retain(|_| {
        place += 1;
        place % 50 == 0
    });
    let left = grown(before);
    let few = values.len();
    assert!(left <= all / 5, "{left} of {all}");
    values.clear();
    assert_eq!(held(), before);
    println!("{TYPES} types: {all} bytes, {per_type} for each beside its own length");
    println!("{few} of them left: {left} bytes");
    Ok(())
}

#[test]
fn types_go_with_the_stores() {
    let engine = Engine::default();
    let before = held();
    let mut store = Store::new(&engine, ());
    for ty in 0..1_000 {
        let made = Func::new(&mut store, func_type(ty), |_, _, _| Ok(()));
        assert_eq!(made.ty(&store), func_type(ty));
    }
    let last = Func::new(&mut store, func_type(1_000), |_, _, _| Ok(())).ty(&store);
    drop(store);
    assert_eq!(last, func_type(1_000));
    assert!(grown(before) < 1 << 17, "{}", grown(before));
    drop(last);
    assert_eq!(held(), before);
}
