//! Custom sections, which modules and components have alike.
//!
//! A name and bytes without a rule. The content is also given as a reader whose offsets count from
//! the start of the module, so that tools which decode it report right positions. Standard: section
//! 5.5, "Modules", "Custom Section".

use crate::profile::Everything;
use crate::read::Reader;
use crate::reject::Reject;

/// A custom section.
#[derive(Clone, Copy, Debug)]
pub struct CustomSection<'a> {
    /// Its name.
    pub name: &'a str,
    reader: Reader<'a>,
}

impl<'a> CustomSection<'a> {
    pub(super) fn read(mut body: Reader<'a>) -> Result<Self, Reject> {
        Ok(Self {
            name: body.name(&Everything)?,
            reader: body,
        })
    }

    /// What follows the name.
    pub fn content(&self) -> &'a [u8] {
        self.reader.rest()
    }

    /// A reader of what follows the name.
    pub const fn reader(&self) -> Reader<'a> {
        self.reader
    }
}
