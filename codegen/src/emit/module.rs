//! `mod.rs` of the folders, and the facts of each tier.
//!
//! The lists of files follow from the emitters, so that a new file is mounted without a line by
//! hand.

use super::Source;
use super::limits::{condition, grouped};
use super::section::proposal;
use crate::model::{Model, TierId};
use crate::names::ident;
use quote::quote;

/// `mod.rs` of all; the list of modules is added by the caller, as in those below.
pub fn all() -> Source {
    Source::new(
        "spec/",
        "What becomes of the tables: facts, and code that weaves rows and hand-written functions.",
    )
}

/// `facts/mod.rs`
pub fn facts() -> Source {
    Source::new(
        "spec/",
        "What the tables say; nothing here names what is written by hand.",
    )
}

/// `woven/mod.rs`
pub fn woven() -> Source {
    Source::new(
        "spec/",
        "What rows become, with the functions that they name.",
    )
}

/// `facts/<tier>.rs`: what a tier has.
pub fn tier(model: &Model, id: TierId) -> Source {
    let tier = model.tier(id);
    let limits = model.limits.iter().map(|limit| {
        let name = ident(&limit.key);
        let value = grouped(limit.of(id));
        let condition = condition(model, limit);
        quote! { #condition #name: #value }
    });
    let proposals = tier.proposals.iter().map(|id| proposal(model, *id));
    let tagline = format!("The tier `{}`: {}.", tier.key, tier.doc);
    let mut source = Source::new("spec/{tiers,limits,proposals}.toml", &tagline);
    source.item(quote! {
        use super::limits::Limits;
        use super::proposal::{Proposal, Proposals};
    });
    source.item(quote! {
        /// Supported proposals; the tier provides what they need.
        pub(crate) const PROPOSALS: Proposals = Proposals::EMPTY #(.with(#proposals))*;

        /// Limits of the tier.
        pub(crate) const LIMITS: Limits = Limits { #(#limits),* };
    });
    source
}
