//! The custom section `name`: appendix "Name Section" of the standard, and what extends it.
//!
//! Names of functions and the like stand by index; those of locals, labels and fields by the index of
//! the function or type that they are in, and then by their own. It is read when somebody asks, leniently: a malformed one has no names from there on, because a
//! custom section must not make a module invalid. Backtraces and views use it.

use super::Reader;
use crate::profile::Everything;
use crate::spec::wire;
use crate::types::FuncIdx;

/// The names that a module gives to itself and to what it consists of.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    content: Reader<'a>,
}

/// Names by two indices: those of each function, or of each type, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct IndirectNameMap<'a> {
    maps: Reader<'a>,
    left: u32,
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
        self.part(wire::Name::Module)?.name(&Everything).ok()
    }

    /// The name of a function.
    pub fn func(&self, func: FuncIdx) -> Option<&'a str> {
        let mut names = self.funcs();
        names.find_map(|(index, name)| (index == func.0).then_some(name))
    }

    fn part(&self, name: wire::Name) -> Option<Reader<'a>> {
        let mut parts = name_parts(self.content);
        parts.find_map(|(found, content)| (found == name.code()).then_some(content))
    }
}

macro_rules! maps {
    ($($(#[$doc:meta])* $method:ident = $name:ident as $map:ident;)*) => {
        impl<'a> Names<'a> {$(
            $(#[$doc])*
            pub fn $method(&self) -> $map<'a> {
                let part = self.part(wire::Name::$name);
                part.map($map::new).unwrap_or_default()
            }
        )*}
    };
}

maps! {
    /// The names of functions, with their indices.
    funcs = Func as NameMap;
    /// The names of types, with their indices.
    types = Type as NameMap;
    /// The names of tables, with their indices.
    tables = Table as NameMap;
    /// The names of memories, with their indices.
    memories = Memory as NameMap;
    /// The names of globals, with their indices.
    globals = Global as NameMap;
    /// The names of element segments, with their indices.
    elements = Elem as NameMap;
    /// The names of data segments, with their indices.
    datas = Data as NameMap;
    /// The names of tags, with their indices.
    tags = Tag as NameMap;
    /// The names of locals, by function.
    locals = Local as IndirectNameMap;
    /// The names of labels, by function; labels are numbered in the order of their blocks.
    labels = Label as IndirectNameMap;
    /// The names of fields, by type.
    fields = Field as IndirectNameMap;
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

impl<'a> IndirectNameMap<'a> {
    fn new(mut maps: Reader<'a>) -> Self {
        let left = maps.u32().unwrap_or(0);
        Self { maps, left }
    }
}

impl Default for IndirectNameMap<'_> {
    fn default() -> Self {
        Self::new(Reader::new(&[]))
    }
}

impl<'a> Iterator for IndirectNameMap<'a> {
    type Item = (u32, NameMap<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let index = self.maps.u32().ok()?;
        let names = NameMap::new(self.maps);
        // The next one stands behind these.
        let mut passed = names;
        passed.by_ref().for_each(drop);
        self.maps = passed.names;
        // Names that cannot be read are the last.
        self.left = if passed.left == 0 { self.left } else { 0 };
        Some((index, names))
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
