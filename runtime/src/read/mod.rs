//! Zero-copy reading of the binary format.
//!
//! A [`Reader`] walks over bytes; positions are offsets from the start of the module, so that
//! errors and ranges need no arithmetic. Nothing is sized by a count that the input claims.
//! Instructions are read by the generated decoder, which calls `immediate`. Standard: chapter 5,
//! "Binary Format".

pub(crate) mod component;
mod composite;
mod entry;
pub(crate) mod immediate;
mod leb;
mod names;
pub(crate) mod opcode;
mod section;
mod segment;
mod types;

pub use composite::{
    CompositeType, CoreTypes, FieldType, FieldTypes, StorageType, SubType, SuperTypes,
};
pub use entry::{
    ConstExpr, DataSegment, ElementItem, ElementItems, ElementItemsIter, ElementSegment, Export,
    Import, ImportType, SegmentMode, Span,
};
pub(crate) use names::name_parts;
pub use names::{IndirectNameMap, NameMap, Names};
pub(crate) use section::magic;
pub use section::{Section, Sections};
pub(crate) use types::malformed;

use core::ops::Range;

use crate::profile::Gate;
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Instruction, Limit};

/// A place in the bytes of a module, and an end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reader<'a> {
    /// The module up to the end of what is read, so that a position is an offset in the module.
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    /// Reads all of these bytes.
    #[inline]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// Reads a range of a module; what lies outside of the module is not there.
    pub fn range(module: &'a [u8], range: Range<usize>) -> Self {
        Self {
            bytes: module.get(..range.end).unwrap_or(module),
            position: range.start,
        }
    }

    /// The offset in the module of what is read next.
    #[inline(always)]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// The offset in the module of the end.
    #[inline(always)]
    pub const fn end(&self) -> usize {
        self.bytes.len()
    }

    /// How many bytes are left.
    #[inline(always)]
    pub const fn remaining(&self) -> usize {
        self.bytes.len().saturating_sub(self.position)
    }

    /// Whether nothing is left.
    #[inline(always)]
    pub const fn is_at_end(&self) -> bool {
        self.position >= self.bytes.len()
    }

    /// What is left to read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    /// Takes everything that is left, as a reader of its own.
    pub(crate) fn take(&mut self) -> Self {
        let all = *self;
        self.position = self.bytes.len();
        all
    }

    /// All bytes up to the end, also those before what is read.
    pub(crate) const fn whole(&self) -> &'a [u8] {
        self.bytes
    }

    /// The bytes from an earlier position up to here.
    pub(crate) fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.position).unwrap_or_default()
    }

    /// The next byte, without taking it.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    /// The next byte; an error at the end of what is read.
    #[inline(always)]
    pub fn u8(&mut self) -> Result<u8, Reject> {
        match self.bytes.get(self.position) {
            Some(&byte) => {
                self.position += 1;
                Ok(byte)
            }
            None => Err(self.ended()),
        }
    }

    /// That many bytes.
    #[inline]
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], Reject> {
        let end = self.position.checked_add(count);
        match end.and_then(|end| self.bytes.get(self.position..end)) {
            Some(bytes) => {
                self.position += count;
                Ok(bytes)
            }
            None => Err(self.ended()),
        }
    }

    /// That many bytes, as an array.
    #[inline]
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Reject> {
        match self
            .bytes
            .get(self.position..)
            .and_then(<[u8]>::first_chunk)
        {
            Some(array) => {
                self.position += N;
                Ok(*array)
            }
            None => Err(self.ended()),
        }
    }

    /// The bits of an `f32`.
    #[inline]
    pub fn f32(&mut self) -> Result<f32, Reject> {
        self.array().map(f32::from_le_bytes)
    }

    /// The bits of an `f64`.
    #[inline]
    pub fn f64(&mut self) -> Result<f64, Reject> {
        self.array().map(f64::from_le_bytes)
    }

    /// A name: a length, then that many bytes of UTF-8.
    pub fn name(&mut self, gate: &impl Gate) -> Result<&'a str, Reject> {
        let (start, bytes) = self.name_bytes(gate)?;
        core::str::from_utf8(bytes).map_err(|error| {
            Reject::new(
                ErrorCode::MalformedUtf8Encoding,
                start + error.valid_up_to(),
            )
        })
    }

    /// The bytes of a name, and where they stand.
    fn name_bytes(&mut self, gate: &impl Gate) -> Result<(usize, &'a [u8]), Reject> {
        let at = self.position;
        let length = self.u32()?;
        let limit = gate.limits().name_length;
        let start = self.position;
        let bytes = self.counted(length)?;
        if u64::from(length) > limit {
            return Err(Reject::limit(Limit::NameLength, u64::from(length), at));
        }
        Ok((start, bytes))
    }

    /// Skips a name that is not used; the check is optimised for size, not for speed.
    #[inline(never)]
    pub(crate) fn pass_name(&mut self, gate: &impl Gate) -> Result<(), Reject> {
        let (start, bytes) = self.name_bytes(gate)?;
        let mut rest = bytes;
        while let [first, ..] = rest {
            let length = first.leading_ones().max(1) as usize;
            if !rest.get(..length).is_some_and(is_character) {
                let at = start + bytes.len() - rest.len();
                return Err(Reject::new(ErrorCode::MalformedUtf8Encoding, at));
            }
            rest = rest.get(length..).unwrap_or_default();
        }
        Ok(())
    }

    /// Where the bytes of a name stand that was read before.
    pub(crate) fn name_span(&mut self) -> Result<Span, Reject> {
        let length = self.u32()?;
        let start = self.position;
        Ok(Span {
            start,
            end: start.saturating_add(length as usize),
        })
    }

    /// The bytes of a name that was read before, and so is UTF-8.
    pub(crate) fn known_name(&mut self) -> Result<&'a [u8], Reject> {
        let length = self.u32()?;
        self.counted(length)
    }

    /// So many bytes as a length says that stands before them.
    pub(crate) fn counted(&mut self, length: u32) -> Result<&'a [u8], Reject> {
        let at = self.position;
        let left = self.remaining();
        self.bytes(length as usize).map_err(|_| {
            let detail = Detail::AtMost(u64::from(length), left as u64);
            Reject::with(ErrorCode::LengthOutOfBounds, at, detail)
        })
    }

    /// A reader of the next `length` bytes, which this one skips.
    pub(crate) fn sub(&mut self, length: u32) -> Result<Self, Reject> {
        let start = self.position;
        self.counted(length)?;
        Ok(Self {
            bytes: self.bytes.get(..self.position).unwrap_or_default(),
            position: start,
        })
    }

    /// The number of entries of a list, within a limit.
    #[inline(always)]
    pub(crate) fn count(&mut self, limit: Limit, most: u64) -> Result<u32, Reject> {
        self.count_within(limit, u32::try_from(most).unwrap_or(u32::MAX))
    }

    #[inline(never)]
    fn count_within(&mut self, limit: Limit, most: u32) -> Result<u32, Reject> {
        let at = self.position;
        let count = self.u32()?;
        // An entry takes a byte at least: what is not there cannot be too much.
        if count > most && self.remaining() > most as usize {
            return Err(Reject::limit(limit, u64::from(count), at));
        }
        Ok(count)
    }

    /// Nothing may be left.
    pub(crate) fn complete(&self) -> Result<(), Reject> {
        if self.is_at_end() {
            return Ok(());
        }
        let detail = Detail::Number(self.remaining() as u64);
        Err(Reject::with(ErrorCode::SectionSize, self.position, detail))
    }

    /// The next instruction with its immediates; an error for an opcode that the gate does not
    /// admit.
    #[inline]
    pub fn instruction(&mut self, gate: &impl Gate) -> Result<Instruction<'a>, Reject> {
        self.next_instruction::<true>(gate)
    }

    /// The next instruction; without `REGULAR` one that is not regular.
    #[cfg_attr(small, inline)]
    #[cfg_attr(not(small), inline(never))]
    pub(crate) fn next_instruction<const REGULAR: bool>(
        &mut self,
        gate: &impl Gate,
    ) -> Result<Instruction<'a>, Reject> {
        crate::generated::woven::decode::decode::<REGULAR, _>(self, gate)
    }

    #[cold]
    #[inline(never)]
    fn ended(&self) -> Reject {
        Reject::new(ErrorCode::UnexpectedEnd, self.bytes.len())
    }
}

/// Whether these bytes are one character in UTF-8.
fn is_character(bytes: &[u8]) -> bool {
    /// Bits of the character in a byte that is not the first.
    const BITS: u32 = 6;
    let [first, others @ ..] = bytes else {
        return false;
    };
    let mask = u8::MAX.checked_shr(first.leading_ones() + 1).unwrap_or(0);
    let mut code = u32::from(first & mask);
    for byte in others {
        if byte >> BITS != 1 << 1 {
            return false;
        }
        code = code << BITS | u32::from(byte & ((1 << BITS) - 1));
    }
    // It is not longer than it must be, and begins with no byte that only continues another.
    let length = char::from_u32(code).map(char::len_utf8);
    length == Some(bytes.len()) && first.leading_ones() != 1
}

impl core::fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Reader({:#x}..{:#x})", self.position, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_keep_offsets_of_the_module() {
        let module = [1, 2, 3, 4];
        let mut reader = Reader::range(&module, 1..3);
        assert_eq!(
            (reader.position(), reader.end(), reader.remaining()),
            (1, 3, 2)
        );
        assert_eq!(reader.bytes(2), Ok(&[2, 3][..]));
        assert_eq!(reader.u8().map_err(|reject| reject.offset), Err(3));
        assert!(Reader::range(&module, 7..9).is_at_end());
    }

    #[test]
    fn sub_readers_end_where_they_say() {
        let module = [9, 1, 2, 3];
        let mut reader = Reader::range(&module, 1..4);
        let mut sub = reader.sub(2).unwrap();
        assert_eq!(
            (sub.u8(), sub.u8(), sub.u8().is_err()),
            (Ok(1), Ok(2), true)
        );
        assert_eq!(reader.u8(), Ok(3));
        assert_eq!(
            reader.sub(1).unwrap_err().code(),
            ErrorCode::LengthOutOfBounds
        );
    }

    #[test]
    fn names_are_utf8_within_the_limit() {
        let gate = crate::profile::NoAlloc;
        assert_eq!(Reader::new(b"\x03abc").name(&gate), Ok("abc"));
        let reject = Reader::new(b"\x03a\xffc").name(&gate).unwrap_err();
        assert_eq!(
            (reject.code(), reject.offset),
            (ErrorCode::MalformedUtf8Encoding, 2)
        );
    }

    #[test]
    fn names_that_are_passed_over_are_the_same_ones() {
        let gate = crate::profile::NoAlloc;
        for (first, second) in (0..=u16::MAX).map(|pair| pair.to_be_bytes().into()) {
            for third in [127, 128, 191, 192] {
                for length in 1..=4 {
                    let module = [length, first, second, third, third];
                    let module = &module[..=usize::from(length)];
                    let read = Reader::new(module).name(&gate).map(|_| ());
                    assert_eq!(Reader::new(module).pass_name(&gate), read, "{module:?}");
                }
            }
        }
    }
}
