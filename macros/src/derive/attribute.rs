//! `#[component(…)]` on types, fields and cases.
//!
//! A Rust type does not always say which type of WIT it is (a structure of truth values may be a
//! record or flags), and its names may differ from the WIT's; these attributes say it. All wrong
//! words of an input are reported together, each with the word that may have been meant.

use proc_macro2::{Ident, Span};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, LitStr, Meta, Token};

use crate::message::{Errors, Message, listed};

/// What a type can be said to be.
pub(super) const KINDS: [&str; 4] = ["record", "variant", "enum", "flags"];
const NAME: &str = "name";

/// One word of an attribute, with what it is set to.
struct Word {
    key: String,
    span: Span,
    text: Option<LitStr>,
}

struct Words(Vec<Word>);

impl Parse for Words {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut words = Vec::new();
        while !input.is_empty() {
            let wrong = |_| Message::new("here stands a word").at(input.span());
            // `enum` is a word of the language.
            let key: Ident = syn::ext::IdentExt::parse_any(input).map_err(wrong)?;
            let mut text = None;
            if input.peek(Token![=]) {
                input.parse::<Token![=]>()?;
                let wrong = |_| Message::new("a name is a string").at(input.span());
                text = Some(input.parse().map_err(wrong)?);
            }
            words.push(Word {
                key: key.to_string(),
                span: key.span(),
                text,
            });
            if !input.is_empty() && input.parse::<Token![,]>().is_err() {
                return Err(Message::new("words have commas between them").at(input.span()));
            }
        }
        Ok(Self(words))
    }
}

/// The kind that the attributes of a type say, and where.
pub(super) fn kind(attributes: &[Attribute], errors: &mut Errors) -> Option<(String, Span)> {
    let mut kind: Option<(String, Span)> = None;
    for word in words(attributes, errors) {
        if word.key == NAME {
            let message = Message::new("a type has no name here")
                .help("names are those of fields and cases; its own is in the WIT");
            errors.push(message.at(word.span));
        } else if !KINDS.contains(&word.key.as_str()) {
            let message = Message::new(format!("`{}` is no kind of type", word.key));
            errors.push(message.meant(&word.key, &KINDS).at(word.span));
        } else if let Some(text) = &word.text {
            errors.at(text, Message::new(format!("`{}` has no value", word.key)));
        } else if let Some((first, _)) = &kind {
            let message = Message::new("a type is of one kind");
            let help = format!("keep `{first}` or `{}`", word.key);
            errors.push(message.help(help).at(word.span));
        } else {
            kind = Some((word.key, word.span));
        }
    }
    kind
}

/// The name that the attributes of a field or a case give it.
pub(super) fn name(attributes: &[Attribute], errors: &mut Errors) -> Option<LitStr> {
    let mut name = None;
    for word in words(attributes, errors) {
        match (word.key.as_str(), word.text) {
            (NAME, Some(text)) if name.is_none() => name = Some(text),
            (NAME, Some(_)) => {
                errors.push(Message::new("it has a name already").at(word.span));
            }
            (NAME, None) => {
                let message = Message::new("the name is not there");
                errors.push(message.help("write `name = \"…\"`").at(word.span));
            }
            (key, _) if KINDS.contains(&key) => {
                let message = Message::new(format!("`{key}` belongs on the type"));
                errors.push(message.at(word.span));
            }
            (key, _) => {
                let message = Message::new(format!("`{key}` is no key of `component`"));
                errors.push(message.meant(key, &[NAME]).at(word.span));
            }
        }
    }
    name
}

fn words(attributes: &[Attribute], errors: &mut Errors) -> Vec<Word> {
    let mut words = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("component"))
    {
        if !matches!(attribute.meta, Meta::List(_)) {
            let message = Message::new("`component` says nothing here").help(format!(
                "write `#[component(…)]` with one of {}, or with `name = \"…\"`",
                listed(&KINDS)
            ));
            errors.at(&attribute.meta, message);
            continue;
        }
        if let Some(Words(more)) = errors.keep(attribute.parse_args()) {
            words.extend(more);
        }
    }
    words
}
