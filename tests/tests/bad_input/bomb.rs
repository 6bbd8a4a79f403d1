//! What claims to be large, and what is deep.
//!
//! Few bytes can announce billions of entries or nest a million blocks. Each such module must be
//! refused or accepted with memory and stack in proportion to its bytes, not to what it claims.

use tabwasm::reject::{Detail, Reject};
use tabwasm::spec::{ErrorCode, Limit, Trap};
use tabwasm::{Engine, Instance, Module, Store};

use super::binary::{body, counted, function, module, number, section};
use super::{compile, refused, small_stack};

const I32_CONST: u8 = 0x41;
const BLOCK: u8 = 0x02;
const LOOP: u8 = 0x03;
const IF: u8 = 0x04;
const END: u8 = 0x0B;
const DROP: u8 = 0x1A;
const EMPTY: u8 = 0x40;

fn limit(reject: Reject) -> Option<Limit> {
    match reject.detail() {
        Detail::Limit { limit, .. } => Some(limit),
        _ => None,
    }
}

/// Runs the function of a valid module, on a small stack.
fn run(bytes: Vec<u8>) -> Result<i32, Option<Trap>> {
    let module = compile(bytes).unwrap_or_else(|reject| panic!("{reject}"));
    small_stack(move || {
        let mut store = Store::new(module.engine(), ());
        let instance = Instance::new(&mut store, &module, &[]).map_err(|e| e.as_trap_code())?;
        let f = instance
            .get_typed_func::<(), i32>(&mut store, "f")
            .expect("exported");
        f.call(&mut store, ()).map_err(|error| error.as_trap_code())
    })
}

#[test]
fn a_million_nested_blocks() {
    for opener in [BLOCK, LOOP] {
        let deep = [opener, EMPTY].repeat(1_000_000);
        let closed = [&deep, &vec![END; 1_000_000][..], &[I32_CONST, 7, END]].concat();
        assert_eq!(limit(refused(function(&closed))), Some(Limit::BlockNesting));
        assert_eq!(limit(refused(function(&deep))), Some(Limit::BlockNesting));
    }
    let ifs = [I32_CONST, 1, IF, EMPTY].repeat(1_000_000);
    assert_eq!(limit(refused(function(&ifs))), Some(Limit::BlockNesting));
}

#[test]
fn as_many_nested_blocks_as_the_limit_allows_run() {
    for opener in [
        &[BLOCK, EMPTY][..],
        &[LOOP, EMPTY],
        &[I32_CONST, 1, IF, EMPTY],
    ] {
        let deep = opener.repeat(99_000);
        let closed = [&deep, &vec![END; 99_000][..], &[I32_CONST, 7, END]].concat();
        assert_eq!(run(function(&closed)), Ok(7));
    }
}

#[test]
fn a_br_table_that_claims_all_targets() {
    let claim = [
        &[I32_CONST, 0, 0x0E],
        &number(u64::from(u32::MAX))[..],
        &[0, 0, END],
    ]
    .concat();
    assert_eq!(refused(function(&claim)).code(), ErrorCode::UnexpectedEnd);
    let targets = [
        &[I32_CONST, 0, 0x0E],
        &number(1_000_000)[..],
        &vec![0; 1_000_001],
        &[END],
    ];
    assert_eq!(
        limit(refused(function(&targets.concat()))),
        Some(Limit::BrTableTargets)
    );
}

#[test]
fn memories_of_all_sizes() {
    let memory =
        |flags: u8, pages: u64| module(&[section(5, &[&[1, flags], &number(pages)[..]].concat())]);
    assert_eq!(refused(memory(0, 65_537)).code(), ErrorCode::MemorySize);
    assert_eq!(
        refused(memory(4, (1 << 48) + 1)).code(),
        ErrorCode::MemorySize
    );
    // The greatest memory is valid; there is none for an instance.
    let greatest = compile(memory(4, 1 << 48)).unwrap_or_else(|reject| panic!("{reject}"));
    let mut store = Store::new(greatest.engine(), ());
    assert!(Instance::new(&mut store, &greatest, &[]).is_err());
    let table = module(&[section(
        4,
        &[&[1, 0x70, 0], &number(u64::from(u32::MAX))[..]].concat(),
    )]);
    let greatest = compile(table).unwrap_or_else(|reject| panic!("{reject}"));
    let mut store = Store::new(greatest.engine(), ());
    assert!(Instance::new(&mut store, &greatest, &[]).is_err());
}

#[test]
fn sections_that_claim_all_entries() {
    for id in 0..=14 {
        for claim in [1_000, 1_000_001, u64::from(u32::MAX)] {
            refused(module(&[section(id, &number(claim))]));
            let zeros = [&number(claim)[..], &[0; 100]].concat();
            refused(module(&[section(id, &zeros)]));
        }
        // The length of the section itself.
        let length = [&[id], &number(u64::from(u32::MAX))[..], &[0; 16]].concat();
        assert_eq!(refused(module(&[length])).code(), expected_of_length(id));
    }
}

fn expected_of_length(id: u8) -> ErrorCode {
    match id {
        13 => ErrorCode::UnsupportedProposal,
        14 => ErrorCode::MalformedSectionId,
        _ => ErrorCode::LengthOutOfBounds,
    }
}

#[test]
fn types_that_claim_all_parameters() {
    for claim in [1_001, u64::from(u32::MAX)] {
        let there = [&[1, 0x60], &number(claim)[..], &[0x7F; 2_000]].concat();
        assert_eq!(
            limit(refused(module(&[section(1, &there)]))),
            Some(Limit::Params)
        );
        let absent = [&[1, 0x60], &number(claim)[..], &[0x7F; 10]].concat();
        assert_eq!(
            refused(module(&[section(1, &absent)])).code(),
            ErrorCode::UnexpectedEnd
        );
    }
    let group = [&[1, 0x4E], &number(u64::from(u32::MAX))[..], &[0x60, 0, 0]].concat();
    assert_eq!(
        refused(module(&[section(1, &group)])).code(),
        ErrorCode::UnexpectedEnd
    );
}

#[test]
fn many_types_cost_little() {
    const MANY: u64 = 1_000_000;
    // All equal; all different by a chain of references; one group of all.
    let equal = [&number(MANY)[..], &[0x60, 0, 0].repeat(MANY as usize)].concat();
    compile(module(&[section(1, &equal)])).unwrap_or_else(|reject| panic!("{reject}"));
    let chain = (0..MANY).flat_map(|ty| {
        let heap = if ty == 0 {
            vec![0x70]
        } else {
            number_33(ty - 1)
        };
        [&[0x60, 1, 0x63], &heap[..], &[0]].concat()
    });
    let chain = [number(MANY), chain.collect()].concat();
    compile(module(&[section(1, &chain)])).unwrap_or_else(|reject| panic!("{reject}"));
    let members: Vec<u8> = (0..MANY)
        .flat_map(|ty| [&[0x60, 1, 0x63], &number_33(MANY - 1 - ty)[..], &[0]].concat())
        .collect();
    let group = [&[1, 0x4E], &number(MANY)[..], &members].concat();
    compile(module(&[section(1, &group)])).unwrap_or_else(|reject| panic!("{reject}"));
    // More than that is over the limit, before it costs anything.
    let more = [
        &number(3 * MANY)[..],
        &[0x60, 0, 0].repeat(3 * MANY as usize),
    ]
    .concat();
    let reject = refused(module(&[section(1, &more)]));
    assert_eq!(limit(reject), Some(Limit::Types));
}

/// A type index as a signed number: the sign's bit must be clear.
fn number_33(index: u64) -> Vec<u8> {
    let mut bytes = number(index);
    if let Some(last) = bytes.last_mut().filter(|last| **last & 0x40 != 0) {
        *last |= 0x80;
        bytes.push(0);
    }
    bytes
}

#[test]
fn locals_by_the_billion() {
    let declare = |count: u64| [&[1], &number(count)[..], &[0x7F, I32_CONST, 7, END]].concat();
    assert_eq!(run(body(&declare(50_000))), Ok(7));
    assert_eq!(limit(refused(body(&declare(50_001)))), Some(Limit::Locals));
    let all = u64::from(u32::MAX);
    assert_eq!(limit(refused(body(&declare(all)))), Some(Limit::Locals));
    let twice = [&[2], &number(all)[..], &[0x7F], &number(all), &[0x7F, END]].concat();
    assert_eq!(refused(body(&twice)).code(), ErrorCode::TooManyLocals);
    let runs = [&number(all)[..], &[1, 0x7F].repeat(1_000)].concat();
    refused(body(&runs));
}

#[test]
fn many_functions_with_many_locals_take_little_time() {
    const MANY: usize = 20_000;
    let one = counted(&[&[1], &number(49_000)[..], &[0x7F, END]].concat());
    let bytes = module(&[
        section(1, &[1, 0x60, 0, 0]),
        section(3, &[number(MANY as u64), vec![0; MANY]].concat()),
        section(10, &[number(MANY as u64), one.repeat(MANY)].concat()),
    ]);
    compile(bytes).unwrap_or_else(|reject| panic!("{reject}"));
}

#[test]
fn operands_by_the_million() {
    let pushes = [I32_CONST, 0].repeat(1_000_001);
    let dropped = [&pushes[..], &vec![DROP; 1_000_000], &[END]].concat();
    assert_eq!(
        limit(refused(function(&dropped))),
        Some(Limit::OperandStack)
    );
    let few = [
        &[I32_CONST, 3].repeat(20_000)[..],
        &vec![0x6A; 19_999],
        &[END],
    ]
    .concat();
    assert_eq!(run(function(&few)), Ok(60_000));
}

#[test]
fn long_constant_expressions() {
    const TERMS: usize = 100_000;
    let sum = [
        &[I32_CONST, 1].repeat(TERMS)[..],
        &vec![0x6A; TERMS - 1],
        &[END],
    ]
    .concat();
    let global = [&[1, 0x7F, 0], &sum[..]].concat();
    let bytes = module(&[section(6, &global), section(7, b"\x01\x01g\x03\0")]);
    let module = compile(bytes).unwrap_or_else(|reject| panic!("{reject}"));
    let value = small_stack(move || {
        let mut store = Store::new(module.engine(), ());
        let instance = Instance::new(&mut store, &module, &[]).expect("an instance");
        let global = instance.get_global(&mut store, "g").expect("exported");
        global.get(&mut store).i32()
    });
    assert_eq!(value, Some(TERMS as i32));
}

#[test]
fn recursion_without_end() {
    assert_eq!(
        run(function(&[0x10, 0, END])),
        Err(Some(Trap::StackOverflow))
    );
}

#[test]
fn truncated_flipped_and_garbage() {
    let bytes = wat::parse_str(
        r#"(module (memory (export "m") 1) (data (i32.const 0) "abc")
             (func (export "f") (result i32) (i32.load8_u (i32.const 1))))"#,
    );
    let bytes = bytes.expect("a module");
    assert!(compile(bytes.clone()).is_ok());
    for at in 0..8 {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x10;
        refused(flipped);
    }
    for size in 1..bytes.len() {
        let cut = bytes[..size].to_vec();
        let engine = Engine::default();
        if let Err(error) = Module::new(&engine, &cut) {
            let reject = error.as_reject().expect("a rule");
            assert!(reject.offset <= size && !reject.to_string().is_empty());
        }
    }
    let mut random = tabwasm_tests::corpus::Random::new(7);
    for size in 1..200 {
        let garbage: Vec<u8> = (0..size).map(|_| random.number() as u8).collect();
        refused(garbage.clone());
        refused(module(&[garbage]));
    }
}
