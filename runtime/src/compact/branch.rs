//! A branch of the side table: where it goes and what it takes along, in eight bytes.
//!
//! Distances, not positions, so that any module's functions fit. From "A fast in-place interpreter
//! for WebAssembly" (Titzer, 2022).

use core::cell::Cell;

use crate::spec::Limits;
use crate::validate::item::{Bytes, Item};

/// A branch that may be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Branch {
    /// From the branch instruction to the instruction that it goes to.
    pub(crate) code: i32,
    /// From this branch to the next one in the table behind the target.
    pub(crate) table: i16,
    /// Operands dropped below those that are kept.
    pub(crate) drop: u16,
    /// Operands kept.
    pub(crate) keep: u8,
}

/// Bits of the distance in the code.
const CODE_BITS: u32 = 24;

impl Branch {
    /// Bytes of code that a branch can pass over, in either direction.
    const MAX_CODE: u64 = (1 << (CODE_BITS - 1)) - 1;
}

impl Branch {
    /// From its bytes.
    #[inline(always)]
    pub(crate) fn unpack(bytes: &[u8; Self::SIZE]) -> Self {
        // As a whole, because compilers make one access of that.
        let both = u64::from_le_bytes(*bytes);
        Self::of(both as u32, (both >> u32::BITS) as u32)
    }

    #[inline(always)]
    fn of(low: u32, high: u32) -> Self {
        Self {
            code: low as i32 >> u8::BITS,
            keep: low as u8,
            table: high as u16 as i16,
            drop: (high >> u16::BITS) as u16,
        }
    }
}

const _: () = assert!(Limits::MAX.function_size <= Branch::MAX_CODE);

impl Item for Branch {
    const SIZE: usize = u64::SIZE;

    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
        Self::of(u32::get(bytes, at), u32::get(bytes, at + u32::SIZE))
    }

    fn put(self, bytes: &[Cell<u8>], at: usize) {
        let low = (self.code as u32) << u8::BITS | u32::from(self.keep);
        let high = u32::from(self.table as u16) | u32::from(self.drop) << u16::BITS;
        low.put(bytes, at);
        high.put(bytes, at + u32::SIZE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_loses_nothing() {
        let most = Branch::MAX_CODE as i32;
        for (code, table) in [
            (0, 0),
            (-1, -1),
            (most, i16::MAX),
            (-most, i16::MIN),
            (77, 1),
        ] {
            for (drop, keep) in [(0, 0), (u16::MAX, u8::MAX), (300, 2)] {
                let branch = Branch {
                    code,
                    table,
                    drop,
                    keep,
                };
                let mut bytes = [0; 10];
                branch.put(Cell::from_mut(&mut bytes[..]).as_slice_of_cells(), 1);
                assert_eq!(Branch::get(&bytes[..], 1), branch);
            }
        }
    }
}
