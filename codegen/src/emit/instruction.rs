//! `woven/instruction.rs`: a decoded instruction with its immediates.
//!
//! One variant a row: what the decoder gives, and what validator, translator and views match on. It
//! is small and `Copy`, since lists of immediates stay in the module's bytes. Standard: section
//! 2.4, "Instructions".

use super::Source;
use super::regular::is_regular;
use crate::model::{FieldType, Immediate, ImmediateKind, Model, Op};
use crate::names::ident;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use std::collections::BTreeSet;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/instructions/",
        "A decoded instruction with its immediates.",
    );
    let types = types(model);
    source.item(quote! {
        use crate::generated::facts::indices::*;
        use crate::generated::facts::opcode::Opcode;
        use crate::types::{#(#types),*};
    });
    // Those that builds for size treat apart stand apart, so that their matches need no rows for them.
    let (regular, others): (Vec<&Op>, Vec<&Op>) =
        model.ops.iter().partition(|op| is_regular(model, op));
    let variants = others.into_iter().chain(regular).map(variant);
    source.item(quote! {
        /// An instruction. Vectors among the immediates stay in the module's bytes.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Instruction<'a> { #(#variants),* }
    });
    let arms = model.ops.iter().map(|op| {
        let name = ident(&op.variant);
        let rest = if op.immediates.is_empty() {
            quote!()
        } else {
            quote! { { .. } }
        };
        quote! { Self::#name #rest => Opcode::#name }
    });
    let blocks: Vec<_> = model.ops.iter().filter_map(block).collect();
    let begins = if blocks.is_empty() {
        quote!(false)
    } else {
        quote! { matches!(self, #(#blocks)|*) }
    };
    let accesses = model.ops.iter().filter_map(access);
    source.item(quote! {
        impl Instruction<'_> {
            /// Which instruction it is.
            pub const fn opcode(&self) -> Opcode {
                match self { #(#arms),* }
            }

            /// Whether it begins a block, which an `end` ends.
            pub const fn begins_block(&self) -> bool {
                #begins
            }

            /// Where in memory it loads or stores one value, and how many bytes.
            pub const fn access(&self) -> Option<(crate::types::MemArg, u32)> {
                match *self {
                    #(#accesses,)*
                    _ => None,
                }
            }
        }
    });
    source
}

/// The arm of an instruction that loads or stores one value.
fn access(op: &Op) -> Option<TokenStream> {
    let is_access = |immediate: &&Immediate| immediate.kind == ImmediateKind::MemArg;
    let immediate = op.immediates.iter().find(is_access)?;
    let (name, field) = (ident(&op.variant), ident(&immediate.name));
    let width = Literal::u32_unsuffixed(immediate.number?);
    Some(quote! { Self::#name { #field, .. } => Some((#field, #width)) })
}

/// The pattern of an instruction that has a block type.
fn block(op: &Op) -> Option<TokenStream> {
    let name = ident(&op.variant);
    let has = op
        .immediates
        .iter()
        .any(|immediate| begins_block(immediate.kind));
    has.then(|| quote! { Self::#name { .. } })
}

/// Whether an instruction with such an immediate has a block behind it.
fn begins_block(kind: ImmediateKind) -> bool {
    match kind {
        ImmediateKind::Block => true,
        ImmediateKind::Label
        | ImmediateKind::Labels
        | ImmediateKind::Local
        | ImmediateKind::Global
        | ImmediateKind::Func
        | ImmediateKind::Type
        | ImmediateKind::Table
        | ImmediateKind::Memory
        | ImmediateKind::Data
        | ImmediateKind::Elem
        | ImmediateKind::Tag
        | ImmediateKind::Field
        | ImmediateKind::Catches
        | ImmediateKind::Heap
        | ImmediateKind::ValTypes
        | ImmediateKind::MemArg
        | ImmediateKind::Atomic
        | ImmediateKind::Lane
        | ImmediateKind::Lanes
        | ImmediateKind::I32
        | ImmediateKind::I64
        | ImmediateKind::F32
        | ImmediateKind::F64
        | ImmediateKind::V128
        | ImmediateKind::U32 => false,
    }
}

fn variant(op: &Op) -> TokenStream {
    let name = ident(&op.variant);
    let doc = format!("`{}`", op.key);
    let fields = op.immediates.iter().map(|immediate| {
        let name = ident(&immediate.name);
        let rust: TokenStream = immediate.rust().parse().unwrap_or_default();
        let doc = format!("The immediate `{}`.", immediate.kind);
        quote! { #[doc = #doc] #name: #rust }
    });
    let fields = if op.immediates.is_empty() {
        quote!()
    } else {
        quote! { { #(#fields),* } }
    };
    quote! { #[doc = #doc] #name #fields }
}

/// Types of immediates that are written by hand.
fn types(model: &Model) -> Vec<Ident> {
    let immediates = model.ops.iter().flat_map(|op| &op.immediates);
    let names = immediates.filter_map(|immediate| match immediate.kind.field() {
        FieldType::ByHand(name) | FieldType::Borrowing(name) => Some(name),
        FieldType::Index(_) | FieldType::Primitive(_) => None,
    });
    let names: BTreeSet<&str> = names.collect();
    names.into_iter().map(ident).collect()
}
