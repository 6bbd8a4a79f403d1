//! The signature that a `hand` row asks of its function.
//!
//! It follows from the row: the machine, the immediates, the operands, the rate if the work depends
//! on an operand, and the result. It is compared with the function's own as text without spaces,
//! and shown in full when the two differ.

use crate::model::{Op, TypeItem};
use quote::ToTokens;
use syn::{FnArg, ReturnType, Signature};

/// Types of the parameters, the machine first, and of the result.
#[derive(PartialEq, Eq)]
pub(super) struct Shape {
    parameters: Vec<String>,
    result: String,
}

/// The type of the last parameter of a function whose work depends on an operand.
const RATE: &str = "Rate";

/// The signature as the row asks for it, for people.
pub(super) fn expected(op: &Op, rated: bool, function: &str) -> String {
    let immediates = op
        .immediates
        .iter()
        .map(|immediate| (immediate.name.clone(), immediate.rust()));
    let operands = ["a", "b", "c", "d"].into_iter().zip(op.params());
    let operands = operands.map(|(name, item)| (name.to_string(), rust(item)));
    let parameters: Vec<String> = immediates
        .chain(operands)
        .chain(rated.then(|| ("rate".to_string(), RATE.to_string())))
        .map(|(name, rust)| format!(", {name}: {rust}"))
        .collect();
    format!(
        "fn {function}<M: Machine>(m: &mut M{}) -> {}",
        parameters.concat(),
        result(op)
    )
}

/// The shape that the row asks for; `rated` if its work depends on an operand.
pub(super) fn asked(op: &Op, rated: bool) -> Shape {
    let immediates = op.immediates.iter().map(|immediate| immediate.rust());
    let operands = op.params().iter().map(rust);
    let parameters = ["&mut M".to_string()]
        .into_iter()
        .chain(immediates)
        .chain(operands)
        .chain(rated.then(|| RATE.to_string()));
    Shape {
        parameters: parameters.map(|ty| compact(&ty)).collect(),
        result: compact(&result(op)),
    }
}

/// The shape of a function.
pub(super) fn found(signature: &Signature) -> Shape {
    let parameter = |argument: &FnArg| match argument {
        FnArg::Receiver(_) => "self".to_string(),
        FnArg::Typed(typed) => compact(&typed.ty.to_token_stream().to_string()),
    };
    let result = match &signature.output {
        ReturnType::Default => String::new(),
        ReturnType::Type(_, ty) => ty.to_token_stream().to_string(),
    };
    Shape {
        parameters: signature.inputs.iter().map(parameter).collect(),
        result: compact(&result),
    }
}

/// Whether a function takes a machine first.
pub(super) fn takes_machine(signature: &Signature) -> bool {
    found(signature)
        .parameters
        .first()
        .is_some_and(|first| first == "&mutM")
}

/// Whether a function takes the rate of its row.
pub(super) fn takes_rate(signature: &Signature) -> bool {
    found(signature)
        .parameters
        .last()
        .is_some_and(|last| last == RATE)
}

/// The parameter that says how much a function does, if it has the name of one.
pub(super) fn counts(signature: &Signature) -> Option<String> {
    let names = signature
        .inputs
        .iter()
        .filter_map(|argument| match argument {
            FnArg::Typed(typed) => Some(typed.pat.to_token_stream().to_string()),
            FnArg::Receiver(_) => None,
        });
    let mut counts = names.filter(|name| matches!(name.as_str(), "count" | "delta"));
    counts.next()
}

fn result(op: &Op) -> String {
    let results: Vec<String> = op.results().iter().map(rust).collect();
    match &results[..] {
        [] => "Result<(), Stop>".to_string(),
        [one] => format!("Result<{one}, Stop>"),
        several => format!("Result<({}), Stop>", several.join(", ")),
    }
}

fn rust(item: &TypeItem) -> String {
    item.rust().unwrap_or("&mut [Slot]").to_string()
}

fn compact(text: &str) -> String {
    text.split_whitespace().collect()
}
