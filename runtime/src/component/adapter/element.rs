//! Elements of lists that are one number each: characters, truth values, cases and flags.
//!
//! They were copied all at once, and are looked at where they are then: a wrong one is a trap, after
//! which nobody reads what was copied, and others are made what the standard lifts them to.

use super::op::{BYTE, HALF, Scalar, WORD};
use crate::spec::Trap;

/// Checks numbers that follow each other, or puts them right.
pub(super) fn check(scalar: Scalar, elements: &mut [u8]) -> Result<(), Trap> {
    match scalar.size() {
        BYTE => each(
            scalar,
            elements.as_chunks_mut().0,
            u8::from_le_bytes,
            u8::to_le_bytes,
        ),
        HALF => each(
            scalar,
            elements.as_chunks_mut().0,
            u16::from_le_bytes,
            u16::to_le_bytes,
        ),
        WORD => each(
            scalar,
            elements.as_chunks_mut().0,
            u32::from_le_bytes,
            u32::to_le_bytes,
        ),
        // No larger number can be wrong.
        _ => Ok(()),
    }
}

fn each<const SIZE: usize, N: Copy + Into<u64> + TryFrom<u64>>(
    scalar: Scalar,
    elements: &mut [[u8; SIZE]],
    from: fn([u8; SIZE]) -> N,
    to: fn(N) -> [u8; SIZE],
) -> Result<(), Trap> {
    for element in elements {
        let lifted = scalar.lift(from(*element).into())?;
        if let Ok(lifted) = N::try_from(lifted) {
            *element = to(lifted);
        }
    }
    Ok(())
}
