//! Validates the kernel, and nothing else of Tabwasm.
//!

#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::KERNEL;
use tabwasm::profile::NoAlloc;
use tabwasm::reject::Verdict;
use tabwasm::validate::{Arena, validate};

#[unsafe(no_mangle)]
fn main() -> u32 {
    let mut bytes = [0; 1024];
    let arena = Arena::new(&mut bytes);
    let clock = board::clock::start();
    let verdict = validate(black_box(KERNEL), &NoAlloc, &arena);
    board::report("instructions", clock.instructions());
    board::report("arena", arena.peak() as u32);
    board::report("stack", board::stack::peak());
    u32::from(verdict != Verdict::Valid)
}
