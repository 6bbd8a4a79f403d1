//! Names of imports and exports.
//!

use super::{Attribute, ExternName};

impl<'a> ExternName<'a> {
    /// The name itself.
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
