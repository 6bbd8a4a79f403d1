//! A runtime of which all machines compute the same bits.

use tabwasm::profile::{NoAlloc, Profile};

tabwasm_macros::runtime! {
    pub struct Same;
    tier = no_alloc,
    proposals = [mvp, floats, simd],
    deterministic = true,
}

fn main() {
    const { assert!(Same::DETERMINISTIC && !NoAlloc::DETERMINISTIC) }
}
