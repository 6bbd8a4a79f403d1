//! Where instructions of the code come from: offsets in the module, for those that can trap or call.
//!
//! Pairs of a word of the code and an offset, ascending by word. Each is written as its distance
//! from the one before it, two bytes mostly; at intervals a mark has both in full, so that a
//! search reads few.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::allocation::{OutOfMemory, boxed_copy, reserve};
use crate::read::Reader;

/// The pairs of a function.
pub(crate) struct Origins {
    marks: Box<[Mark]>,
    distances: Box<[u8]>,
}

/// The pairs of a function in the making.
#[derive(Default)]
pub(crate) struct OriginList {
    marks: Vec<Mark>,
    distances: Vec<u8>,
    last: (u32, u32),
    /// How many there are behind the last mark.
    behind: usize,
}

/// A pair in full.
#[derive(Clone, Copy)]
struct Mark {
    word: u32,
    offset: u32,
    /// Where the distances behind it begin.
    distances: u32,
}

/// Pairs from one mark to the next, the first of them included.
const BETWEEN: usize = 32;
/// Set in a byte of a number that another follows.
const MORE: u8 = 1 << 7;
/// Most bytes of two numbers of 32 bits in LEB128.
const LONGEST: usize = 10;

impl OriginList {
    /// Adds a pair; its word is not below those before it.
    pub(crate) fn push(&mut self, word: u32, offset: u32) -> Result<(), OutOfMemory> {
        if self.marks.is_empty() || self.behind + 1 == BETWEEN {
            reserve(&mut self.marks, 1)?;
            let distances = self.distances.len() as u32;
            self.marks.push(Mark {
                word,
                offset,
                distances,
            });
            self.behind = 0;
        } else {
            reserve(&mut self.distances, LONGEST)?;
            let (last_word, last_offset) = self.last;
            self.number(word.wrapping_sub(last_word));
            // An instruction can be laid down after one that follows it in the module.
            let distance = offset.wrapping_sub(last_offset).cast_signed();
            self.number((distance << 1 ^ distance >> 31).cast_unsigned());
            self.behind += 1;
        }
        self.last = (word, offset);
        Ok(())
    }

    /// Writes a number in LEB128; there is room for it.
    fn number(&mut self, mut number: u32) {
        while number >= MORE.into() {
            self.distances.push(number as u8 | MORE);
            number >>= MORE.trailing_zeros();
        }
        self.distances.push(number as u8);
    }

    /// Bytes that the pairs take.
    pub(crate) fn size(&self) -> usize {
        self.marks.len() * size_of::<Mark>() + self.distances.len()
    }

    /// Forgets all pairs, and keeps their memory for others.
    pub(crate) fn clear(&mut self) {
        self.marks.clear();
        self.distances.clear();
    }

    /// The pairs, in memory of their own.
    pub(crate) fn finish(&self) -> Result<Origins, OutOfMemory> {
        Ok(Origins {
            marks: boxed_copy(&self.marks)?,
            distances: boxed_copy(&self.distances)?,
        })
    }
}

impl Origins {
    /// Bytes that they take.
    pub(crate) fn size(&self) -> usize {
        size_of_val(&*self.marks) + self.distances.len()
    }

    /// The offset in the module of the last instruction that does not begin behind a word.
    pub(crate) fn find(&self, word: u32) -> Option<u32> {
        let after = self.marks.partition_point(|mark| mark.word <= word);
        let pairs = self.behind(after.checked_sub(1)?);
        let last = pairs.take_while(|&(at, _)| at <= word).last()?;
        Some(last.1)
    }

    /// All pairs.
    #[cfg(verify)]
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (u32, u32)> {
        (0..self.marks.len()).flat_map(|mark| self.behind(mark))
    }

    /// The pairs from a mark to the next.
    fn behind(&self, mark: usize) -> impl Iterator<Item = (u32, u32)> {
        let end = self.marks.get(mark + 1).map(|mark| mark.distances as usize);
        let end = end.unwrap_or(self.distances.len());
        let mark = self.marks.get(mark);
        let start = mark.map_or(end, |mark| mark.distances as usize);
        let mut r = Reader::range(&self.distances, start..end);
        let first = mark.map(|mark| (mark.word, mark.offset));
        core::iter::successors(first, move |&(word, offset)| {
            let (further, distance) = (r.u32().ok()?, r.u32().ok()?);
            let distance = (distance >> 1).cast_signed() ^ -(distance & 1).cast_signed();
            Some((
                word.wrapping_add(further),
                offset.wrapping_add_signed(distance),
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_found_again() {
        let mut random = 1_u64;
        let mut draw = |below: u32| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (random >> 33) as u32 % below
        };
        let (mut list, mut pairs) = (OriginList::default(), Vec::new());
        let (mut word, mut offset) = (2, 1_000_000);
        for _ in 0..1_000 {
            list.push(word, offset).unwrap();
            pairs.push((word, offset));
            let [far, back] = [draw(50) == 0, draw(9) == 0];
            word += 1 + draw(if far { 1 << 20 } else { 12 });
            offset = if back {
                offset - draw(40)
            } else {
                offset + draw(90)
            };
        }
        let size = list.size();
        assert!(size < 3 * pairs.len(), "{size}");
        let origins = list.finish().unwrap();
        assert_eq!(origins.size(), size);
        assert_eq!(origins.find(1), None);
        for (at, &(word, offset)) in pairs.iter().enumerate() {
            assert_eq!(origins.find(word), Some(offset));
            let last = pairs.get(at + 1).map_or(u32::MAX, |next| next.0 - 1);
            assert_eq!(origins.find(last), Some(offset));
        }
    }
}
