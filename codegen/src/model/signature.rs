//! The column `type`.

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
    Value(String),
    /// `(ref null x)`
    Reference {
        /// With `null`.
        nullable: bool,
        /// Name of an immediate, or of an abstract heap type.
        heap: String,
    },
    /// `ref`: any reference.
    AnyReference,
    /// `at(x)`, `params(f)`, `return`
    Function {
        /// Its name.
        name: String,
        /// Immediates it is applied to.
        arguments: Vec<String>,
    },
}

impl TypeItem {
    /// The Rust type of such a value in `do` and `hand` functions: `i32`, `Ref`, or `u64` for an
    /// address; `None` when the arity depends on an immediate.
    pub fn rust(&self) -> Option<&'static str> {
        match self {
            TypeItem::Value(name) => Some(match name.as_str() {
                "i32" => "i32",
                "i64" => "i64",
                "f32" => "f32",
                "f64" => "f64",
                "v128" => "u128",
                _ => "Ref",
            }),
            TypeItem::Reference { .. } | TypeItem::AnyReference => Some("Ref"),
            TypeItem::Function { name, .. } => match name.as_str() {
                "at" | "min_at" => Some("u64"),
                "elem" => Some("Ref"),
                _ => None,
            },
        }
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
            TypeItem::Value(name) => f.write_str(name),
            TypeItem::Reference {
                nullable: true,
                heap,
            } => write!(f, "(ref null {heap})"),
            TypeItem::Reference {
                nullable: false,
                heap,
            } => write!(f, "(ref {heap})"),
            TypeItem::AnyReference => f.write_str("ref"),
            TypeItem::Function { name, arguments } if arguments.is_empty() => f.write_str(name),
            TypeItem::Function { name, arguments } => write!(f, "{name}({})", arguments.join(", ")),
        }
    }
}
