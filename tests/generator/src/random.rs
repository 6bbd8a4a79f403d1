//! Pseudo-random numbers, the same for the same seed everywhere.
//!
//! A finding is reported as its seed, so that the numbers may not depend on the machine or on a
//! version of a crate; in front may stand the bytes of a fuzzer.

use std::vec::IntoIter;

/// The generator SplitMix64, behind numbers that were given.
pub struct Random {
    given: IntoIter<u16>,
    state: u64,
}

impl Random {
    /// Numbers that depend on the seed alone.
    pub fn new(seed: u64) -> Self {
        Self {
            given: Vec::new().into_iter(),
            state: seed,
        }
    }

    /// Numbers whose low halves are these bytes, two by two: who changes a byte changes one
    /// decision. When they are used up, numbers like any other follow.
    pub fn of(bytes: &[u8]) -> Self {
        let pairs = bytes.chunks_exact(2);
        let given: Vec<u16> = pairs
            .map(|two| u16::from_le_bytes([two[0], two[1]]))
            .collect();
        Self {
            given: given.into_iter(),
            state: bytes.len() as u64,
        }
    }

    /// Any number.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        match self.given.next() {
            Some(given) => mixed << u16::BITS | u64::from(given),
            None => mixed,
        }
    }

    /// A number below another.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True once in this many times.
    pub fn chance(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// An integer of the kind at which mistakes are made.
    pub fn integer(&mut self) -> i64 {
        const EDGES: [i64; 8] = [
            0,
            1,
            -1,
            i32::MAX as i64,
            i32::MIN as i64,
            i64::MAX,
            i64::MIN,
            0x1_0000_0000,
        ];
        match self.below(8) {
            0..4 => self.below(40) as i64 - 8,
            4 => *self.pick(&EDGES),
            5 => 1 << self.below(64),
            6 => self.next() as i32 as i64,
            _ => self.next() as i64,
        }
    }

    /// A number with a fraction, an infinity or a NaN.
    pub fn float(&mut self) -> f64 {
        const EDGES: [f64; 8] = [
            0.0,
            -0.0,
            1.0,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            4_294_967_296.0,
            1e300,
        ];
        match self.below(4) {
            0 => *self.pick(&EDGES),
            1 => self.integer() as f64,
            _ => (self.below(2000) as f64 - 1000.0) / 8.0,
        }
    }
}
