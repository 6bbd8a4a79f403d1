//! Validates the module, and nothing else of Tabwasm.
//!

#![no_std]
#![no_main]

use core::hint::black_box;

use tabwasm::profile::NoAlloc;
use tabwasm::reject::Verdict;
use tabwasm::validate::{Slices, validate};

static MODULE: &[u8] = include_bytes!("../../../kernel/kernel.wasm");

#[unsafe(no_mangle)]
fn main() -> u32 {
    let slices = Slices {
        value_types: &mut [Default::default(); 64],
        types: &mut [Default::default(); 16],
        nodes: &mut [Default::default(); 16],
        funcs: &mut [Default::default(); 64],
        memories: &mut [Default::default(); 1],
        tables: &mut [Default::default(); 1],
        globals: &mut [Default::default(); 4],
        elements: &mut [tabwasm::RefType::FUNCREF; 4],
        declared: &mut [Default::default(); 4],
        exports: &mut [Default::default(); 4],
        values: &mut [Default::default(); 64],
        frames: &mut [Default::default(); 32],
        runs: &mut [Default::default(); 32],
        locals: &mut [Default::default(); 64],
        ..Slices::default()
    };
    let clock = board::clock::start();
    let verdict = validate(black_box(MODULE), &NoAlloc, slices);
    board::report("instructions", clock.instructions());
    board::report("stack", board::stack::peak());
    u32::from(verdict != Verdict::Valid)
}
