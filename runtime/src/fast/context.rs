//! What the machine needs besides its registers.
//!
//! Invariant: the pointers are those of one live store and, in `instance`, of the instance whose
//! code runs; [`Context::refresh`] is called after whatever may have moved them (growth, host
//! functions, a change of instance).

use core::ptr::NonNull;

use super::stack::Record;
use super::state::{Exit, State};
use super::verify::Bounds;
use crate::counter::Counter;
use crate::error::Error;
use crate::spec::Trap;
use crate::store::entity::{FuncEntity, GlobalEntity, InstanceEntity};
use crate::store::inner::StoreInner;

/// The addresses of a store: raw, because host functions get the store back exclusively.
#[derive(Clone, Copy)]
pub(crate) struct StorePointers {
    /// The part that does not depend on the store's data type.
    pub(crate) inner: NonNull<StoreInner>,
    /// What host closures get.
    pub(crate) typed: NonNull<()>,
}

/// The machine's memory of its own; one for each run of the loop.
pub(crate) struct Context {
    /// First byte of memory 0.
    pub(crate) base: *mut u8,
    /// Bytes of memory 0.
    pub(crate) length: u64,
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
    /// The registers then.
    pub(crate) state: Option<State>,
    /// The host's error, if it was one.
    pub(crate) error: Option<Error>,
    /// Fuel that the block at `ip` costs, when there was less.
    pub(crate) required: u64,
    /// Where frames and records must lie, in builds that verify.
    pub(crate) bounds: Bounds,
}

impl Context {
    /// Switches to another instance of the same store.
    pub(crate) fn switch(&mut self, instance: NonNull<InstanceEntity>) {
        self.instance = instance;
        self.refresh();
    }

    /// Reads again what may have moved.
    pub(crate) fn refresh(&mut self) {
        // SAFETY: the module's invariant; the references end with this function.
        unsafe {
            let instance = self.instance.as_ref();
            self.globals = instance.globals.as_ptr();
            self.funcs = self.store.inner.as_ref().funcs.addresses().as_ptr();
            (self.base, self.length) = match instance.memories.first() {
                Some(memory) => {
                    let bytes = (*memory.as_ptr()).bytes_mut();
                    (bytes.as_mut_ptr(), bytes.len() as u64)
                }
                None => (NonNull::dangling().as_ptr(), 0),
            };
        }
    }

    /// Gives the store what the machine keeps for it while it runs.
    pub(crate) fn suspend(&mut self) {
        // SAFETY: the module's invariant.
        unsafe { (*self.store.inner.as_ptr()).fuel = self.fuel }
    }

    /// Takes back what [`Context::suspend`] gave, and what else may have changed meanwhile.
    pub(crate) fn resume(&mut self) {
        // SAFETY: the module's invariant.
        unsafe {
            let store = self.store.inner.as_ref();
            self.fuel = store.fuel;
            self.deadline = store.epoch_deadline;
        }
        self.refresh();
    }
}
