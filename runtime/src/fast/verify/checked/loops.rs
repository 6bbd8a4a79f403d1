//! Loops whose head is in the context while they run.
//!
//! From the instruction that puts it there to the last jump to it, nothing may put another one there,
//! and no call may: a callee has loops of its own. Whoever is in between came past that instruction:
//! no jump from elsewhere leads there.

use alloc::vec::Vec;

use super::Wrong;
use crate::fast::handler::HANDLER_WORDS;
use crate::fast::layout::Operand;

/// The loops of a function, in order.
#[derive(Default)]
pub(super) struct Loops {
    all: Vec<Leaf>,
    /// Whether the context has the head of the last one, as far as the code was read.
    is_live: bool,
}

/// A loop without loops and calls.
struct Leaf {
    /// The word where it begins.
    head: usize,
    /// The last instruction that jumps there.
    last: usize,
}

impl Loops {
    /// Reads the operands of the next instruction, which begins at a word and may be the last of a
    /// loop.
    pub(super) fn follow(
        &mut self,
        at: usize,
        operands: &[Operand],
        is_last: bool,
    ) -> Result<(), Wrong> {
        for operand in operands {
            match operand {
                Operand::Head => {
                    self.all.try_reserve(1).map_err(|_| Wrong::OutOfMemory)?;
                    let head = at + HANDLER_WORDS;
                    self.all.push(Leaf { head, last: head });
                    self.is_live = true;
                }
                Operand::Again => match self.all.last_mut() {
                    Some(leaf) if self.is_live => leaf.last = at,
                    _ => return Err(Wrong::Again),
                },
                Operand::Frame => self.is_live = false,
                _ => {}
            }
        }
        self.is_live &= !is_last;
        Ok(())
    }

    /// Whether a jump from a word to another is none from elsewhere into a loop.
    pub(super) fn admit(&self, from: usize, to: usize) -> Result<(), Wrong> {
        let at = self.all.partition_point(|leaf| leaf.head < to);
        match at.checked_sub(1).map(|at| &self.all[at]) {
            Some(leaf) if to <= leaf.last && !(leaf.head..leaf.last).contains(&from) => {
                Err(Wrong::Into(to))
            }
            _ => Ok(()),
        }
    }
}
