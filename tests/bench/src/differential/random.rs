//! Pseudo-random numbers, the same for the same seed everywhere.
//!

/// The generator SplitMix64.
pub struct Random(u64);

impl Random {
    /// Numbers that depend on the seed alone.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True once in so many times.
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
