//! The fast engine as a [`Machine`], for the functions that rows name in `hand`.
//!
//! Operands of such a function stand in a row of slots, where its results come back. A generated
//! type for each row ([`Hand`]) reads them, calls the function and writes the results.
//!
//! Whoever made a [`Context`] promised that it is live while it is used. The pointers of an
//! [`InstanceEntity`](crate::store::entity::InstanceEntity) are valid for the life of the store.
//! Different indices may be the same object: so never two references at once without comparing
//! addresses.
//!
//! Indices of memories and tables are compared with nothing: they stand in the words of translated
//! code, which [`cold::hand`] hands to a [`Hand`], and the validator admits those only that the
//! module has; builds with debug assertions look.

use core::ptr::NonNull;

use super::cold::{self, Handed};
use super::context::Context;
use super::instruction::Instruction;
use super::layout::{Layout, Operand};
use super::state::{Exit, Flow, State};
use crate::error::Error;
use crate::exec;
use crate::exec::machine::{Machine, Stop};
use crate::exec::slot::Value;
use crate::module::backtrace::MemoryFault;
use crate::spec::{Rate, Trap};
use crate::store::entity::{MemoryEntity, TableEntity};
use crate::store::growth;
use crate::store::pointers::StorePointers;
use crate::types::{DataIdx, ElemIdx, FuncIdx, MemoryIdx, Ref, TableIdx};

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
        // SAFETY: the words are those of this very type and the state is live, as
        // `Instruction::execute` requires: the first word is a slot of the frame with room for `X`.
        let handed = unsafe {
            let slots = state.sp.add(*words as usize);
            cold::hand::<X>(state.context, slots, words.add(1))
        };
        match handed {
            Handed::Done => Flow::Next,
            Handed::Trap(trap) => Flow::Trap(trap),
            Handed::Exit(exit) => Flow::Exit(exit),
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

impl<T: Value<Slots = [u64; 1]>> Results for T {
    fn put(self, slots: &mut [u64]) {
        slots[0] = self.into_slot();
    }
}

impl<T: Results, U: Results> Results for (T, U) {
    fn put(self, slots: &mut [u64]) {
        self.0.put(slots);
        self.1.put(&mut slots[1..]);
    }
}

/// An index of something that has addresses, of 32 or 64 bits.
pub(crate) trait Addressed: Copy {
    /// The largest address.
    fn mask(self, m: &Context) -> u64;
}

impl Addressed for MemoryIdx {
    fn mask(self, m: &Context) -> u64 {
        // SAFETY: the context is live, as whoever made it promised, and the index is one of
        // validated code, and so are its instance's memories; the reference ends here.
        let is_64 = unsafe { m.memory_entity(self).as_ref().ty.is_64 };
        mask(is_64)
    }
}

impl Addressed for TableIdx {
    fn mask(self, m: &Context) -> u64 {
        // SAFETY: the context is live, as whoever made it promised, and the index is one of
        // validated code, and so are its instance's tables; the reference ends here.
        let is_64 = unsafe { m.table_entity(self).as_ref().ty.is_64 };
        mask(is_64)
    }
}

/// The largest address of a 32-bit or 64-bit space.
fn mask(is_64: bool) -> u64 {
    if is_64 { u64::MAX } else { u64::from(u32::MAX) }
}

impl Context {
    /// A memory of the running instance.
    ///
    /// # Safety
    /// The context is live, and the index one that the validator admits for the instance's module.
    unsafe fn memory_entity(&self, x: MemoryIdx) -> NonNull<MemoryEntity> {
        // SAFETY: the caller promises that the context is live, and so its instance is, which has as
        // many memories as the validator compared the index with.
        unsafe {
            let memories = &self.instance.as_ref().memories;
            debug_assert!((x.0 as usize) < memories.len());
            *memories.as_ptr().add(x.0 as usize)
        }
    }

    /// A table of the running instance.
    ///
    /// # Safety
    /// The context is live, and the index one that the validator admits for the instance's module.
    unsafe fn table_entity(&self, x: TableIdx) -> NonNull<TableEntity> {
        // SAFETY: the caller promises that the context is live, and so its instance is, which has as
        // many tables as the validator compared the index with.
        unsafe {
            let tables = &self.instance.as_ref().tables;
            debug_assert!((x.0 as usize) < tables.len());
            *tables.as_ptr().add(x.0 as usize)
        }
    }

    /// Keeps an error of the environment for whoever started the run.
    fn fail(&mut self, error: Error) -> Stop {
        self.error = Some(error);
        self.exit = Exit::Failed;
        Stop::Exit
    }

    /// Burns fuel; if there is less, keeps how much it takes to go on. A store that does not count
    /// has more than can be burned.
    #[inline(always)]
    pub(super) fn burn(&mut self, fuel: u64) -> Result<(), Exit> {
        match self.fuel.checked_sub(fuel) {
            Some(left) => {
                self.fuel = left;
                Ok(())
            }
            None => {
                self.required = fuel;
                Err(Exit::OutOfFuel)
            }
        }
    }

    /// Pays for a growth, then grows; what has been paid comes back if it could not.
    ///
    /// # Safety
    /// The context is live, and no reference into its store is alive.
    unsafe fn grow(
        &mut self,
        fuel: u64,
        act: impl FnOnce(StorePointers) -> crate::error::Result<Option<u64>>,
    ) -> Result<Option<u64>, Stop> {
        self.charge(fuel)?;
        // SAFETY: the caller promises that the store is there and free; `resume` reads again what
        // `act` has moved.
        let grown = unsafe {
            self.suspend();
            let grown = act(self.store);
            self.resume();
            grown
        };
        if !matches!(grown, Ok(Some(_))) {
            self.fuel = self.fuel.saturating_add(fuel);
        }
        grown.map_err(|error| self.fail(error))
    }

    fn charge(&mut self, fuel: u64) -> Result<(), Stop> {
        self.burn(fuel).map_err(|exit| {
            self.exit = exit;
            Stop::Exit
        })
    }
}

impl Machine for Context {
    fn pay(&mut self, rate: Rate, count: u64) -> Result<(), Stop> {
        self.charge(rate.fuel(count))
    }

    fn memory(&mut self, x: MemoryIdx) -> &mut [u8] {
        // SAFETY: the context is live, as whoever made it promised, the index is one of validated
        // code, and memories are the guest's, which does not run: the reference is the only one
        // until this borrow of the context ends.
        unsafe { (*self.memory_entity(x).as_ptr()).bytes_mut() }
    }

    fn memory_copy(
        &mut self,
        (x, to): (MemoryIdx, u64),
        (y, from): (MemoryIdx, u64),
        count: u64,
        rate: Rate,
    ) -> Result<Option<()>, Stop> {
        // SAFETY: the context is live, as whoever made it promised, and the index is one of
        // validated code. A second reference is made only if the addresses differ: entities do not
        // overlap, and neither do their bytes.
        let (target, source) = unsafe {
            let (target, source) = (self.memory_entity(x), self.memory_entity(y));
            let other = (target != source).then(|| (*source.as_ptr()).bytes());
            ((*target.as_ptr()).bytes_mut(), other)
        };
        exec::copy(target, source, to, from, count, || self.pay(rate, count))
    }

    fn memory_out_of_bounds(&mut self, places: &[(MemoryIdx, u64)], count: u64) -> Trap {
        for &(x, address) in places {
            let memory_size = self.memory(x).len() as u64;
            self.fault = MemoryFault::new(x, address, count, memory_size);
            if self.fault.is_some() {
                break;
            }
        }
        Trap::MemoryOutOfBounds
    }

    fn memory_and_data(&mut self, x: MemoryIdx, d: DataIdx) -> (&mut [u8], &[u8]) {
        // SAFETY: the context is live, as whoever made it promised, and the index is one of
        // validated code. The data are bytes of the module, which no memory has; each reference is
        // the only one to what it leads to.
        unsafe {
            let bytes = (*self.memory_entity(x).as_ptr()).bytes_mut();
            (bytes, self.instance.as_ref().data(d))
        }
    }

    fn memory_pages(&mut self, x: MemoryIdx) -> u64 {
        // SAFETY: the context is live, as whoever made it promised, and the index is one of
        // validated code; the reference ends here.
        unsafe { self.memory_entity(x).as_ref().pages() }
    }

    fn memory_grow(&mut self, x: MemoryIdx, delta: u64, rate: Rate) -> Result<Option<u64>, Stop> {
        // SAFETY: the context is live, as whoever made it promised, and the index is one of
        // validated code, and the memory is one of its store. No reference into the store is alive.
        unsafe {
            let memory = self.memory_entity(x);
            let bytes = growth::memory_room(self.store, memory, delta);
            self.grow(rate.fuel(bytes), |store| {
                growth::grow_memory(store, memory, delta).map(Result::ok)
            })
        }
    }

    fn drop_data(&mut self, d: DataIdx) {
        // SAFETY: the context is live, as whoever made it promised; nobody else has a reference to
        // the instance now, and addresses in the context are not of its segments.
        unsafe { self.instance.as_mut().drop_data(d) }
    }

    fn table(&mut self, x: TableIdx) -> &mut [Ref] {
        // SAFETY: the context is live, as whoever made it promised, the index is one of validated
        // code, and tables are the guest's, which does not run: the reference is the only one until
        // this borrow of the context ends.
        unsafe { &mut (*self.table_entity(x).as_ptr()).elements }
    }

    fn table_copy(
        &mut self,
        (x, to): (TableIdx, u64),
        (y, from): (TableIdx, u64),
        count: u64,
        rate: Rate,
    ) -> Result<Option<()>, Stop> {
        // SAFETY: the context is live, as whoever made it promised, and the index is one of
        // validated code. A second reference is made only if the addresses differ: entities do not
        // overlap, and neither do their elements.
        let (target, source) = unsafe {
            let (target, source) = (self.table_entity(x), self.table_entity(y));
            let other = (target != source).then(|| (*source.as_ptr()).elements.as_slice());
            (&mut *(*target.as_ptr()).elements, other)
        };
        exec::copy(target, source, to, from, count, || self.pay(rate, count))
    }

    fn table_and_elements(&mut self, x: TableIdx, e: ElemIdx) -> (&mut [Ref], &[Ref]) {
        // SAFETY: the context is live, as whoever made it promised, and the index is one of
        // validated code. The segment's elements are the instance's own, which no table has; each
        // reference is the only one to what it leads to.
        unsafe {
            let elements = &mut (*self.table_entity(x).as_ptr()).elements;
            (elements, self.instance.as_ref().element(e))
        }
    }

    fn table_grow(
        &mut self,
        x: TableIdx,
        delta: u64,
        init: Ref,
        rate: Rate,
    ) -> Result<Option<u64>, Stop> {
        // SAFETY: the context is live, as whoever made it promised, and the index is one of
        // validated code, and the table is one of its store. No reference into the store is alive.
        unsafe {
            let table = self.table_entity(x);
            let elements = growth::table_room(self.store, table, delta);
            self.grow(rate.fuel(elements), |store| {
                growth::grow_table(store, table, delta, init).map(Result::ok)
            })
        }
    }

    fn drop_elements(&mut self, e: ElemIdx) {
        // SAFETY: the context is live, as whoever made it promised; nobody else has a reference to
        // the instance now, and addresses in the context are not of its segments.
        unsafe { self.instance.as_mut().drop_element(e) }
    }

    fn func_ref(&mut self, f: FuncIdx) -> Ref {
        // SAFETY: the context is live, as whoever made it promised; the reference ends here.
        let func = unsafe { self.instance.as_ref().funcs.get(f.0 as usize).copied() };
        func.map_or(Ref::NULL, |func| Ref(func + 1))
    }
}
