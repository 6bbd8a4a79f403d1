//! The custom section `name`: what modules and functions were called in the source.
//!
//! It is read when somebody asks, leniently: a malformed one has no names from there on.
//! Standard: appendix, "Name Section".

use crate::profile::Profile;
use crate::read::{Reader, Sections};
use crate::spec::{Limits, Proposals, SectionId};
use crate::types::FuncIdx;

/// The name of the custom section.
const SECTION: &str = "name";

/// Ids of its parts.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Part {
    Module = 0,
    Funcs = 1,
}

/// The name that a module, valid or not, gives itself.
pub fn module_name(module: &[u8]) -> Option<&str> {
    part(module, Part::Module)?.name(&Any).ok()
}

/// The name that a module, valid or not, gives a function.
pub fn func_name(module: &[u8], func: FuncIdx) -> Option<&str> {
    let mut names = part(module, Part::Funcs)?;
    let count = names.u32().ok()?;
    for _ in 0..count {
        let index = names.u32().ok()?;
        let name = names.name(&Any).ok()?;
        if index == func.0 {
            return Some(name);
        }
    }
    None
}

fn part(module: &[u8], wanted: Part) -> Option<Reader<'_>> {
    let mut sections = Sections::new(module).ok()?;
    while let Some(section) = sections.next(&Any).ok()? {
        let mut reader = section.body.reader(module);
        if section.id != SectionId::Custom || reader.name(&Any) != Ok(SECTION) {
            continue;
        }
        while !reader.is_at_end() {
            let id = reader.u8().ok()?;
            let length = reader.u32().ok()?;
            let content = reader.bytes(length as usize).ok()?;
            if id == wanted as u8 {
                return Some(Reader::new(content));
            }
        }
    }
    None
}

/// Reads all modules.
struct Any;

impl Profile for Any {
    const PROPOSALS: Proposals = Proposals::ALL;
    const LIMITS: Limits = Limits::MAX;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_module_and_functions() {
        let module = b"\0asm\x01\0\0\0\x00\x11\x04name\x00\x02\x01m\x01\x07\x02\x00\x01f\x03\x01g";
        assert_eq!(module_name(module), Some("m"));
        assert_eq!(func_name(module, FuncIdx(3)), Some("g"));
        assert_eq!(func_name(module, FuncIdx(1)), None);
    }

    #[test]
    fn a_cut_section_has_no_names_from_there_on() {
        let module = b"\0asm\x01\0\0\0\x00\x0D\x04name\x01\x07\x02\x00\x01f\x03";
        assert_eq!(module_name(module), None);
        assert_eq!(func_name(module, FuncIdx(3)), None);
    }
}
