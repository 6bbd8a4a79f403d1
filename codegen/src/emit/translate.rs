//! `woven/translate.rs`: what the fast engine's translator does with each instruction.
//!
//! A match over all rows: constants become notes, `do` rows operations with operands in places,
//! `hand` rows calls, and `control` rows call the function of their name in
//! `fast/translate/control.rs`.

use super::Source;
use super::operation::is_constant;
use crate::model::{Meaning, Model, Op};
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
        Meaning::Do(_) if op.facts.loads || op.facts.stores => {
            quote! { translator.access(Operation::#variant, #(#names),*) }
        }
        Meaning::Do(_) => quote! { translator.operate(Operation::#variant, &[]) },
        Meaning::Hand { .. } => quote! { translator.hand(Operation::#variant, &[#(#names.0),*]) },
        Meaning::Control(name) => {
            let name = ident(&function(name));
            quote! { control::#name(translator, #(#names),*) }
        }
    };
    quote! { #pattern => #body, }
}

fn constant(op: &Op) -> TokenStream {
    let (variant, function) = (ident(&op.variant), ident(&op.function));
    let used: Vec<_> = op.facts.names.iter().map(|name| ident(name)).collect();
    let pattern = match op.immediates.is_empty() {
        true => quote! { Instruction::#variant },
        false => quote! { Instruction::#variant { #(#used,)* .. } },
    };
    quote! { #pattern => translator.constant(semantics::#function(#(#used),*)), }
}
