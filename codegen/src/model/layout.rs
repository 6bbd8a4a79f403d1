//! The Canonical ABI: sizes, alignments and core types of values that are not made of others.
//!
//! Layouts of records, variants and the rest follow from these by the rules of the standard, which
//! the runtime computes as constants. Standard: Component Model, `CanonicalABI.md`.

use super::Origin;

/// The tables of `spec/component/layout.toml`.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Core types of what is passed without a memory.
    pub flats: Vec<FlatType>,
    /// Address types, with their sizes.
    pub addresses: Vec<Measure>,
    /// Values that are not made of others.
    pub values: Vec<ValueLayout>,
    /// Discriminants, with how many cases each can tell apart.
    pub discriminants: Vec<Measure>,
    /// What holds flags, with how many each holds.
    pub flags: Vec<Measure>,
    /// Encodings of strings.
    pub encodings: Vec<Encoding>,
    /// Bounds, which are constants.
    pub bounds: Vec<Measure>,
}

/// A core type.
#[derive(Clone, Debug)]
pub struct FlatType {
    /// Its name.
    pub key: String,
    /// Its bytes.
    pub size: u32,
    /// With each other type, the type that carries either.
    pub joins: Vec<(String, String)>,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

/// A key and a number.
#[derive(Clone, Debug)]
pub struct Measure {
    /// The key.
    pub key: String,
    /// The number.
    pub number: u64,
    /// One line for people; may be empty.
    pub doc: String,
    /// Place of the number.
    pub cell: Origin,
    /// Where it stands.
    pub origin: Origin,
}

/// The layout of a type's values in memory, and how they are passed without one.
#[derive(Clone, Debug)]
pub struct ValueLayout {
    /// The type's key in `types.toml`.
    pub key: String,
    /// The form.
    pub shape: ValueShape,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

/// The form of values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueShape {
    /// The same for all memories.
    Scalar {
        /// Bytes.
        size: u32,
        /// A multiple of this is its address.
        align: u32,
        /// The core type.
        flat: String,
    },
    /// So many addresses or lengths.
    Words(u32),
}

/// An encoding of strings.
#[derive(Clone, Debug)]
pub struct Encoding {
    /// Its key in `canon.toml`.
    pub key: String,
    /// Bytes of a code unit.
    pub unit: u32,
    /// A multiple of this is the address of a string.
    pub align: u32,
    /// The encoding of strings whose length has its highest bit set.
    pub tagged: Option<String>,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

impl Layout {
    /// Bytes of values of a type that does not depend on the memory.
    pub fn size(&self, key: &str) -> Option<u32> {
        match self.values.iter().find(|value| value.key == key)?.shape {
            ValueShape::Scalar { size, .. } => Some(size),
            ValueShape::Words(_) => None,
        }
    }
}

impl FlatType {
    /// Where a cell stands; the row itself when it has no such cell.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }

    /// The type that carries what is this one or another.
    pub fn join(&self, other: &str) -> Option<&str> {
        let join = self.joins.iter().find(|(with, _)| with == other);
        join.map(|(_, is)| is.as_str())
    }
}

impl ValueLayout {
    /// Where a cell stands; the row itself when it has no such cell.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }
}

impl Encoding {
    /// Where a cell stands; the row itself when it has no such cell.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }
}
