//! A guest of the vectors: its memory, its allocator by one of three rules, and the calls that were
//! made of it, which are compared with those of the definition.

use std::vec::Vec;

use super::json::Json;
use crate::component::abi::Realloc;
use crate::spec::Trap;

/// The bytes of every memory, and what each is at the start.
const SIZE: usize = 65_536;
pub(in crate::component) const FRESH: u8 = 0xCD;

/// How the allocator answers.
#[derive(Clone, Debug)]
pub(in crate::component) enum Allocator {
    /// What is behind all blocks.
    Bump { top: u64 },
    /// As before, but a block that shrinks stays where it is.
    Stay { top: u64 },
    /// These, in order; a trap for a negative one.
    Script(Vec<i128>),
}

/// The memory, and what was called.
#[derive(Clone, Debug)]
pub(in crate::component) struct Guest {
    pub(in crate::component) memory: Vec<u8>,
    pub(in crate::component) allocator: Allocator,
    /// Old address, old size, alignment, size, answer.
    pub(in crate::component) calls: Vec<(u64, u64, u32, u64, Option<u64>)>,
}

impl Guest {
    pub(in crate::component) fn new(allocator: Allocator) -> Self {
        Self {
            memory: std::vec![FRESH; SIZE],
            allocator,
            calls: Vec::new(),
        }
    }

    /// The answer to a call, whose old block is copied.
    pub(in crate::component) fn answer(
        &mut self,
        old: u64,
        old_size: u64,
        align: u32,
        size: u64,
    ) -> Result<u64, Trap> {
        let stays = old_size > 0 && size <= old_size;
        let answer = match &mut self.allocator {
            Allocator::Stay { .. } if stays => Some(old),
            Allocator::Bump { top } | Allocator::Stay { top } => {
                let at = top.next_multiple_of(align.into());
                let end = at.checked_add(size).filter(|end| *end <= SIZE as u64);
                if let Some(end) = end {
                    *top = end;
                }
                end.map(|_| at)
            }
            Allocator::Script(answers) => {
                assert!(!answers.is_empty(), "one call of `realloc` too many");
                let answer = answers.remove(0);
                (answer >= 0).then_some(answer as u64)
            }
        };
        self.calls.push((old, old_size, align, size, answer));
        let at = answer.ok_or(Trap::UnreachableCodeReached)?;
        let (from, to) = (old as usize, at as usize);
        if to.saturating_add(size as usize) <= SIZE {
            let kept = old_size.min(size) as usize;
            self.memory.copy_within(from..from + kept, to);
        }
        Ok(at)
    }

    /// Compares the calls with those of a line.
    #[track_caller]
    pub(in crate::component) fn check_calls(&self, id: &str, expected: &Json) {
        let expected: Vec<_> = expected.list().iter().map(call).collect();
        assert_eq!(self.calls, expected, "{id}: calls of `realloc`");
    }

    /// Compares those bytes of memory that a line has.
    #[track_caller]
    pub(in crate::component) fn check_image(&self, id: &str, image: &Json) {
        for (at, bytes) in image.list().iter().map(block) {
            let found = &self.memory[at..at + bytes.len()];
            assert_eq!(found, bytes, "{id}: memory from {at} on");
        }
    }

    /// Writes the bytes of a line.
    pub(in crate::component) fn write(&mut self, image: &Json) {
        for (at, bytes) in image.list().iter().map(block) {
            self.memory[at..at + bytes.len()].copy_from_slice(&bytes);
        }
    }
}

impl Realloc for Guest {
    fn memory(&mut self) -> &mut [u8] {
        &mut self.memory
    }

    fn realloc(&mut self, old: u64, old_size: u64, align: u32, size: u64) -> Result<u64, Trap> {
        self.answer(old, old_size, align, size)
    }
}

fn call(call: &Json) -> (u64, u64, u32, u64, Option<u64>) {
    let [old, old_size, align, size, answer] = call.list() else {
        panic!("no call: {call:?}")
    };
    let number = |json: &Json| json.number() as u64;
    let answer = (*answer != Json::Null).then(|| answer.number());
    (
        number(old),
        number(old_size),
        align.number() as u32,
        number(size),
        answer
            .filter(|answer| *answer >= 0)
            .map(|answer| answer as u64),
    )
}

fn block(block: &Json) -> (usize, Vec<u8>) {
    let [at, bytes] = block.list() else {
        panic!("no block: {block:?}")
    };
    (at.number() as usize, hex(bytes.text()))
}

/// Bytes from digits.
pub(in crate::component) fn hex(digits: &str) -> Vec<u8> {
    let pairs = (0..digits.len()).step_by(2);
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("two digits");
    pairs.map(byte).collect()
}
