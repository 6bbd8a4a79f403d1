//! Types of values, as the host sees them.
//!
//! A [`Type`] is read one level at a time: what it consists of is made when somebody asks, so that
//! a type is as cheap as its handle, however much is in it. Standard: Component Model,
//! `Explainer.md`, "Type Definitions".

use alloc::boxed::Box;
use core::fmt;

use super::origin::{Handle, Origin};
use super::{Defined, ResourceType, ValueType};

/// A type of values.
#[derive(Clone, Debug)]
pub enum Type {
    /// `bool`
    Bool,
    /// `s8`
    S8,
    /// `u8`
    U8,
    /// `s16`
    S16,
    /// `u16`
    U16,
    /// `s32`
    S32,
    /// `u32`
    U32,
    /// `s64`
    S64,
    /// `u64`
    U64,
    /// `f32`
    Float32,
    /// `f64`
    Float64,
    /// `char`
    Char,
    /// `string`
    String,
    /// `list` of any length
    List(List),
    /// `map`
    Map(Map),
    /// `record`
    Record(Record),
    /// `tuple`
    Tuple(Tuple),
    /// `variant`
    Variant(Variant),
    /// `enum`
    Enum(Enum),
    /// `option`
    Option(OptionType),
    /// `result`
    Result(ResultType),
    /// `flags`
    Flags(Flags),
    /// `own`
    Own(ResourceType),
    /// `borrow`
    Borrow(ResourceType),
    /// `future`
    Future(FutureType),
    /// `stream`
    Stream(StreamType),
    /// `error-context`
    ErrorContext,
    /// `list` of a fixed length
    FixedLengthList(FixedLengthList),
}

impl Type {
    /// What WIT calls its kind of type.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::S8 => "s8",
            Self::U8 => "u8",
            Self::S16 => "s16",
            Self::U16 => "u16",
            Self::S32 => "s32",
            Self::U32 => "u32",
            Self::S64 => "s64",
            Self::U64 => "u64",
            Self::Float32 => "f32",
            Self::Float64 => "f64",
            Self::Char => "char",
            Self::String => "string",
            Self::List(_) | Self::FixedLengthList(_) => "list",
            Self::Map(_) => "map",
            Self::Record(_) => "record",
            Self::Tuple(_) => "tuple",
            Self::Variant(_) => "variant",
            Self::Enum(_) => "enum",
            Self::Option(_) => "option",
            Self::Result(_) => "result",
            Self::Flags(_) => "flags",
            Self::Own(_) => "own",
            Self::Borrow(_) => "borrow",
            Self::Future(_) => "future",
            Self::Stream(_) => "stream",
            Self::ErrorContext => "error-context",
        }
    }
}

/// A `list` of any length.
#[derive(Clone)]
pub struct List(pub(super) Origin, pub(super) ValueType);

impl List {
    /// The type of its elements.
    pub fn ty(&self) -> Type {
        self.0.value(self.1)
    }
}

/// A `list` of a fixed length.
#[derive(Clone)]
pub struct FixedLengthList(
    pub(super) Origin,
    pub(super) ValueType,
    /// How many elements.
    pub(super) u32,
);

impl FixedLengthList {
    /// The type of its elements.
    pub fn ty(&self) -> Type {
        self.0.value(self.1)
    }

    /// How many elements it has: at least one.
    #[allow(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> u32 {
        self.2
    }
}

/// A `map`.
#[derive(Clone)]
pub struct Map(
    pub(super) Origin,
    /// The key.
    pub(super) ValueType,
    /// The value.
    pub(super) ValueType,
);

impl Map {
    /// The type of its keys.
    pub fn key(&self) -> Type {
        self.0.value(self.1)
    }

    /// The type of its values.
    pub fn value(&self) -> Type {
        self.0.value(self.2)
    }
}

/// A `record`.
#[derive(Clone)]
pub struct Record(pub(super) Handle);

/// A field of a `record`.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type.
    pub ty: Type,
}

impl Record {
    /// Its fields, in order.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = Field<'_>> {
        let fields = match self.0.defined() {
            Defined::Record(fields) => &**fields,
            _ => &[],
        };
        fields.iter().map(|(name, ty)| Field {
            name,
            ty: self.0.origin.value(*ty),
        })
    }
}

/// A `tuple`.
#[derive(Clone)]
pub struct Tuple(pub(super) Handle);

impl Tuple {
    /// The types of its fields, in order.
    pub fn types(&self) -> impl ExactSizeIterator<Item = Type> + '_ {
        let types = match self.0.defined() {
            Defined::Tuple(types) => &**types,
            _ => &[],
        };
        types.iter().map(|ty| self.0.origin.value(*ty))
    }
}

/// A `variant`.
#[derive(Clone)]
pub struct Variant(pub(super) Handle);

/// A case of a `variant`.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// Its name.
    pub name: &'a str,
    /// The type of its value, if it has one.
    pub ty: Option<Type>,
}

impl Variant {
    /// Its cases, in order.
    pub fn cases(&self) -> impl ExactSizeIterator<Item = Case<'_>> {
        let cases = match self.0.defined() {
            Defined::Variant(cases) => &**cases,
            _ => &[],
        };
        cases.iter().map(|(name, ty)| Case {
            name,
            ty: self.0.origin.optional(*ty),
        })
    }
}

/// An `enum`.
#[derive(Clone)]
pub struct Enum(pub(super) Handle);

impl Enum {
    /// The names of its cases, in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        let names = match self.0.defined() {
            Defined::Enum(names) => &**names,
            _ => &[],
        };
        names.iter().map(Box::as_ref)
    }
}

/// A `flags` type.
#[derive(Clone)]
pub struct Flags(pub(super) Handle);

impl Flags {
    /// The names of its flags, in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        let names = match self.0.defined() {
            Defined::Flags(names) => &**names,
            _ => &[],
        };
        names.iter().map(Box::as_ref)
    }
}

/// An `option`.
#[derive(Clone)]
pub struct OptionType(pub(super) Origin, pub(super) ValueType);

impl OptionType {
    /// The type of its value.
    pub fn ty(&self) -> Type {
        self.0.value(self.1)
    }
}

/// A `result`.
#[derive(Clone)]
pub struct ResultType(
    pub(super) Origin,
    /// The value.
    pub(super) Option<ValueType>,
    /// Why there is none.
    pub(super) Option<ValueType>,
);

impl ResultType {
    /// The type of its value, if it has one.
    pub fn ok(&self) -> Option<Type> {
        self.0.optional(self.1)
    }

    /// The type of what says why there is no value, if it has one.
    pub fn err(&self) -> Option<Type> {
        self.0.optional(self.2)
    }
}

/// A `future`.
#[derive(Clone)]
pub struct FutureType(pub(super) Origin, pub(super) Option<ValueType>);

impl FutureType {
    /// The type of its value, if it has one.
    pub fn ty(&self) -> Option<Type> {
        self.0.optional(self.1)
    }
}

/// A `stream`.
#[derive(Clone)]
pub struct StreamType(pub(super) Origin, pub(super) Option<ValueType>);

impl StreamType {
    /// The type of its values, if it has any.
    pub fn ty(&self) -> Option<Type> {
        self.0.optional(self.1)
    }
}

/// Shown as their names: what is in a type can be more than anybody reads.
macro_rules! debug {
    ($($ty:ident)*) => {$(
        impl fmt::Debug for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($ty)).finish_non_exhaustive()
            }
        }
    )*};
}

debug!(List FixedLengthList Map Record Tuple Variant Enum Flags OptionType ResultType FutureType StreamType);
