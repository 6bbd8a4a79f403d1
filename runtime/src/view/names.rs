//! The custom section `component-name`: names of a component and of its definitions, by sort.
//!
//! As that of modules it is read leniently: a malformed one has no names from there on. Standard:
//! Component Model, `Binary.md`, "Name Section".

use crate::profile::Everything;
use crate::read::component::{NameSection, Sort, read};
use crate::read::{NameMap, Reader, name_parts};

/// The names that a component gives to itself and its definitions.
#[derive(Clone, Copy, Debug)]
pub struct ComponentNames<'a> {
    content: Reader<'a>,
}

/// The names of definitions of one sort.
#[derive(Clone, Copy, Debug)]
pub struct SortNames<'a> {
    /// The sort.
    pub sort: Sort,
    /// The names, with the indices of what they name.
    pub names: NameMap<'a>,
}

impl<'a> ComponentNames<'a> {
    /// The name of the custom section.
    pub const SECTION: &'static str = "component-name";

    /// Reads the content of the section, which follows its name.
    pub const fn new(content: Reader<'a>) -> Self {
        Self { content }
    }

    /// The name of the component.
    pub fn component(&self) -> Option<&'a str> {
        let mut part = self.parts(NameSection::Component).next()?;
        part.name(&Everything).ok()
    }

    /// The names of its definitions.
    pub fn sorts(&self) -> impl Iterator<Item = SortNames<'a>> + use<'a> {
        self.parts(NameSection::Sort).map_while(|mut part| {
            let sort = read(&mut part, &Everything).ok()?;
            let names = NameMap::new(part);
            Some(SortNames { sort, names })
        })
    }

    /// The name of one definition.
    pub fn name(&self, sort: Sort, index: u32) -> Option<&'a str> {
        let of_sort = self.sorts().filter(|names| names.sort == sort);
        let mut names = of_sort.flat_map(|names| names.names);
        names.find_map(|(named, name)| (named == index).then_some(name))
    }

    fn parts(&self, id: NameSection) -> impl Iterator<Item = Reader<'a>> + use<'a> {
        let parts = name_parts(self.content);
        parts.filter_map(move |(found, content)| (found == id.code()).then_some(content))
    }
}
