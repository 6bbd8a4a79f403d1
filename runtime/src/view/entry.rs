//! The entries of one kind of section, one after the other.
//!
//! A section of a module is a list of one kind of entry; a component may have several sections of a
//! kind. The iterators here find the next such section and decode one entry at a time, with the
//! same functions as the validator. After an error nothing more comes. Standard: section 5.5,
//! "Modules"; Component Model, `Binary.md`.

use core::marker::PhantomData;

use super::component::ComponentSections;
use crate::profile::Everything;
use crate::read::component::{
    Alias, Canon, ComponentSectionId, CoreDefinition, CoreInstanceExpression, Decode, DefinedType,
    Export, Import, InstanceExpression, Scope, ValueDefinition,
};
use crate::read::{CoreTypes, DataSegment, ElementSegment, Reader, Sections};
use crate::reject::Reject;
use crate::spec::SectionId;
use crate::types::{MemoryType, TagType, TypeIdx};

/// What a section of a module is a list of.
pub(crate) trait Entry<'a>: Sized {
    /// The section.
    const SECTION: SectionId;

    /// Reads one.
    fn read(r: &mut Reader<'a>) -> Result<Self, Reject>;
}

/// What sections of a component are lists of.
pub(crate) trait ComponentEntry<'a>: Decode<'a> {
    /// The section.
    const SECTION: ComponentSectionId;

    /// The scope that follows it.
    fn scope(&self) -> Option<Scope<'a>> {
        None
    }

    /// Reads one, the scope that follows it included.
    fn read(r: &mut Reader<'a>) -> Result<Self, Reject> {
        let entry = Self::decode(r, &Everything)?;
        if let Some(scope) = entry.scope() {
            scope.skip(r)?;
        }
        Ok(entry)
    }
}

macro_rules! entries {
    ($($section:ident $ty:ty: $r:ident => $read:expr;)*) => {$(
        impl<'a> Entry<'a> for $ty {
            const SECTION: SectionId = SectionId::$section;

            fn read($r: &mut Reader<'a>) -> Result<Self, Reject> {
                $read
            }
        }
    )*};
}

macro_rules! component_entries {
    ($($section:ident $ty:ty;)*) => {$(
        impl<'a> ComponentEntry<'a> for $ty {
            const SECTION: ComponentSectionId = ComponentSectionId::$section;
        }
    )*};
}

entries! {
    Type CoreTypes<'a>: r => r.core_types(&Everything);
    Import crate::read::Import<'a>: r => r.import(&Everything);
    Function TypeIdx: r => r.u32().map(Self);
    Memory MemoryType: r => r.memory_type(&Everything);
    Tag TagType: r => r.tag_type(&Everything);
    Export crate::read::Export<'a>: r => r.export(&Everything);
    Element ElementSegment: r => r.element_segment(&Everything);
    Data DataSegment: r => r.data_segment(&Everything);
}

component_entries! {
    CoreInstance CoreInstanceExpression<'a>;
    Instance InstanceExpression<'a>;
    Alias Alias<'a>;
    Canon Canon<'a>;
    Import Import<'a>;
    Export Export<'a>;
    Value ValueDefinition<'a>;
}

impl<'a> ComponentEntry<'a> for CoreDefinition<'a> {
    const SECTION: ComponentSectionId = ComponentSectionId::CoreType;

    fn scope(&self) -> Option<Scope<'a>> {
        self.scope()
    }
}

impl<'a> ComponentEntry<'a> for DefinedType<'a> {
    const SECTION: ComponentSectionId = ComponentSectionId::Type;

    fn scope(&self) -> Option<Scope<'a>> {
        self.scope()
    }
}

/// A list in a section.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Items<'a> {
    reader: Reader<'a>,
    left: u32,
}

impl<'a> Items<'a> {
    pub(crate) fn new(mut section: Reader<'a>) -> Result<Self, Reject> {
        let left = section.u32()?;
        Ok(Self {
            reader: section,
            left,
        })
    }

    /// What is one item, not a list.
    pub(crate) const fn only(section: Reader<'a>) -> Self {
        Self {
            reader: section,
            left: 1,
        }
    }

    /// How many are left.
    pub(crate) const fn left(&self) -> u32 {
        self.left
    }

    /// The next one; that nothing follows the last one is checked.
    pub(crate) fn next<T>(
        &mut self,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, Reject>,
    ) -> Result<Option<T>, Reject> {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                read(&mut self.reader).map(Some)
            }
            None => self.reader.complete().map(|()| None),
        }
    }
}

/// The entries of a section of a module, one after the other.
#[derive(Clone, Debug)]
pub struct Entries<'a, T> {
    items: Result<Option<Items<'a>>, Reject>,
    entry: PhantomData<T>,
}

impl<'a, T> Entries<'a, T> {
    /// The entries of the section of this kind; none without one.
    pub(super) fn find(module: &'a [u8], id: SectionId) -> Self {
        Self {
            items: find(module, id).and_then(|section| section.map(Items::new).transpose()),
            entry: PhantomData,
        }
    }

    /// How many are left, if the count is right.
    pub fn left(&self) -> usize {
        match &self.items {
            Ok(Some(items)) => items.left() as usize,
            _ => 0,
        }
    }

    /// The offset in the module of the entry that comes next; none without one.
    pub fn position(&self) -> Option<usize> {
        match &self.items {
            Ok(Some(items)) if items.left() > 0 => Some(items.reader.position()),
            _ => None,
        }
    }
}

/// The body of a section of a module.
pub(super) fn find(module: &[u8], id: SectionId) -> Result<Option<Reader<'_>>, Reject> {
    let mut sections = Sections::new(module)?;
    while let Some(section) = sections.next(&Everything)? {
        if section.id == id {
            return Ok(Some(section.body.reader(module)));
        }
    }
    Ok(None)
}

impl<'a, T: Entry<'a>> Iterator for Entries<'a, T> {
    type Item = Result<T, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_by(T::read)
    }
}

impl<'a, T> Entries<'a, T> {
    /// The next one, as `read` reads it.
    pub(super) fn next_by(
        &mut self,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, Reject>,
    ) -> Option<Result<T, Reject>> {
        let next = match &mut self.items {
            Ok(Some(items)) => items.next(read),
            Ok(None) => Ok(None),
            Err(reject) => Err(*reject),
        };
        if !matches!(next, Ok(Some(_))) {
            self.items = Ok(None);
        }
        next.transpose()
    }
}

/// The entries of all sections of a component that are of one kind, one after the other.
#[derive(Clone, Debug)]
pub struct ComponentEntries<'a, T> {
    sections: ComponentSections<'a>,
    items: Option<Items<'a>>,
    entry: PhantomData<T>,
}

#[expect(private_bounds, reason = "which entries there are is settled here")]
impl<'a, T: ComponentEntry<'a>> ComponentEntries<'a, T> {
    pub(super) fn new(sections: ComponentSections<'a>) -> Self {
        Self {
            sections,
            items: None,
            entry: PhantomData,
        }
    }

    fn advance(&mut self) -> Result<Option<T>, Reject> {
        loop {
            if let Some(items) = &mut self.items {
                if let Some(entry) = items.next(T::read)? {
                    return Ok(Some(entry));
                }
                self.items = None;
            }
            match self.sections.next().transpose()? {
                Some(section) if section.id == T::SECTION => {
                    self.items = Some(Items::new(section.reader())?);
                }
                Some(_) => {}
                None => return Ok(None),
            }
        }
    }
}

impl<'a, T: ComponentEntry<'a>> Iterator for ComponentEntries<'a, T> {
    type Item = Result<T, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.advance();
        if next.is_err() {
            self.items = None;
            self.sections.end();
        }
        next.transpose()
    }
}
