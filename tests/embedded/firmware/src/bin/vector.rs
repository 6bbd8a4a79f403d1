//! Validates the kernel and runs it, with all of the tier, vectors included, and so in slots of 16 bytes.
//!
//! The kernel uses none of that: the difference to `complete` is what it takes to have it.

#![no_std]
#![no_main]

use firmware::memory::{Once, take};
use firmware::{ARENA, vector};
use tabwasm::profile::NoAllocVector;

static BYTES: Once<[u8; ARENA]> = Once::new([0; ARENA]);

#[unsafe(no_mangle)]
fn main() -> u32 {
    firmware::complete(&NoAllocVector, take(&BYTES), vector::run, vector::state())
}
