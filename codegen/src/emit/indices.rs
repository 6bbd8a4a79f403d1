//! `facts/indices.rs`: a newtype for each index space.
//!
//! An index of a function and one of a table are both a `u32` on the wire; with types of their own
//! they cannot be exchanged by mistake. Standard: section 2.5, "Modules", "Indices".

use super::Source;
use crate::model::Model;
use crate::names::{ident, variant};
use quote::quote;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new("spec/types.toml", "Indices, one type for each index space.");
    for space in &model.wire.indices {
        let name = ident(&format!("{}Idx", variant(&space.key)));
        let doc = format!("Index in the space of {}.", space.doc);
        source.item(quote! {
            #[doc = #doc]
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct #name(pub u32);
        });
    }
    source
}
