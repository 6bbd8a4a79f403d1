//! `shared/decode.rs`: the only place that matches opcodes on the wire.

use super::Source;
use crate::model::{Immediate, Model, Op};
use crate::names::{constant, function, ident, variant};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/instructions/, spec/proposals.toml",
        "The decoder: the only place where opcodes on the wire are matched.",
    );
    let needs = model.ops.iter().any(|op| op.needs.is_some());
    let capability = needs.then(|| quote! { use crate::capability::{self, available}; });
    source.item(quote! {
        use super::error_code::ErrorCode;
        use super::instruction::Instruction::{self, *};
        use super::proposal::Proposal;
        #capability
        use crate::profile::Gate;
        use crate::read::{Reader, immediate};
        use crate::reject::Reject;
    });
    let arms = arms(model, None);
    let prefixed = prefixes(model).into_iter().map(|prefix| {
        let (byte, arms) = (hex(prefix.into()), self::arms(model, Some(prefix)));
        quote! {
            #byte => match r.u32()? {
                #(#arms,)*
                _ => return Err(Reject::new(ErrorCode::IllegalOpcode, at)),
            }
        }
    });
    source.item(quote! {
        /// Reads one instruction.
        #[inline]
        pub(crate) fn decode<'a>(r: &mut Reader<'a>, gate: &impl Gate) -> Result<Instruction<'a>, Reject> {
            let at = r.position();
            Ok(match r.u8()? {
                #(#arms,)*
                #(#prefixed)*
                _ => return Err(Reject::new(ErrorCode::IllegalOpcode, at)),
            })
        }
    });
    source
}

/// Arms of one prefix, in the order of the codes: rows, and what is reserved.
fn arms(model: &Model, prefix: Option<u8>) -> Vec<TokenStream> {
    let rows = model.ops.iter().filter(|op| op.code.prefix == prefix);
    let mut arms: Vec<(u32, TokenStream)> = rows.map(|op| (op.code.value, row(op))).collect();
    for proposal in &model.proposals {
        let name = ident(&variant(&proposal.key));
        for range in proposal
            .reserved
            .iter()
            .filter(|range| range.prefix == prefix)
        {
            let literal = |code: u32| {
                if prefix.is_none() {
                    hex(code)
                } else {
                    Literal::u32_unsuffixed(code)
                }
            };
            let (first, last) = (literal(range.first), literal(range.last));
            let pattern = if range.first == range.last {
                quote!(#first)
            } else {
                quote!(#first..=#last)
            };
            let arm = quote! { #pattern => return Err(Reject::proposal(Proposal::#name, at)) };
            arms.push((range.first, arm));
        }
    }
    arms.sort_by_key(|(first, _)| *first);
    arms.into_iter().map(|(_, arm)| arm).collect()
}

fn row(op: &Op) -> TokenStream {
    let code = match op.code.prefix {
        None => hex(op.code.value),
        Some(_) => Literal::u32_unsuffixed(op.code.value),
    };
    let name = ident(&op.variant);
    let fields = op.immediates.iter().map(|immediate| {
        let (name, value) = (ident(&immediate.name), read(immediate));
        quote! { #name: #value }
    });
    let fields = if op.immediates.is_empty() {
        quote!()
    } else {
        quote! { { #(#fields),* } }
    };
    let mut value = quote! { #name #fields };
    if let Some(need) = &op.needs {
        let (flag, error) = (
            ident(&constant(need)),
            ident(&variant(&format!("unsupported_{need}"))),
        );
        value = quote! { available(capability::#flag, ErrorCode::#error, at, #value)? };
    }
    if op.proposal != "mvp" {
        let proposal = ident(&variant(&op.proposal));
        value = quote! { gate.admit(Proposal::#proposal, at, #value)? };
    }
    quote! { #code => #value }
}

fn read(immediate: &Immediate) -> TokenStream {
    let kind = ident(&function(&immediate.kind));
    match immediate.number {
        Some(number) => {
            let number = Literal::u32_unsuffixed(number);
            quote! { immediate::#kind(r, gate, #number)? }
        }
        None => quote! { immediate::#kind(r, gate)? },
    }
}

fn prefixes(model: &Model) -> Vec<u8> {
    let rows = model.ops.iter().filter_map(|op| op.code.prefix);
    let ranges = model
        .proposals
        .iter()
        .flat_map(|proposal| &proposal.reserved);
    let mut prefixes: Vec<u8> = rows
        .chain(ranges.filter_map(|range| range.prefix))
        .collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    prefixes
}

/// A byte of the wire, as people write it.
pub fn hex(value: u32) -> Literal {
    format!("0x{value:02X}")
        .parse()
        .unwrap_or_else(|_| Literal::u32_unsuffixed(value))
}
