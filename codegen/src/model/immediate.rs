//! The column `imm`: kinds of immediates, and what each becomes in Rust.
//!
//! A kind is a variant that every emitter matches, so that a new one does not compile until
//! decoder, validator, translator and the compact engine know it. Standard: section 5.4,
//! "Instructions".

use super::vocabulary::vocabulary;

/// One immediate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Immediate {
    /// Name used by `type`, `where` and `do`.
    pub name: String,
    /// Kind, such as `memarg`.
    pub kind: ImmediateKind,
    /// The number in angle brackets, of kinds that have one.
    pub number: Option<u32>,
}

vocabulary! {
    /// A kind of immediate.
    ImmediateKind {
        Label = "label",
        Labels = "labels",
        Local = "local",
        Global = "global",
        Func = "func",
        Type = "type",
        Table = "table",
        Memory = "memory",
        Data = "data",
        Elem = "elem",
        Tag = "tag",
        Field = "field",
        Block = "block",
        Catches = "catches",
        Heap = "heap",
        ValTypes = "valtypes",
        MemArg = "memarg",
        Atomic = "atomic",
        Lane = "lane",
        Lanes = "lanes",
        I32 = "i32",
        I64 = "i64",
        F32 = "f32",
        F64 = "f64",
        V128 = "v128",
        U32 = "u32",
    }
}

/// The type of the field that holds an immediate in `Instruction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A newtype that is made of a row of the table `[index]`.
    Index(&'static str),
    /// A type that is written by hand.
    ByHand(&'static str),
    /// One written by hand that refers to the module's bytes.
    Borrowing(&'static str),
    /// A type of Rust.
    Primitive(&'static str),
}

impl Immediate {
    /// Type of the immediate's field in `Instruction`.
    pub fn rust(&self) -> String {
        match self.kind.field() {
            FieldType::Index(name) | FieldType::ByHand(name) | FieldType::Primitive(name) => {
                name.to_string()
            }
            FieldType::Borrowing(name) => format!("{name}<'a>"),
        }
    }
}

/// What is true of a kind.
struct Facts {
    field: FieldType,
    is_numbered: bool,
    is_accessor: bool,
    is_float: bool,
}

impl Facts {
    /// Of a kind that is none of these.
    const fn new(field: FieldType) -> Self {
        Self {
            field,
            is_numbered: false,
            is_accessor: false,
            is_float: false,
        }
    }

    const fn numbered(self) -> Self {
        Self {
            is_numbered: true,
            ..self
        }
    }

    const fn accessor(self) -> Self {
        Self {
            is_accessor: true,
            ..self
        }
    }

    const fn float(self) -> Self {
        Self {
            is_float: true,
            ..self
        }
    }
}

impl ImmediateKind {
    const fn facts(self) -> Facts {
        use FieldType::{Borrowing, ByHand, Index, Primitive};
        match self {
            Self::Label => Facts::new(Index("LabelIdx")),
            Self::Local => Facts::new(Index("LocalIdx")),
            Self::Global => Facts::new(Index("GlobalIdx")),
            Self::Func => Facts::new(Index("FuncIdx")),
            Self::Type => Facts::new(Index("TypeIdx")),
            Self::Table => Facts::new(Index("TableIdx")),
            Self::Memory => Facts::new(Index("MemoryIdx")),
            Self::Data => Facts::new(Index("DataIdx")),
            Self::Elem => Facts::new(Index("ElemIdx")),
            Self::Tag => Facts::new(Index("TagIdx")),
            Self::Field => Facts::new(Index("FieldIdx")),
            Self::Block => Facts::new(ByHand("BlockType")),
            Self::Heap => Facts::new(ByHand("HeapType")),
            Self::MemArg => Facts::new(ByHand("MemArg")).numbered().accessor(),
            Self::Atomic => Facts::new(ByHand("MemArg")).numbered(),
            Self::Labels => Facts::new(Borrowing("Labels")),
            Self::Catches => Facts::new(Borrowing("Catches")),
            Self::ValTypes => Facts::new(Borrowing("ValTypes")),
            Self::Lane => Facts::new(Primitive("u8")).numbered(),
            Self::Lanes => Facts::new(Primitive("[u8; 16]")).numbered(),
            Self::I32 => Facts::new(Primitive("i32")),
            Self::I64 => Facts::new(Primitive("i64")),
            Self::F32 => Facts::new(Primitive("f32")).float(),
            Self::F64 => Facts::new(Primitive("f64")).float(),
            Self::V128 => Facts::new(ByHand("V128")),
            Self::U32 => Facts::new(Primitive("u32")),
        }
    }

    /// The type of the field that holds one.
    pub const fn field(self) -> FieldType {
        self.facts().field
    }

    /// Whether a number in angle brackets follows the word.
    pub const fn is_numbered(self) -> bool {
        self.facts().is_numbered
    }

    /// Whether `do` reads and writes a memory by it.
    pub const fn is_accessor(self) -> bool {
        self.facts().is_accessor
    }

    /// Whether it is a floating-point number.
    pub const fn is_float(self) -> bool {
        self.facts().is_float
    }
}
