//! The state of a store but for its value stack, and the instance that runs.
//!
//! The value stack is apart because the loop holds it as a slice of its own while it changes
//! everything else. Instances share the lists of the store, each from its own base; a number of an
//! import goes through its link, a number of a definition is added to the base.

use core::marker::PhantomData;

use super::activation::{Activation, slide};
use super::address::FuncAddr;
use super::entity::{Frame, Global, Memory, Segment, Table};
use super::exit::Exit;
use super::fuel::Tank;
use super::instance::Instance;
use super::link::Link;
use super::list::List;
use super::registers::{ASTRAY, Registers};
use crate::exec::machine::Stop;
use crate::exec::slot::Slot;
use crate::profile::Profile;
use crate::spec::{Proposal, Rate, Trap};
use crate::types::{FuncIdx, GlobalIdx, MemoryIdx, Ref, TableIdx, TypeId, TypeIdx};
use crate::validate::TypeDef;
use crate::validate::item::Item;

/// All lists of a store, and what is in use of each.
pub(crate) struct State<'m, 's, P: Profile> {
    pub(crate) frames: &'s mut [Frame],
    pub(crate) instances: List<'s, Instance<'m>>,
    pub(crate) links: List<'s, Link>,
    pub(crate) tables: List<'s, Table>,
    pub(crate) elements: List<'s, Ref>,
    pub(crate) memories: List<'s, Memory>,
    pub(crate) memory: List<'s, u8>,
    pub(crate) globals: List<'s, Global<P::Slot>>,
    pub(crate) types: List<'s, TypeId>,
    pub(crate) segments: List<'s, Segment>,
    /// How many frames are in use.
    pub(crate) depth: usize,
    /// The instance that runs.
    pub(crate) current: Instance<'m>,
    pub(crate) activation: Activation,
    /// Where the interpreter has stopped.
    pub(crate) registers: Registers<'m>,
    pub(crate) tank: Tank,
    /// Fuel that is to be paid before anything goes on.
    pub(crate) due: usize,
    /// Whether that is for the next instruction, which begins again; its work has been paid for if
    /// nothing is due. False whenever the host has control.
    pub(crate) again: bool,
    /// Why the interpreter stopped, if not because of a trap.
    pub(crate) reason: Exit,
    /// Whether the next growth that needs more memory than there is fails.
    pub(crate) refused: bool,
    pub(crate) profile: PhantomData<P>,
}

impl<'m, P: Profile> State<'m, '_, P> {
    /// What an import is linked to.
    pub(crate) fn link(&self, index: u32) -> Link {
        self.links.get(index as usize).copied().unwrap_or_default()
    }

    /// The number of an instance's table in the store.
    pub(crate) fn table_number(&self, of: &Instance<'m>, x: TableIdx) -> usize {
        let several = P::PROPOSALS.contains(Proposal::ReferenceTypes);
        let x = if several { x } else { TableIdx(0) };
        match x.0.checked_sub(of.imported.tables) {
            Some(defined) => of.bases.tables.wrapping_add(defined) as usize,
            None => self.link(of.table_link(x.0)).number() as usize,
        }
    }

    /// The number of an instance's memory in the store.
    #[cfg_attr(small, inline(never))]
    pub(crate) fn memory_number(&self, of: &Instance<'m>, x: MemoryIdx) -> usize {
        let several = P::PROPOSALS.contains(Proposal::MultiMemory);
        let x = if several { x } else { MemoryIdx(0) };
        match x.0.checked_sub(of.imported.memories) {
            Some(defined) => of.bases.memories.wrapping_add(defined) as usize,
            None => self.link(of.memory_link(x.0)).number() as usize,
        }
    }

    /// The number of an instance's global in the store.
    #[inline(always)]
    pub(crate) fn global_number(&self, of: &Instance<'m>, x: GlobalIdx) -> usize {
        match x.0.checked_sub(of.imported.globals) {
            Some(defined) => of.bases.globals.wrapping_add(defined) as usize,
            None => self.link(of.global_link(x.0)).number() as usize,
        }
    }

    /// A memory, as the profile's modules can have it.
    #[inline(always)]
    pub(crate) fn memory_of(&self, x: MemoryIdx) -> Memory {
        self.memory_at(x).narrowed::<P>()
    }

    #[cfg_attr(small, inline(never))]
    fn memory_at(&self, x: MemoryIdx) -> Memory {
        let memory = self.memories.get(self.memory_number(&self.current, x));
        memory.copied().unwrap_or_default()
    }

    /// A table.
    pub(crate) fn table_of(&self, x: TableIdx) -> Table {
        let table = self.tables.get(self.table_number(&self.current, x));
        table.copied().unwrap_or_default()
    }

    /// The function that an index of an instance means: itself, or what it is linked to.
    #[cfg_attr(small, inline(never))]
    pub(crate) fn func_addr(&self, of: &Instance<'m>, f: FuncIdx) -> FuncAddr {
        if f.0 < of.imported.funcs
            && let Link::Func(func) = self.link(of.func_link(f))
        {
            return func;
        }
        FuncAddr::new(of.index, f)
    }

    /// The store's type of an index of the current instance.
    pub(crate) fn type_id(&self, y: TypeIdx) -> Option<TypeId> {
        let place = self.current.bases.types.wrapping_add(y.0);
        self.types.get(place as usize).copied()
    }

    /// The store's type of a function.
    pub(crate) fn type_of(&self, func: FuncAddr) -> Option<TypeId> {
        let of = match func.instance() == self.current.index {
            true => &self.current,
            false => self.instances.get(func.instance() as usize)?,
        };
        let ty = of.func_type(func.func());
        let place = of.bases.types.wrapping_add(ty.0);
        self.types.get(place as usize).copied()
    }

    /// Makes an instance the one that runs.
    #[cold]
    #[inline(never)]
    pub(crate) fn switch(&mut self, index: u32) {
        if let Some(instance) = self.instances.get(index as usize) {
            self.current = *instance;
        }
        self.refresh();
    }

    /// Stops for a reason that is no trap.
    #[cold]
    pub(crate) fn stop(&mut self, reason: Exit) -> Stop {
        self.reason = reason;
        Stop::Exit
    }

    /// `call`, `return_call`
    #[inline(never)]
    pub(crate) fn call(
        &mut self,
        slots: &mut [P::Slot],
        r: &mut Registers<'m>,
        tail: bool,
    ) -> Result<(), Stop> {
        let at = self.at(r);
        let func = self.func_addr(&self.current, FuncIdx(r.index()?));
        self.enter_at(slots, r, func, tail, (at, r.sp))
    }

    /// `call_ref`, `return_call_ref`
    #[inline(never)]
    pub(crate) fn call_ref(
        &mut self,
        slots: &mut [P::Slot],
        r: &mut Registers<'m>,
        tail: bool,
    ) -> Result<(), Stop> {
        let before = (self.at(r), r.sp);
        r.skip()?;
        let reference = r.pop(slots)?;
        let func = FuncAddr::from_ref(reference).ok_or(Trap::NullReference)?;
        self.enter_at(slots, r, func, tail, before)
    }

    /// `call_indirect`, `return_call_indirect`
    #[inline(never)]
    pub(crate) fn call_indirect(
        &mut self,
        slots: &mut [P::Slot],
        r: &mut Registers<'m>,
        tail: bool,
    ) -> Result<(), Stop> {
        let before = (self.at(r), r.sp);
        let (y, x) = (TypeIdx(r.index()?), TableIdx(r.index()?));
        let index: u64 = r.pop(slots)?;
        let table = self.table_of(x);
        if index >= u64::from(table.len) {
            return Err(Trap::TableOutOfBounds.into());
        }
        let place = (table.start as usize).wrapping_add(index as usize);
        let element = *self.elements.get(place).ok_or(ASTRAY)?;
        let func = FuncAddr::from_ref(element).ok_or(Trap::IndirectCallToNull)?;
        if self.type_of(func) != self.type_id(y) {
            return Err(Trap::BadSignature.into());
        }
        self.enter_at(slots, r, func, tail, before)
    }

    /// Begins a call by an instruction; if there is no room for it, the instruction has had no
    /// effect: everything is as it was at its offset, with this many slots in use.
    fn enter_at(
        &mut self,
        slots: &mut [P::Slot],
        r: &mut Registers<'m>,
        func: FuncAddr,
        tail: bool,
        (at, sp): (usize, usize),
    ) -> Result<(), Stop> {
        if P::METERED && tail {
            let (params, _) = self.arity(func);
            self.owe(Rate::MOVED, params);
        }
        let Err(stop) = self.enter(slots, r, func, tail) else {
            return self.owes();
        };
        if self.reason == Exit::StackFull {
            self.rewind(r, at);
            r.sp = sp;
            self.due = 0;
        }
        Err(stop)
    }

    /// Begins a call of a function, whose arguments are the last operands. What it owes is still to
    /// be paid.
    pub(crate) fn enter(
        &mut self,
        slots: &mut [P::Slot],
        r: &mut Registers<'m>,
        func: FuncAddr,
        tail: bool,
    ) -> Result<(), Stop> {
        let own = func.instance() == self.current.index;
        // In the caller's module, before the registers are in another.
        let back = (self.position(r), self.activation.branch);
        if own && func.func().0 >= self.current.imported.funcs {
            return self.begin(slots, r, func, tail, back);
        }
        let caller = self.current.index;
        if !own {
            self.switch(func.instance());
        }
        if func.func().0 < self.current.imported.funcs {
            // A host function is known by the import that first brought it.
            let id = self.link(self.current.func_link(func.func())).number();
            self.switch(caller);
            return self.leave(slots, r, func, id, tail);
        }
        self.begin(slots, r, func, tail, back)
            .inspect_err(|_| self.switch(caller))
    }

    /// Begins a call of a function of the current instance, which goes back to (`ip`, `branch`).
    fn begin(
        &mut self,
        slots: &mut [P::Slot],
        r: &mut Registers<'m>,
        func: FuncAddr,
        tail: bool,
        (ip, branch): (usize, usize),
    ) -> Result<(), Stop> {
        let body = self.current.body(func.func());
        let ty = self.current.signature(func.func());
        let params = usize::from(ty.params);
        let mut start = r.sp.wrapping_sub(params);
        let base = if tail { self.activation.base } else { start };
        let locals = base.wrapping_add(params);
        let free = locals.wrapping_add(body.locals.into());
        if free.saturating_add(body.height.into()) > slots.len() {
            return Err(self.stop(Exit::StackFull));
        }
        if tail {
            slide(slots, start, base, params);
            start = base;
        } else {
            let frame = Frame {
                func: self.activation.func,
                ip: ip as u32,
                branch: branch as u32,
                base: self.activation.base as u32,
            };
            let Some(place) = self.frames.get_mut(self.depth) else {
                return Err(self.stop(Exit::StackFull));
            };
            *place = frame;
            self.depth += 1;
        }
        if let Some(locals) = slots.get_mut(locals..free) {
            locals.fill(Slot::ZERO);
        }
        self.activation.func = func;
        self.activation.base = start;
        r.sp = free;
        self.enter_body(body);
        let branches = (body.branches as usize).wrapping_mul(u32::SIZE);
        let branches = self.current.branches.wrapping_add(branches);
        self.jump(r, body.code as usize, branches)?;
        self.owe(Rate::ZEROED, body.locals.into());
        Ok(())
    }

    /// Leaves for a host function.
    #[cold]
    fn leave(
        &mut self,
        slots: &mut [P::Slot],
        r: &mut Registers<'m>,
        func: FuncAddr,
        id: u32,
        tail: bool,
    ) -> Result<(), Stop> {
        let (params, given) = self.arity(func);
        let mut due = Rate::PASSED.fuel(params.wrapping_add(given) as u64) as usize;
        let results = if tail {
            // Its results are the caller's, which has nothing more to do but to end. What it pays for
            // them there is not paid for a second time, as they are where they have to be.
            due = due.saturating_sub(Rate::MOVED.fuel(given as u64) as usize);
            self.finish(r);
            self.activation.base
        } else {
            r.sp.wrapping_sub(params)
        };
        slide(slots, r.sp.wrapping_sub(params), results, params);
        r.sp = results.wrapping_add(params);
        if P::METERED {
            self.due += due;
        }
        Err(self.stop(Exit::Host { func, id }))
    }

    /// How many parameters and results a function has.
    pub(crate) fn arity(&self, func: FuncAddr) -> (usize, usize) {
        let ty = self.signature(func);
        (ty.params.into(), ty.results.into())
    }

    /// The type of a function, as its module has it.
    pub(crate) fn signature(&self, func: FuncAddr) -> TypeDef {
        let instance = self.instances.get(func.instance() as usize);
        instance.map_or(TypeDef::default(), |of| of.signature(func.func()))
    }

    /// Ends a function: gives its results to its caller.
    #[inline(never)]
    pub(crate) fn leave_function(
        &mut self,
        slots: &mut [P::Slot],
        r: &mut Registers<'m>,
    ) -> Result<(), Stop> {
        if self.activation.func == FuncAddr::CONSTANT {
            return Err(self.stop(Exit::Done));
        }
        let ty = self.current.signature(self.activation.func.func());
        let count = usize::from(ty.results);
        if let Err(stop) = self.pay_for(Rate::MOVED, count) {
            self.rewind(r, self.at(r));
            return Err(stop);
        }
        slide(slots, r.sp.wrapping_sub(count), self.activation.base, count);
        r.sp = self.activation.base.wrapping_add(count);
        let Some(depth) = self.depth.checked_sub(1) else {
            return Err(self.stop(Exit::Done));
        };
        let frame = self.frames.get(depth).copied().unwrap_or_default();
        self.depth = depth;
        self.activation.base = frame.base as usize;
        self.activation.func = frame.func;
        if frame.func.instance() != self.current.index {
            self.switch(frame.func.instance());
        }
        self.enter_body(self.current.body(frame.func.func()));
        Ok(self.jump(r, frame.ip as usize, frame.branch as usize)?)
    }
}
