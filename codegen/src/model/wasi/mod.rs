//! WASI preview 1: types that guest and host share, and the functions that a host offers.
//!
//! Types name only those that stand above them, so that every layout is finite. Sizes and offsets
//! ([`Layout`]) and core signatures ([`Core`]) are no cells: they follow from the rows. Standard:
//! `witx.md`, `typenames.witx`, `wasi_snapshot_preview1.witx`.

mod layout;
mod signature;

pub use layout::{Layout, POINTER};
pub use signature::Core;

use super::vocabulary::vocabulary;
use super::{Expression, Measure, Origin};

/// The table `spec/wasi/preview1.toml`.
#[derive(Clone, Debug, Default)]
pub struct Wasi {
    /// The module that guests import from.
    pub module: String,
    /// The module that old guests import from.
    pub unstable: Option<String>,
    /// What the implementation bounds.
    pub limits: Vec<Measure>,
    /// Types in the order of the table.
    pub types: Vec<Type>,
    /// Why functions fail, in the order of the table.
    pub reasons: Vec<Reason>,
    /// Functions in the order of the table.
    pub functions: Vec<Function>,
}

/// A row of [`Wasi::types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TypeId(pub(crate) usize);

/// A type.
#[derive(Clone, Debug)]
pub struct Type {
    /// The standard's word for it.
    pub key: String,
    /// The name in Rust, snake case.
    pub name: String,
    /// What it is.
    pub shape: Shape,
    /// What it was for old guests, if that differs.
    pub unstable: Option<Shape>,
    /// One line for people.
    pub doc: String,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

/// What a type is.
#[derive(Clone, Debug)]
pub enum Shape {
    /// Another type by another name.
    Is(Reference),
    /// One of several values.
    Enum {
        /// How it is represented.
        repr: Integer,
        /// The value that says that a function did not fail, if the type says why one failed.
        success: Option<String>,
        /// The values.
        members: Vec<Member>,
    },
    /// A bit for each of several statements.
    Flags {
        /// How they are represented.
        repr: Integer,
        /// The bits.
        members: Vec<Member>,
    },
    /// Fields, one after the other.
    Record(Vec<Field>),
    /// A value of an enum, and what it brings.
    Union {
        /// The enum.
        tag: TypeId,
        /// What each of its values brings, in their order.
        cases: Vec<Field>,
    },
}

vocabulary! {
    /// An integer.
    Integer {
        U8 = "u8",
        U16 = "u16",
        U32 = "u32",
        U64 = "u64",
        S64 = "s64",
    }
}

vocabulary! {
    /// What is passed by address.
    Around {
        /// Elements, by address and number.
        List = "list",
        /// A value that is written.
        Pointer = "pointer",
        /// A value that is read.
        ConstPointer = "const_pointer",
    }
}

/// A type as cells name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// An integer.
    Integer(Integer),
    /// The number of something that the host keeps.
    Handle,
    /// Bytes of text, by address and number.
    String,
    /// Elements, or the address of a value.
    Around(Around, Box<Reference>),
    /// A row.
    Type(TypeId),
}

/// A value of an enum, or a flag.
#[derive(Clone, Debug)]
pub struct Member {
    /// The standard's word for it.
    pub key: String,
    /// The name in Rust, snake case.
    pub name: String,
    /// The number of the value, or of the bit.
    pub number: u64,
    /// The number of the value for old guests, if that differs.
    pub unstable: Option<u64>,
    /// One line for people.
    pub doc: String,
    /// Where the number stands.
    pub cell: Origin,
    /// Where it stands.
    pub origin: Origin,
}

/// A name with a type: of a record, a union, a function.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub of: Reference,
    /// The type as it is written.
    pub written: String,
    /// Where the name stands.
    pub origin: Origin,
}

/// A row of [`Wasi::reasons`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReasonId(pub(crate) usize);

/// Why a function fails.
#[derive(Clone, Debug)]
pub struct Reason {
    /// The word by which functions name it.
    pub key: String,
    /// What the guest is told: values of the type that says why a function failed.
    pub errnos: Vec<Errno>,
    /// One line for people.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

/// A value that says why a function failed, as a reason names it.
#[derive(Clone, Debug)]
pub struct Errno {
    /// The standard's word for it.
    pub key: String,
    /// Where it stands.
    pub origin: Origin,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// The name that guests import.
    pub key: String,
    /// Parameters.
    pub params: Vec<Field>,
    /// Results beside the errno; `None` if it does not return.
    pub results: Option<Vec<Field>>,
    /// What answers, if not the method that is called like the row.
    pub answer: Option<Answer>,
    /// Why it fails, with the places where that is said.
    pub reasons: Vec<(ReasonId, Origin)>,
    /// Whether old guests have it, too.
    pub unstable: bool,
    /// Whether an error was reported for a cell of it.
    pub broken: bool,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

/// What answers a call.
#[derive(Clone, Debug)]
pub struct Answer {
    /// An expression over core parameters, the context and the guest's memory.
    pub expression: Expression,
    /// Names that stand alone in it.
    pub names: Vec<String>,
}

impl Wasi {
    /// A type.
    pub fn get(&self, TypeId(place): TypeId) -> &Type {
        &self.types[place]
    }

    /// The type that says why a function failed.
    pub fn errno(&self) -> Option<&Type> {
        let fails = |ty: &&Type| {
            matches!(
                &ty.shape,
                Shape::Enum {
                    success: Some(_),
                    ..
                }
            )
        };
        self.types.iter().find(fails)
    }

    /// A reason.
    pub fn reason(&self, ReasonId(place): ReasonId) -> &Reason {
        &self.reasons[place]
    }

    /// The same types and functions as old guests know them.
    pub fn for_old_guests(&self) -> Wasi {
        let mut old = self.clone();
        for ty in &mut old.types {
            if let Some(shape) = ty.unstable.take() {
                ty.shape = shape;
            }
        }
        old.functions.retain(|function| function.unstable);
        old
    }

    /// The type with this key.
    pub fn named(&self, key: &str) -> Option<&Type> {
        self.types.iter().find(|ty| ty.key == key)
    }
}

impl Shape {
    /// The values of an enum, the bits of flags.
    pub fn members(&self) -> &[Member] {
        match self {
            Self::Enum { members, .. } | Self::Flags { members, .. } => members,
            Self::Is(_) | Self::Record(_) | Self::Union { .. } => &[],
        }
    }
}

impl Type {
    /// The place of a column, or of the row without it.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }
}

impl Function {
    /// The place of a column, or of the row without it.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }
}
