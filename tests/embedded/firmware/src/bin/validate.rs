//! Validates the kernel, and nothing else of Tabwasm.
//!
//! For devices that pass modules on but run none; it shows what the validator takes alone.

#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::memory::{Once, take};
use firmware::{Board, KERNEL};
use tabwasm::reject::Verdict;
use tabwasm::validate::{Arena, validate};

static ARENA: Once<[u8; 1024]> = Once::new([0; 1024]);

#[unsafe(no_mangle)]
fn main() -> u32 {
    let arena = Arena::new(take(&ARENA));
    let clock = board::clock::start();
    let verdict = validate(black_box(KERNEL), &Board, &arena);
    board::report("instructions", clock.instructions());
    board::report("arena", arena.peak() as u32);
    board::report("stack", board::stack::peak());
    u32::from(verdict != Verdict::Valid)
}
