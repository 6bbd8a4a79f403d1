//! Compile errors: all of an input at once, in the layout of rustc's.
//!
//! What is wrong, a note that names the row of the tables which says so, and a help that says what
//! to do. Each error stands at the tokens that caused it, and all are reported before anything is
//! written.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use std::fmt::Display;

/// The errors of an input.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

/// What is wrong, and lines that say why and what to do.
pub(crate) struct Message(String);

impl Message {
    /// What is wrong.
    pub(crate) fn new(text: impl Display) -> Self {
        Self(text.to_string())
    }

    /// With why it is wrong: the row that says so.
    pub(crate) fn note(self, text: impl Display) -> Self {
        Self(format!("{}\nnote: {text}", self.0))
    }

    /// With what to do about it.
    pub(crate) fn help(self, text: impl Display) -> Self {
        Self(format!("{}\nhelp: {text}", self.0))
    }

    /// With what was meant, if there is something like it, or else with all that there is.
    pub(crate) fn meant(self, found: &str, known: &[&str]) -> Self {
        match similar(found, known) {
            Some(similar) => self.help(format!("did you mean `{similar}`?")),
            None => self.help(format!("there are {}", listed(known))),
        }
    }

    /// At a place.
    pub(crate) fn at(self, span: Span) -> syn::Error {
        syn::Error::new(span, self.0)
    }
}

impl Errors {
    /// Adds one at tokens.
    pub(crate) fn at(&mut self, tokens: &impl ToTokens, message: Message) {
        self.push(syn::Error::new_spanned(tokens, message.0));
    }

    /// Adds one.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
    }

    /// The value, or the error instead, which is added.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// The value, if there is no error.
    pub(crate) fn finish<T>(self, value: T) -> syn::Result<T> {
        match self.0 {
            Some(errors) => Err(errors),
            None => Ok(value),
        }
    }
}

/// The tokens, or the errors in their place.
pub(crate) fn expand(result: syn::Result<TokenStream>) -> proc_macro::TokenStream {
    result
        .unwrap_or_else(|errors| errors.to_compile_error())
        .into()
}

/// Names in backquotes, separated by commas.
pub(crate) fn listed(names: &[impl Display]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// The name that is most like the one found, if one is like it at all.
fn similar<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    let distance = |name: &&&str| edits(found, name);
    let best = known.iter().min_by_key(distance)?;
    (edits(found, best) <= found.len().max(best.len()) / 3 + 1).then_some(best)
}

/// How many letters have to be added, taken away or changed.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, other) in to.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let known = ["name_length", "locals", "params"];
        assert_eq!(similar("name_lenght", &known), Some("name_length"));
        assert_eq!(similar("local", &known), Some("locals"));
        assert_eq!(similar("memory", &known), None);
    }
}
