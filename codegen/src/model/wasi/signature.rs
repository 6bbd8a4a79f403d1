//! What a function looks like to a core module.
//!
//! Integers, enums and flags are one number; lists and strings are an address and a number; a
//! record is its address. Each result is an address to which it is written, behind the parameters,
//! and what is returned is the errno. Standard: `witx.md`, lowering of functions.

use super::{Around, Field, Function, Integer, Reference, Shape, Wasi};

/// A type of core parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    /// `i32`
    I32,
    /// `i64`
    I64,
}

impl Core {
    /// The type by which a host function takes it.
    pub const fn rust(self) -> &'static str {
        match self {
            Self::I32 => "u32",
            Self::I64 => "u64",
        }
    }

    const fn of(integer: Integer) -> Self {
        match integer {
            Integer::U8 | Integer::U16 | Integer::U32 => Self::I32,
            Integer::U64 | Integer::S64 => Self::I64,
        }
    }
}

impl Wasi {
    /// Names and types of the core parameters, in their order.
    pub fn core(&self, function: &Function) -> Vec<(String, Core)> {
        let params = function.params.iter();
        let results = function.results.iter().flatten();
        let result = |result: &Field| (result.name.clone(), Core::I32);
        params
            .flat_map(|param| self.lowered(&param.name, &param.of))
            .chain(results.map(result))
            .collect()
    }

    fn lowered(&self, name: &str, of: &Reference) -> Vec<(String, Core)> {
        let one = |core| vec![(name.to_string(), core)];
        match of {
            Reference::Integer(integer) => one(Core::of(*integer)),
            Reference::Handle | Reference::Around(Around::Pointer | Around::ConstPointer, _) => {
                one(Core::I32)
            }
            Reference::String | Reference::Around(Around::List, _) => vec![
                (name.to_string(), Core::I32),
                (format!("{name}_len"), Core::I32),
            ],
            Reference::Type(id) => match &self.get(*id).shape {
                Shape::Is(other) => self.lowered(name, other),
                Shape::Enum { repr, .. } | Shape::Flags { repr, .. } => one(Core::of(*repr)),
                Shape::Record(_) | Shape::Union { .. } => one(Core::I32),
            },
        }
    }
}
