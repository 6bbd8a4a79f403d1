//! Calls from the host: running, suspending, resuming.
//!
//! Invariant, which the callers of the unsafe functions here promise: the pointers are those of one
//! live store which nobody else uses until the call is over; a suspended call is resumed with the
//! same store. Entities, modules and their code live as long as the store.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ptr::NonNull;

use super::context::Context;
use super::fault;
use super::frame::{DONE, FOREIGN, LEAVE, RETURN};
use super::handler::enter;
use super::stack::{Record, Stack};
use super::state::{Exit, State};
use super::vector;
use super::verify::Bounds;
use crate::allocation::{self, OutOfMemory};
use crate::error::Error;
use crate::module::backtrace::{FrameInfo, WasmBacktrace};
use crate::spec::Trap;
use crate::store::entity::{FuncBody, InstanceEntity};
use crate::store::erased;
use crate::store::inner::StoreInner;
use crate::store::pointers::StorePointers;
use crate::types::V128;

/// Why a call did not return.
pub(crate) enum Interruption {
    /// The guest trapped.
    Trap(Trap, WasmBacktrace),
    /// A host function, or the environment, failed; the former can be answered.
    Host(Error, Option<Box<Invocation>>),
    /// Fuel ran out.
    OutOfFuel {
        /// Fuel that what comes next costs.
        required: u64,
        /// The call.
        invocation: Box<Invocation>,
    },
}

/// A suspended call.
pub(crate) struct Invocation {
    stack: Stack,
    ip: *const u32,
    state: State,
    records: *mut Record,
    /// The head of the loop in which the call was interrupted.
    loop_head: *const u32,
    instance: NonNull<InstanceEntity>,
    /// Number of the host function that failed.
    host: u32,
}

// SAFETY: the pointers lead into the invocation's own stack, which moves with it, and into its
// store. They are followed by `resume` only, whose caller has that store exclusively on the thread
// where it is then; dropping an invocation follows none.
unsafe impl Send for Invocation {}
// SAFETY: a shared invocation gives the number of the host function, and follows no pointer.
unsafe impl Sync for Invocation {}

/// Calls function number `func` of the store. `slots` hold the arguments, then the results; there
/// are at least as many as either needs.
///
/// # Safety
/// The store is live and nobody else uses it until this returns; arguments in the slots are of the
/// function's types.
pub(crate) unsafe fn call(
    store: StorePointers,
    func: u32,
    slots: &mut [u64],
) -> Result<(), Interruption> {
    // SAFETY: the caller promises that the store is live and free until this returns, and the
    // nesting ends then.
    let nesting = unsafe { Nesting::enter(store) }?;
    // SAFETY: the caller promises that the store is live and free; the reference ends before the
    // guest runs.
    let inner = unsafe { store.inner.as_ref() };
    let callee = inner.funcs.addresses().get(func as usize);
    // SAFETY: a function of the store, which stays where it is.
    let entry = callee.and_then(|func| match &unsafe { func.as_ref() }.body {
        FuncBody::Wasm { instance, cell, .. } => {
            // SAFETY: the cell is one of the module that the instance keeps alive.
            let ip = unsafe { cell.as_ref() }.entry();
            Some((*instance, ip, cell.as_ptr() as u64))
        }
        FuncBody::Turns(turns) => {
            let home = inner.instances.addresses().get(turns.home() as usize);
            home.map(|home| (*home, FOREIGN.ip(), func.as_ptr() as u64))
        }
        FuncBody::Host(_) => None,
    });
    let Some((instance, ip, acc)) = entry else {
        return Err(Interruption::Host(
            crate::engine::use_error::UseError::OtherStore.into(),
            None,
        ));
    };
    let mut stack = nesting.stack()?;
    if slots.len() + Stack::MARGIN > stack.capacity() {
        return Err(Interruption::Trap(
            Trap::StackOverflow,
            WasmBacktrace::default(),
        ));
    }
    let sp = stack.base();
    // SAFETY: that the stack has room for the slots and, in the margin, for a record was just
    // compared; frames begin at its base, records at its top.
    let records = unsafe {
        core::ptr::copy_nonoverlapping(slots.as_ptr(), sp, slots.len());
        let record = stack.top().sub(1);
        *record = Record {
            ip: DONE.ip(),
            sp,
            p: 0,
            q: 0,
            fp: 0.0,
            fq: 0.0,
        };
        record
    };
    let state = State {
        sp,
        context: core::ptr::null_mut(),
        acc,
        p: 0,
        q: 0,
        f: 0.0,
        g: 0.0,
        fp: 0.0,
        fq: 0.0,
        v: vector::hold(V128::default()),
    };
    let invocation = Invocation {
        stack,
        ip,
        state,
        records,
        loop_head: core::ptr::null(),
        instance,
        host: 0,
    };
    // SAFETY: the caller promises that the store is live and free; the function and its instance
    // were found in it, and the invocation is that of the entry of the function's code, which
    // expects its arguments at the base, its cell in `acc` and a record to return to.
    unsafe { drive(store, invocation, slots) }
}

impl Invocation {
    /// The number of the host function that failed.
    pub(crate) fn host_func(&self) -> u32 {
        self.host
    }

    /// Goes on: with the results of the host function that failed, if one did.
    ///
    /// # Safety
    /// The store is the one that the call was begun in, live, and nobody else uses it until this
    /// returns. `host` are results of the types of [`Invocation::host_func`], if it failed, and there
    /// are as many slots as the function that was called first needs.
    pub(crate) unsafe fn resume(
        mut self,
        store: StorePointers,
        host: &[u64],
        slots: &mut [u64],
    ) -> Result<(), Interruption> {
        // SAFETY: the caller promises that the store is live and free until this returns.
        let _nesting = unsafe { Nesting::enter(store) }?;
        if self.ip == RETURN.ip() {
            // SAFETY: the frame of the host function, which `sp` points at, has room for its
            // results, and the caller promises that `host` are no more than these.
            unsafe { core::ptr::copy_nonoverlapping(host.as_ptr(), self.state.sp, host.len()) };
        }
        self.state.context = core::ptr::null_mut();
        // SAFETY: the caller promises that the store is the same, live and free. The state is as
        // `drive` left it; a host function that failed is returned from.
        unsafe { drive(store, self, slots) }
    }
}

/// Runs until the call is over or suspended.
///
/// # Safety
/// The store is live, nobody else uses it until this returns, and the invocation is one of it, with
/// state and code that belong together. The stack has as many slots as are given.
unsafe fn drive(
    store: StorePointers,
    mut invocation: Invocation,
    slots: &mut [u64],
) -> Result<(), Interruption> {
    let bounds = Bounds::new(&mut invocation.stack);
    // SAFETY: the caller promises that the store is live and free, and that the invocation, and so
    // its instance, is one of it.
    let mut context =
        unsafe { Context::new(store, invocation.instance, invocation.records, bounds) };
    context.loop_head = invocation.loop_head;
    let context: *mut Context = &mut context;
    loop {
        invocation.state.context = context;
        // SAFETY: the context is live, as `Context::new` and `resume` left it; code and state belong
        // together, by the caller's promise at first, then as the handlers left them.
        unsafe { enter(invocation.ip, invocation.state) };
        // SAFETY: the context stands in this function, and the handlers, which alone use its address,
        // have returned.
        let context = unsafe { &mut *context };
        // SAFETY: the context is live, and its store is free: nothing runs now.
        unsafe { context.suspend() };
        let error = context.error.take();
        if let Some(state) = context.state.take() {
            invocation.state = state;
        }
        invocation.ip = context.ip;
        (invocation.records, invocation.instance) = (context.records, context.instance);
        invocation.loop_head = context.loop_head;
        match context.exit {
            Exit::Done => {
                let base = invocation.stack.base();
                // SAFETY: the results stand where the arguments stood, at the base of a stack with as
                // many slots, by the caller's promise.
                unsafe {
                    core::ptr::copy_nonoverlapping(base, slots.as_mut_ptr(), slots.len());
                }
                // SAFETY: the caller promises that the store is live and free: nothing runs now.
                unsafe { put_back(store, invocation.stack) };
                return Ok(());
            }
            Exit::Trap => {
                // SAFETY: the context is live, and its records are whole: nothing runs now.
                let frames = unsafe { frames(context) };
                let kept = context.fault.take();
                let fault = kept.or_else(|| match (context.trap, frames.first()) {
                    // SAFETY: the handler that trapped left its own address and the state that it
                    // had; the stack is the invocation's. The instance is one of the store.
                    (Trap::MemoryOutOfBounds, Some(frame)) => unsafe {
                        let instance = context.instance.as_ref();
                        fault::fault(context, &invocation.state, instance, frame)
                    },
                    _ => None,
                });
                // SAFETY: the caller promises that the store is live and free.
                unsafe { put_back(store, invocation.stack) };
                let backtrace = WasmBacktrace::new(frames).with_fault(fault);
                return Err(Interruption::Trap(context.trap, backtrace));
            }
            Exit::Error => {
                // SAFETY: the context is live, and its records are whole: nothing runs now.
                let error = unsafe { explain(error, context) };
                // SAFETY: the caller promises that the store is live and free.
                let host = unsafe { host_number(store, &invocation) };
                invocation.ip = RETURN.ip();
                // Without memory to keep the call, it is over; the error is the host's all the same.
                let invocation = host.and_then(|host| {
                    invocation.host = host;
                    allocation::boxed(invocation).ok()
                });
                return Err(Interruption::Host(error, invocation));
            }
            Exit::Failed => {
                // SAFETY: the context is live, and its records are whole: nothing runs now.
                let error = unsafe { explain(error, context) };
                // SAFETY: the caller promises that the store is live and free.
                unsafe { put_back(store, invocation.stack) };
                return Err(Interruption::Host(error, None));
            }
            Exit::OutOfFuel => {
                let required = context.required;
                return Err(match allocation::boxed(invocation) {
                    Ok(invocation) => Interruption::OutOfFuel {
                        required,
                        invocation,
                    },
                    Err(error) => Interruption::Host(error.into(), None),
                });
            }
            // SAFETY: the caller promises that the store is live and free; no reference into it is
            // alive here, and the context is not used meanwhile.
            Exit::Epoch => match unsafe { erased::epoch_deadline(store) } {
                // SAFETY: the context is live, and the callback, which had the store, has ended.
                Ok(()) => unsafe {
                    context.part = None;
                    context.resume();
                },
                Err(error) => {
                    // SAFETY: the context is live, and its records are whole: nothing runs now.
                    let error = unsafe { explain(Some(error), context) };
                    // SAFETY: the caller promises that the store is live and free.
                    unsafe { put_back(store, invocation.stack) };
                    return Err(Interruption::Host(error, None));
                }
            },
        }
    }
}

/// The number of the host function whose entity the accumulator held when it failed; nothing if it
/// held none, and then the call cannot be answered in its place.
///
/// # Safety
/// The store is live, and nobody changes it.
unsafe fn host_number(store: StorePointers, invocation: &Invocation) -> Option<u32> {
    // SAFETY: the caller promises that the store is live and that nobody changes it.
    let funcs = unsafe { store.inner.as_ref() }.funcs.addresses();
    let is = |func: &NonNull<_>| func.as_ptr() as u64 == invocation.state.acc;
    funcs.iter().position(is).map(|number| number as u32)
}

/// An error with the frames that were running.
///
/// # Safety
/// As for [`frames`].
unsafe fn explain(error: Option<Error>, context: &Context) -> Error {
    let error = error.unwrap_or_else(|| OutOfMemory.into());
    // SAFETY: the caller promises a live context, and that no handler runs.
    let frames = unsafe { frames(context) };
    error.with_backtrace(WasmBacktrace::new(frames))
}

/// The functions that were running, innermost first; as many as there is memory for.
///
/// # Safety
/// The context is live, and no handler runs: its records are whole, down to the one that ends the
/// run.
unsafe fn frames(context: &Context) -> Vec<FrameInfo> {
    let mut frames = Vec::new();
    // SAFETY: the caller promises that the context, and so its store, is live.
    let most = unsafe { context.store.inner.as_ref() }
        .engine
        .features()
        .limits
        .backtrace_frames;
    let mut instance = context.instance;
    let mut frame = |ip: *const u32, instance: NonNull<InstanceEntity>| {
        // SAFETY: the instance is the context's or the one of a record: both are of the store, which
        // is live and whose instances stay.
        let module = unsafe { &instance.as_ref().module };
        if let Some((index, place)) = module.code().locate(ip)
            && allocation::reserve(&mut frames, 1).is_ok()
        {
            let func = module.env().imported_funcs() + index;
            frames.push(FrameInfo::new(module.clone(), func, Some(place as usize)));
        }
    };
    frame(context.place(), instance);
    let mut record = context.records;
    for _ in 1..most {
        // SAFETY: the caller promises that the records are whole: this is the first, or one that
        // follows a record which does not end the run.
        let at = unsafe { *record };
        if at.ip == DONE.ip() {
            break;
        }
        match NonNull::new(at.sp.cast::<InstanceEntity>()) {
            Some(back) if at.ip == LEAVE.ip() => instance = back,
            // The address behind a call lies within the call's last word.
            _ => frame(at.ip.wrapping_sub(1), instance),
        }
        // SAFETY: another record follows, as this one does not end the run; both are of one stack.
        record = unsafe { record.add(1) };
    }
    frames
}

/// Counts calls of the guest within calls of the guest, as long as it lives.
struct Nesting(StorePointers);

impl Nesting {
    /// # Safety
    /// As long as the result lives, the store does, and nobody else uses it while a function of the
    /// result runs.
    unsafe fn enter(store: StorePointers) -> Result<Self, Interruption> {
        // SAFETY: the caller promises that the store is live and free.
        let inner = unsafe { &mut *store.inner.as_ptr() };
        if u64::from(inner.nesting) >= inner.engine.features().limits.host_nesting {
            return Err(Interruption::Trap(
                Trap::StackOverflow,
                WasmBacktrace::default(),
            ));
        }
        inner.nesting += 1;
        Ok(Self(store))
    }

    /// A stack: one at rest, or a new one.
    fn stack(&self) -> Result<Stack, Interruption> {
        // SAFETY: `enter`'s caller promised that the store is live and free now.
        let inner = unsafe { &mut *self.0.inner.as_ptr() };
        let bytes = inner.engine.features().limits.stack_size as usize;
        let new = || Stack::new(inner.engine.space().platform(), bytes);
        inner
            .stacks
            .pop()
            .map(Stack)
            .or_else(new)
            .ok_or(Interruption::Host(OutOfMemory.into(), None))
    }
}

impl Drop for Nesting {
    fn drop(&mut self) {
        // SAFETY: `enter`'s caller promised that the store is live and free now.
        unsafe { (*self.0.inner.as_ptr()).nesting -= 1 }
    }
}

/// Lets a stack rest for the next call.
///
/// # Safety
/// The store is live, and nobody else uses it.
unsafe fn put_back(store: StorePointers, stack: Stack) {
    // SAFETY: the caller promises that the store is live and free.
    let inner: &mut StoreInner = unsafe { &mut *store.inner.as_ptr() };
    if inner.stacks.len() < inner.engine.config().cached_stacks
        && allocation::reserve(&mut inner.stacks, 1).is_ok()
    {
        inner.stacks.push(stack.0);
    }
}
