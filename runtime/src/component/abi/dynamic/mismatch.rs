//! What is said of a value that does not fit its type: both, as far as one can differ from the
//! other without a look into their parts. These have their own error if they do not fit.

use alloc::boxed::Box;
use core::fmt::{self, Display, Formatter};

use crate::allocation;
use crate::component::Primitive;
use crate::component::types::Defined;
use crate::component::val::{Val, ValueMismatch};
use crate::error::Error;

/// The error about a value of another type.
pub(super) fn mismatch(expected: &Defined, found: &Val) -> Error {
    error(Expected(expected), found)
}

/// The same of a type that needs no definition.
pub(super) fn no_primitive(expected: Primitive, found: &Val) -> Error {
    error(expected.name(), found)
}

fn error(expected: impl Display, found: &Val) -> Error {
    let texts = allocation::text(expected)
        .and_then(|expected| Ok((expected, allocation::text(Found(found))?)));
    match texts {
        Ok((expected, found)) => ValueMismatch { expected, found }.into(),
        Err(no_memory) => no_memory.into(),
    }
}

struct Expected<'t>(&'t Defined);

impl Display for Expected<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Defined::Record(fields) => names(f, "record", fields.iter().map(|field| &*field.0)),
            Defined::Variant(cases) => {
                let cases = cases.iter().map(|(name, ty)| Case(name, ty.is_some()));
                names(f, "variant", cases)
            }
            Defined::List(_) => f.write_str("list"),
            Defined::FixedList(_, count) => write!(f, "list of {count}"),
            Defined::Tuple(fields) => write!(f, "tuple of {}", fields.len()),
            Defined::Flags(labels) => names(f, "flags", labels.iter().map(Box::as_ref)),
            Defined::Enum(labels) => names(f, "enum", labels.iter().map(Box::as_ref)),
            Defined::Option(_) => f.write_str("option"),
            Defined::Result { ok, err } => {
                let cases = [Case("ok", ok.is_some()), Case("err", err.is_some())];
                names(f, "result", cases.into_iter())
            }
            Defined::Map(..) => f.write_str("map"),
            Defined::Own(_) => f.write_str("own"),
            Defined::Borrow(_) => f.write_str("borrow"),
            Defined::Stream(_) => f.write_str("stream"),
            Defined::Future(_) => f.write_str("future"),
        }
    }
}

struct Found<'v>(&'v Val);

impl Display for Found<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let kind = self.0.kind();
        match self.0 {
            Val::Record(fields) => names(f, kind, fields.iter().map(|field| &*field.0)),
            Val::Tuple(values) | Val::List(values) => write!(f, "{kind} of {}", values.len()),
            Val::Variant(name, value) => names(f, kind, [Case(name, value.is_some())].into_iter()),
            Val::Enum(name) => names(f, kind, [name].into_iter()),
            Val::Flags(set) => names(f, kind, set.iter()),
            Val::Result(Ok(value)) => names(f, kind, [Case("ok", value.is_some())].into_iter()),
            Val::Result(Err(value)) => names(f, kind, [Case("err", value.is_some())].into_iter()),
            _ => f.write_str(kind),
        }
    }
}

/// The name of a case, and whether it has a value.
struct Case<'n>(&'n str, bool);

impl Display for Case<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        f.write_str(if self.1 { "(..)" } else { "" })
    }
}

fn names(
    f: &mut Formatter<'_>,
    kind: &str,
    names: impl Iterator<Item = impl Display>,
) -> fmt::Result {
    f.write_str(kind)?;
    for (place, name) in names.enumerate() {
        f.write_str(if place == 0 { " { " } else { ", " })?;
        name.fmt(f)?;
    }
    f.write_str(" }")
}
