//! `facts/error_code.rs`: the reasons to refuse a module, and what the host can do wrong.
//!
//! Each has a number that never changes, a text and a class. Builds without texts keep the number;
//! `Display` asks for the text.

use super::Source;
use super::enumeration::{Expected, Member, accessor, enumeration, expectations, numbered};
use super::trap::sentence;
use crate::model::{ErrorClass, Model};
use crate::names::{ident, variant};
use quote::quote;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new("spec/errors.toml", "Why a module is refused.");
    let named: Vec<_> = model
        .errors
        .iter()
        .map(|error| (ident(&variant(&error.key)), error))
        .collect();
    let members: Vec<Member> = named
        .iter()
        .map(|(name, error)| Member {
            name: name.clone(),
            doc: sentence(&error.doc),
        })
        .collect();
    let classes = ErrorClass::ALL.iter().map(|class| Member {
        name: ident(&variant(class.word())),
        doc: about(*class).to_string(),
    });
    let classes: Vec<Member> = classes.collect();
    source.item(enumeration(
        "ErrorClass",
        "What kind of reason it is.",
        "u8",
        &classes,
    ));
    source.item(enumeration(
        "ErrorCode",
        "The rule that is broken.",
        "u8",
        &members,
    ));
    let expected: Vec<Expected<'_>> = named
        .iter()
        .map(|(name, error)| {
            (
                name.clone(),
                error.number,
                error.text.as_str(),
                error.also.as_slice(),
            )
        })
        .collect();
    let expectations = expectations(&expected);
    let class: Vec<_> = named
        .iter()
        .map(|(name, error)| {
            let class = ident(&variant(error.class.word()));
            (name.clone(), quote! { ErrorClass::#class })
        })
        .collect();
    let class = accessor(
        "What kind of reason it is.",
        "class",
        quote!(ErrorClass),
        &class,
    );
    source.item(quote! { impl ErrorCode { #expectations #class } });
    if !model.misuses.is_empty() {
        misuse(model, &mut source);
    }
    source
}

/// What errors of a class say of a module.
fn about(class: ErrorClass) -> &'static str {
    match class {
        ErrorClass::Malformed => "The bytes are no module.",
        ErrorClass::Invalid => "The module breaks a rule.",
        ErrorClass::Unsupported => "This build or configuration lacks what it needs.",
        ErrorClass::Limit => "It exceeds a limit.",
    }
}

/// What the host can do wrong.
fn misuse(model: &Model, source: &mut Source) {
    let rows = &model.misuses;
    let members: Vec<Member> = rows
        .iter()
        .map(|row| Member {
            name: ident(&variant(&row.key)),
            doc: sentence(&row.doc),
        })
        .collect();
    source.item(enumeration(
        "Misuse",
        "How a store or a table of handles is used wrongly.",
        "u8",
        &members,
    ));
    let expected: Vec<Expected<'_>> = rows
        .iter()
        .map(|row| {
            let name = ident(&variant(&row.key));
            (name, row.number, row.text.as_str(), row.also.as_slice())
        })
        .collect();
    let numbered = numbered(&expected, "As people read it.");
    source.item(quote! { impl Misuse { #numbered } });
}
