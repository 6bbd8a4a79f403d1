//! Calls every public operation of the tier `no_alloc`, and checks what it gives.
//!
//! What is never called is never linked, so that only a program which calls everything proves that
//! nothing needs an allocator or can panic.

use core::hint::black_box;

use tabwasm::handle::{Entry, Handle32, HandleTable};
use tabwasm::profile::NoAlloc;
use tabwasm::read::{Reader, Sections};
use tabwasm::reject::Verdict;
use tabwasm::spec::{ErrorClass, Opcode, Proposal};
use tabwasm::validate::{Arena, validate};

/// A module with some of everything.
static KERNEL: &[u8] = include_bytes!("../../kernel/kernel.wasm");

/// Bytes of the caller.
const ROOM: usize = 8192;

/// Counts the operations that did their task, or says which did not.
///
/// Panics if the program is given an argument, which shows that a panic would be noticed.
pub(crate) fn work(argument_count: usize) -> Result<u32, &'static str> {
    assert!(argument_count == 1, "on purpose");
    let module = black_box(KERNEL);
    let mut done = 0;
    for (what, operation) in OPERATIONS {
        operation(module).ok_or(what)?;
        done += 1;
    }
    Ok(done)
}

type Operation = fn(&'static [u8]) -> Option<()>;

const OPERATIONS: [(&str, Operation); 6] = [
    ("validate", valid),
    ("reject", invalid),
    ("out of budget", out_of_budget),
    ("sections", sections),
    ("decode", decode),
    ("handles", handles),
];

fn valid(module: &'static [u8]) -> Option<()> {
    let mut bytes = [0; ROOM];
    let arena = Arena::new(&mut bytes);
    (validate(module, &NoAlloc, &arena) == Verdict::Valid && arena.peak() > 0).then_some(())
}

fn invalid(module: &'static [u8]) -> Option<()> {
    let mut bytes = [0; ROOM];
    let cut = module.get(..module.len() - 1)?;
    match validate(cut, &NoAlloc, &Arena::new(&mut bytes)) {
        Verdict::Invalid { rule, .. } => (rule.class() == ErrorClass::Malformed).then_some(()),
        _ => None,
    }
}

fn out_of_budget(module: &'static [u8]) -> Option<()> {
    let mut bytes = [0; 64];
    match validate(module, &NoAlloc, &Arena::new(&mut bytes)) {
        Verdict::OutOfBudget { at_least, .. } => (at_least > 64).then_some(()),
        _ => None,
    }
}

fn sections(module: &'static [u8]) -> Option<()> {
    let mut sections = Sections::new(module).ok()?;
    let mut count = 0;
    while sections.next(&NoAlloc).ok()?.is_some() {
        count += 1;
    }
    (count > 5).then_some(())
}

fn decode(_: &'static [u8]) -> Option<()> {
    let mut reader = Reader::new(&[0x41, 0x2A]);
    let instruction = reader.instruction(&NoAlloc).ok()?;
    let known =
        instruction.opcode() == Opcode::I32Const && Opcode::I32Const.proposal() == Proposal::Mvp;
    known.then_some(())
}

fn handles(_: &'static [u8]) -> Option<()> {
    let mut entries = [Entry::VACANT; 2];
    let mut table: HandleTable<_, Handle32<8>> = HandleTable::new(&mut entries[..], 2);
    let first = table.insert(1).ok()?;
    let second = table.insert(2).ok()?;
    *table.get_mut(second).ok()? += 40;
    let removed = table.remove(first) == Ok(1) && table.remove(first).is_err();
    (removed && table.pop() == Some(42) && table.is_empty()).then_some(())
}
