//! `mod.rs` of the shared files and of each tier.

use super::Source;
use super::limits::grouped;
use crate::model::{Model, Tier};
use crate::names::ident;
use quote::quote;

/// `shared/mod.rs`; the list of modules is added by the caller.
pub fn shared() -> Source {
    Source::new("spec/", "What the tables say, the same in every tier.")
}

/// `<tier>/mod.rs`: what a tier has.
pub fn tier(model: &Model, tier: &Tier) -> Source {
    let place = model
        .tiers
        .iter()
        .position(|other| other.key == tier.key)
        .unwrap_or_default();
    let limits = model.limits.iter().map(|limit| {
        let name = ident(&limit.key);
        let value = grouped(limit.tiers[place]);
        quote! { #name: #value }
    });
    let proposals = tier.proposals.iter().map(|key| {
        let variant = ident(&crate::names::variant(key));
        quote! { .with(Proposal::#variant) }
    });
    let tagline = format!("The tier `{}`: {}.", tier.key, tier.doc);
    let mut source = Source::new("spec/{tiers,limits,proposals}.toml", &tagline);
    source.item(quote! {
        use super::shared::limits::Limits;
        use super::shared::proposal::{Proposal, Proposals};
    });
    source.item(quote! {
        /// Supported proposals; the tier provides what they need.
        pub(crate) const PROPOSALS: Proposals = Proposals::EMPTY #(#proposals)*;

        /// Limits of the tier.
        pub(crate) const LIMITS: Limits = Limits { #(#limits),* };
    });
    source
}
