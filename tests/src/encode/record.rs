//! One record, while it is written.
//!
//! The length stands in front of the content, so that the content is collected first. The format is
//! described in `tabwasm_player::format`, which reads it.

use tabwasm_player::format::{Header, PatternKind, Tag};

/// A tag, a line, and what has been written so far.
pub(super) struct Record {
    tag: Tag,
    line: u32,
    bytes: Vec<u8>,
}

impl Record {
    pub(super) fn new(tag: Tag, line: u32) -> Self {
        let bytes = Vec::new();
        Self { tag, line, bytes }
    }

    /// Whether it comes from the script.
    pub(super) fn is_directive(&self) -> bool {
        self.line > 0
    }

    pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    pub(super) fn byte(self, byte: u8) -> Self {
        self.raw(&[byte])
    }

    pub(super) fn number(self, number: u32) -> Self {
        self.raw(&number.to_le_bytes())
    }

    pub(super) fn text(self, text: &str) -> Self {
        self.number(text.len() as u32).raw(text.as_bytes())
    }

    pub(super) fn value(self, kind: PatternKind, bits: u64) -> Self {
        self.byte(kind as u8).raw(&bits.to_le_bytes())
    }

    pub(super) fn vector(self, bytes: [u8; 16]) -> Self {
        self.byte(PatternKind::V128 as u8).raw(&bytes)
    }

    pub(super) fn write(self, out: &mut Vec<u8>) {
        let header = Header {
            tag: self.tag,
            line: self.line,
            length: self.bytes.len() as u32,
        };
        out.extend_from_slice(&header.to_bytes());
        out.extend_from_slice(&self.bytes);
    }
}
