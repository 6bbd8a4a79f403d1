//! Instantiation: links imports, makes objects, runs constant expressions, fills segments in.
//!
//! Standard: section 4.7.3. Until all is linked and there is room for everything, nothing is
//! changed; what the segments do before one of them traps remains.

use super::activation::Activation;
use super::address::FuncAddr;
use super::entity::{Global, Memory, Segment, Table};
use super::error::{Capacity, Failure};
use super::exports::Extern;
use super::instance::{Bases, Instance};
use super::interpreter::execute;
use super::link::Link;
use super::module::Module;
use super::registers::Registers;
use super::state::State;
use super::store::Store;
use super::table::Elements;
use crate::exec::machine::{Machine, Stop};
use crate::exec::slot::Slot;
use crate::profile::Profile;
use crate::read::Span;
use crate::spec::{Proposal, Trap};
use crate::types::{
    DataIdx, ExternKind, FuncIdx, GlobalType, MemoryIdx, MemoryType, Ref, TableIdx, TableType,
    V128, limits_match,
};
use crate::validate::arena::ListName;
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
    ) -> Result<InstanceIdx, Failure> {
        let state = &mut self.state;
        let before = (state.elements.len, state.memory.len);
        state.open(module)?;
        let done = self.complete(imports);
        let Instance { index, bases, .. } = self.state.current;
        match done {
            Ok(()) => Ok(InstanceIdx(index)),
            Err(failure) => {
                // After a trap, functions of the instance may be in tables of others.
                if !failure.is_trap() {
                    self.state.cut(index as usize, bases, before);
                }
                Err(failure)
            }
        }
    }

    /// Adds all that the current instance consists of.
    fn complete(&mut self, imports: &[Extern<'_>]) -> Result<(), Failure> {
        let state = &mut self.state;
        state.number_types()?;
        state.link_imports(imports)?;
        state.make()?;
        self.initialise()
    }

    /// Gives globals and tables their values, and fills the segments in.
    #[inline(never)]
    fn initialise(&mut self) -> Result<(), Failure> {
        let header = self.state.current.module.header();
        for index in 0..header.count(ListName::GLOBAL_INITS) {
            let span = header.item(ListName::GLOBAL_INITS, index);
            self.evaluate(span)?;
            let value = self.result();
            let place = self.state.current.bases.globals.wrapping_add(index) as usize;
            if let Some(global) = self.state.globals.get_mut(place) {
                global.value = value;
            }
        }
        let inits = match P::PROPOSALS.contains(Proposal::FunctionReferences) {
            true => header.count(ListName::TABLE_INITS),
            false => 0,
        };
        for index in 0..inits {
            let span: Span = header.item(ListName::TABLE_INITS, index);
            if span != Span::default() {
                self.evaluate(span)?;
                let value: Ref = self.result().value();
                let table = TableIdx(self.state.current.imported.tables + index);
                self.state.table(table).fill(value);
            }
        }
        for index in 0..header.count(ListName::ELEMENTS) {
            self.elements(index)?;
        }
        for index in 0..header.count(ListName::DATA) {
            self.data(index)?;
        }
        Ok(())
    }

    /// Evaluates the items of a segment; writes them to its table if it is active.
    #[inline(never)]
    fn elements(&mut self, index: u32) -> Result<(), Failure> {
        let current = &self.state.current;
        let segment = current.module.elements(index).narrowed::<P>();
        let place = current.bases.segments.wrapping_add(index) as usize;
        if segment.flags & Elements::DECLARATIVE != 0 {
            return Ok(());
        }
        let start = if segment.flags & Elements::ACTIVE != 0 {
            self.evaluate(segment.offset)?;
            // All or nothing: the length is looked at first.
            let table = self.state.table_of(TableIdx(segment.table));
            let offset: u64 = self.result().value();
            let free = u64::from(table.len).checked_sub(segment.count.into());
            if free.is_none_or(|free| offset > free) {
                return Err(Trap::TableOutOfBounds.into());
            }
            (table.start as usize).wrapping_add(offset as usize)
        } else {
            let kept = self.state.segments.get(place).copied();
            kept.unwrap_or_default().start as usize
        };
        let mut at = segment.items.start;
        for item in 0..segment.count as usize {
            let value = self.item(&mut at, segment.flags)?;
            if let Some(element) = self.state.elements.get_mut(start.wrapping_add(item)) {
                *element = value;
            }
        }
        Ok(())
    }

    /// The item of an element segment at an offset, which becomes that of the next one.
    fn item(&mut self, at: &mut usize, flags: u8) -> Result<Ref, Failure> {
        let value = if flags & Elements::EXPRESSIONS == 0 {
            let mut r = Registers::default();
            self.state.rewind(&mut r, *at);
            let func = FuncIdx(r.index().map_err(Trap::from)?);
            self.state.registers = r;
            self.state.func_ref(func)
        } else {
            // No instruction makes a reference of several operands.
            self.compute(*at, 1)?;
            self.result().value()
        };
        *at = self.state.position(&self.state.registers);
        Ok(value)
    }

    /// Copies an active data segment; keeps what instructions may still ask for.
    #[inline(never)]
    fn data(&mut self, index: u32) -> Result<(), Failure> {
        let module = self.state.current.module;
        let segment = module.data(index);
        if segment.active {
            self.evaluate(segment.offset)?;
            let offset = usize::try_from(self.result().value::<u64>()).ok();
            let bytes = module.wasm.get(segment.bytes.range()).unwrap_or_default();
            let memory = self.state.memory(MemoryIdx(segment.memory));
            let target =
                offset.and_then(|start| memory.get_mut(start..start.checked_add(bytes.len())?));
            target
                .ok_or(Trap::MemoryOutOfBounds)?
                .iter_mut()
                .zip(bytes)
                .for_each(|(to, from)| *to = *from);
            if P::PROPOSALS.contains(Proposal::BulkMemory) && module.header().data_count() {
                self.state.drop_data(DataIdx(index));
            }
        }
        Ok(())
    }

    /// Evaluates a constant expression, whose operands take two bytes each at least.
    fn evaluate(&mut self, span: Span) -> Result<(), Failure> {
        self.compute(span.start, span.end.saturating_sub(span.start).div_ceil(2))
    }

    /// Evaluates a constant expression with at most this many operands.
    #[inline(never)]
    fn compute(&mut self, start: usize, operands: usize) -> Result<(), Failure> {
        if operands > self.slots.len() {
            return Err(Failure::capacity(Capacity::Slots, operands));
        }
        let mut r = Registers::default();
        self.state.activation = Activation::CONSTANT;
        self.state.jump(&mut r, start, 0)?;
        self.state.registers = r;
        self.state.tank.rest = u64::MAX;
        self.state.depth = 0;
        match execute::<P>(&mut self.state, self.slots) {
            Stop::Exit => Ok(()),
            Stop::Trap(trap) => Err(trap.into()),
        }
    }

    /// The value of the constant expression that has been evaluated.
    fn result(&self) -> P::Slot {
        self.slots.first().copied().unwrap_or(Slot::ZERO)
    }
}

impl Elements {
    /// The same, as far as modules of a profile can tell.
    fn narrowed<P: Profile>(mut self) -> Self {
        if !P::PROPOSALS.contains(Proposal::BulkMemory) {
            self.flags = Self::ACTIVE;
        }
        self
    }
}

impl<'m, P: Profile> State<'m, '_, P> {
    /// Adds an instance without contents, and makes it the current one.
    fn open(&mut self, module: Module<'m>) -> Result<(), Failure> {
        let bases = Bases {
            links: self.links.len as u32,
            tables: self.tables.len as u32,
            memories: self.memories.len as u32,
            globals: self.globals.len as u32,
            types: self.types.len as u32,
            segments: self.segments.len as u32,
        };
        let index = self.instances.len;
        let most = FuncAddr::INSTANCES as usize;
        Self::slots_hold(module)?;
        match self.instances.items.get_mut(index) {
            Some(instance) if index < most => {
                instance.open(index as u32, module, bases);
                self.current = *instance;
                self.instances.len += 1;
                Ok(())
            }
            _ => Err(Failure::capacity(Capacity::Instances, index + 1)),
        }
    }

    /// Whether slots are wide enough for all values that a module may have.
    pub(crate) fn slots_hold(module: Module<'m>) -> Result<(), Failure> {
        if size_of::<P::Slot>() < size_of::<V128>() && module.header().vectors() {
            return Err(Failure::slot_width(size_of::<V128>()));
        }
        Ok(())
    }

    /// Gives the instance's types their numbers in the store.
    #[inline(never)]
    fn number_types(&mut self) -> Result<(), Failure> {
        for ty in 0..self.current.types() {
            let number = self.number_type(&self.current, ty);
            self.types.push(number, Capacity::Types)?;
        }
        Ok(())
    }

    /// Checks what is given for imports, and remembers it.
    #[inline(never)]
    fn link_imports(&mut self, imports: &[Extern<'_>]) -> Result<(), Failure> {
        let current = self.current;
        let header = current.module.header();
        let imported = current.imported;
        let count = imported.funcs + imported.tables + imported.memories + imported.globals;
        self.links
            .extend(count.into(), Link::default(), Capacity::Links)?;
        let mut seen = [0; ExternKind::COUNT];
        for index in 0..header.count(ListName::IMPORTS) {
            let error = Failure::import(index);
            let given = imports.get(index as usize).ok_or(error)?;
            let kind = current.module.import(index).kind();
            let number = seen.get_mut(kind as usize).ok_or(error)?;
            let x = *number;
            *number += 1;
            let link = self.link_import(&current, kind, x, given).ok_or(error)?;
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
                let there = func.func().0 < known.module.header().count(ListName::Funcs);
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
                let asked: TableType = header.item(ListName::Tables, x);
                let given = self.tables.get(number as usize)?;
                let element = asked.element.renumber(|ty| self.number_of(current, ty).0);
                let fits = given.element == element
                    && given.is_64 == asked.is_64
                    && limits_match(given.len.into(), given.max, asked.min, asked.max);
                fits.then_some(Link::Entity(number))
            }
            (ExternKind::Memory, Extern::Memory(number)) => {
                let asked: MemoryType = header.item(ListName::Memories, x);
                let given = self.memories.get(number as usize)?;
                let pages = given.pages();
                let fits = given.is_64 == asked.is_64
                    && given.page_size_log2 == asked.page_size_log2
                    && limits_match(pages, given.max, asked.min, asked.max);
                fits.then_some(Link::Entity(number))
            }
            (ExternKind::Global, Extern::Global(number)) => {
                let asked: GlobalType = header.item(ListName::Globals, x);
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
    fn make(&mut self) -> Result<(), Failure> {
        let (imported, module) = (self.current.imported, self.current.module);
        let header = module.header();
        for index in imported.tables..header.count(ListName::Tables) {
            let ty: TableType = header.item(ListName::Tables, index);
            let table = Table {
                start: self.elements.len as u32,
                len: u32::try_from(ty.min).unwrap_or(u32::MAX),
                max: ty.max,
                is_64: ty.is_64,
                element: self.outside_ref(&self.current, ty.element),
            };
            self.elements
                .extend(ty.min, Ref::NULL, Capacity::Elements)?;
            self.tables.push(table, Capacity::Tables)?;
        }
        let bulk = P::PROPOSALS.contains(Proposal::BulkMemory);
        for index in 0..if bulk {
            header.count(ListName::ELEMENTS)
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
                .extend(len.into(), Ref::NULL, Capacity::Elements)?;
            self.add_segment(start, len, true)?;
        }
        for index in 0..if bulk { header.kept_data() } else { 0 } {
            let Span { start, end } = module.data(index).bytes;
            self.add_segment(start as u32, end.saturating_sub(start) as u32, false)?;
        }
        for index in imported.memories..header.count(ListName::Memories) {
            let ty: MemoryType = header.item(ListName::Memories, index);
            let mut memory = Memory {
                start: self.memory.len,
                len: 0,
                max: ty.max,
                page_size_log2: ty.page_size_log2,
                is_64: ty.is_64,
            }
            .narrowed::<P>();
            let bytes = ty.min.saturating_mul(1 << memory.page_bits());
            self.memory.extend(bytes, 0, Capacity::Memory)?;
            memory.len = self.memory.len.wrapping_sub(memory.start);
            self.memories.push(memory, Capacity::Memories)?;
        }
        for index in imported.globals..header.count(ListName::Globals) {
            let ty: GlobalType = header.item(ListName::Globals, index);
            let global = Global {
                value: Slot::ZERO,
                content: self.outside(&self.current, ty.content),
                mutable: ty.mutable,
            };
            self.globals.push(global, Capacity::Globals)?;
        }
        Ok(())
    }

    fn add_segment(&mut self, start: u32, len: u32, is_element: bool) -> Result<(), Failure> {
        let segment = Segment {
            start,
            len,
            is_element,
        };
        self.segments.push(segment, Capacity::Segments)
    }

    /// Forgets an instance, all that it has added to the lists, and what came after it; elements
    /// and bytes of memories have the lengths that they had before.
    pub(crate) fn cut(&mut self, instances: usize, bases: Bases, before: (usize, usize)) {
        self.instances.len = instances;
        self.links.len = bases.links as usize;
        self.tables.len = bases.tables as usize;
        self.memories.len = bases.memories as usize;
        self.globals.len = bases.globals as usize;
        self.types.len = bases.types as usize;
        self.segments.len = bases.segments as usize;
        (self.elements.len, self.memory.len) = before;
    }
}
