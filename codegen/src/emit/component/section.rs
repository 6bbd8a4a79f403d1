//! `woven/component/section.rs`: the sections of a component.
//!
//! An enum with the id, the proposal and the sort that each entry of a section defines; the level
//! `standard` counts by it. Standard: Component Model, `Binary.md`, "Component Definitions".

use crate::emit::Source;
use crate::emit::decode::hex;
use crate::emit::enumeration::{Member, accessor, enumeration, option};
use crate::emit::section::proposal;
use crate::model::{ComponentSection, Model};
use crate::names::{ident, variant};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The file.
pub(super) fn emit(model: &Model) -> Source {
    let sections = &model.component.sections;
    let mut source = Source::new(
        "spec/component/sections.toml",
        "The sections of a component.",
    );
    source.item(quote! {
        use super::sort::Sort;
        use crate::generated::facts::proposal::Proposal;
    });
    let members: Vec<Member> = sections
        .iter()
        .map(|section| Member {
            name: ident(&variant(&section.key)),
            doc: format!("Section `{}`: `{}`.", section.key, section.body),
        })
        .collect();
    source.item(enumeration(
        "ComponentSectionId",
        "What a section of a component holds.",
        "u8",
        &members,
    ));
    let each = |value: &dyn Fn(&ComponentSection) -> TokenStream| -> Vec<(Ident, TokenStream)> {
        sections
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
    let defines = each(&|section| {
        option(section.defines.map(|id| {
            let sort = ident(&variant(&model.component.sort(id).key));
            quote!(Sort::#sort)
        }))
    });
    let proposals = each(&|section| option(section.proposal.map(|id| proposal(model, id))));
    let from = ids
        .iter()
        .map(|(name, id)| quote! { #id => Some(Self::#name) });
    let id = accessor("Its byte on the wire.", "id", quote!(u8), &ids);
    let name = accessor("Its name.", "name", quote!(&'static str), &names);
    let defines = accessor(
        "The sort of which each entry defines one, where that does not depend on the entry.",
        "defines",
        quote!(Option<Sort>),
        &defines,
    );
    let brought = accessor(
        "The proposal that brought it, if not the first version.",
        "proposal",
        quote!(Option<Proposal>),
        &proposals,
    );
    source.item(quote! {
        impl ComponentSectionId {
            /// The section with this byte.
            pub const fn from_id(id: u8) -> Option<Self> {
                match id { #(#from,)* _ => None }
            }

            #id #name #defines #brought
        }
    });
    source
}
