//! The custom section `name`: appendix "Name Section" of the standard.
//!
//! It is read when somebody asks, leniently: a malformed one has no names from there on.

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
        let mut names = self.part(FUNCS)?;
        let count = names.u32().ok()?;
        for _ in 0..count {
            let index = names.u32().ok()?;
            let name = names.name(&Everything).ok()?;
            if index == func.0 {
                return Some(name);
            }
        }
        None
    }

    fn part(&self, id: u8) -> Option<Reader<'a>> {
        let mut section = self.content;
        loop {
            let found = section.u8().ok()?;
            let length = section.u32().ok()?;
            let content = section.sub(length).ok()?;
            if found == id {
                return Some(content);
            }
        }
    }
}
