//! Characters in the bytes of a memory: reading them in each form, and writing them in each.
//!
//! Some are read, and then written, because the two memories may be one; so no more than a few are
//! anywhere else at a time.

use super::Form;
use crate::component::abi::pointer;
use crate::spec::Trap;

/// How many characters are read before they are written; between memories that may be one, there
/// is no slice of both.
const CHUNK: usize = 64;

/// Some characters.
pub(super) struct Chunk {
    chars: [char; CHUNK],
    count: usize,
}

/// Some characters that are all of ASCII, as most are.
pub(super) struct Ascii {
    bytes: [u8; CHUNK],
    count: usize,
}

/// What a character is written as.
#[derive(Clone, Copy, Debug)]
pub(super) enum Alphabet {
    Ascii,
    Latin1,
    Utf8,
    Utf16,
}

impl Chunk {
    /// The first characters of a string; none only if it is empty.
    pub(super) fn of(form: Form, string: &[u8]) -> Result<Self, Trap> {
        let mut chunk = Self {
            chars: ['\0'; CHUNK],
            count: 0,
        };
        match form {
            Form::Utf8 => {
                let head = string.get(..CHUNK).unwrap_or(string);
                let valid = match core::str::from_utf8(head) {
                    Ok(all) => all,
                    // A character that goes on behind the head is read with the next ones.
                    Err(error) if error.error_len().is_none() && head.len() < string.len() => {
                        let whole = head.get(..error.valid_up_to()).unwrap_or_default();
                        core::str::from_utf8(whole).map_err(|_| Trap::InvalidString)?
                    }
                    Err(_) => return Err(Trap::InvalidString),
                };
                chunk.fill(valid.chars());
            }
            Form::Latin1 => chunk.fill(string.iter().copied().map(char::from)),
            Form::Utf16 | Form::Tagged => {
                let (units, _) = string.as_chunks();
                let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
                for (place, char) in chunk.chars.iter_mut().zip(char::decode_utf16(units)) {
                    *place = char.map_err(|_| Trap::InvalidString)?;
                    chunk.count += 1;
                }
            }
        }
        Ok(chunk)
    }

    pub(super) fn chars(&self) -> &[char] {
        self.chars.get(..self.count).unwrap_or_default()
    }

    fn fill(&mut self, chars: impl Iterator<Item = char>) {
        for (place, char) in self.chars.iter_mut().zip(chars) {
            *place = char;
            self.count += 1;
        }
    }
}

impl Ascii {
    /// The first characters of a string, if they are such.
    pub(super) fn of(form: Form, string: &[u8]) -> Option<Self> {
        let mut ascii = Self {
            bytes: [0; CHUNK],
            count: 0,
        };
        match form {
            Form::Utf8 | Form::Latin1 => {
                let head = string.get(..CHUNK).unwrap_or(string);
                ascii.bytes.get_mut(..head.len())?.copy_from_slice(head);
                ascii.count = head.len();
            }
            Form::Utf16 | Form::Tagged => {
                let (units, _) = string.as_chunks();
                let units = units.get(..CHUNK).unwrap_or(units);
                let mut high = 0;
                for (place, [low, above]) in ascii.bytes.iter_mut().zip(units) {
                    *place = *low;
                    high |= above;
                }
                ascii.count = if high == 0 { units.len() } else { 0 };
            }
        }
        // Zeros behind the last one are ASCII, too.
        (ascii.count > 0 && ascii.bytes.is_ascii()).then_some(ascii)
    }

    /// The bytes that were read for them.
    pub(super) const fn read(&self, form: Form) -> usize {
        self.count * form.unit() as usize
    }

    /// Writes them, which every alphabet has, and says how many bytes these are.
    pub(super) fn write(&self, alphabet: Alphabet, room: &mut [u8]) -> Result<usize, Trap> {
        let ascii = self.bytes.get(..self.count).unwrap_or_default();
        let outside = Trap::StringOutOfBounds;
        if let Alphabet::Utf16 = alphabet {
            let bytes = self.count * size_of::<u16>();
            let (units, _) = room.get_mut(..bytes).ok_or(outside)?.as_chunks_mut();
            for (unit, byte) in units.iter_mut().zip(ascii) {
                *unit = u16::from(*byte).to_le_bytes();
            }
            return Ok(bytes);
        }
        let room = room.get_mut(..ascii.len()).ok_or(outside)?;
        room.copy_from_slice(ascii);
        Ok(ascii.len())
    }
}

impl Form {
    /// Bytes of a code unit.
    pub(in crate::component) const fn unit(self) -> u32 {
        match self {
            Self::Utf8 | Self::Latin1 => 1,
            Self::Utf16 | Self::Tagged => 2,
        }
    }

    /// The bytes that a character of a string took.
    pub(super) const fn bytes(self, char: char) -> usize {
        match self {
            Self::Utf8 => char.len_utf8(),
            Self::Latin1 => 1,
            Self::Utf16 | Self::Tagged => char.len_utf16() * size_of::<u16>(),
        }
    }

    /// Whether bytes are in this form; a trap if they are not.
    #[cfg(feature = "alloc")]
    #[inline]
    pub(in crate::component) fn check(self, string: &[u8]) -> Result<(), Trap> {
        let valid = match self {
            // Most text is of ASCII, which is known sooner.
            Self::Utf8 => string.is_ascii() || core::str::from_utf8(string).is_ok(),
            Self::Latin1 => true,
            Self::Utf16 | Self::Tagged => {
                let (units, _) = string.as_chunks();
                let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
                char::decode_utf16(units).all(|char| char.is_ok())
            }
        };
        if valid {
            Ok(())
        } else {
            Err(Trap::InvalidString)
        }
    }
}

impl Alphabet {
    /// Writes a character to the start of the room, and says how many bytes it takes; none if the
    /// alphabet lacks it.
    pub(super) fn encode(self, char: char, room: &mut [u8]) -> Result<Option<usize>, Trap> {
        let code = u32::from(char);
        let mut bytes = [0; 4];
        let bytes = match self {
            Self::Ascii if !char.is_ascii() => return Ok(None),
            Self::Latin1 if code > u8::MAX.into() => return Ok(None),
            Self::Ascii | Self::Latin1 => {
                bytes = u32::to_le_bytes(code);
                bytes.get(..1).unwrap_or_default()
            }
            Self::Utf8 => char.encode_utf8(&mut bytes).as_bytes(),
            Self::Utf16 => {
                let mut units = [0; 2];
                char.encode_utf16(&mut units);
                let [[one, two], [three, four]] = units.map(u16::to_le_bytes);
                bytes = [one, two, three, four];
                bytes.get(..Form::Utf16.bytes(char)).unwrap_or_default()
            }
        };
        // There is always room, unless the string was changed since it was measured.
        let place = room.get_mut(..bytes.len()).ok_or(Trap::StringOutOfBounds)?;
        place.copy_from_slice(bytes);
        Ok(Some(bytes.len()))
    }
}

/// Makes UTF-16 of so many bytes of Latin-1 at the start of a block.
pub(super) fn widen(block: &mut [u8], count: usize) {
    for index in (0..count).rev() {
        let byte = block.get(index).copied().unwrap_or_default();
        if let Some(unit) = block.get_mut(2 * index..2 * index + 2) {
            unit.copy_from_slice(&u16::from(byte).to_le_bytes());
        }
    }
}

/// Makes Latin-1 of the UTF-16 in a block, and says so; nothing if a character is not in it.
pub(super) fn narrow(block: &mut [u8]) -> bool {
    let (units, _) = block.as_chunks::<2>();
    if units.iter().any(|[_, high]| *high != 0) {
        return false;
    }
    for index in 0..block.len() / 2 {
        let low = block.get(2 * index).copied().unwrap_or_default();
        if let Some(place) = block.get_mut(index) {
            *place = low;
        }
    }
    true
}

/// Bytes of a memory.
pub(super) fn part(memory: &[u8], at: u64, size: u64) -> Result<&[u8], Trap> {
    let range = pointer::range(at, size, memory.len());
    let part = range.and_then(|range| memory.get(range));
    part.ok_or(Trap::StringOutOfBounds)
}

/// Bytes of a memory, to be written.
pub(super) fn part_mut(memory: &mut [u8], at: u64, size: u64) -> Result<&mut [u8], Trap> {
    let range = pointer::range(at, size, memory.len());
    let part = range.and_then(|range| memory.get_mut(range));
    part.ok_or(Trap::StringOutOfBounds)
}
