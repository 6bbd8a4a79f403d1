//! `facts/proposal.rs`: proposals and sets of them.
//!
//! A proposal is a bit, so that a set is a word and asking whether one is admitted is one
//! instruction; constants of sets and what each requires come from the same rows.

use super::Source;
use super::enumeration::{Member, accessor, enumeration, option};
use super::tier::capabilities;
use super::trap::sentence;
use crate::model::{Model, Proposal};
use crate::names::{ident, variant};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/proposals.toml",
        "Proposals to the language, and sets of them.",
    );
    source.item(quote! { use super::tier::Capability; });
    let members: Vec<Member> = model
        .proposals
        .iter()
        .map(|proposal| Member {
            name: name(&proposal.key),
            doc: sentence(&proposal.doc),
        })
        .collect();
    source.item(enumeration(
        "Proposal",
        "A proposal, or a part of the standard that can be off.",
        "u8",
        &members,
    ));
    source.item(accessors(model));
    let supported = model.proposals.iter().filter(|proposal| proposal.supported);
    let of_components = model
        .proposals
        .iter()
        .filter(|proposal| proposal.origin.file.starts_with("spec/component/"));
    let released = of_components
        .clone()
        .filter(|proposal| proposal.since.is_some());
    source.item(set(
        supported.map(|proposal| name(&proposal.key)),
        of_components.map(|proposal| name(&proposal.key)),
        released.map(|proposal| name(&proposal.key)),
    ));
    source
}

fn accessors(model: &Model) -> TokenStream {
    let each = |value: &dyn Fn(&Proposal) -> TokenStream| -> Vec<(Ident, TokenStream)> {
        model
            .proposals
            .iter()
            .map(|proposal| (name(&proposal.key), value(proposal)))
            .collect()
    };
    let names = each(&|proposal| {
        let key = &proposal.key;
        quote!(#key)
    });
    let since = each(&|proposal| option(proposal.since.as_ref().map(|since| quote!(#since))));
    let requires = each(&|proposal| {
        let requires = model.proposal_keys(&proposal.requires);
        let requires = requires.iter().map(|key| name(key));
        quote! { Proposals::EMPTY #(.with(Proposal::#requires))* }
    });
    let needs = each(&|proposal| capabilities(&proposal.needs));
    let names = accessor(
        "Its key in `spec/proposals.toml`.",
        "name",
        quote!(&'static str),
        &names,
    );
    let since = accessor(
        "The first released standard that contains it.",
        "since",
        quote!(Option<&'static str>),
        &since,
    );
    let requires = accessor(
        "Proposals that it builds on.",
        "requires",
        quote!(Proposals),
        &requires,
    );
    let needs = accessor(
        "What a tier has to provide for it.",
        "needs",
        quote!(&'static [Capability]),
        &needs,
    );
    quote! { impl Proposal { #names #since #requires #needs } }
}

fn set(
    supported: impl Iterator<Item = Ident>,
    of_components: impl Iterator<Item = Ident>,
    components: impl Iterator<Item = Ident>,
) -> TokenStream {
    quote! {
        /// A set of proposals.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct Proposals(u64);

        impl Proposals {
            /// None.
            pub const EMPTY: Proposals = Proposals(0);

            /// All that have a row, supported or not.
            pub const ALL: Proposals = Proposals((1 << Proposal::ALL.len()) - 1);

            /// All whose instructions this version knows.
            pub const SUPPORTED: Proposals = Proposals::EMPTY #(.with(Proposal::#supported))*;

            /// All of components.
            pub const OF_COMPONENTS: Proposals = Proposals::EMPTY #(.with(Proposal::#of_components))*;

            /// Those of components that a release of WASI has.
            pub const COMPONENTS: Proposals = Proposals::EMPTY #(.with(Proposal::#components))*;

            /// Those that are in one of the two.
            #[must_use]
            pub const fn union(self, others: Proposals) -> Proposals {
                Proposals(self.0 | others.0)
            }

            /// With one more.
            #[must_use]
            pub const fn with(self, proposal: Proposal) -> Proposals {
                Proposals(self.0 | 1 << proposal as u8)
            }

            /// Without one.
            #[must_use]
            pub const fn without(self, proposal: Proposal) -> Proposals {
                Proposals(self.0 & !(1 << proposal as u8))
            }

            /// Whether it is among them.
            pub const fn contains(self, proposal: Proposal) -> bool {
                self.0 & 1 << proposal as u8 != 0
            }

            /// Whether all of the others are among them.
            pub const fn includes(self, others: Proposals) -> bool {
                self.0 & others.0 == others.0
            }

            /// One after the other.
            pub fn iter(self) -> impl Iterator<Item = Proposal> {
                Proposal::ALL.into_iter().filter(move |proposal| self.contains(*proposal))
            }
        }
    }
}

fn name(key: &str) -> Ident {
    ident(&variant(key))
}
