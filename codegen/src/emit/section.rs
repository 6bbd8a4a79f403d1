//! `facts/section.rs`: the sections of a module.
//!
//! An enum with the id, the place in the prescribed order, the proposal and the limit of each.
//! What the sections of a component have as well is made by the same function. Standard: section
//! 5.5, "Modules", "Sections".

use super::Source;
use super::decode::hex;
use super::enumeration::{Member, accessor, enumeration, option};
use crate::model::{Model, ProposalId};
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
    let sections = &model.sections;
    let rows: Vec<Row<'_>> = sections
        .iter()
        .map(|section| Row {
            key: &section.key,
            body: &section.body,
            id: section.id,
            proposal: section.proposal,
        })
        .collect();
    let orders = sections.iter().map(|section| {
        let order = proc_macro2::Literal::u8_unsuffixed(section.order);
        quote!(#order)
    });
    let order = accessor(
        "Its place in the prescribed order, from 1; 0 if it may stand anywhere.",
        "order",
        quote!(u8),
        &each(&rows, orders),
    );
    let limits = sections.iter().map(|section| {
        option(section.limit.as_ref().map(|key| {
            let name = ident(&variant(key));
            quote!(Limit::#name)
        }))
    });
    let limit = accessor(
        "The limit on the number of its entries.",
        "limit",
        quote!(Option<Limit>),
        &each(&rows, limits),
    );
    let own = quote!(#order #limit);
    ids(
        &mut source,
        model,
        "SectionId",
        "What a section holds.",
        &rows,
        own,
    );
    source
}

/// A section of a module or of a component.
pub(super) struct Row<'a> {
    pub(super) key: &'a str,
    /// The production that it holds.
    pub(super) body: &'a str,
    pub(super) id: u8,
    pub(super) proposal: Option<ProposalId>,
}

/// An enum of sections, with what all have, and with functions of its `own`.
pub(super) fn ids(
    source: &mut Source,
    model: &Model,
    name: &str,
    doc: &str,
    rows: &[Row<'_>],
    own: TokenStream,
) {
    let members: Vec<Member> = rows
        .iter()
        .map(|row| Member {
            name: ident(&variant(row.key)),
            doc: format!("Section `{}`: `{}`.", row.key, row.body),
        })
        .collect();
    source.item(enumeration(name, doc, "u8", &members));
    let numbers = rows.iter().map(|row| {
        let id = hex(row.id.into());
        quote!(#id)
    });
    let numbers = each(rows, numbers);
    let from = numbers
        .iter()
        .map(|(name, id)| quote! { #id => Some(Self::#name) });
    let keys = rows.iter().map(|row| {
        let key = row.key;
        quote!(#key)
    });
    let proposals = rows
        .iter()
        .map(|row| option(row.proposal.map(|id| proposal(model, id))));
    let ty = ident(name);
    let id = accessor("Its byte on the wire.", "id", quote!(u8), &numbers);
    let key = accessor("Its name.", "name", quote!(&'static str), &each(rows, keys));
    let brought = accessor(
        "The proposal that brought it, if not the first version.",
        "proposal",
        quote!(Option<Proposal>),
        &each(rows, proposals),
    );
    source.item(quote! {
        impl #ty {
            /// The section with this byte.
            pub const fn from_id(id: u8) -> Option<Self> {
                match id { #(#from,)* _ => None }
            }

            #id #key #own #brought
        }
    });
}

/// A value for each section, beside its variant.
pub(super) fn each(
    rows: &[Row<'_>],
    values: impl Iterator<Item = TokenStream>,
) -> Vec<(Ident, TokenStream)> {
    let names = rows.iter().map(|row| ident(&variant(row.key)));
    names.zip(values).collect()
}

/// `Proposal::Gc`
pub fn proposal(model: &Model, id: ProposalId) -> TokenStream {
    let name = ident(&variant(&model.proposal(id).key));
    quote!(Proposal::#name)
}
