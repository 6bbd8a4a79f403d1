//! What the machine needs besides its registers.
//!
//! Invariant, which whoever makes a context promises for as long as it is used: the pointers are
//! those of one live store that nobody else uses while the guest runs and, in `instance`, of the
//! instance whose code runs; [`Context::refresh`] is called after whatever may have moved them
//! (growth, host functions, a change of instance). While a host function or a callback has the
//! store, the context is not used.

use core::ptr::NonNull;

use super::memory::Room;
use super::stack::Record;
use super::state::{Exit, State};
use super::verify::Bounds;
use crate::engine::counter::Counter;
use crate::error::Error;
use crate::module::backtrace::MemoryFault;
use crate::spec::Trap;
use crate::store::entity::{FuncEntity, GlobalEntity, InstanceEntity};
use crate::store::pointers::StorePointers;
use crate::types::Ref;

/// The machine's memory of its own; one for each run of the loop. What handlers read most comes first:
/// how far away it is then fits in one byte of an instruction of the processor.
#[repr(C)]
pub(crate) struct Context {
    /// First byte of memory 0.
    pub(crate) base: *mut u8,
    /// At how many addresses of memory 0 a scalar fits.
    pub(crate) room: Room,
    /// First element of table 0.
    pub(crate) elements: *const Ref,
    /// Elements of table 0.
    pub(crate) element_count: u64,
    /// The head of the innermost loop, while a loop runs that has no loops and no calls.
    pub(crate) loop_head: *const u32,
    /// The innermost return record; records grow downwards, towards the frames.
    pub(crate) records: *mut Record,
    /// Globals of the running instance.
    pub(crate) globals: *const NonNull<GlobalEntity>,
    /// Functions of the store.
    pub(crate) funcs: *const NonNull<FuncEntity>,
    /// The instance whose code runs.
    pub(crate) instance: NonNull<InstanceEntity>,
    /// Fuel left.
    pub(crate) fuel: u64,
    /// The engine's epoch.
    pub(crate) epoch: NonNull<Counter>,
    /// The epoch at which running code is interrupted.
    pub(crate) deadline: u64,
    /// The store.
    pub(crate) store: StorePointers,
    /// Why the loop was left.
    pub(crate) exit: Exit,
    /// The trap, if it was one.
    pub(crate) trap: Trap,
    /// The instruction that ran last.
    pub(crate) ip: *const u32,
    /// The words of its second part, if it is fused and the run stopped in that part.
    pub(crate) part: Option<NonNull<u32>>,
    /// The registers then.
    pub(crate) state: Option<State>,
    /// The range that no memory has, if an instruction that moves many bytes trapped.
    pub(crate) fault: Option<MemoryFault>,
    /// The host's error, if it was one.
    pub(crate) error: Option<Error>,
    /// Fuel that what begins at `ip` costs, when there was less.
    pub(crate) required: u64,
    /// Where frames and records must lie, in builds that verify.
    pub(crate) bounds: Bounds,
}

impl Context {
    /// A context for code of an instance, with its records from `records` on.
    ///
    /// # Safety
    /// The module's invariant: the store is live and used by nobody else while the context runs
    /// code, and the instance is one of it.
    pub(crate) unsafe fn new(
        store: StorePointers,
        instance: NonNull<InstanceEntity>,
        records: *mut Record,
        bounds: Bounds,
    ) -> Self {
        // SAFETY: the caller promises that the store is live; the engine lives as long as it does.
        let epoch = NonNull::from(unsafe { store.inner.as_ref() }.engine.epoch());
        let mut context = Self {
            base: NonNull::dangling().as_ptr(),
            room: Room::new(0),
            elements: NonNull::dangling().as_ptr(),
            element_count: 0,
            loop_head: core::ptr::null(),
            records,
            globals: NonNull::dangling().as_ptr(),
            funcs: NonNull::dangling().as_ptr(),
            instance,
            fuel: 0,
            epoch,
            deadline: 0,
            store,
            exit: Exit::Done,
            trap: Trap::UnreachableCodeReached,
            ip: core::ptr::null(),
            part: None,
            state: None,
            fault: None,
            error: None,
            required: 0,
            bounds,
        };
        // SAFETY: the caller promises that the store is live and that nobody else uses it.
        unsafe { context.resume() };
        context
    }

    /// Switches to another instance of the same store.
    ///
    /// # Safety
    /// The context is live, and so is the instance, one of its store.
    pub(crate) unsafe fn switch(&mut self, instance: NonNull<InstanceEntity>) {
        self.instance = instance;
        // SAFETY: the caller promises that the context is live, with this instance, too.
        unsafe { self.refresh() };
    }

    /// Reads again what may have moved.
    ///
    /// # Safety
    /// The context is live, and nobody else uses its store.
    pub(crate) unsafe fn refresh(&mut self) {
        // SAFETY: the caller promises that store and instance are there and free. References to them
        // end with this function, and none is made to a memory's bytes, so that the address may be
        // kept beside others of the same memory.
        unsafe {
            let instance = self.instance.as_ref();
            self.globals = instance.globals.as_ptr();
            self.funcs = self.store.inner.as_ref().funcs.addresses().as_ptr();
            (self.base, self.room) = match instance.memories.first() {
                Some(memory) => {
                    let (base, length) = (*memory.as_ptr()).bytes.raw();
                    (base, Room::new(length as u64))
                }
                None => (NonNull::dangling().as_ptr(), Room::new(0)),
            };
            (self.elements, self.element_count) = match instance.tables.first() {
                Some(table) => {
                    let elements = &(*table.as_ptr()).elements;
                    (elements.as_ptr(), elements.len() as u64)
                }
                None => (NonNull::<Ref>::dangling().as_ptr().cast_const(), 0),
            };
        }
    }

    /// The instruction that ran last, or its part in which the run stopped: its origin is that of the word.
    pub(crate) fn place(&self) -> *const u32 {
        self.part.map_or(self.ip, |part| part.as_ptr().cast_const())
    }

    /// Gives the store what the machine keeps for it while it runs.
    ///
    /// # Safety
    /// The context is live, and nobody else uses its store.
    pub(crate) unsafe fn suspend(&mut self) {
        // SAFETY: the caller promises that the store is there and free.
        unsafe { (*self.store.inner.as_ptr()).fuel = self.fuel }
    }

    /// Takes back what [`Context::suspend`] gave, and what else may have changed meanwhile.
    ///
    /// # Safety
    /// The context is live, and nobody else uses its store.
    pub(crate) unsafe fn resume(&mut self) {
        // SAFETY: the caller promises that the store is there and free; the reference ends before
        // `refresh`, of which the same is promised.
        unsafe {
            let store = self.store.inner.as_ref();
            self.fuel = store.fuel;
            self.deadline = store.epoch_deadline;
            self.refresh();
        }
    }
}
