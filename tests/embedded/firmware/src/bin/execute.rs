//! Runs the kernel with the table that was made elsewhere; there is no validator.
//!
//! The smallest program that runs a module: the difference to `complete` is what validation takes.

#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::{KERNEL, TABLE, lime1};
use tabwasm::compact::Module;

#[unsafe(no_mangle)]
fn main() -> u32 {
    let clock = board::clock::start();
    let Ok(module) = Module::with_table(black_box(KERNEL), black_box(TABLE)) else {
        return 3;
    };
    let right = lime1::run(module);
    board::report("instructions", clock.instructions());
    board::report("table", TABLE.len() as u32);
    board::report("state", lime1::state());
    board::report("stack", board::stack::peak());
    u32::from(!right)
}
