//! Instantiation: links imports, makes objects, runs constant expressions, fills segments in.
//!
//! Standard: section 4.7.3. Until all is linked and there is room for everything, nothing is
//! changed; what the segments do before one of them traps remains.

use super::address::FuncAddr;
use super::core::Core;
use super::entity::{Global, Memory, Segment, Table};
use super::error::{Error, Room};
use super::exports::Extern;
use super::instance::{Bases, Instance};
use super::link::Link;
use super::list::full;
use super::module::Module;
use super::registers::Registers;
use super::running::Running;
use super::store::Store;
use super::table::Elements;
use crate::exec::machine::{Machine, Stop};
use crate::generated::no_alloc::execute::execute;
use crate::profile::Profile;
use crate::read::Span;
use crate::spec::{Proposal, Trap};
use crate::types::{
    DataIdx, ExternKind, FuncIdx, GlobalType, MemoryIdx, MemoryType, Ref, TableIdx, TableType,
};
use crate::validate::arena::Place;
use crate::validate::subtype::is_subtype;

/// An instance of a store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct InstanceIdx(pub u32);

impl<'m, P: Profile> Store<'m, '_, P> {
    /// Adds an instance.
    #[inline(never)]
    pub(crate) fn add(
        &mut self,
        module: Module<'m>,
        imports: &[Extern<'_>],
    ) -> Result<InstanceIdx, Error> {
        let before = self.core.lengths();
        let current = self.core.next(module);
        match self.complete(&current, imports) {
            Ok(()) => Ok(InstanceIdx(current.index)),
            Err(error) => {
                // After a trap, functions of the instance may be in tables of others.
                if !matches!(error, Error::Trap(_)) {
                    self.core.cut(before);
                }
                Err(error)
            }
        }
    }

    /// Adds an instance with all that it consists of.
    fn complete(&mut self, current: &Instance<'m>, imports: &[Extern<'_>]) -> Result<(), Error> {
        let core = &mut self.core;
        core.open(current)?;
        core.number_types(current)?;
        core.link_imports(current, imports)?;
        core.make(current)?;
        core.current = *current;
        self.initialise(current)
    }

    /// Gives globals and tables their values, and fills the segments in.
    #[inline(never)]
    fn initialise(&mut self, current: &Instance<'m>) -> Result<(), Error> {
        let header = current.module.header();
        for index in 0..header.count(Place::GlobalInits) {
            let span = header.item(Place::GlobalInits, index);
            let value = self.evaluate(span)?;
            let place = current.bases.globals.wrapping_add(index) as usize;
            if let Some(global) = self.core.globals.get_mut(place) {
                global.value = value;
            }
        }
        let inits = match P::PROPOSALS.contains(Proposal::FunctionReferences) {
            true => header.count(Place::TableInits),
            false => 0,
        };
        for index in 0..inits {
            let span: Span = header.item(Place::TableInits, index);
            if span != Span::default() {
                let value = Ref(self.evaluate(span)? as u32);
                let table = TableIdx(current.imported.tables + index);
                self.core.table(table).fill(value);
            }
        }
        for index in 0..header.count(Place::Elements) {
            self.elements(current, index)?;
        }
        for index in 0..header.count(Place::Data) {
            self.data(current, index)?;
        }
        Ok(())
    }

    /// Evaluates the items of a segment; writes them to its table if it is active.
    #[inline(never)]
    fn elements(&mut self, current: &Instance<'m>, index: u32) -> Result<(), Error> {
        let segment = current.module.elements(index);
        let place = current.bases.segments.wrapping_add(index) as usize;
        if segment.flags & Elements::DECLARATIVE != 0 {
            return Ok(());
        }
        let active = segment.flags & Elements::ACTIVE != 0;
        let offset = if active {
            self.evaluate(segment.offset)?
        } else {
            0
        };
        let start = if active {
            // All or nothing: the length is looked at first.
            let table = self.core.table_of(TableIdx(segment.table));
            let end = offset.checked_add(segment.count.into());
            if end.is_none_or(|end| end > table.len.into()) {
                return Err(Error::Trap(Trap::TableOutOfBounds));
            }
            (table.start as usize).wrapping_add(offset as usize)
        } else {
            let kept = self.core.segments.get(place).copied();
            kept.unwrap_or_default().start as usize
        };
        let mut at = segment.items.start;
        for item in 0..segment.count as usize {
            let value = self.item(&mut at, segment.flags)?;
            if let Some(element) = self.core.elements.get_mut(start.wrapping_add(item)) {
                *element = value;
            }
        }
        Ok(())
    }

    /// The item of an element segment at an offset, which becomes that of the next one.
    fn item(&mut self, at: &mut usize, flags: u8) -> Result<Ref, Error> {
        let value = if flags & Elements::EXPRESSIONS == 0 {
            let mut r = Registers::default();
            self.core.rewind(&mut r, *at);
            let func = FuncIdx(r.index().map_err(Error::Trap)?);
            self.core.registers = r;
            self.core.func_ref(func)
        } else {
            // No instruction makes a reference of several operands.
            Ref(self.compute(*at, 1)? as u32)
        };
        *at = self.core.position(&self.core.registers);
        Ok(value)
    }

    /// Copies an active data segment; keeps what instructions may still ask for.
    #[inline(never)]
    fn data(&mut self, current: &Instance<'m>, index: u32) -> Result<(), Error> {
        let segment = current.module.data(index);
        if segment.active {
            let offset = self.evaluate(segment.offset)?;
            let bytes = current
                .module
                .wasm
                .get(segment.bytes.range())
                .unwrap_or_default();
            let memory = self.core.memory(MemoryIdx(segment.memory));
            let place = usize::try_from(offset).ok();
            let target =
                place.and_then(|place| memory.get_mut(place..place.checked_add(bytes.len())?));
            target
                .ok_or(Error::Trap(Trap::MemoryOutOfBounds))?
                .iter_mut()
                .zip(bytes)
                .for_each(|(to, from)| *to = *from);
            if P::PROPOSALS.contains(Proposal::BulkMemory) && current.module.header().data_count() {
                self.core.drop_data(DataIdx(index));
            }
        }
        Ok(())
    }

    /// The value of a constant expression, whose operands take two bytes each at least.
    fn evaluate(&mut self, span: Span) -> Result<u64, Error> {
        self.compute(span.start, span.end.saturating_sub(span.start).div_ceil(2))
    }

    /// The value of a constant expression with so many operands at most.
    fn compute(&mut self, start: usize, operands: usize) -> Result<u64, Error> {
        let (list, at_least) = (Room::Slots, operands);
        if operands > self.slots.len() {
            return Err(Error::Room { list, at_least });
        }
        let mut r = Registers::default();
        self.core.running = Running::CONSTANT;
        self.core.jump(&mut r, start, 0).map_err(Error::Trap)?;
        self.core.registers = r;
        self.core.tank.rest = u64::MAX;
        self.core.depth = 0;
        let stop = execute::<P>(&mut self.core, self.slots);
        match stop {
            Stop::Exit => Ok(self.slots.first().copied().unwrap_or(0)),
            Stop::Trap(trap) => Err(Error::Trap(trap)),
        }
    }
}

impl<'m, P: Profile> Core<'m, '_, P> {
    /// The instance that comes behind those that there are.
    fn next(&self, module: Module<'m>) -> Instance<'m> {
        let bases = Bases {
            links: self.links.len as u32,
            tables: self.tables.len as u32,
            memories: self.memories.len as u32,
            globals: self.globals.len as u32,
            types: self.types.len as u32,
            segments: self.segments.len as u32,
        };
        Instance::new(self.instances.len as u32, module, bases)
    }

    /// Adds an instance without contents.
    fn open(&mut self, current: &Instance<'m>) -> Result<(), Error> {
        if current.index >= FuncAddr::INSTANCES {
            return Err(full(Room::Instances, self.instances.len, 1));
        }
        self.instances.push(*current, Room::Instances)
    }

    /// Gives the instance's types their numbers in the store.
    #[inline(never)]
    fn number_types(&mut self, current: &Instance<'m>) -> Result<(), Error> {
        for ty in 0..current.types {
            let number = self.number_type(current, ty);
            self.types.push(number, Room::Types)?;
        }
        Ok(())
    }

    /// Checks what is given for imports, and remembers it.
    #[inline(never)]
    fn link_imports(
        &mut self,
        current: &Instance<'m>,
        imports: &[Extern<'_>],
    ) -> Result<(), Error> {
        let header = current.module.header();
        let imported = current.imported;
        let count = imported.funcs + imported.tables + imported.memories + imported.globals;
        self.links
            .extend(count.into(), Link::default(), Room::Links)?;
        let mut seen = [0; ExternKind::COUNT];
        for index in 0..header.count(Place::Imports) {
            let error = Error::Import { index };
            let given = imports.get(index as usize).ok_or(error)?;
            let kind = current.module.import(index).kind();
            let number = seen.get_mut(kind as usize).ok_or(error)?;
            let x = *number;
            *number += 1;
            let link = self.link_import(current, kind, x, given).ok_or(error)?;
            let place = match kind {
                ExternKind::Func => current.func_link(FuncIdx(x)),
                ExternKind::Table => current.table_link(x),
                ExternKind::Memory => current.memory_link(x),
                ExternKind::Global => current.global_link(x),
                ExternKind::Tag => return Err(error),
            };
            *self.links.get_mut(place as usize).ok_or(error)? = link;
        }
        Ok(())
    }

    /// What the import with index `x` of its kind is linked to, if what is given fits.
    #[inline(never)]
    fn link_import(
        &self,
        current: &Instance<'m>,
        kind: ExternKind,
        x: u32,
        given: &Extern<'_>,
    ) -> Option<Link> {
        let header = current.module.header();
        match (kind, *given) {
            (ExternKind::Func, Extern::Func(func)) => {
                let asked = self.number_of(current, current.func_type(FuncIdx(x)).0);
                let known = self.look(InstanceIdx(func.instance()))?;
                let there = func.func().0 < known.module.header().count(Place::Funcs);
                (there && self.type_of(func) == Some(asked)).then_some(Link::Func(func))
            }
            (
                ExternKind::Func,
                Extern::Host {
                    id,
                    params,
                    results,
                },
            ) => {
                let (asked_params, asked_results) = current.module.func_type(FuncIdx(x));
                let same = asked_params.eq(params.iter().copied())
                    && asked_results.eq(results.iter().copied());
                same.then_some(Link::Host(id))
            }
            (ExternKind::Table, Extern::Table(number)) => {
                let asked: TableType = header.item(Place::Tables, x);
                let given = self.tables.get(number as usize)?;
                let element = asked.element.renumber(|ty| self.number_of(current, ty).0);
                let fits = given.element == element
                    && given.is_64 == asked.is_64
                    && within(given.len.into(), given.max, asked.min, asked.max);
                fits.then_some(Link::Entity(number))
            }
            (ExternKind::Memory, Extern::Memory(number)) => {
                let asked: MemoryType = header.item(Place::Memories, x);
                let given = self.memories.get(number as usize)?;
                let pages = given.pages();
                let fits = given.is_64 == asked.is_64
                    && given.page_size_log2 == asked.page_size_log2
                    && within(pages, given.max, asked.min, asked.max);
                fits.then_some(Link::Entity(number))
            }
            (ExternKind::Global, Extern::Global(number)) => {
                let asked: GlobalType = header.item(Place::Globals, x);
                let given = self.globals.get(number as usize)?;
                let content = self.outside(current, asked.content);
                let fits = given.mutable == asked.mutable
                    && (given.content == content
                        || (!asked.mutable && is_subtype(given.content, content)));
                fits.then_some(Link::Entity(number))
            }
            _ => None,
        }
    }

    /// Makes the objects of an instance, all zero.
    #[inline(never)]
    fn make(&mut self, current: &Instance<'m>) -> Result<(), Error> {
        let (header, module) = (current.module.header(), current.module);
        for index in current.imported.tables..header.count(Place::Tables) {
            let ty: TableType = header.item(Place::Tables, index);
            let table = Table {
                start: self.elements.len as u32,
                len: u32::try_from(ty.min).unwrap_or(u32::MAX),
                max: ty.max,
                is_64: ty.is_64,
                element: self.outside_ref(current, ty.element),
            };
            self.elements.extend(ty.min, Ref::NULL, Room::Elements)?;
            self.tables.push(table, Room::Tables)?;
        }
        let bulk = P::PROPOSALS.contains(Proposal::BulkMemory);
        for index in 0..if bulk {
            header.count(Place::Elements)
        } else {
            0
        } {
            let segment = module.elements(index);
            let len = if segment.is_passive() {
                segment.count
            } else {
                0
            };
            let start = self.elements.len as u32;
            self.elements
                .extend(len.into(), Ref::NULL, Room::Elements)?;
            self.add_segment(start, len, true)?;
        }
        for index in 0..if bulk { header.kept_data() } else { 0 } {
            let Span { start, end } = module.data(index).bytes;
            self.add_segment(start as u32, end.saturating_sub(start) as u32, false)?;
        }
        for index in current.imported.memories..header.count(Place::Memories) {
            let ty: MemoryType = header.item(Place::Memories, index);
            let mut memory = Memory {
                start: self.memory.len,
                len: 0,
                max: ty.max,
                page_size_log2: ty.page_size_log2,
                is_64: ty.is_64,
            }
            .within::<P>();
            let bytes = ty.min.saturating_mul(1 << memory.page_bits());
            self.memory.extend(bytes, 0, Room::Memory)?;
            memory.len = self.memory.len.wrapping_sub(memory.start);
            self.memories.push(memory, Room::Memories)?;
        }
        for index in current.imported.globals..header.count(Place::Globals) {
            let ty: GlobalType = header.item(Place::Globals, index);
            let global = Global {
                value: 0,
                content: self.outside(current, ty.content),
                mutable: ty.mutable,
            };
            self.globals.push(global, Room::Globals)?;
        }
        Ok(())
    }

    fn add_segment(&mut self, start: u32, len: u32, is_element: bool) -> Result<(), Error> {
        let segment = Segment {
            start,
            len,
            is_element,
        };
        self.segments.push(segment, Room::Segments)
    }

    /// How long the lists are.
    fn lengths(&self) -> [usize; 9] {
        [
            self.instances.len,
            self.links.len,
            self.tables.len,
            self.elements.len,
            self.memories.len,
            self.memory.len,
            self.globals.len,
            self.types.len,
            self.segments.len,
        ]
    }

    /// Cuts the lists to lengths that they had before.
    pub(crate) fn cut(&mut self, lengths: [usize; 9]) {
        [
            self.instances.len,
            self.links.len,
            self.tables.len,
            self.elements.len,
            self.memories.len,
            self.memory.len,
            self.globals.len,
            self.types.len,
            self.segments.len,
        ] = lengths;
    }
}

/// Whether a size and maximum are within those asked for.
fn within(size: u64, max: Option<u64>, min: u64, most: Option<u64>) -> bool {
    size >= min
        && match (max, most) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(max), Some(most)) => max <= most,
        }
}
