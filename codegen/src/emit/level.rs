//! `facts/level.rs`: levels of validation, and the rules that begin with them.
//!
//! The rules' code is hand-written; what is made here are their names, costs and errors, which
//! documentation shows and tests compare with what validation does.

use super::Source;
use super::enumeration::{Member, accessor, enumeration};
use super::trap::sentence;
use crate::model::{Model, Rule};
use crate::names::{ident, variant};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/levels.toml",
        "Levels of validation, and the rules that begin with them.",
    );
    source.item(quote! { use super::error_code::ErrorCode; });
    let member = |key: &str, doc: &str| Member {
        name: name(key),
        doc: sentence(doc),
    };
    let levels = &model.levels.levels;
    let members: Vec<Member> = levels
        .iter()
        .map(|level| member(&level.key, &level.doc))
        .collect();
    source.item(enumeration(
        "Level",
        "How much is asked of a module; each level asks all that the one before it asks.",
        "u8",
        &members,
    ));
    let keys: Vec<_> = levels.iter().map(|level| key(&level.key)).collect();
    let names = self::names(&keys);
    source.item(quote! { impl Level { #names } });
    for (enum_name, what, rules) in [
        ("Rule", "a module", &model.levels.rules),
        ("ComponentRule", "a component", &model.levels.component),
    ] {
        let members: Vec<Member> = rules
            .iter()
            .map(|rule| member(&rule.key, &rule.doc))
            .collect();
        let doc = format!("Something that validation asks of {what}.");
        source.item(enumeration(enum_name, &doc, "u8", &members));
        source.item(accessors(&ident(enum_name), rules));
    }
    source
}

fn accessors(enum_name: &Ident, rules: &[Rule]) -> TokenStream {
    let each = |value: &dyn Fn(&Rule) -> TokenStream| -> Vec<(Ident, TokenStream)> {
        rules
            .iter()
            .map(|rule| (name(&rule.key), value(rule)))
            .collect()
    };
    let keys: Vec<_> = rules.iter().map(|rule| key(&rule.key)).collect();
    let names = self::names(&keys);
    let level = accessor(
        "The level that asks it first.",
        "level",
        quote!(Level),
        &each(&|rule| {
            let level = name(&rule.level);
            quote!(Level::#level)
        }),
    );
    let errors = accessor(
        "The errors by which it refuses.",
        "errors",
        quote!(&'static [ErrorCode]),
        &each(&|rule| {
            let errors = rule.errors.iter().map(|key| name(key));
            quote!(&[#(ErrorCode::#errors),*])
        }),
    );
    let cost = accessor(
        "The memory that it takes, in words.",
        "cost",
        quote!(&'static str),
        &each(&|rule| {
            let cost = &rule.cost;
            quote!(#cost)
        }),
    );
    quote! { impl #enum_name { #names #level #errors #cost } }
}

fn names(keys: &[(Ident, TokenStream)]) -> TokenStream {
    accessor(
        "Its key in `spec/levels.toml`.",
        "name",
        quote!(&'static str),
        keys,
    )
}

fn key(key: &str) -> (Ident, TokenStream) {
    (name(key), quote!(#key))
}

fn name(key: &str) -> Ident {
    ident(&variant(key))
}
