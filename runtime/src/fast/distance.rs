//! How far away a branch leads.
//!
//! A distance counts bytes from the beginning of the instruction whose operand words it is among, which is
//! where the processor's register points: so it is added as it is read. Of the second of two fused
//! instructions it counts from as many words before its own.

use super::handler::HANDLER_WORDS;

/// Bytes of a word.
const WORD: i64 = size_of::<u32>() as i64;

/// The distance from the instruction whose operand words begin at one word to that which begins at
/// another.
pub(crate) fn between(operands: usize, instruction: usize) -> u32 {
    ((instruction as i64 - origin(operands)) * WORD) as i32 as u32
}

/// The word where a distance leads; below zero, if that is into a word.
#[cfg(verify)]
pub(crate) fn target(operands: usize, distance: u32) -> i64 {
    let bytes = i64::from(distance as i32);
    match bytes % WORD {
        0 => origin(operands) + bytes / WORD,
        _ => -1,
    }
}

/// Where a distance leads from an instruction with these operand words.
///
/// # Safety
/// `between` made it, for that instruction.
#[inline(always)]
pub(crate) unsafe fn follow(operands: *const u32, distance: u32) -> *const u32 {
    // SAFETY: the caller promises that this leads to an instruction of the same code; in front of
    // operand words there are those of a handler, or other operands.
    unsafe {
        operands
            .sub(HANDLER_WORDS)
            .byte_offset(distance as i32 as isize)
    }
}

/// Where a distance counts from.
fn origin(operands: usize) -> i64 {
    operands as i64 - HANDLER_WORDS as i64
}
