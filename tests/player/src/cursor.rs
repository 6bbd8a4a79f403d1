//! Reads what follows the header of a record, from the front to the back.
//!
//! Bytes of a script are trusted no more than those of a module: whatever is not there is an error.

use crate::Broken;
use crate::format::PatternKind;

/// A place in the bytes of a record.
pub(crate) struct Cursor<'b>(pub(crate) &'b [u8]);

impl<'b> Cursor<'b> {
    pub(crate) fn byte(&mut self) -> Result<u8, Broken> {
        let (byte, rest) = self.0.split_first().ok_or(Broken)?;
        self.0 = rest;
        Ok(*byte)
    }

    pub(crate) fn number(&mut self) -> Result<u32, Broken> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Broken)?;
        self.0 = rest;
        Ok(u32::from_le_bytes(*bytes))
    }

    pub(crate) fn text(&mut self) -> Result<&'b str, Broken> {
        let length = self.number()? as usize;
        let (text, rest) = self.0.split_at_checked(length).ok_or(Broken)?;
        self.0 = rest;
        core::str::from_utf8(text).map_err(|_| Broken)
    }

    /// A value, or what a pattern begins with.
    pub(crate) fn value(&mut self) -> Result<(PatternKind, u128), Broken> {
        let kind = PatternKind::from_byte(self.byte()?).ok_or(Broken)?;
        let mut bits = self.bits()?.into();
        if kind == PatternKind::V128 {
            bits |= u128::from(self.bits()?) << u64::BITS;
        }
        Ok((kind, bits))
    }

    fn bits(&mut self) -> Result<u64, Broken> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Broken)?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*bytes))
    }
}
