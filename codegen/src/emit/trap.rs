//! `facts/trap.rs`: the kinds of traps.
//!
//! Each has a number that never changes, and the text that the official scripts expect, so that
//! scripts and hosts recognise it.

use super::Source;
use super::enumeration::{Expected, Member, enumeration, expectations};
use crate::model::Model;
use crate::names::{ident, variant};
use quote::quote;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new("spec/traps.toml", "What can go wrong while a program runs.");
    let named: Vec<_> = model
        .traps
        .iter()
        .map(|trap| (ident(&variant(&trap.key)), trap))
        .collect();
    let members: Vec<Member> = named
        .iter()
        .map(|(name, trap)| Member {
            name: name.clone(),
            doc: sentence(&trap.doc),
        })
        .collect();
    source.item(quote! { use core::fmt; });
    source.item(enumeration(
        "Trap",
        "Why a program was stopped.",
        "u8",
        &members,
    ));
    let expected: Vec<Expected<'_>> = named
        .iter()
        .map(|(name, trap)| {
            (
                name.clone(),
                trap.number,
                trap.text.as_str(),
                trap.also.as_slice(),
            )
        })
        .collect();
    let expectations = expectations(&expected);
    source.item(quote! {
        impl Trap { #expectations }

        impl fmt::Display for Trap {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.text())
            }
        }

        impl core::error::Error for Trap {}
    });
    source
}

/// A line of the tables as a sentence: a capital, a full stop.
pub fn sentence(doc: &str) -> String {
    let mut letters = doc.chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().to_string())
        .unwrap_or_default();
    let stop = if doc.is_empty() || doc.ends_with(['.', '…']) {
        ""
    } else {
        "."
    };
    format!("{first}{}{stop}", letters.as_str())
}
