//! `facts/tier.rs`: tiers and capabilities, with what each tier has.
//!
//! Limits and proposals of each tier as constants, which the profiles of the library take as
//! theirs.

use super::Source;
use super::enumeration::{Member, accessor, enumeration, option};
use super::trap::sentence;
use crate::model::{Documented, Model, Tier};
use crate::names::{ident, variant};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new("spec/tiers.toml", "Tiers, and what a tier can provide.");
    source.item(quote! {
        use super::limits::Limits;
        use super::proposal::Proposals;
    });
    let members = |rows: &mut dyn Iterator<Item = (&str, &str)>| -> Vec<Member> {
        rows.map(|(key, doc)| Member {
            name: name(key),
            doc: sentence(doc),
        })
        .collect()
    };
    let tiers = members(&mut model.tiers.iter().map(|tier| (&*tier.key, &*tier.doc)));
    source.item(enumeration("Tier", "A tier, smallest first.", "u8", &tiers));
    source.item(accessors(&model.tiers));
    let capabilities = model.capabilities.iter();
    let capabilities = members(&mut capabilities.map(|row| (&*row.key, &*row.doc)));
    source.item(enumeration(
        "Capability",
        "What a tier can provide.",
        "u8",
        &capabilities,
    ));
    source.item(names(&model.capabilities));
    source
}

/// The list of these capabilities.
pub fn capabilities(keys: &[String]) -> TokenStream {
    let names = keys.iter().map(|key| name(key));
    quote! { &[#(Capability::#names),*] }
}

fn accessors(tiers: &[Tier]) -> TokenStream {
    let each = |value: &dyn Fn(&Tier) -> TokenStream| -> Vec<(Ident, TokenStream)> {
        tiers
            .iter()
            .map(|tier| (name(&tier.key), value(tier)))
            .collect()
    };
    let key = each(&|tier| {
        let key = &tier.key;
        quote!(#key)
    });
    let feature = each(&|tier| option(tier.feature.as_ref().map(|feature| quote!(#feature))));
    let provides = each(&|tier| capabilities(&tier.provides));
    let proposals = each(&|tier| {
        let module = ident(&tier.key);
        quote!(super::#module::PROPOSALS)
    });
    let limits = each(&|tier| {
        let module = ident(&tier.key);
        quote!(super::#module::LIMITS)
    });
    let name = accessor(
        "Its key in `spec/tiers.toml`.",
        "name",
        quote!(&'static str),
        &key,
    );
    let feature = accessor(
        "The Cargo feature that switches it on.",
        "feature",
        quote!(Option<&'static str>),
        &feature,
    );
    let built = each(&|tier| match &tier.feature {
        Some(feature) => quote!(cfg!(feature = #feature)),
        None => quote!(true),
    });
    let built = accessor(
        "Whether this build has it.",
        "is_built",
        quote!(bool),
        &built,
    );
    let provides = accessor(
        "What it provides.",
        "provides",
        quote!(&'static [Capability]),
        &provides,
    );
    let proposals = accessor(
        "The proposals that it carries.",
        "proposals",
        quote!(Proposals),
        &proposals,
    );
    let limits = accessor("Its limits.", "limits", quote!(Limits), &limits);
    quote! { impl Tier { #name #feature #built #provides #proposals #limits } }
}

fn names(capabilities: &[Documented]) -> TokenStream {
    let names: Vec<_> = capabilities
        .iter()
        .map(|row| {
            let key = &row.key;
            (name(key), quote!(#key))
        })
        .collect();
    let docs: Vec<_> = capabilities
        .iter()
        .map(|row| {
            let doc = &row.doc;
            (name(&row.key), quote!(#doc))
        })
        .collect();
    let names = accessor(
        "Its key in `spec/tiers.toml`.",
        "name",
        quote!(&'static str),
        &names,
    );
    let docs = accessor("What it is.", "doc", quote!(&'static str), &docs);
    quote! { impl Capability { #names #docs } }
}

fn name(key: &str) -> Ident {
    ident(&variant(key))
}
