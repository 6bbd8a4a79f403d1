//! Names of the guest as names of Rust.
//!
//! A name in a module is any text, an identifier is not. Two names that would become the same
//! identifier are an error, never a silent change of one of them, because a later export could then
//! change what a call means.

use proc_macro2::Ident;
use quote::format_ident;
use std::collections::BTreeMap;

use crate::message::{Message, listed};

/// What is not a letter, a digit or `_` becomes `_`; capitals stay.
pub(crate) fn snake(name: &str) -> String {
    let fits = |letter: char| {
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '_'
        }
    };
    let mut text: String = name.chars().map(fits).collect();
    if text.starts_with(|first: char| first.is_ascii_digit()) || text.is_empty() {
        text.insert(0, '_');
    }
    text
}

/// Identifiers of names, those that become the same one reported.
pub(crate) fn distinct(
    names: &[String],
    what: &str,
    taken: &[&str],
    errors: &mut Vec<Message>,
) -> Vec<Ident> {
    let mut by: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for name in names {
        by.entry(snake(name)).or_default().push(name);
    }
    for (identifier, names) in &by {
        if names.len() > 1 {
            errors.push(Message::new(format!(
                "{what} {} would all be called `{identifier}`",
                listed(names)
            )));
        }
    }
    names
        .iter()
        .map(|name| identifier(&snake(name), taken))
        .collect()
}

/// The identifier of a name; what is taken or a word of the language has `_` behind it.
fn identifier(name: &str, taken: &[&str]) -> Ident {
    let free = !taken.contains(&name) && syn::parse_str::<Ident>(name).is_ok() && name != "_";
    match free {
        true => format_ident!("{name}"),
        false => format_ident!("{name}_"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers() {
        assert_eq!(snake("cabi_realloc"), "cabi_realloc");
        assert_eq!(snake("wasi:io/poll@0.2"), "wasi_io_poll_0_2");
        assert_eq!(snake("2d"), "_2d");
        assert_eq!(identifier("type", &[]), "type_");
        assert_eq!(identifier("_", &[]), "__");
        let mut errors = Vec::new();
        distinct(&["a-b".into(), "a.b".into()], "exports", &[], &mut errors);
        assert_eq!(errors.len(), 1);
    }
}
