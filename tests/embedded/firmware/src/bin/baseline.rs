//! What every program here takes without Tabwasm: startup, output, and the module itself.
//!
//! Its sizes are subtracted from those of the other programs, so that what remains is the library.

#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::KERNEL;

#[unsafe(no_mangle)]
fn main() -> u32 {
    let clock = board::clock::start();
    let sum = |sum: u32, byte: &u8| sum.wrapping_add((*byte).into());
    black_box(black_box(KERNEL).iter().fold(0, sum));
    board::report("instructions", clock.instructions());
    board::report("stack", board::stack::peak());
    0
}
