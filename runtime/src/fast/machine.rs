//! The fast engine as a [`Machine`], for the functions that rows name in `hand`.
//!
//! Operands of such a function stand in a row of slots, where its results come back. A generated
//! type for each row ([`Hand`]) reads them, calls the function and writes the results.
//!
//! Invariant: the pointers of an [`InstanceEntity`](crate::store::entity::InstanceEntity) are
//! valid for the life of the store, indices were checked by the validator, and different indices
//! may be the same object: so never two references at once without comparing addresses.

use core::ptr::NonNull;

use super::cold::{self, Handed};
use super::context::Context;
use super::instruction::Instruction;
use super::layout::{Layout, Operand};
use super::state::{Exit, Flow, State};
use super::value::Value;
use crate::error::Error;
use crate::exec;
use crate::exec::machine::{Machine, Stop};
use crate::store::entity::{MemoryEntity, TableEntity};
use crate::store::growth;
use crate::types::Ref;
use crate::types::{DataIdx, ElemIdx, FuncIdx, MemoryIdx, TableIdx};

/// A function that a row names in `hand`, with its operands.
pub(crate) trait Hand {
    /// Its immediates, a word each.
    const IMMEDIATES: &'static [Operand];
    /// Slots of its operands or of its results, whichever are more.
    const SLOTS: usize;

    /// Calls it with its operands in `slots`, where the results come to stand.
    fn call(m: &mut Context, slots: &mut [u64], immediates: &[u32]) -> Result<(), Stop>;
}

/// The instruction: first slot, immediates.
pub(crate) struct CallHand<X>(core::marker::PhantomData<X>);

impl<X: Hand> Instruction for CallHand<X> {
    const LAYOUT: Layout = Layout::NONE
        .with(Operand::Slots(X::SLOTS))
        .all(X::IMMEDIATES);

    #[inline(always)]
    unsafe fn execute(words: *const u32, state: &mut State) -> Flow {
        // SAFETY: the promise of `Instruction::execute`.
        let handed = unsafe {
            let slots = state.sp.add(*words as usize);
            cold::hand::<X>(state.context, slots, words.add(1))
        };
        match handed {
            Handed::Done => Flow::Next,
            Handed::Trap(trap) => Flow::Trap(trap),
            Handed::Failed => Flow::Exit(Exit::Failed),
        }
    }
}

/// What a `hand` function gives back, written to the slots of its operands.
pub(crate) trait Results {
    /// Writes it.
    fn put(self, slots: &mut [u64]);
}

impl Results for () {
    fn put(self, _: &mut [u64]) {}
}

impl<T: Value> Results for T {
    fn put(self, slots: &mut [u64]) {
        slots[0] = self.into_slot();
    }
}

/// An index of something that has addresses, of 32 or 64 bits.
pub(crate) trait Addressed: Copy {
    /// The largest address.
    fn mask(self, m: &Context) -> u64;
}

impl Addressed for MemoryIdx {
    fn mask(self, m: &Context) -> u64 {
        // SAFETY: the module's invariant.
        mask(unsafe { m.memory_entity(self).as_ref() }.ty.is_64)
    }
}

impl Addressed for TableIdx {
    fn mask(self, m: &Context) -> u64 {
        // SAFETY: the module's invariant.
        mask(unsafe { m.table_entity(self).as_ref() }.ty.is_64)
    }
}

/// The largest address of a 32-bit or 64-bit space.
fn mask(is_64: bool) -> u64 {
    if is_64 { u64::MAX } else { u64::from(u32::MAX) }
}

impl Context {
    fn memory_entity(&self, x: MemoryIdx) -> NonNull<MemoryEntity> {
        // SAFETY: the module's invariant.
        unsafe { *self.instance.as_ref().memories.as_ptr().add(x.0 as usize) }
    }

    fn table_entity(&self, x: TableIdx) -> NonNull<TableEntity> {
        // SAFETY: the module's invariant.
        unsafe { *self.instance.as_ref().tables.as_ptr().add(x.0 as usize) }
    }

    /// Keeps an error of the environment for whoever started the run.
    fn fail(&mut self, error: Error) -> Stop {
        self.error = Some(error);
        Stop::Exit
    }
}

impl Machine for Context {
    fn memory(&mut self, x: MemoryIdx) -> &mut [u8] {
        // SAFETY: the module's invariant.
        unsafe { (*self.memory_entity(x).as_ptr()).bytes_mut() }
    }

    fn memory_copy(
        &mut self,
        (x, to): (MemoryIdx, u64),
        (y, from): (MemoryIdx, u64),
        count: u64,
    ) -> Option<()> {
        let (target, source) = (self.memory_entity(x), self.memory_entity(y));
        // SAFETY: the module's invariant; the second is used only if it is another memory.
        let (target, source) = unsafe {
            let other = (target != source).then(|| (*source.as_ptr()).bytes());
            ((*target.as_ptr()).bytes_mut(), other)
        };
        exec::copy(target, source, to, from, count)
    }

    fn memory_and_data(&mut self, x: MemoryIdx, d: DataIdx) -> (&mut [u8], &[u8]) {
        // SAFETY: the module's invariant; a module's bytes are no memory.
        unsafe {
            let memory = self.memory_entity(x).as_ptr();
            let instance = self.instance.as_ref();
            ((*memory).bytes_mut(), instance.data(d))
        }
    }

    fn memory_pages(&mut self, x: MemoryIdx) -> u64 {
        // SAFETY: the module's invariant.
        unsafe { self.memory_entity(x).as_ref().pages() }
    }

    fn memory_grow(&mut self, x: MemoryIdx, delta: u64) -> Result<Option<u64>, Stop> {
        let memory = self.memory_entity(x);
        // SAFETY: a live context, as for all functions here; no reference into the store is alive,
        // and `resume` reads again what has moved.
        let grown = unsafe {
            self.suspend();
            let grown = growth::grow_memory(self.store, memory, delta);
            self.resume();
            grown
        };
        grown.map_err(|error| self.fail(error))
    }

    fn drop_data(&mut self, d: DataIdx) {
        // SAFETY: the module's invariant.
        unsafe { self.instance.as_mut().drop_data(d) }
    }

    fn table(&mut self, x: TableIdx) -> &mut [Ref] {
        // SAFETY: the module's invariant.
        unsafe { &mut (*self.table_entity(x).as_ptr()).elements }
    }

    fn table_copy(
        &mut self,
        (x, to): (TableIdx, u64),
        (y, from): (TableIdx, u64),
        count: u64,
    ) -> Option<()> {
        let (target, source) = (self.table_entity(x), self.table_entity(y));
        // SAFETY: as in `memory_copy`.
        let (target, source) = unsafe {
            let other = (target != source).then(|| (*source.as_ptr()).elements.as_slice());
            (&mut *(*target.as_ptr()).elements, other)
        };
        exec::copy(target, source, to, from, count)
    }

    fn table_and_elements(&mut self, x: TableIdx, e: ElemIdx) -> (&mut [Ref], &[Ref]) {
        // SAFETY: the module's invariant; a segment is no table.
        unsafe {
            let table = self.table_entity(x).as_ptr();
            let instance = self.instance.as_ref();
            (&mut (*table).elements, instance.element(e))
        }
    }

    fn table_grow(&mut self, x: TableIdx, delta: u64, init: Ref) -> Result<Option<u64>, Stop> {
        let table = self.table_entity(x);
        // SAFETY: a live context, as for all functions here; no reference into the store is alive,
        // and `resume` reads again what has moved.
        let grown = unsafe {
            self.suspend();
            let grown = growth::grow_table(self.store, table, delta, init);
            self.resume();
            grown
        };
        grown.map_err(|error| self.fail(error))
    }

    fn drop_elements(&mut self, e: ElemIdx) {
        // SAFETY: the module's invariant.
        unsafe { self.instance.as_mut().drop_element(e) }
    }

    fn func_ref(&mut self, f: FuncIdx) -> Ref {
        // SAFETY: the module's invariant.
        let func = unsafe { *self.instance.as_ref().funcs.as_ptr().add(f.0 as usize) };
        Ref(func + 1)
    }
}
