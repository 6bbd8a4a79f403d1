//! Names of imports and exports, and labels.
//!
//! The production has three forms with one meaning, so that users ask [`ExternName`] for the name
//! and its attributes, not for the form. Labels are checked here because decoder and validator need
//! the same rule. Standard: Component Model, `Binary.md`, `importname'` and `exportname'`;
//! `Explainer.md`, "Import and Export Names".

use crate::read::component::{Attribute, ExternName};

impl<'a> ExternName<'a> {
    /// The text of the name, without what its form adds.
    pub const fn as_str(&self) -> &'a str {
        match *self {
            Self::Plain { name } | Self::AlsoPlain { name } | Self::Attributed { name, .. } => name,
        }
    }

    /// The interface that an import or export of this name implements.
    pub fn implements(&self) -> Option<&'a str> {
        self.attribute(|attribute| match attribute {
            Attribute::Implements { interface } => Some(interface),
            _ => None,
        })
    }

    /// What follows the canonical version.
    pub fn version_suffix(&self) -> Option<&'a str> {
        self.attribute(|attribute| match attribute {
            Attribute::VersionSuffix { suffix } => Some(suffix),
            _ => None,
        })
    }

    /// What the name means outside.
    pub fn external_id(&self) -> Option<&'a str> {
        self.attribute(|attribute| match attribute {
            Attribute::ExternalId { id } => Some(id),
            _ => None,
        })
    }

    fn attribute(&self, of: impl Fn(Attribute<'a>) -> Option<&'a str>) -> Option<&'a str> {
        match self {
            Self::Attributed { attributes, .. } => attributes.iter().find_map(of),
            Self::Plain { .. } | Self::AlsoPlain { .. } => None,
        }
    }
}

/// Whether a text is a label: words with hyphens between them, each all of small letters or all of capitals,
/// and digits but at the beginning.
pub fn is_label(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.split('-').all(is_word)
}

fn is_word(word: &str) -> bool {
    let small = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    !word.is_empty() && (word.bytes().all(small) || word.bytes().all(capital))
}
