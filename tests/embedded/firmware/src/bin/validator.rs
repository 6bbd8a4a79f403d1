//! Validates the module, and nothing else of Tabwasm.
//!

#![no_std]
#![no_main]

use core::hint::black_box;

use tabwasm::profile::NoAlloc;
use tabwasm::reject::Verdict;
use tabwasm::validate::{Arena, validate};

static MODULE: &[u8] = include_bytes!("../../../kernel/kernel.wasm");

#[unsafe(no_mangle)]
fn main() -> u32 {
    let mut bytes = [0; 2048];
    let arena = Arena::new(&mut bytes);
    let clock = board::clock::start();
    let verdict = validate(black_box(MODULE), &NoAlloc, &arena);
    board::report("instructions", clock.instructions());
    board::report("arena", arena.peak() as u64);
    board::report("stack", board::stack::peak());
    u32::from(verdict != Verdict::Valid)
}
