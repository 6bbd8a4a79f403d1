//! How a script is encoded: records, one after the other.
//!
//! A record is a [`Header`] (a tag, the line of the script, the length of what follows) and that
//! many bytes. All numbers are little-endian; a text is its length as a `u32`, then UTF-8.
//! Instances are numbered in the order of the records that make them, from 0 again after
//! [`Tag::File`] and [`Tag::Forget`]. Records of line 0 are no directives of the script.

/// What a record says. The comment gives its bytes behind the header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Tag {
    /// Another script begins: its name.
    File,
    /// No instance so far is needed any more.
    Forget,
    /// A module that makes the next instance: its bytes.
    Module,
    /// A valid module that is not instantiated: its bytes.
    Definition,
    /// A module that must be malformed: its bytes.
    Malformed,
    /// A module that must be invalid: its bytes.
    Invalid,
    /// A valid module that cannot be linked: its bytes.
    Unlinkable,
    /// A module whose start traps: the trap, as text, then its bytes.
    StartTraps,
    /// From here on an instance has a name for imports: its number, then the name.
    Register,
    /// A call: the instance, the export's name, arguments, then the result ([`Outcome`]).
    Invoke,
    /// A global: the instance, the export's name, then what it holds, as an [`Outcome`].
    Get,
}

/// What comes of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Outcome {
    /// Results, whatever they are.
    Any,
    /// Results that match: a `u8` says how many patterns follow.
    Results,
    /// A trap: its text.
    Trap,
}

/// Kinds of values and patterns: a byte, then eight bytes with the number, or zeros; of a vector,
/// sixteen bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum PatternKind {
    /// These 32 bits.
    I32,
    /// These 64 bits.
    I64,
    /// A float of these 32 bits.
    F32,
    /// A float of these 64 bits.
    F64,
    /// The null reference to a function.
    NullFunc,
    /// The null reference to something of the host.
    NullExtern,
    /// A reference to the host's thing of this number.
    Extern,
    /// Pattern: a canonical NaN.
    F32Canonical,
    /// Pattern: an arithmetic NaN.
    F32Arithmetic,
    /// Pattern: a canonical NaN.
    F64Canonical,
    /// Pattern: an arithmetic NaN.
    F64Arithmetic,
    /// Pattern: any null reference.
    Null,
    /// Pattern: a reference to a function, not null.
    Func,
    /// Pattern: a reference to something of the host, not null.
    AnyExtern,
    /// These 128 bits.
    V128,
    /// Pattern: a vector of as many lanes as the number says; they follow, each a pattern of a float.
    Lanes,
    /// Pattern: one of as many patterns as the number says; they follow, none of them of this kind.
    Either,
}

macro_rules! from_byte {
    ($($name:ident: $($variant:ident)*;)*) => {$(
        impl $name {
            /// The one that this byte stands for.
            pub fn from_byte(byte: u8) -> Option<Self> {
                [$(Self::$variant),*].get(usize::from(byte)).copied()
            }
        }
    )*};
}

from_byte! {
    Tag: File Forget Module Definition Malformed Invalid Unlinkable StartTraps Register Invoke Get;
    Outcome: Any Results Trap;
    PatternKind: I32 I64 F32 F64 NullFunc NullExtern Extern F32Canonical F32Arithmetic F64Canonical
        F64Arithmetic Null Func AnyExtern V128 Lanes Either;
}

/// What a record begins with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// What it says.
    pub tag: Tag,
    /// The line of the script, from 1.
    pub line: u32,
    /// How many bytes follow.
    pub length: u32,
}

impl Header {
    /// Bytes of a header.
    pub const SIZE: usize = 9;

    /// Reads it.
    pub fn from_bytes(bytes: [u8; Self::SIZE]) -> Option<Self> {
        let [tag, l0, l1, l2, l3, n0, n1, n2, n3] = bytes;
        Some(Self {
            tag: Tag::from_byte(tag)?,
            line: u32::from_le_bytes([l0, l1, l2, l3]),
            length: u32::from_le_bytes([n0, n1, n2, n3]),
        })
    }

    /// Writes it.
    pub fn to_bytes(self) -> [u8; Self::SIZE] {
        let [l0, l1, l2, l3] = self.line.to_le_bytes();
        let [n0, n1, n2, n3] = self.length.to_le_bytes();
        [self.tag as u8, l0, l1, l2, l3, n0, n1, n2, n3]
    }
}
