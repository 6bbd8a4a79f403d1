//! `mod.rs` of the shared files and of each tier.

use super::Source;
use super::limits::grouped;
use super::section::proposal;
use crate::model::{Model, TierId};
use crate::names::ident;
use quote::quote;

/// `shared/mod.rs`; the list of modules is added by the caller.
pub fn shared() -> Source {
    Source::new("spec/", "What the tables say, the same in every tier.")
}

/// `<tier>/mod.rs`: what a tier has.
pub fn tier(model: &Model, id: TierId) -> Source {
    let tier = model.tier(id);
    let limits = model.limits.iter().map(|limit| {
        let name = ident(&limit.key);
        let value = grouped(limit.of(id));
        quote! { #name: #value }
    });
    let proposals = tier.proposals.iter().map(|id| proposal(model, *id));
    let tagline = format!("The tier `{}`: {}.", tier.key, tier.doc);
    let mut source = Source::new("spec/{tiers,limits,proposals}.toml", &tagline);
    source.item(quote! {
        use super::shared::limits::Limits;
        use super::shared::proposal::{Proposal, Proposals};
    });
    source.item(quote! {
        /// Supported proposals; the tier provides what they need.
        pub(crate) const PROPOSALS: Proposals = Proposals::EMPTY #(.with(#proposals))*;

        /// Limits of the tier.
        pub(crate) const LIMITS: Limits = Limits { #(#limits),* };
    });
    source
}
