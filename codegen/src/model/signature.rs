//! The columns `type` and `where`: types and conditions as variants.
//!
//! Items are value types, references, or functions of an immediate; each variant has one meaning in
//! the validator's rule and one in the functions of the runtime. Standard: section 3.4,
//! "Instructions".

use super::ImmediateKind;
use super::vocabulary::vocabulary;
use std::fmt;

/// The column `type`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// Parameters, left to right.
    pub params: Vec<TypeItem>,
    /// Results, left to right.
    pub results: Vec<TypeItem>,
    /// `!`: the code behind it is unreachable.
    pub diverges: bool,
}

/// One item of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeItem {
    /// `i32`, `funcref`
    Value(ValueType),
    /// `(ref null x)`
    Reference {
        /// With `null`.
        nullable: bool,
        /// To what.
        heap: Heap,
    },
    /// `ref`: any reference.
    AnyReference,
    /// `at(x)`, `params(f)`, `return`
    Function {
        /// Which one.
        function: TypeFunction,
        /// Names of the immediates it is applied to.
        arguments: Vec<String>,
    },
}

/// A value type by its name alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueType {
    /// A row of the tables `[number]` and `[vector]`.
    Number(NumberType),
    /// `funcref`: a nullable reference to the type `func`, a row of the table `[heap]`.
    Reference(String),
}

vocabulary! {
    /// A type of numbers or vectors.
    NumberType {
        I32 = "i32",
        I64 = "i64",
        F32 = "f32",
        F64 = "f64",
        V128 = "v128",
    }
}

/// What a reference refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heap {
    /// The heap type in the immediate with this name.
    Immediate(String),
    /// The type with the index in this immediate.
    Type(String),
    /// The type of the function with the index in this immediate.
    Func(String),
    /// `top(h)`: the greatest type above the heap type in this immediate.
    Top(String),
    /// An abstract heap type: the key of a row of the table `[heap]`.
    Abstract(String),
}

vocabulary! {
    /// A function from immediates to types.
    TypeFunction {
        At = "at",
        MinAt = "min_at",
        Local = "local",
        Global = "global",
        Elem = "elem",
        Elems = "elems",
        Field = "field",
        Fields = "fields",
        Params = "params",
        Results = "results",
        Return = "return",
        Label = "label",
        Tag = "tag",
    }
}

/// One condition of the column `where`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predicate {
    /// Which one.
    pub condition: Condition,
    /// What it is about.
    pub arguments: Vec<Argument>,
}

/// What a condition is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A type.
    Type(TypeItem),
    /// The immediate with this name.
    Immediate(String),
}

vocabulary! {
    /// A condition of validity.
    Condition {
        Mutable = "mutable",
        Initialized = "initialized",
        Initializes = "initializes",
        Declared = "declared",
        DataCount = "data_count",
        Sub = "sub",
        Packed = "packed",
        Unpacked = "unpacked",
        Numeric = "numeric",
        Defaultable = "defaultable",
    }
}

impl TypeItem {
    /// The Rust type of such a value in `do` and `hand` functions: `i32`, `Ref`, or `u64` for an
    /// address; `None` when the arity depends on an immediate.
    pub fn rust(&self) -> Option<&'static str> {
        match self {
            Self::Value(ValueType::Number(number)) => Some(number.rust()),
            Self::Value(ValueType::Reference(_)) | Self::Reference { .. } | Self::AnyReference => {
                Some("Ref")
            }
            Self::Function { function, .. } => match function {
                TypeFunction::At | TypeFunction::MinAt => Some("u64"),
                TypeFunction::Elem => Some("Ref"),
                TypeFunction::Local
                | TypeFunction::Global
                | TypeFunction::Elems
                | TypeFunction::Field
                | TypeFunction::Fields
                | TypeFunction::Params
                | TypeFunction::Results
                | TypeFunction::Return
                | TypeFunction::Label
                | TypeFunction::Tag => None,
            },
        }
    }

    /// The number or vector type that it is, whatever the immediates.
    pub fn number(&self) -> Option<NumberType> {
        match self {
            Self::Value(ValueType::Number(number)) => Some(*number),
            Self::Value(ValueType::Reference(_))
            | Self::Reference { .. }
            | Self::AnyReference
            | Self::Function { .. } => None,
        }
    }

    /// Whether it is the address type of an immediate.
    pub fn is_address(&self) -> bool {
        matches!(
            self,
            Self::Function {
                function: TypeFunction::At,
                ..
            }
        )
    }

    /// Names of the immediates that a function is applied to.
    pub fn arguments(&self) -> &[String] {
        match self {
            Self::Function { arguments, .. } => arguments,
            Self::Value(_) | Self::Reference { .. } | Self::AnyReference => &[],
        }
    }
}

impl NumberType {
    /// The type in Rust.
    pub const fn rust(self) -> &'static str {
        match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::V128 => "V128",
        }
    }

    /// Whether its values are floats.
    pub const fn is_float(self) -> bool {
        match self {
            Self::F32 | Self::F64 => true,
            Self::I32 | Self::I64 | Self::V128 => false,
        }
    }
}

impl TypeFunction {
    /// The kinds of immediates that each argument can be.
    pub const fn arguments(self) -> &'static [&'static [ImmediateKind]] {
        use ImmediateKind as Kind;
        match self {
            Self::At => &[&[Kind::Memory, Kind::Table, Kind::MemArg, Kind::Atomic]],
            Self::MinAt => &[&[Kind::Memory, Kind::Table], &[Kind::Memory, Kind::Table]],
            Self::Local => &[&[Kind::Local]],
            Self::Global => &[&[Kind::Global]],
            Self::Elem => &[&[Kind::Table, Kind::Elem, Kind::Type]],
            Self::Elems => &[&[Kind::Type], &[Kind::U32]],
            Self::Field => &[&[Kind::Type], &[Kind::Field]],
            Self::Fields => &[&[Kind::Type]],
            Self::Params | Self::Results => &[&[Kind::Func, Kind::Type, Kind::Block]],
            Self::Return => &[],
            Self::Label => &[&[Kind::Label]],
            Self::Tag => &[&[Kind::Tag]],
        }
    }

    /// Whether it gives any number of types, not one.
    pub const fn is_list(self) -> bool {
        match self {
            Self::At | Self::MinAt | Self::Local | Self::Global | Self::Elem | Self::Field => false,
            Self::Elems
            | Self::Fields
            | Self::Params
            | Self::Results
            | Self::Return
            | Self::Label
            | Self::Tag => true,
        }
    }
}

impl Heap {
    /// The name of the immediate that it depends on.
    pub fn immediate(&self) -> Option<&str> {
        match self {
            Self::Immediate(name) | Self::Type(name) | Self::Func(name) | Self::Top(name) => {
                Some(name)
            }
            Self::Abstract(_) => None,
        }
    }
}

impl Condition {
    /// How many arguments it has.
    pub const fn arity(self) -> usize {
        match self {
            Self::DataCount => 0,
            Self::Sub => 2,
            Self::Mutable
            | Self::Initialized
            | Self::Initializes
            | Self::Declared
            | Self::Packed
            | Self::Unpacked
            | Self::Numeric
            | Self::Defaultable => 1,
        }
    }

    /// Whether value types can be among its arguments by their names alone.
    pub const fn takes_values(self) -> bool {
        match self {
            Self::Sub => true,
            Self::Mutable
            | Self::Initialized
            | Self::Initializes
            | Self::Declared
            | Self::DataCount
            | Self::Packed
            | Self::Unpacked
            | Self::Numeric
            | Self::Defaultable => false,
        }
    }
}

impl Predicate {
    /// The types among its arguments.
    pub fn types(&self) -> impl Iterator<Item = &TypeItem> {
        self.arguments.iter().filter_map(|argument| match argument {
            Argument::Type(item) => Some(item),
            Argument::Immediate(_) => None,
        })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for item in &self.params {
            write!(f, "{item} ")?;
        }
        f.write_str("->")?;
        for item in &self.results {
            write!(f, " {item}")?;
        }
        f.write_str(if self.diverges { " !" } else { "" })
    }
}

impl fmt::Display for TypeItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "{value}"),
            Self::Reference {
                nullable: true,
                heap,
            } => write!(f, "(ref null {heap})"),
            Self::Reference {
                nullable: false,
                heap,
            } => write!(f, "(ref {heap})"),
            Self::AnyReference => f.write_str("ref"),
            Self::Function {
                function,
                arguments,
            } if arguments.is_empty() => write!(f, "{function}"),
            Self::Function {
                function,
                arguments,
            } => write!(f, "{function}({})", arguments.join(", ")),
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Reference(heap) => write!(f, "{heap}ref"),
        }
    }
}

impl fmt::Display for Heap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Immediate(name) | Self::Type(name) | Self::Func(name) | Self::Abstract(name) => {
                f.write_str(name)
            }
            Self::Top(name) => write!(f, "top({name})"),
        }
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(item) => write!(f, "{item}"),
            Self::Immediate(name) => f.write_str(name),
        }
    }
}
