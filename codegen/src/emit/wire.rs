//! `facts/wire.rs`: wire codes other than opcodes and section ids.
//!
//! A group of codes becomes an enum that a byte is turned into, or constants, so that hand-written
//! readers match names and no bytes. Standard: section 5.3, "Types".

use super::Source;
use super::decode::hex;
use super::enumeration::{Member, accessor, enumeration, option};
use super::section::proposal;
use super::trap::sentence;
use crate::model::{Model, WireCode, WireGroup};
use crate::names::{constant, ident, variant};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/types.toml",
        "Codes of types, kinds and flags on the wire.",
    );
    source.item(quote! { use super::proposal::Proposal; });
    for group in &model.wire.groups {
        if group.codes.iter().all(|code| code.code.len() == 1) {
            source.item(codes(model, group));
        } else {
            group.codes.iter().for_each(|code| {
                source.item(sequence(code));
            });
        }
    }
    source
}

/// The variant of a code.
pub fn name(code: &WireCode) -> String {
    let name = code.fact("name").map(str::to_string);
    name.unwrap_or_else(|| variant(&code.key))
}

/// A constant for a code of several bytes.
fn sequence(code: &WireCode) -> TokenStream {
    let (name, doc) = (ident(&constant(&code.key)), sentence(&code.doc));
    let count = Literal::usize_unsuffixed(code.code.len());
    let bytes = code.code.iter().map(|byte| hex(u32::from(*byte)));
    quote! { #[doc = #doc] pub const #name: [u8; #count] = [#(#bytes),*]; }
}

/// An enum for a group of one-byte codes.
fn codes(model: &Model, group: &WireGroup) -> TokenStream {
    let group_name = ident(&variant(&group.key));
    let each = |value: &dyn Fn(&WireCode) -> TokenStream| -> Vec<(Ident, TokenStream)> {
        group
            .codes
            .iter()
            .map(|code| (ident(&name(code)), value(code)))
            .collect()
    };
    let member = |code: &WireCode| {
        let doc = if code.doc.is_empty() {
            format!("`{}`", code.key)
        } else {
            sentence(&code.doc)
        };
        Member {
            name: ident(&name(code)),
            doc,
        }
    };
    let members: Vec<Member> = group.codes.iter().map(member).collect();
    let flags = group.key.ends_with("_flag");
    let what = if flags { "Flags" } else { "Codes" };
    let doc = format!("{what} of the table `{}`.", group.key);
    let list = enumeration(&variant(&group.key), &doc, "u8", &members);
    let bytes = each(&|code| {
        let byte = hex(u32::from(code.code[0]));
        quote!(#byte)
    });
    let from = (!flags).then(|| {
        let arms = bytes
            .iter()
            .map(|(code, byte)| quote! { #byte => Some(Self::#code) });
        quote! {
            /// What this byte stands for.
            pub const fn from_code(code: u8) -> Option<Self> {
                match code { #(#arms,)* _ => None }
            }
        }
    });
    let byte = accessor(
        "The byte on the wire, or the bits of the flag.",
        "code",
        quote!(u8),
        &bytes,
    );
    let proposals = each(&|code| option(code.proposal.map(|id| proposal(model, id))));
    let brought = accessor(
        "The proposal that brought it, if not the first version.",
        "proposal",
        quote!(Option<Proposal>),
        &proposals,
    );
    quote! { #list impl #group_name { #from #byte #brought } }
}
