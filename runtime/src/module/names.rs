//! The custom section `name`: appendix "Name Section" of the standard.
//!
//! It is read when somebody asks, leniently: a malformed one has no names from there on.

use super::Module;
use crate::read::Reader;

/// The name of the custom section.
const SECTION: &str = "name";
/// Ids of its parts.
const MODULE: u8 = 0;
const FUNCS: u8 = 1;

/// The name of the module.
pub(super) fn module(module: &Module) -> Option<&str> {
    part(module, MODULE)?.name(module.engine().features()).ok()
}

/// The name of a function.
pub(super) fn func(module: &Module, func: u32) -> Option<&str> {
    let mut names = part(module, FUNCS)?;
    let count = names.u32().ok()?;
    for _ in 0..count {
        let index = names.u32().ok()?;
        let name = names.name(module.engine().features()).ok()?;
        if index == func {
            return Some(name);
        }
    }
    None
}

fn part(module: &Module, id: u8) -> Option<Reader<'_>> {
    let mut section = Reader::new(module.custom_sections(SECTION).next()?);
    loop {
        let found = section.u8().ok()?;
        let length = section.u32().ok()?;
        let content = Reader::new(section.bytes(length as usize).ok()?);
        if found == id {
            return Some(content);
        }
    }
}
