//! `woven/constant.rs`: one arm for each row with the column `const`.
//!
//! A row with `do` pops its operands, calls its function of `semantics.rs` and pushes the result;
//! the others call the function of their name in `runtime/src/exec/constant.rs`.

use super::Source;
use crate::model::{Model, Op};
use crate::names::ident;
use proc_macro2::TokenStream;
use quote::quote;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/instructions/",
        "Instructions of constant expressions: the rows with a cell `const`.",
    );
    let arms = model.ops.iter().filter(|op| op.constant.is_some()).map(arm);
    source.item(quote! {
        use super::instruction::Instruction;
        use super::semantics;
        use crate::exec::constant::{self, Evaluator, Failure};
        use crate::generated::facts::error_code::ErrorCode;
        use crate::reject::Reject;
    });
    source.item(quote! {
        #[doc = "Runs one instruction; `at` is its offset in the module."]
        pub(crate) fn step(
            e: &mut impl Evaluator,
            instruction: &Instruction<'_>,
            at: usize,
        ) -> Result<(), Failure> {
            match *instruction {
                #(#arms)*
                _ => Err(Reject::new(ErrorCode::ConstantRequired, at).into()),
            }
        }
    });
    source
}

fn arm(op: &Op) -> TokenStream {
    let (variant, function) = (ident(&op.variant), ident(&op.function));
    let used = |name: &str| op.expression().is_none() || op.facts.names.iter().any(|n| n == name);
    let immediates: Vec<_> = op
        .immediates
        .iter()
        .filter(|immediate| used(&immediate.name))
        .map(|immediate| ident(&immediate.name))
        .collect();
    let pattern = match (op.immediates.len(), immediates.len()) {
        (0, _) => quote! { Instruction::#variant },
        (all, named) if all == named => quote! { Instruction::#variant { #(#immediates),* } },
        _ => quote! { Instruction::#variant { #(#immediates,)* .. } },
    };
    if op.expression().is_none() {
        return quote! { #pattern => constant::#function(e #(, #immediates)*), };
    }
    let operands: Vec<_> = ["a", "b", "c", "d"]
        .iter()
        .take(op.params().len())
        .map(|name| ident(name))
        .collect();
    let pops = operands
        .iter()
        .rev()
        .map(|operand| quote! { let #operand = constant::pop(e); });
    let may_trap = op.facts.may_trap.then(|| quote! { ? });
    let value = quote! { semantics::#function(#(#immediates,)* #(#operands),*) #may_trap };
    if operands.is_empty() {
        return quote! { #pattern => constant::push(e, #value), };
    }
    quote! { #pattern => { #(#pops)* constant::push(e, #value) } }
}
