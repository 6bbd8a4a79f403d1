//! `woven/translate.rs`: what the fast engine's translator does with each instruction.
//!
//! A match over all rows: constants become notes, `do` rows operations with operands in places,
//! `hand` rows calls, and `control` rows call the function of their name in
//! `fast/translate/control.rs`.

use super::Source;
use super::operation::is_constant;
use crate::model::{Immediate, ImmediateKind, Meaning, Model, NumberType, Op, TypeItem};
use crate::names::{function, ident};
use proc_macro2::TokenStream;
use quote::quote;

/// The file, if a tier has forms.
pub fn emit(model: &Model) -> Option<Source> {
    model.forms.budgets.first()?;
    let mut source = Source::new(
        "spec/instructions/",
        "What the fast engine's translator does with each instruction.",
    );
    let arms = model.ops.iter().map(arm);
    source.item(quote! {
        use super::instruction::Instruction;
        use super::operations::Operation;
        use super::semantics;
        use crate::fast::translate::{Translator, control};
    });
    source.item(quote! {
        /// Translates one instruction.
        pub(crate) fn translate(translator: &mut Translator<'_>, instruction: &Instruction<'_>) {
            match *instruction { #(#arms)* }
        }
    });
    Some(source)
}

fn arm(op: &Op) -> TokenStream {
    let variant = ident(&op.variant);
    let names: Vec<_> = op
        .immediates
        .iter()
        .map(|immediate| ident(&immediate.name))
        .collect();
    let pattern = match names.is_empty() {
        true => quote! { Instruction::#variant },
        false => quote! { Instruction::#variant { #(#names),* } },
    };
    let body = match &op.meaning {
        Meaning::Do(_) if is_constant(op) => return constant(op),
        Meaning::Do(_) if op.facts.loads || op.facts.stores => access(op),
        Meaning::Do(_) => {
            let words = match op.immediates.as_slice() {
                [] => quote! { &[] },
                [only] => words(only),
                _ => quote! { &[#(u32::from(#names)),*] },
            };
            let operate = quote! { translator.operate(Operation::#variant, #words) };
            match op.nans {
                Some(shape) => {
                    let canonical = ident(&shape.operation());
                    quote! { { #operate; translator.canonicalise(Operation::#canonical) } }
                }
                None => operate,
            }
        }
        Meaning::Hand { .. } => quote! { translator.hand(Operation::#variant, &[#(#names.0),*]) },
        Meaning::Control(name) => {
            let name = ident(&function(name));
            quote! { control::#name(translator, #(#names),*) }
        }
    };
    quote! { #pattern => #body, }
}

/// What a row does that accesses memory, with a lane or without.
fn access(op: &Op) -> TokenStream {
    let variant = ident(&op.variant);
    let find = |accessor: bool| {
        let mut all = op.immediates.iter();
        all.find(|it| it.kind.is_accessor() == accessor)
            .map(|it| ident(&it.name))
    };
    let lane = match find(false) {
        Some(lane) => quote! { Some(#lane) },
        None => quote! { None },
    };
    let memory = find(true);
    quote! { translator.access(Operation::#variant, #memory, #lane) }
}

/// The operand words of an immediate.
fn words(immediate: &Immediate) -> TokenStream {
    let name = ident(&immediate.name);
    match immediate.kind {
        ImmediateKind::Lanes => quote! { &crate::fast::operation::words(#name) },
        _ => quote! { &[u32::from(#name)] },
    }
}

fn constant(op: &Op) -> TokenStream {
    let (variant, function) = (ident(&op.variant), ident(&op.function));
    let used: Vec<_> = op.facts.names.iter().map(|name| ident(name)).collect();
    let pattern = match op.immediates.is_empty() {
        true => quote! { Instruction::#variant },
        false => quote! { Instruction::#variant { #(#used,)* .. } },
    };
    let vector = op.results().first().and_then(TypeItem::number) == Some(NumberType::V128);
    let constant = ident(if vector { "vector" } else { "constant" });
    quote! { #pattern => translator.#constant(semantics::#function(#(#used),*)), }
}
