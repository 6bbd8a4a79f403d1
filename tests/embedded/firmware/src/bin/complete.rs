//! Validates the kernel and runs it: the whole of the tier on a device.
//!
//! Reports instructions, lengths of memory and the stack, which `run.sh` puts into the README's
//! table.

#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::memory::{Once, take};
use firmware::{Board, KERNEL};
use tabwasm::compact::Module;

/// More than the module needs.
const ROOM: usize = 4096;

static ARENA: Once<[u8; ROOM]> = Once::new([0; ROOM]);

#[unsafe(no_mangle)]
fn main() -> u32 {
    let clock = board::clock::start();
    let Ok((module, peak)) = Module::measured(black_box(KERNEL), &Board, take(&ARENA)) else {
        return 3;
    };
    let table = module.table().len() as u32;
    let right = firmware::run(module);
    board::report("instructions", clock.instructions());
    board::report("arena", peak as u32);
    board::report("table", table);
    board::report("state", firmware::state());
    board::report("stack", board::stack::peak());
    u32::from(!right)
}
