//! A component and its sections.
//!
//! Nested modules and components are views of a part of the same bytes: a caller goes down as deep
//! as it wants to, and the library never recurses. Standard: Component Model, `Binary.md`,
//! "Component Definitions".

use super::ModuleView;
use super::custom::CustomSection;
use super::entry::{ComponentEntries, ComponentEntry, Items};
use super::header::ComponentHeader;
use super::names::ComponentNames;
use crate::profile::Everything;
use crate::read::component::{
    Alias, Canon, ComponentSectionId, CoreDefinition, CoreInstanceExpression, DefinedType, Export,
    Import, InstanceExpression, Start, ValueDefinition, read,
};
use crate::read::{Reader, Span, malformed};
use crate::reject::Reject;
use crate::spec::ErrorCode;

/// A component.
#[derive(Clone, Copy)]
pub struct ComponentView<'a> {
    /// From its first section to its end.
    sections: Reader<'a>,
    start: usize,
}

/// A section of a component.
#[derive(Clone, Copy, Debug)]
pub struct ComponentSection<'a> {
    /// Which it is.
    pub id: ComponentSectionId,
    body: Reader<'a>,
}

/// What a component consists of, in order.
#[derive(Clone, Copy, Debug)]
pub enum Definition<'a> {
    /// A core module.
    CoreModule(ModuleView<'a>),
    /// A core instance.
    CoreInstance(CoreInstanceExpression<'a>),
    /// Core types.
    CoreType(CoreDefinition<'a>),
    /// A component.
    Component(ComponentView<'a>),
    /// An instance.
    Instance(InstanceExpression<'a>),
    /// An alias.
    Alias(Alias<'a>),
    /// A type.
    Type(DefinedType<'a>),
    /// A canonical definition.
    Canon(Canon<'a>),
    /// The start function.
    Start(Start<'a>),
    /// An import.
    Import(Import<'a>),
    /// An export.
    Export(Export<'a>),
    /// A value.
    Value(ValueDefinition<'a>),
    /// A custom section.
    Custom(CustomSection<'a>),
}

impl<'a> ComponentView<'a> {
    /// A view of bytes that begin with the preamble of a component.
    ///
    /// # Errors
    /// If they do not.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Reject> {
        Self::nested(Reader::new(bytes))
    }

    /// A view of what is left to read.
    pub(crate) fn nested(mut reader: Reader<'a>) -> Result<Self, Reject> {
        let start = reader.position();
        super::header::preamble(&mut reader)?;
        Ok(Self {
            sections: reader,
            start,
        })
    }

    /// The bytes that it consists of: of a nested one, those of its section.
    pub fn bytes(&self) -> &'a [u8] {
        self.sections.whole().get(self.start..).unwrap_or_default()
    }

    /// Where it stands in the component around all.
    pub const fn span(&self) -> Span {
        Span {
            start: self.start,
            end: self.sections.end(),
        }
    }

    /// How many entries it has of each section.
    ///
    /// # Errors
    /// If a section is malformed.
    pub fn header(&self) -> Result<ComponentHeader, Reject> {
        ComponentHeader::of(self)
    }

    /// Its sections in order.
    pub const fn sections(&self) -> ComponentSections<'a> {
        ComponentSections {
            reader: Some(self.sections),
        }
    }

    /// Everything in order.
    pub const fn definitions(&self) -> Definitions<'a> {
        Definitions {
            sections: self.sections(),
            items: None,
        }
    }

    /// The core modules that stand in it, in the order of their sections.
    pub fn modules(&self) -> impl Iterator<Item = Result<ModuleView<'a>, Reject>> + use<'a> {
        bodies(self.sections(), ComponentSectionId::CoreModule, |body| {
            ModuleView::new(body.rest())
        })
    }

    /// The components that stand in it, one level deep.
    pub fn components(&self) -> impl Iterator<Item = Result<Self, Reject>> + use<'a> {
        bodies(self.sections(), ComponentSectionId::Component, Self::nested)
    }

    /// The custom sections, wherever they stand, with their names.
    pub fn customs(&self) -> impl Iterator<Item = Result<CustomSection<'a>, Reject>> + use<'a> {
        bodies(
            self.sections(),
            ComponentSectionId::Custom,
            CustomSection::read,
        )
    }

    /// The core instances that it makes or puts together, in order.
    pub fn core_instances(&self) -> ComponentEntries<'a, CoreInstanceExpression<'a>> {
        self.entries()
    }

    /// The core types that it defines, in order.
    pub fn core_types(&self) -> ComponentEntries<'a, CoreDefinition<'a>> {
        self.entries()
    }

    /// The instances that it makes or puts together, in order.
    pub fn instances(&self) -> ComponentEntries<'a, InstanceExpression<'a>> {
        self.entries()
    }

    /// What it takes from outer components and from instances, in order.
    pub fn aliases(&self) -> ComponentEntries<'a, Alias<'a>> {
        self.entries()
    }

    /// The types that it defines, in order.
    pub fn types(&self) -> ComponentEntries<'a, DefinedType<'a>> {
        self.entries()
    }

    /// The canonical definitions (`lift`, `lower`, built-ins), in order.
    pub fn canons(&self) -> ComponentEntries<'a, Canon<'a>> {
        self.entries()
    }

    /// What it imports.
    pub fn imports(&self) -> ComponentEntries<'a, Import<'a>> {
        self.entries()
    }

    /// What it exports.
    pub fn exports(&self) -> ComponentEntries<'a, Export<'a>> {
        self.entries()
    }

    /// The values that it defines, in order.
    pub fn values(&self) -> ComponentEntries<'a, ValueDefinition<'a>> {
        self.entries()
    }

    /// The names that it gives to itself and its definitions.
    pub fn names(&self) -> Option<ComponentNames<'a>> {
        let mut customs = self.customs().flatten();
        let custom = customs.find(|custom| custom.name == ComponentNames::SECTION)?;
        Some(ComponentNames::new(custom.reader()))
    }

    fn entries<T: ComponentEntry<'a>>(&self) -> ComponentEntries<'a, T> {
        ComponentEntries::new(self.sections())
    }
}

/// What sections of one kind hold that are no lists.
fn bodies<'a, T>(
    sections: ComponentSections<'a>,
    id: ComponentSectionId,
    read: impl Fn(Reader<'a>) -> Result<T, Reject>,
) -> impl Iterator<Item = Result<T, Reject>> {
    sections.filter_map(move |section| match section {
        Ok(section) => (section.id == id).then(|| read(section.body)),
        Err(reject) => Some(Err(reject)),
    })
}

impl core::fmt::Debug for ComponentView<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "ComponentView({} bytes)", self.bytes().len())
    }
}

impl<'a> ComponentSection<'a> {
    /// Where its body stands in the component around all.
    pub const fn body(&self) -> Span {
        Span {
            start: self.body.position(),
            end: self.body.end(),
        }
    }

    /// A reader of its body.
    pub const fn reader(&self) -> Reader<'a> {
        self.body
    }

    /// Its definitions: of some sections the body is the only one.
    pub(crate) fn items(&self) -> Result<Items<'a>, Reject> {
        match self.id {
            ComponentSectionId::Custom
            | ComponentSectionId::CoreModule
            | ComponentSectionId::Component
            | ComponentSectionId::Start => Ok(Items::only(self.body)),
            _ => Items::new(self.body),
        }
    }
}

/// The sections of a component, one after the other.
#[derive(Clone, Debug)]
pub struct ComponentSections<'a> {
    reader: Option<Reader<'a>>,
}

impl ComponentSections<'_> {
    /// No more of them.
    pub(super) fn end(&mut self) {
        self.reader = None;
    }
}

impl<'a> Iterator for ComponentSections<'a> {
    type Item = Result<ComponentSection<'a>, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        let reader = self.reader.as_mut().filter(|reader| !reader.is_at_end())?;
        let next = section(reader);
        if next.is_err() {
            self.end();
        }
        Some(next)
    }
}

/// Reads the frame of a section.
pub(crate) fn section<'a>(r: &mut Reader<'a>) -> Result<ComponentSection<'a>, Reject> {
    let at = r.position();
    let code = r.u8()?;
    let Some(id) = ComponentSectionId::from_id(code) else {
        return Err(malformed(ErrorCode::MalformedSectionId, at, code));
    };
    let length = r.u32()?;
    Ok(ComponentSection {
        id,
        body: r.sub(length)?,
    })
}

/// Everything that a component consists of, one after the other.
#[derive(Clone, Debug)]
pub struct Definitions<'a> {
    sections: ComponentSections<'a>,
    items: Option<(ComponentSectionId, Items<'a>)>,
}

impl<'a> Definitions<'a> {
    fn advance(&mut self) -> Result<Option<Definition<'a>>, Reject> {
        loop {
            if let Some((id, items)) = &mut self.items {
                let id = *id;
                if let Some(definition) = items.next(|r| definition(id, r))? {
                    return Ok(Some(definition));
                }
                self.items = None;
            }
            match self.sections.next().transpose()? {
                Some(section) => self.items = Some((section.id, section.items()?)),
                None => return Ok(None),
            }
        }
    }
}

impl<'a> Iterator for Definitions<'a> {
    type Item = Result<Definition<'a>, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.advance();
        if next.is_err() {
            self.items = None;
            self.sections.end();
        }
        next.transpose()
    }
}

/// One definition of a section.
fn definition<'a>(id: ComponentSectionId, r: &mut Reader<'a>) -> Result<Definition<'a>, Reject> {
    use ComponentSectionId as Id;
    match id {
        Id::Custom => CustomSection::read(r.take()).map(Definition::Custom),
        Id::CoreModule => ModuleView::new(r.take().rest()).map(Definition::CoreModule),
        Id::CoreInstance => ComponentEntry::read(r).map(Definition::CoreInstance),
        Id::CoreType => ComponentEntry::read(r).map(Definition::CoreType),
        Id::Component => ComponentView::nested(r.take()).map(Definition::Component),
        Id::Instance => ComponentEntry::read(r).map(Definition::Instance),
        Id::Alias => ComponentEntry::read(r).map(Definition::Alias),
        Id::Type => ComponentEntry::read(r).map(Definition::Type),
        Id::Canon => ComponentEntry::read(r).map(Definition::Canon),
        Id::Start => read(r, &Everything).map(Definition::Start),
        Id::Import => ComponentEntry::read(r).map(Definition::Import),
        Id::Export => ComponentEntry::read(r).map(Definition::Export),
        Id::Value => ComponentEntry::read(r).map(Definition::Value),
    }
}
