//! A module and its sections.
//!
//! A [`ModuleView`] keeps nothing but the bytes; each question is a new walk over the sections,
//! which costs time in proportion to their number and no memory. What is given is well formed, not
//! valid. Standard: section 5.5, "Modules".

use super::custom::CustomSection;
use super::entry::{Entries, Entry, find};
use crate::profile::{Everything, Gate};
use crate::read::{
    ConstExpr, CoreTypes, DataSegment, ElementSegment, Export, Import, Names, Reader, Section,
    Sections, Span,
};
use crate::reject::Reject;
use crate::spec::{Instruction, SectionId};
use crate::types::{FuncIdx, GlobalType, MemoryType, TableType, TagType, TypeIdx, ValType};

/// A module.
#[derive(Clone, Copy)]
pub struct ModuleView<'a> {
    bytes: &'a [u8],
}

/// A defined table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TableEntry {
    /// Its type.
    pub ty: TableType,
    /// What its elements are at first, if not null.
    pub init: Option<ConstExpr>,
}

/// A defined global.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GlobalEntry {
    /// Its type.
    pub ty: GlobalType,
    /// Its value at first.
    pub init: ConstExpr,
}

/// The body of a defined function.
#[derive(Clone, Copy, Debug)]
pub struct FunctionBody<'a> {
    reader: Reader<'a>,
}

impl<'a> ModuleView<'a> {
    /// A view of bytes that begin with the header of a module.
    ///
    /// # Errors
    /// If they do not.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Reject> {
        Sections::new(bytes).map(|_| Self { bytes })
    }

    /// All of its bytes. Offsets and [`Span`]s count from their start.
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Its sections in order.
    pub fn sections(&self) -> impl Iterator<Item = Result<Section, Reject>> + use<'a> {
        let mut sections = Sections::new(self.bytes).ok();
        core::iter::from_fn(move || {
            let next = sections.as_mut()?.next(&Everything).transpose();
            if !matches!(next, Some(Ok(_))) {
                sections = None;
            }
            next
        })
    }

    /// Its types, those that are defined together at once.
    pub fn types(&self) -> Entries<'a, CoreTypes<'a>> {
        self.entries()
    }

    /// The same, as far as a gate admits them.
    pub fn types_admitted<'g, G: Gate>(
        &self,
        gate: &'g G,
    ) -> impl Iterator<Item = Result<CoreTypes<'a>, Reject>> + use<'a, 'g, G> {
        let mut types = self.types();
        core::iter::from_fn(move || types.next_by(|r| r.core_types(gate)))
    }

    /// What it imports.
    pub fn imports(&self) -> Entries<'a, Import<'a>> {
        self.entries()
    }

    /// The types of its defined functions.
    pub fn functions(&self) -> Entries<'a, TypeIdx> {
        self.entries()
    }

    /// The tables that it defines, in the order of the table section; imported ones are among the
    /// imports.
    pub fn tables(&self) -> Entries<'a, TableEntry> {
        self.entries()
    }

    /// The memories that it defines, in the order of the memory section.
    pub fn memories(&self) -> Entries<'a, MemoryType> {
        self.entries()
    }

    /// The tags that it defines, in the order of the tag section.
    pub fn tags(&self) -> Entries<'a, TagType> {
        self.entries()
    }

    /// The globals that it defines, with the expressions that initialize them.
    pub fn globals(&self) -> Entries<'a, GlobalEntry> {
        self.entries()
    }

    /// What it exports.
    pub fn exports(&self) -> Entries<'a, Export<'a>> {
        self.entries()
    }

    /// Its start function.
    ///
    /// # Errors
    /// If a section is malformed.
    pub fn start(&self) -> Result<Option<FuncIdx>, Reject> {
        self.number(SectionId::Start)
            .map(|number| number.map(FuncIdx))
    }

    /// The element segments, in the order of their indices.
    pub fn elements(&self) -> Entries<'a, ElementSegment> {
        self.entries()
    }

    /// How many data segments it announces.
    ///
    /// # Errors
    /// If a section is malformed.
    pub fn data_count(&self) -> Result<Option<u32>, Reject> {
        self.number(SectionId::DataCount)
    }

    /// The bodies of its defined functions.
    pub fn bodies(&self) -> Entries<'a, FunctionBody<'a>> {
        self.entries()
    }

    /// The data segments, in the order of their indices.
    pub fn data(&self) -> Entries<'a, DataSegment> {
        self.entries()
    }

    /// The custom sections, wherever they stand, with their names.
    pub fn customs(&self) -> impl Iterator<Item = Result<CustomSection<'a>, Reject>> + use<'a> {
        let bytes = self.bytes;
        self.sections().filter_map(move |section| match section {
            Ok(section) if section.id == SectionId::Custom => {
                Some(CustomSection::read(section.body.reader(bytes)))
            }
            Ok(_) => None,
            Err(reject) => Some(Err(reject)),
        })
    }

    /// The names that it gives to itself and its functions.
    pub fn names(&self) -> Option<Names<'a>> {
        let mut customs = self.customs().flatten();
        let custom = customs.find(|custom| custom.name == Names::SECTION)?;
        Some(Names::new(custom.reader()))
    }

    fn entries<T: Entry<'a>>(&self) -> Entries<'a, T> {
        Entries::find(self.bytes, T::SECTION)
    }

    /// The number that is all of a section.
    fn number(&self, id: SectionId) -> Result<Option<u32>, Reject> {
        let Some(mut section) = find(self.bytes, id)? else {
            return Ok(None);
        };
        let number = section.u32()?;
        section.complete().map(|()| Some(number))
    }
}

impl core::fmt::Debug for ModuleView<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "ModuleView({} bytes)", self.bytes.len())
    }
}

impl<'a> FunctionBody<'a> {
    /// Where it stands in the module, the declarations of locals included.
    pub const fn span(&self) -> Span {
        Span {
            start: self.reader.position(),
            end: self.reader.end(),
        }
    }

    /// Its declarations of locals: how many, and of which type.
    pub fn locals(&self) -> impl Iterator<Item = Result<(u32, ValType), Reject>> + use<'a> {
        self.locals_admitted(&Everything)
    }

    /// The same, as far as a gate admits the types.
    pub fn locals_admitted<'g, G: Gate>(
        &self,
        gate: &'g G,
    ) -> impl Iterator<Item = Result<(u32, ValType), Reject>> + use<'a, 'g, G> {
        let mut reader = self.reader;
        let mut left = reader.u32();
        core::iter::from_fn(move || {
            let next = match left {
                Ok(0) => return None,
                Ok(_) => local(&mut reader, gate),
                Err(reject) => Err(reject),
            };
            left = Ok(if next.is_ok() {
                left.unwrap_or(0) - 1
            } else {
                0
            });
            Some(next)
        })
    }

    /// Its instructions with their offsets in the module, the final `end` included.
    pub fn instructions(
        &self,
    ) -> impl Iterator<Item = Result<(usize, Instruction<'a>), Reject>> + use<'a> {
        let mut reader = self.reader;
        let mut state = skip_locals(&mut reader).map(|()| false);
        core::iter::from_fn(move || {
            let next = match state {
                Ok(ended) if ended || reader.is_at_end() => return None,
                Ok(_) => {
                    let at = reader.position();
                    reader
                        .instruction(&Everything)
                        .map(|instruction| (at, instruction))
                }
                Err(reject) => Err(reject),
            };
            state = Ok(next.is_err());
            Some(next)
        })
    }
}

fn local(reader: &mut Reader<'_>, gate: &impl Gate) -> Result<(u32, ValType), Reject> {
    // Whether they are countable together is not asked.
    reader.local_run(gate, &mut 0)
}

fn skip_locals(reader: &mut Reader<'_>) -> Result<(), Reject> {
    for _ in 0..reader.u32()? {
        local(reader, &Everything)?;
    }
    Ok(())
}

impl<'a> Entry<'a> for TableEntry {
    const SECTION: SectionId = SectionId::Table;

    fn read(r: &mut Reader<'a>) -> Result<Self, Reject> {
        let (ty, init) = r.table(&Everything)?;
        Ok(Self { ty, init })
    }
}

impl<'a> Entry<'a> for GlobalEntry {
    const SECTION: SectionId = SectionId::Global;

    fn read(r: &mut Reader<'a>) -> Result<Self, Reject> {
        Ok(Self {
            ty: r.global_type(&Everything)?,
            init: r.constant(&Everything)?,
        })
    }
}

impl<'a> Entry<'a> for FunctionBody<'a> {
    const SECTION: SectionId = SectionId::Code;

    fn read(r: &mut Reader<'a>) -> Result<Self, Reject> {
        let length = r.u32()?;
        Ok(Self {
            reader: r.sub(length)?,
        })
    }
}
