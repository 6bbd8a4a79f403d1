//! What every program here takes without Tabwasm: startup, output, and the module itself.
//!

#![no_std]
#![no_main]

use core::hint::black_box;

static MODULE: &[u8] = include_bytes!("../../../kernel/kernel.wasm");

#[unsafe(no_mangle)]
fn main() -> u32 {
    let clock = board::clock::start();
    let sum = black_box(MODULE).iter().fold(0u32, |sum, byte| sum.wrapping_add((*byte).into()));
    black_box(sum);
    board::report("instructions", clock.instructions());
    board::report("stack", board::stack::peak());
    0
}
