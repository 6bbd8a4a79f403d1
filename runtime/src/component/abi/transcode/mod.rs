//! Strings from a memory to another, in whatever encodings.
//!
//! Which calls of its allocator a guest sees, and when, is normative: for each pair of encodings a
//! first block, more if that does not suffice, less if some of it is left. The guest's code runs at
//! each of them, so a string on its way is a value that stops there ([`Transcoding`]), and goes on
//! with the answer. Host strings and strings of other guests take the same way; the memory that they
//! come from is the text itself or the other guest's ([`Memories`]). Standard: Component Model,
//! `CanonicalABI.md`, `store_string_into_range`.

mod memories;
#[cfg(feature = "alloc")]
mod pack;
mod text;

pub(in crate::component) use self::memories::copy;
pub(crate) use self::memories::{Allocation, Memories};
#[cfg(feature = "alloc")]
pub(in crate::component) use self::pack::WORDS;
use self::text::Alphabet;
use super::pointer;
use crate::component::{AddressType, MAX_STRING_BYTE_LENGTH, StringEncoding};
use crate::spec::Trap;

/// What is next with a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::component) enum Next {
    /// To call the allocator, and to go on with its answer.
    Allocate(Allocation),
    /// Nothing: this is its address, and these are its code units, tagged where that is needed.
    Done { at: u64, units: u64 },
}

/// In which form a string lies in the memory that it comes from.
#[cfg_attr(
    not(feature = "alloc"),
    expect(
        dead_code,
        reason = "without an allocator, strings come from the host only"
    )
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::component) enum Form {
    Utf8,
    Utf16,
    Latin1,
    /// UTF-16 in an encoding that is Latin-1 otherwise: it may well fit that.
    Tagged,
}

/// Which answer is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The block that suffices in the best case.
    First,
    /// One that suffices in every case.
    Grown,
    /// One without what is left.
    Shrunk,
    /// The same of what became Latin-1, which need not be aligned.
    Narrowed,
}

/// A string on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::component) struct Transcoding {
    form: Form,
    phase: Phase,
    /// Whether UTF-16 was needed where Latin-1 might have done.
    wide: bool,
    /// Where the string is that is read, and its code units.
    source: u64,
    units: u64,
    /// The block that was given last, and the bytes that were asked for.
    at: u64,
    size: u64,
    /// Bytes that are read, and that are written.
    read: u64,
    written: u64,
}

impl Transcoding {
    /// A string with this many code units at an address, whose bytes are within the memory, and the
    /// first call.
    pub(in crate::component) fn begin(
        (form, source, units): (Form, u64, u64),
        to: StringEncoding,
    ) -> Result<(Self, Allocation), Trap> {
        let per_unit = match (to, form) {
            (StringEncoding::Utf16, _) | (StringEncoding::Latin1Utf16, Form::Tagged) => 2,
            _ => 1,
        };
        let size = times(units, per_unit)?;
        let begun = Self {
            form,
            phase: Phase::First,
            wide: false,
            source,
            units,
            at: 0,
            size,
            read: 0,
            written: 0,
        };
        let first = Allocation {
            old: 0,
            old_size: 0,
            align: to.align(),
            size,
        };
        Ok((begun, first))
    }

    /// Goes on with the answer of the allocator.
    pub(in crate::component) fn resume(
        &mut self,
        memories: &mut (impl Memories + ?Sized),
        to: StringEncoding,
        address: AddressType,
        answer: u64,
    ) -> Result<Next, Trap> {
        let align = match self.phase {
            Phase::Narrowed => StringEncoding::Latin1Utf16.unit(),
            _ => to.align(),
        };
        let (memory, outside) = (memories.target().len(), Trap::StringOutOfBounds);
        pointer::checked(answer, align, self.size, memory, outside)?;
        self.at = answer;
        match (self.phase, to) {
            (Phase::Shrunk | Phase::Narrowed, _) => Ok(self.done(to, address)),
            (Phase::First, StringEncoding::Utf8) => match self.form {
                Form::Utf8 => self.copied(memories, to, address),
                Form::Latin1 => self.utf8(memories, 2, address),
                Form::Utf16 | Form::Tagged => self.utf8(memories, 3, address),
            },
            (Phase::First, StringEncoding::Utf16) => match self.form {
                Form::Utf16 | Form::Tagged => self.copied(memories, to, address),
                Form::Utf8 | Form::Latin1 => {
                    self.write(memories, Alphabet::Utf16)?;
                    Ok(self.shrink(to, address))
                }
            },
            (Phase::First, StringEncoding::Latin1Utf16) => match self.form {
                Form::Latin1 => self.copied(memories, to, address),
                Form::Tagged => self.narrow(memories, address),
                Form::Utf8 | Form::Utf16 => self.latin1(memories, address),
            },
            (Phase::Grown, StringEncoding::Utf8) => {
                self.write(memories, Alphabet::Utf8)?;
                Ok(self.shrink(to, address))
            }
            (Phase::Grown, _) => {
                let latin1 = self.written;
                let block = text::part_mut(memories.target(), self.at, self.size)?;
                text::widen(block, latin1 as usize);
                self.wide = true;
                self.written = latin1 * 2;
                self.write(memories, Alphabet::Utf16)?;
                Ok(self.shrink(to, address))
            }
        }
    }

    /// The same bytes.
    fn copied(
        &mut self,
        memories: &mut (impl Memories + ?Sized),
        to: StringEncoding,
        address: AddressType,
    ) -> Result<Next, Trap> {
        copy(memories, self.source, self.at, self.size)?;
        self.written = self.size;
        Ok(self.done(to, address))
    }

    /// ASCII, which takes as many bytes as code units; more once there is something else.
    fn utf8(
        &mut self,
        memories: &mut (impl Memories + ?Sized),
        most: u32,
        address: AddressType,
    ) -> Result<Next, Trap> {
        if self.write(memories, Alphabet::Ascii)? {
            return Ok(self.shrink(StringEncoding::Utf8, address));
        }
        self.grow(StringEncoding::Utf8, most)
    }

    /// Latin-1 up to the first character that it lacks; UTF-16 then.
    fn latin1(
        &mut self,
        memories: &mut (impl Memories + ?Sized),
        address: AddressType,
    ) -> Result<Next, Trap> {
        if self.write(memories, Alphabet::Latin1)? {
            return Ok(self.shrink(StringEncoding::Latin1Utf16, address));
        }
        self.grow(StringEncoding::Latin1Utf16, 2)
    }

    /// UTF-16, which becomes Latin-1 if that has all the characters.
    fn narrow(
        &mut self,
        memories: &mut (impl Memories + ?Sized),
        address: AddressType,
    ) -> Result<Next, Trap> {
        copy(memories, self.source, self.at, self.size)?;
        let block = text::part_mut(memories.target(), self.at, self.size)?;
        self.wide = !text::narrow(block);
        self.written = if self.wide { self.size } else { self.units };
        if self.wide {
            return Ok(self.done(StringEncoding::Latin1Utf16, address));
        }
        let align = StringEncoding::Latin1Utf16.unit();
        Ok(self.replace(Phase::Narrowed, align, self.units))
    }

    /// Asks for a block that suffices in every case.
    fn grow(&mut self, to: StringEncoding, per_unit: u32) -> Result<Next, Trap> {
        let size = times(self.units, per_unit)?;
        Ok(self.replace(Phase::Grown, to.align(), size))
    }

    /// Gives back what is left, if anything is.
    fn shrink(&mut self, to: StringEncoding, address: AddressType) -> Next {
        if self.written < self.size {
            return self.replace(Phase::Shrunk, to.align(), self.written);
        }
        self.done(to, address)
    }

    fn replace(&mut self, phase: Phase, align: u32, size: u64) -> Next {
        let (old, old_size) = (self.at, self.size);
        self.phase = phase;
        self.size = size;
        Next::Allocate(Allocation {
            old,
            old_size,
            align,
            size,
        })
    }

    fn done(&self, to: StringEncoding, address: AddressType) -> Next {
        let units = match to {
            StringEncoding::Latin1Utf16 if self.wide => (self.written / 2) | tag(address),
            StringEncoding::Utf16 => self.written / 2,
            StringEncoding::Utf8 | StringEncoding::Latin1Utf16 => self.written,
        };
        Next::Done { at: self.at, units }
    }

    /// Writes characters from where it stopped on; whether these were all, or the next one is not
    /// in the alphabet.
    fn write(
        &mut self,
        memories: &mut (impl Memories + ?Sized),
        alphabet: Alphabet,
    ) -> Result<bool, Trap> {
        let size = times(self.units, self.form.unit())?;
        loop {
            let left = size.saturating_sub(self.read);
            let rest = text::part(memories.source(), self.source + self.read, left)?;
            if rest.is_empty() {
                return Ok(true);
            }
            if let Some(ascii) = text::Ascii::of(self.form, rest) {
                let room = self.size.saturating_sub(self.written);
                let room = text::part_mut(memories.target(), self.at + self.written, room)?;
                self.written += ascii.write(alphabet, room)? as u64;
                self.read += ascii.read(self.form) as u64;
                continue;
            }
            let chunk = text::Chunk::of(self.form, rest)?;
            if chunk.chars().is_empty() {
                return Err(Trap::InvalidString);
            }
            let room = self.size.saturating_sub(self.written);
            let mut room = text::part_mut(memories.target(), self.at + self.written, room)?;
            for char in chunk.chars() {
                let Some(bytes) = alphabet.encode(*char, room)? else {
                    return Ok(false);
                };
                room = room.get_mut(bytes..).unwrap_or_default();
                self.written += bytes as u64;
                self.read += self.form.bytes(*char) as u64;
            }
        }
    }
}

/// The highest bit of a length.
pub(super) const fn tag(address: AddressType) -> u64 {
    1 << (address.size() * u8::BITS - 1)
}

/// Bytes of this many code units, if a string may have so many.
fn times(units: u64, size: u32) -> Result<u64, Trap> {
    pointer::bytes(units, size, MAX_STRING_BYTE_LENGTH).ok_or(Trap::StringOutOfBounds)
}
