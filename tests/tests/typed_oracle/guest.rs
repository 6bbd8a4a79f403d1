//! The guest of a vector: its memory, and an allocator that answers as the vector says and writes down
//! what it was asked, so that the order and the sizes of its calls can be compared.

use serde_json::{Value, json};
use tabwasm::Trap;
use tabwasm::component::Realloc;

use super::written::{list, number, text};

/// What is at the start in each byte of the memory, and how many there are.
const FRESH: u8 = 0xCD;
const SIZE: usize = 65_536;

/// The memory of a guest, and what its allocator was asked for.
pub(crate) struct Guest {
    pub(crate) memory: Vec<u8>,
    answers: Answers,
    /// Old address, old size, alignment, size, answer.
    calls: Vec<Value>,
}

/// How an allocator answers.
pub(crate) enum Answers {
    /// Behind all blocks.
    Behind(u64),
    /// The last of these; without one, a trap.
    These(Vec<Option<u64>>),
}

impl Guest {
    pub(crate) fn new(answers: Answers) -> Self {
        Self {
            memory: vec![FRESH; SIZE],
            answers,
            calls: Vec::new(),
        }
    }

    #[track_caller]
    pub(crate) fn check(&self, id: &Value, calls: &Value, image: &Value) {
        assert_eq!(self.calls, *list(calls), "{id}: calls of `realloc`");
        for (at, bytes) in blocks(image) {
            let found = &self.memory[at..at + bytes.len()];
            assert_eq!(found, bytes, "{id}: memory from {at} on");
        }
    }
}

impl Realloc for Guest {
    fn memory(&mut self) -> &mut [u8] {
        &mut self.memory
    }

    fn realloc(&mut self, old: u64, old_size: u64, align: u32, size: u64) -> Result<u64, Trap> {
        let answer = match &mut self.answers {
            Answers::Behind(top) => {
                let at = top.next_multiple_of(align.into());
                *top = at + size;
                Some(at).filter(|at| at + size <= SIZE as u64)
            }
            Answers::These(all) => all.pop().expect("one call of `realloc` too many"),
        };
        let told = answer.map_or(json!(-1), |at| json!(at));
        self.calls.push(json!([old, old_size, align, size, told]));
        let at = answer.ok_or(Trap::UnreachableCodeReached)?;
        if at.saturating_add(size) <= SIZE as u64 {
            let kept = old..old + old_size.min(size);
            self.memory
                .copy_within(kept.start as usize..kept.end as usize, at as usize);
        }
        Ok(at)
    }
}

/// Bytes of a memory, and where they stand.
pub(crate) fn blocks(json: &Value) -> Vec<(usize, Vec<u8>)> {
    let byte = |digits: &[u8]| {
        let digits = std::str::from_utf8(digits).expect("digits");
        u8::from_str_radix(digits, 16).expect("digits")
    };
    let block = |json: &Value| {
        let bytes = text(&json[1]).as_bytes().chunks(2).map(byte);
        (number(&json[0]) as usize, bytes.collect())
    };
    list(json).iter().map(block).collect()
}
