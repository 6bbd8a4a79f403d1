//! `woven/component/section.rs`: the sections of a component.
//!
//! An enum with the id, the proposal and the sort that each entry of a section defines; the level
//! `standard` counts by it. Standard: Component Model, `Binary.md`, "Component Definitions".

use crate::emit::Source;
use crate::emit::enumeration::{accessor, option};
use crate::emit::section::{Row, each, ids};
use crate::model::Model;
use crate::names::{ident, variant};
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
    let rows: Vec<Row<'_>> = sections
        .iter()
        .map(|section| Row {
            key: &section.key,
            body: &section.body,
            id: section.id,
            proposal: section.proposal,
        })
        .collect();
    let sorts = sections.iter().map(|section| {
        option(section.defines.map(|id| {
            let sort = ident(&variant(&model.component.sort(id).key));
            quote!(Sort::#sort)
        }))
    });
    let defines = accessor(
        "The sort of which each entry defines one, where that does not depend on the entry.",
        "defines",
        quote!(Option<Sort>),
        &each(&rows, sorts),
    );
    ids(
        &mut source,
        model,
        "ComponentSectionId",
        "What a section of a component holds.",
        &rows,
        defines,
    );
    source
}
