//! Validates the kernel and runs it in the profile of what compilers emit unless they are told otherwise: all that a
//! device does with a module.

#![no_std]
#![no_main]

use firmware::memory::{Once, take};
use firmware::{ARENA, Board, lime1};

static BYTES: Once<[u8; ARENA]> = Once::new([0; ARENA]);

#[unsafe(no_mangle)]
fn main() -> u32 {
    firmware::complete(&Board, take(&BYTES), lime1::run, lime1::state())
}
