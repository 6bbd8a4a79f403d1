//! Configurations: what `runtime!` says, checked against the tables.
//!
//! A [`Configuration`] travels three ways: as constants of the `Profile` that `runtime!` writes, as
//! tokens inside the macro that `include_wasm!` calls back through (a macro cannot read another
//! one's type), and as features for the validator on the machine that compiles.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use tabwasm::profile::{Alloc, Features, NoAlloc, NoAllocVector, Profile, Std};
use tabwasm::spec::{Limit, Limits, Proposal, Proposals, Tier};

/// A configuration that is possible.
#[derive(Clone, Copy)]
pub(crate) struct Configuration {
    pub(crate) tier: Tier,
    pub(crate) proposals: Proposals,
    pub(crate) limits: Limits,
    pub(crate) metered: bool,
    pub(crate) deterministic: bool,
}

impl Configuration {
    /// That of a profile of the library.
    pub(crate) const fn of<P: Profile>(tier: Tier) -> Self {
        Self {
            tier,
            proposals: P::PROPOSALS,
            limits: P::LIMITS,
            metered: P::METERED,
            deterministic: P::DETERMINISTIC,
        }
    }

    /// The same for the validator.
    pub(crate) fn features(&self) -> Features {
        Features {
            proposals: self.proposals,
            limits: self.limits,
        }
    }

    /// The constants of a `Profile`.
    pub(crate) fn constants(&self) -> TokenStream {
        let proposals = self.proposals.iter().map(variant);
        let limits = self.own_limits().map(|limit| {
            let (name, value) = (camel(limit.name()), self.limits.get(limit));
            quote! { .with(::tabwasm::spec::Limit::#name, #value) }
        });
        let (tier, metered) = (camel(self.tier.name()), self.metered);
        let deterministic = self.deterministic;
        let slot = match self.proposals.contains(Proposal::Simd) {
            true => quote! { [u64; 2] },
            false => quote! { u64 },
        };
        quote! {
            type Slot = #slot;
            const PROPOSALS: ::tabwasm::spec::Proposals = ::tabwasm::spec::Proposals::EMPTY
                #(.with(::tabwasm::spec::Proposal::#proposals))*;
            const LIMITS: ::tabwasm::spec::Limits = ::tabwasm::spec::Tier::#tier.limits() #(#limits)*;
            const METERED: bool = #metered;
            const DETERMINISTIC: bool = #deterministic;
        }
    }

    /// As `include_wasm!` gets it back: tier, proposals and limits in brackets.
    pub(crate) fn tokens(&self) -> TokenStream {
        let key = |key: &str| Ident::new(key, Span::call_site());
        let tier = key(self.tier.name());
        let proposals = self.proposals.iter().map(|proposal| key(proposal.name()));
        let (names, values): (Vec<_>, Vec<_>) = self
            .own_limits()
            .map(|limit| (key(limit.name()), self.limits.get(limit)))
            .unzip();
        let (metered, deterministic) = (self.metered, self.deterministic);
        quote! { [tier = #tier, proposals = [#(#proposals),*], limits { #(#names = #values),* }, metered = #metered, deterministic = #deterministic] }
    }

    /// Limits that are not the tier's.
    fn own_limits(&self) -> impl Iterator<Item = Limit> + '_ {
        let tier = self.tier.limits();
        let all = Limit::ALL.into_iter();
        all.filter(move |limit| self.limits.get(*limit) != tier.get(*limit))
    }
}

/// Names of tiers.
pub(crate) fn tiers() -> Vec<&'static str> {
    Tier::ALL.map(Tier::name).to_vec()
}

/// The profiles of the library.
const BUILT_IN: [(&str, Configuration); 4] = [
    ("NoAlloc", Configuration::of::<NoAlloc>(Tier::NoAlloc)),
    (
        "NoAllocVector",
        Configuration::of::<NoAllocVector>(Tier::NoAlloc),
    ),
    ("Alloc", Configuration::of::<Alloc>(Tier::Alloc)),
    ("Std", Configuration::of::<Std>(Tier::Std)),
];

/// The configuration of the library's own profile with this name.
pub(crate) fn built_in(name: &Ident) -> Option<Configuration> {
    let mut all = BUILT_IN.into_iter();
    all.find(|(built_in, _)| name == built_in)
        .map(|(_, configuration)| configuration)
}

/// The path of requirements from a proposal to what is missing, that included.
pub(crate) fn missing(proposal: Proposal, among: Proposals) -> Vec<Proposal> {
    let mut chain: Vec<Proposal> = Vec::new();
    let mut open = vec![proposal];
    while let Some(next) = open.pop() {
        for required in next.requires().iter() {
            if !among.contains(required) && !chain.contains(&required) {
                chain.push(required);
                open.push(required);
            }
        }
    }
    chain
}

fn variant(proposal: Proposal) -> Ident {
    camel(proposal.name())
}

/// The variant of a key.
fn camel(key: &str) -> Ident {
    let mut name = String::new();
    for word in key.split('_') {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    format_ident!("{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_those_of_the_tables() {
        for proposal in Proposal::ALL {
            assert_eq!(variant(proposal), format!("{proposal:?}"));
        }
        for limit in Limit::ALL {
            assert_eq!(camel(limit.name()), format!("{limit:?}"));
        }
        for tier in Tier::ALL {
            let name = camel(tier.name());
            assert_eq!(name, format!("{tier:?}"));
            assert_eq!(built_in(&name).map(|found| found.tier), Some(tier));
        }
    }
}
