//! `facts/limits.rs`: the limits of an implementation.
//!
//! A constant for the most that can be asked for, a field of `Limits` for what is in force, and a
//! variant for errors that name the limit. Standard: appendix, "Implementation Limitations".

use super::Source;
use super::enumeration::{Member, accessor, enumeration, option};
use super::section::proposal;
use crate::model::Limit;
use crate::model::Model;
use crate::names::{ident, variant};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new("spec/limits.toml", "Limits of the implementation.");
    source.item(quote! { use super::proposal::Proposal; });
    for limit in &model.limits {
        let (name, doc) = (
            ident(&limit.constant),
            format!("{}: the most that can be asked for.", limit.doc),
        );
        let max = grouped(limit.max);
        source.item(quote! { #[doc = #doc] pub const #name: u64 = #max; });
    }
    let fields: Vec<_> = model.limits.iter().map(|limit| ident(&limit.key)).collect();
    let docs: Vec<_> = model
        .limits
        .iter()
        .map(|limit| format!("{}.", limit.doc))
        .collect();
    let constants = model.limits.iter().map(|limit| ident(&limit.constant));
    let variants: Vec<_> = model
        .limits
        .iter()
        .map(|limit| ident(&variant(&limit.key)))
        .collect();
    let conditions: Vec<_> = model
        .limits
        .iter()
        .map(|limit| condition(model, limit))
        .collect();
    let absent = model.limits.iter().filter_map(|limit| {
        let feature = feature(model, limit)?;
        let name = ident(&variant(&limit.key));
        Some(quote! { #[cfg(not(feature = #feature))] Limit::#name })
    });
    let absent: Vec<_> = absent.collect();
    source.item(quote! {
        /// A value for each limit.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Limits { #(#conditions #[doc = #docs] pub #fields: u64),* }

        impl Limits {
            /// The most that can be asked for.
            pub const MAX: Limits = Limits { #(#conditions #fields: #constants),* };

            /// The value of a limit.
            pub const fn get(&self, limit: Limit) -> u64 {
                match limit {
                    #(#conditions Limit::#variants => self.#fields,)*
                    #(#absent => 0,)*
                }
            }

            /// With another value for a limit, but not above the most that can be asked for.
            #[must_use]
            pub const fn with(mut self, limit: Limit, value: u64) -> Limits {
                let max = Limits::MAX.get(limit);
                let value = if value < max { value } else { max };
                match limit {
                    #(#conditions Limit::#variants => self.#fields = value,)*
                    #(#absent => {})*
                }
                self
            }
        }
    });
    let members: Vec<Member> = variants
        .iter()
        .zip(&docs)
        .map(|(name, doc)| Member {
            name: name.clone(),
            doc: doc.clone(),
        })
        .collect();
    source.item(enumeration("Limit", "A limit.", "u8", &members));
    let names: Vec<_> = model
        .limits
        .iter()
        .zip(&variants)
        .map(|(limit, name)| {
            (name.clone(), {
                let key = &limit.key;
                quote!(#key)
            })
        })
        .collect();
    let name = accessor(
        "Its key in `spec/limits.toml`.",
        "name",
        quote!(&'static str),
        &names,
    );
    let relations = relations(model);
    source.item(quote! { impl Limit { #name #relations } });
    source
}

/// What leaves a limit out of builds that it says nothing in, so that it takes no room there.
pub fn condition(model: &Model, limit: &Limit) -> TokenStream {
    let feature = feature(model, limit);
    feature.map_or_else(
        TokenStream::new,
        |feature| quote! { #[cfg(feature = #feature)] },
    )
}

/// The feature without which a limit says nothing: the first one, if in the tier without features its
/// value is zero.
fn feature<'m>(model: &'m Model, limit: &Limit) -> Option<&'m str> {
    let smallest = model.tiers.iter().position(|tier| tier.feature.is_none())?;
    let features = model.tiers.iter().find_map(|tier| tier.feature.as_deref());
    features.filter(|_| limit.tiers[smallest] == 0)
}

/// How limits depend on each other and on proposals.
fn relations(model: &Model) -> TokenStream {
    let name = |key: &str| ident(&variant(key));
    let above: Vec<_> = model
        .limits
        .iter()
        .map(|limit| {
            let others = limit.above.iter().map(|key| name(key));
            (name(&limit.key), quote! { &[#(Limit::#others),*] })
        })
        .collect();
    let several: Vec<_> = model
        .limits
        .iter()
        .map(|limit| {
            let proposal = limit.several.map(|id| proposal(model, id));
            (name(&limit.key), option(proposal))
        })
        .collect();
    let above = accessor(
        "Limits that it must not be below in any configuration.",
        "above",
        quote!(&'static [Limit]),
        &above,
    );
    let several = accessor(
        "The proposal that needs at least two of what is limited.",
        "several",
        quote!(Option<Proposal>),
        &several,
    );
    quote! { #above #several }
}

/// A number with its digits in groups of three.
pub fn grouped(value: u64) -> Literal {
    let digits = value.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text.parse()
        .unwrap_or_else(|_| Literal::u64_unsuffixed(value))
}
