//! Rates: how much work one unit of fuel pays for.
//!
//! What an instruction itself costs is [`Opcode::fuel`](crate::spec::Opcode::fuel). Where its work
//! depends on an operand, or on how many values it moves, that is paid for besides; what counts is
//! the work that is done, so that an access out of bounds or a growth that fails pays nothing.
//! `[rate]` and `[work]` of `spec/costs.toml`.

/// How many bytes, elements or values one unit of fuel pays for. What is left of the
/// division costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    shift: u32,
}

impl Rate {
    /// One unit for this many, a power of two.
    pub(crate) const fn per(count: u32) -> Self {
        Self {
            shift: count.trailing_zeros(),
        }
    }

    /// How many one unit pays for.
    pub const fn count(self) -> u64 {
        1 << self.shift
    }

    /// What `count` of them cost.
    pub const fn fuel(self, count: u64) -> u64 {
        count >> self.shift
    }
}

#[cfg(test)]
mod tests {
    use super::Rate;

    #[test]
    fn the_rest_of_a_division_is_free() {
        let rate = Rate::per(8);
        assert_eq!(rate.count(), 8);
        let costs = [0, 7, 8, 15, 16, u64::MAX].map(|count| rate.fuel(count));
        assert_eq!(costs, [0, 0, 1, 1, 2, u64::MAX / 8]);
        assert_eq!(Rate::per(1).fuel(9), 9);
    }
}
