//! Values of components whose types are known only when the component is there.
//!
//! [`Val`] has a case for each kind of type; names of fields, cases and labels stand in it, so that
//! it can be read without the type. Types that Rust knows take less time and memory:
//! [`Lift`](super::Lift) and [`Lower`](super::Lower). Standard: Component Model, `Explainer.md`,
//! "Type Definitions".

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::resource::ResourceAny;

/// A value of a component.
///
/// Two are equal if they are of one kind and their parts are; a NaN is equal to every NaN.
#[derive(Clone, Debug)]
pub enum Val {
    /// `bool`
    Bool(bool),
    /// `s8`
    S8(i8),
    /// `u8`
    U8(u8),
    /// `s16`
    S16(i16),
    /// `u16`
    U16(u16),
    /// `s32`
    S32(i32),
    /// `u32`
    U32(u32),
    /// `s64`
    S64(i64),
    /// `u64`
    U64(u64),
    /// `f32`
    Float32(f32),
    /// `f64`
    Float64(f64),
    /// `char`
    Char(char),
    /// `string`
    String(String),
    /// `list`, with a fixed length or without
    List(Vec<Val>),
    /// `record`: fields with their names, in the order of the type
    Record(Vec<(String, Val)>),
    /// `tuple`
    Tuple(Vec<Val>),
    /// `variant`: the name of the case, and its value if it has one
    Variant(String, Option<Box<Val>>),
    /// `enum`: the name of the case
    Enum(String),
    /// `option`
    Option(Option<Box<Val>>),
    /// `result`
    Result(Result<Option<Box<Val>>, Option<Box<Val>>>),
    /// `flags`: the names of those that are set
    Flags(Vec<String>),
    /// `map`: keys with their values, in any order, and as often as they were given
    Map(Vec<(Val, Val)>),
    /// `own` or `borrow`
    Resource(ResourceAny),
}

impl Val {
    /// What WIT calls its kind of type.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Bool(_) => "bool",
            Self::S8(_) => "s8",
            Self::U8(_) => "u8",
            Self::S16(_) => "s16",
            Self::U16(_) => "u16",
            Self::S32(_) => "s32",
            Self::U32(_) => "u32",
            Self::S64(_) => "s64",
            Self::U64(_) => "u64",
            Self::Float32(_) => "f32",
            Self::Float64(_) => "f64",
            Self::Char(_) => "char",
            Self::String(_) => "string",
            Self::List(_) => "list",
            Self::Record(_) => "record",
            Self::Tuple(_) => "tuple",
            Self::Variant(..) => "variant",
            Self::Enum(_) => "enum",
            Self::Option(_) => "option",
            Self::Result(_) => "result",
            Self::Flags(_) => "flags",
            Self::Map(_) => "map",
            Self::Resource(_) => "resource",
        }
    }
}

impl PartialEq for Val {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bool(one), Self::Bool(other)) => one == other,
            (Self::S8(one), Self::S8(other)) => one == other,
            (Self::U8(one), Self::U8(other)) => one == other,
            (Self::S16(one), Self::S16(other)) => one == other,
            (Self::U16(one), Self::U16(other)) => one == other,
            (Self::S32(one), Self::S32(other)) => one == other,
            (Self::U32(one), Self::U32(other)) => one == other,
            (Self::S64(one), Self::S64(other)) => one == other,
            (Self::U64(one), Self::U64(other)) => one == other,
            (Self::Float32(one), Self::Float32(other)) => {
                one == other || one.is_nan() && other.is_nan()
            }
            (Self::Float64(one), Self::Float64(other)) => {
                one == other || one.is_nan() && other.is_nan()
            }
            (Self::Char(one), Self::Char(other)) => one == other,
            (Self::String(one), Self::String(other)) => one == other,
            (Self::List(one), Self::List(other)) => one == other,
            (Self::Record(one), Self::Record(other)) => one == other,
            (Self::Tuple(one), Self::Tuple(other)) => one == other,
            (Self::Variant(one, value), Self::Variant(other, with)) => {
                one == other && value == with
            }
            (Self::Enum(one), Self::Enum(other)) => one == other,
            (Self::Option(one), Self::Option(other)) => one == other,
            (Self::Result(one), Self::Result(other)) => one == other,
            (Self::Flags(one), Self::Flags(other)) => one == other,
            (Self::Map(one), Self::Map(other)) => one == other,
            (Self::Resource(one), Self::Resource(other)) => one == other,
            _ => false,
        }
    }
}

/// A value is not of the type that a component wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueMismatch {
    pub(crate) expected: String,
    pub(crate) found: String,
}

impl ValueMismatch {
    /// The type that was wanted: of the part that does not fit.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What was given.
    pub fn found(&self) -> &str {
        &self.found
    }
}

impl fmt::Display for ValueMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, found } = self;
        write!(
            f,
            "a value of type `{expected}` was expected, but `{found}` was given"
        )
    }
}

impl core::error::Error for ValueMismatch {}
