//! A string on its way as numbers: what a program between guests keeps of it in registers while the
//! allocator of the target runs, so that nothing of the host has to be kept.

use super::{Form, Phase, Transcoding};

/// How many numbers these are.
pub(in crate::component) const WORDS: usize = 7;

impl Transcoding {
    /// As numbers.
    pub(in crate::component) fn pack(&self) -> [u64; WORDS] {
        let state = self.form as u64 | (self.phase as u64) << 8 | u64::from(self.wide) << 16;
        [
            state,
            self.source,
            self.units,
            self.at,
            self.size,
            self.read,
            self.written,
        ]
    }

    /// From such numbers.
    pub(in crate::component) fn unpack(words: [u64; WORDS]) -> Self {
        let [state, source, units, at, size, read, written] = words;
        let [form, phase, wide, ..] = state.to_le_bytes();
        Self {
            form: match form {
                form if form == Form::Utf8 as u8 => Form::Utf8,
                form if form == Form::Utf16 as u8 => Form::Utf16,
                form if form == Form::Latin1 as u8 => Form::Latin1,
                _ => Form::Tagged,
            },
            phase: match phase {
                phase if phase == Phase::First as u8 => Phase::First,
                phase if phase == Phase::Grown as u8 => Phase::Grown,
                phase if phase == Phase::Shrunk as u8 => Phase::Shrunk,
                _ => Phase::Narrowed,
            },
            wide: wide != 0,
            source,
            units,
            at,
            size,
            read,
            written,
        }
    }
}
