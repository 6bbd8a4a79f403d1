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

impl ImmediateKind {
    /// The type of the field that holds one.
    pub const fn field(self) -> FieldType {
        match self {
            Self::Label => FieldType::Index("LabelIdx"),
            Self::Local => FieldType::Index("LocalIdx"),
            Self::Global => FieldType::Index("GlobalIdx"),
            Self::Func => FieldType::Index("FuncIdx"),
            Self::Type => FieldType::Index("TypeIdx"),
            Self::Table => FieldType::Index("TableIdx"),
            Self::Memory => FieldType::Index("MemoryIdx"),
            Self::Data => FieldType::Index("DataIdx"),
            Self::Elem => FieldType::Index("ElemIdx"),
            Self::Tag => FieldType::Index("TagIdx"),
            Self::Field => FieldType::Index("FieldIdx"),
            Self::Block => FieldType::ByHand("BlockType"),
            Self::Heap => FieldType::ByHand("HeapType"),
            Self::MemArg | Self::Atomic => FieldType::ByHand("MemArg"),
            Self::Labels => FieldType::Borrowing("Labels"),
            Self::Catches => FieldType::Borrowing("Catches"),
            Self::ValTypes => FieldType::Borrowing("ValTypes"),
            Self::Lane => FieldType::Primitive("u8"),
            Self::Lanes => FieldType::Primitive("[u8; 16]"),
            Self::I32 => FieldType::Primitive("i32"),
            Self::I64 => FieldType::Primitive("i64"),
            Self::F32 => FieldType::Primitive("f32"),
            Self::F64 => FieldType::Primitive("f64"),
            Self::V128 => FieldType::Primitive("u128"),
            Self::U32 => FieldType::Primitive("u32"),
        }
    }

    /// Whether a number in angle brackets follows the word.
    pub const fn is_numbered(self) -> bool {
        match self {
            Self::MemArg | Self::Atomic | Self::Lane | Self::Lanes => true,
            Self::Label
            | Self::Labels
            | Self::Local
            | Self::Global
            | Self::Func
            | Self::Type
            | Self::Table
            | Self::Memory
            | Self::Data
            | Self::Elem
            | Self::Tag
            | Self::Field
            | Self::Block
            | Self::Catches
            | Self::Heap
            | Self::ValTypes
            | Self::I32
            | Self::I64
            | Self::F32
            | Self::F64
            | Self::V128
            | Self::U32 => false,
        }
    }

    /// Whether `do` reads and writes a memory by it.
    pub const fn is_accessor(self) -> bool {
        match self {
            Self::MemArg => true,
            Self::Label
            | Self::Labels
            | Self::Local
            | Self::Global
            | Self::Func
            | Self::Type
            | Self::Table
            | Self::Memory
            | Self::Data
            | Self::Elem
            | Self::Tag
            | Self::Field
            | Self::Block
            | Self::Catches
            | Self::Heap
            | Self::ValTypes
            | Self::Atomic
            | Self::Lane
            | Self::Lanes
            | Self::I32
            | Self::I64
            | Self::F32
            | Self::F64
            | Self::V128
            | Self::U32 => false,
        }
    }

    /// Whether it is a floating-point number.
    pub const fn is_float(self) -> bool {
        match self {
            Self::F32 | Self::F64 => true,
            Self::Label
            | Self::Labels
            | Self::Local
            | Self::Global
            | Self::Func
            | Self::Type
            | Self::Table
            | Self::Memory
            | Self::Data
            | Self::Elem
            | Self::Tag
            | Self::Field
            | Self::Block
            | Self::Catches
            | Self::Heap
            | Self::ValTypes
            | Self::MemArg
            | Self::Atomic
            | Self::Lane
            | Self::Lanes
            | Self::I32
            | Self::I64
            | Self::V128
            | Self::U32 => false,
        }
    }
}
