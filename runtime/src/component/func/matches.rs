//! Whether the type of a function is the one that Rust types stand for.
//!
//! Standard: Component Model, `Explainer.md`, "Type Checking": types of values are the same if they
//! are built the same, names of fields and cases included.

use alloc::boxed::Box;

use crate::component::Type;
use crate::component::types::{Defined, FuncType, TypeTable, ValueType};
use crate::error::{Error, Result};

/// Compares a type of functions with a tuple of parameters and one of results.
///
/// # Errors
/// If they differ, with the first part that does.
pub(super) fn func(
    types: &TypeTable,
    ty: &FuncType,
    params: &Type<'_>,
    results: &Type<'_>,
) -> Result<()> {
    let (Type::Tuple(params), Type::Tuple(results)) = (params, results) else {
        return Err(Error::msg("parameters and results are tuples"));
    };
    if params.len() != ty.params.len() {
        let (expected, found) = (ty.params.len(), params.len());
        return Err(Error::msg(format_args!(
            "expected {expected} parameters, found {found}"
        )));
    }
    for ((name, param), given) in ty.params.iter().zip(*params) {
        if !same(types, *param, given) {
            return Err(Error::msg(format_args!(
                "parameter `{name}` has another type"
            )));
        }
    }
    let fits = match (ty.result, *results) {
        (None, []) => true,
        (Some(result), [given]) => same(types, result, given),
        _ => false,
    };
    match fits {
        true => Ok(()),
        false => Err(Error::msg("the result has another type")),
    }
}

/// Whether both are the same type. It goes as deep as the Rust type.
fn same(types: &TypeTable, ty: ValueType, given: &Type<'_>) -> bool {
    let id = match (ty, given) {
        (ValueType::Primitive(ty), Type::Primitive(given)) => return ty == *given,
        (ValueType::Defined(id), _) => id,
        (ValueType::Primitive(_), _) => return false,
    };
    let both = |ty: &Option<ValueType>, given: Option<&Type<'_>>| match (ty, given) {
        (None, None) => true,
        (Some(ty), Some(given)) => same(types, *ty, given),
        _ => false,
    };
    let labels = |labels: &[Box<str>], given: &[&str]| {
        labels.len() == given.len() && labels.iter().zip(given).all(|(a, b)| **a == **b)
    };
    match (types.get(id), given) {
        (Defined::Record(fields), Type::Record(given)) => {
            let mut fields = fields.iter().zip(*given);
            fields.len() == given.len()
                && fields.all(|((name, ty), (given, of))| **name == **given && same(types, *ty, of))
        }
        (Defined::Tuple(fields), Type::Tuple(given)) => {
            let mut fields = fields.iter().zip(*given);
            fields.len() == given.len() && fields.all(|(ty, of)| same(types, *ty, of))
        }
        (Defined::Variant(cases), Type::Variant(given)) => {
            let mut cases = cases.iter().zip(*given);
            cases.len() == given.len()
                && cases.all(|((name, ty), (given, of))| **name == **given && both(ty, of.as_ref()))
        }
        (Defined::Enum(names), Type::Enum(given)) => labels(names, given),
        (Defined::Flags(names), Type::Flags(given)) => labels(names, given),
        (Defined::List(element), Type::List(given)) => same(types, *element, given),
        // That it is this type of resources is known when it is linked.
        (Defined::Own(_), Type::Own(_)) | (Defined::Borrow(_), Type::Borrow(_)) => true,
        (Defined::Option(some), Type::Option(given)) => same(types, *some, given),
        (
            Defined::Result { ok, err },
            Type::Result {
                ok: given,
                err: other,
            },
        ) => both(ok, *given) && both(err, *other),
        _ => false,
    }
}
