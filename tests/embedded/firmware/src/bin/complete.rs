//! Validates the kernel and runs it.
//!

#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::KERNEL;
use tabwasm::compact::Module;
use tabwasm::profile::NoAlloc;

#[unsafe(no_mangle)]
fn main() -> u32 {
    let mut arena = [0; 4096];
    let clock = board::clock::start();
    let Ok(module) = Module::new(black_box(KERNEL), &NoAlloc, &mut arena) else {
        return 3;
    };
    let table = module.table().len() as u32;
    let right = firmware::run(module);
    board::report("instructions", clock.instructions());
    board::report("table", table);
    board::report("stack", board::stack::peak());
    u32::from(!right)
}
