//! The custom section `name`: appendix "Name Section" of the standard.
//!
//! It is read when somebody asks, leniently: a malformed one has no names from there on, because a
//! custom section must not make a module invalid. Backtraces and views use it.

use super::Reader;
use crate::profile::Everything;
use crate::types::FuncIdx;

/// Ids of the parts.
const MODULE: u8 = 0;
const FUNCS: u8 = 1;

/// The names that a module gives to itself and its functions.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    content: Reader<'a>,
}

/// Names by index, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct NameMap<'a> {
    names: Reader<'a>,
    left: u32,
}

impl<'a> Names<'a> {
    /// The name of the custom section.
    pub const SECTION: &'static str = "name";

    /// Reads the content of the section, which follows its name.
    pub const fn new(content: Reader<'a>) -> Self {
        Self { content }
    }

    /// The name of the module.
    pub fn module(&self) -> Option<&'a str> {
        self.part(MODULE)?.name(&Everything).ok()
    }

    /// The name of a function.
    pub fn func(&self, func: FuncIdx) -> Option<&'a str> {
        let mut names = self.funcs();
        names.find_map(|(index, name)| (index == func.0).then_some(name))
    }

    /// The names of functions, with their indices.
    pub fn funcs(&self) -> NameMap<'a> {
        self.part(FUNCS).map(NameMap::new).unwrap_or_default()
    }

    fn part(&self, id: u8) -> Option<Reader<'a>> {
        let mut parts = name_parts(self.content);
        parts.find_map(|(found, content)| (found == id).then_some(content))
    }
}

impl<'a> NameMap<'a> {
    /// Reads a count and that many pairs of index and name.
    pub(crate) fn new(mut names: Reader<'a>) -> Self {
        let left = names.u32().unwrap_or(0);
        Self { names, left }
    }
}

impl Default for NameMap<'_> {
    fn default() -> Self {
        Self {
            names: Reader::new(&[]),
            left: 0,
        }
    }
}

impl<'a> Iterator for NameMap<'a> {
    type Item = (u32, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let index = self.names.u32().ok()?;
        let name = self.names.name(&Everything).ok()?;
        Some((index, name))
    }
}

/// The parts of a section of names, with their ids.
pub(crate) fn name_parts<'a>(
    mut section: Reader<'a>,
) -> impl Iterator<Item = (u8, Reader<'a>)> + use<'a> {
    core::iter::from_fn(move || {
        let id = section.u8().ok()?;
        let length = section.u32().ok()?;
        Some((id, section.sub(length).ok()?))
    })
}
