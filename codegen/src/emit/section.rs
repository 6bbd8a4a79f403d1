//! `facts/section.rs`: the sections of a module.
//!
//! An enum with the id, the place in the prescribed order, the proposal and the limit of each.
//! Standard: section 5.5, "Modules", "Sections".

use super::Source;
use super::decode::hex;
use super::enumeration::{Member, accessor, enumeration, option};
use crate::model::{Model, ProposalId, Section};
use crate::names::{ident, variant};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new("spec/sections.toml", "The sections of a module.");
    source.item(quote! {
        use super::limits::Limit;
        use super::proposal::Proposal;
    });
    let members: Vec<Member> = model
        .sections
        .iter()
        .map(|section| Member {
            name: ident(&variant(&section.key)),
            doc: format!("Section `{}`: `{}`.", section.key, section.body),
        })
        .collect();
    source.item(enumeration(
        "SectionId",
        "What a section holds.",
        "u8",
        &members,
    ));
    let each = |value: &dyn Fn(&Section) -> TokenStream| -> Vec<(Ident, TokenStream)> {
        model
            .sections
            .iter()
            .map(|section| (ident(&variant(&section.key)), value(section)))
            .collect()
    };
    let ids = each(&|section| {
        let id = hex(section.id.into());
        quote!(#id)
    });
    let names = each(&|section| {
        let key = &section.key;
        quote!(#key)
    });
    let orders = each(&|section| {
        let order = proc_macro2::Literal::u8_unsuffixed(section.order);
        quote!(#order)
    });
    let limits = each(&|section| {
        option(section.limit.as_ref().map(|key| {
            let name = ident(&variant(key));
            quote!(Limit::#name)
        }))
    });
    let proposals = each(&|section| option(section.proposal.map(|id| proposal(model, id))));
    let from = ids
        .iter()
        .map(|(name, id)| quote! { #id => Some(Self::#name) });
    let id = accessor("Its byte on the wire.", "id", quote!(u8), &ids);
    let name = accessor("Its name.", "name", quote!(&'static str), &names);
    let order = accessor(
        "Its place in the prescribed order, from 1; 0 if it may stand anywhere.",
        "order",
        quote!(u8),
        &orders,
    );
    let limit = accessor(
        "The limit on the number of its entries.",
        "limit",
        quote!(Option<Limit>),
        &limits,
    );
    let brought = accessor(
        "The proposal that brought it, if not the first version.",
        "proposal",
        quote!(Option<Proposal>),
        &proposals,
    );
    source.item(quote! {
        impl SectionId {
            /// The section with this byte.
            pub const fn from_id(id: u8) -> Option<SectionId> {
                match id { #(#from,)* _ => None }
            }

            #id #name #order #limit #brought
        }
    });
    source
}

/// `Proposal::Gc`
pub fn proposal(model: &Model, id: ProposalId) -> TokenStream {
    let name = ident(&variant(&model.proposal(id).key));
    quote!(Proposal::#name)
}
