//! How values lie in the memory of a guest.
//!
//! A field begins at the next multiple of its alignment, a record ends at a multiple of the greatest
//! one, and what a union brings begins behind the tag, as far as the most aligned case asks for. Addresses
//! have 32 bits. Standard: `witx.md`, as the layout of C.

use super::{Around, Field, Integer, Reference, Shape, TypeId, Wasi};

/// Bytes of an address.
pub const POINTER: u32 = 4;

/// Size and alignment in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Bytes, a multiple of the alignment.
    pub size: u32,
    /// What an address of it is a multiple of.
    pub align: u32,
}

impl Integer {
    /// Its bytes.
    pub const fn size(self) -> u32 {
        match self {
            Self::U8 => 1,
            Self::U16 => 2,
            Self::U32 => 4,
            Self::U64 | Self::S64 => 8,
        }
    }
}

impl Layout {
    const fn scalar(size: u32) -> Self {
        Layout { size, align: size }
    }

    fn ending_at(end: u32, align: u32) -> Self {
        let size = end.next_multiple_of(align);
        Layout { size, align }
    }
}

impl Wasi {
    /// The layout of a type.
    pub fn layout(&self, of: &Reference) -> Layout {
        match of {
            Reference::Integer(integer) => Layout::scalar(integer.size()),
            Reference::Handle => Layout::scalar(Integer::U32.size()),
            Reference::String | Reference::Around(Around::List, _) => Layout {
                size: 2 * POINTER,
                align: POINTER,
            },
            Reference::Around(Around::Pointer | Around::ConstPointer, _) => Layout::scalar(POINTER),
            Reference::Type(id) => self.layout_of(&self.get(*id).shape),
        }
    }

    /// The layout of what a type is.
    pub fn layout_of(&self, shape: &Shape) -> Layout {
        match shape {
            Shape::Is(other) => self.layout(other),
            Shape::Enum { repr, .. } | Shape::Flags { repr, .. } => Layout::scalar(repr.size()),
            Shape::Record(fields) => {
                let end = match (self.offsets(fields).last(), fields.last()) {
                    (Some(at), Some(last)) => at + self.layout(&last.of).size,
                    _ => 0,
                };
                Layout::ending_at(end, self.align(fields))
            }
            Shape::Union { tag, cases } => {
                let content = self.content(*tag, cases);
                let sizes = cases.iter().map(|case| self.layout(&case.of).size);
                let tag = self.layout(&Reference::Type(*tag));
                let align = self.align(cases).max(tag.align);
                Layout::ending_at(content + sizes.max().unwrap_or(0), align)
            }
        }
    }

    /// Where each field begins.
    pub fn offsets(&self, fields: &[Field]) -> Vec<u32> {
        let mut end = 0u32;
        let begin = |field: &Field| {
            let Layout { size, align } = self.layout(&field.of);
            let at = end.next_multiple_of(align);
            end = at + size;
            at
        };
        fields.iter().map(begin).collect()
    }

    /// Where what a union brings begins.
    pub fn content(&self, tag: TypeId, cases: &[Field]) -> u32 {
        let tag = self.layout(&Reference::Type(tag));
        tag.size.next_multiple_of(self.align(cases))
    }

    /// The greatest alignment.
    fn align(&self, fields: &[Field]) -> u32 {
        let aligns = fields.iter().map(|field| self.layout(&field.of).align);
        aligns.max().unwrap_or(1)
    }
}
