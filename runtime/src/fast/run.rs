//! Calls from the host: running, suspending, resuming.
//!
//! Invariant: the pointers are those of one live store which nobody else uses until the call is
//! over; a suspended call is resumed with the same store.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ptr::NonNull;

use super::code::Cell;
use super::context::{Context, StorePointers};
use super::control::{DONE, LEAVE, RETURN};
use super::handler::enter;
use super::stack::{Record, Stack};
use super::state::{Exit, State};
use super::verify::Bounds;
use crate::backtrace::{FrameInfo, WasmBacktrace};
use crate::cause::OutOfMemory;
use crate::error::Error;
use crate::spec::Trap;
use crate::store::allocation;
use crate::store::entity::{FuncBody, InstanceEntity};
use crate::store::erased;
use crate::store::inner::StoreInner;

/// Why a call did not return.
pub(crate) enum Interruption {
    /// The guest trapped.
    Trap(Trap, Vec<FrameInfo>),
    /// A host function, or the environment, failed; the former can be answered.
    Host(Error, Option<Box<Invocation>>),
    /// Fuel ran out.
    OutOfFuel {
        /// Fuel that the next block costs.
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
    instance: NonNull<InstanceEntity>,
    /// Number of the host function that failed.
    host: u32,
}

// SAFETY: the pointers lead into the invocation's own stack and into its store, and are used only
// by whoever has both exclusively.
unsafe impl Send for Invocation {}
// SAFETY: shared access reads nothing through them.
unsafe impl Sync for Invocation {}

/// Calls function number `func` of the store. `slots` hold the arguments, then the results; there
/// are at least as many as either needs.
pub(crate) fn call(store: StorePointers, func: u32, slots: &mut [u64]) -> Result<(), Interruption> {
    let nesting = Nesting::enter(store)?;
    // SAFETY: the module's invariant; the reference ends before the guest runs.
    let callee = unsafe { store.inner.as_ref() }
        .funcs
        .get(func)
        .map(|func| match &func.body {
            FuncBody::Wasm { instance, cell, .. } => (*instance, *cell),
            FuncBody::Host(_) => (NonNull::dangling(), NonNull::<Cell>::dangling()),
        });
    let Some((instance, cell)) = callee.filter(|(_, cell)| *cell != NonNull::dangling()) else {
        return Err(Interruption::Host(
            crate::cause::UseError::OtherStore.into(),
            None,
        ));
    };
    let mut stack = nesting.stack()?;
    if slots.len() + Stack::MARGIN > stack.capacity() {
        return Err(Interruption::Trap(Trap::StackOverflow, Vec::new()));
    }
    let sp = stack.base();
    // SAFETY: the stack has room for the slots and for a record; the cell is one of the module
    // that the instance keeps alive.
    let (records, ip) = unsafe {
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
        (record, cell.as_ref().entry())
    };
    let state = State {
        sp,
        context: core::ptr::null_mut(),
        acc: cell.as_ptr() as u64,
        p: 0,
        q: 0,
        f: 0.0,
        g: 0.0,
        fp: 0.0,
        fq: 0.0,
    };
    drive(
        store,
        Invocation {
            stack,
            ip,
            state,
            records,
            instance,
            host: 0,
        },
        slots,
    )
}

impl Invocation {
    /// The number of the host function that failed.
    pub(crate) fn host_func(&self) -> u32 {
        self.host
    }

    /// Goes on: with the results of the host function that failed, if one did.
    pub(crate) fn resume(
        mut self,
        store: StorePointers,
        host: &[u64],
        slots: &mut [u64],
    ) -> Result<(), Interruption> {
        let _nesting = Nesting::enter(store)?;
        if self.ip == RETURN.ip() {
            // SAFETY: the frame of the host function has room for its results.
            unsafe { core::ptr::copy_nonoverlapping(host.as_ptr(), self.state.sp, host.len()) };
        }
        self.state.context = core::ptr::null_mut();
        drive(store, self, slots)
    }
}

/// Runs until the call is over or suspended.
fn drive(
    store: StorePointers,
    mut invocation: Invocation,
    slots: &mut [u64],
) -> Result<(), Interruption> {
    // SAFETY: the module's invariant.
    let epoch = NonNull::from(unsafe { store.inner.as_ref() }.engine.epoch());
    let mut context = Context {
        base: NonNull::dangling().as_ptr(),
        length: 0,
        records: invocation.records,
        globals: NonNull::dangling().as_ptr(),
        funcs: NonNull::dangling().as_ptr(),
        instance: invocation.instance,
        fuel: 0,
        epoch,
        deadline: 0,
        store,
        exit: Exit::Done,
        trap: Trap::UnreachableCodeReached,
        ip: core::ptr::null(),
        state: None,
        error: None,
        required: 0,
        bounds: Bounds::new(&mut invocation.stack),
    };
    context.resume();
    let context: *mut Context = &mut context;
    loop {
        invocation.state.context = context;
        // SAFETY: the module's invariant; code and state belong together.
        unsafe { enter(invocation.ip, invocation.state) };
        // SAFETY: nothing runs now.
        let context = unsafe { &mut *context };
        context.suspend();
        let error = context.error.take();
        if let Some(state) = context.state.take() {
            invocation.state = state;
        }
        invocation.ip = context.ip;
        (invocation.records, invocation.instance) = (context.records, context.instance);
        match context.exit {
            Exit::Done => {
                let base = invocation.stack.base();
                // SAFETY: the results stand where the arguments stood.
                unsafe {
                    core::ptr::copy_nonoverlapping(base, slots.as_mut_ptr(), slots.len());
                }
                put_back(store, invocation.stack);
                return Ok(());
            }
            Exit::Trap => {
                let frames = frames(context);
                put_back(store, invocation.stack);
                return Err(Interruption::Trap(context.trap, frames));
            }
            Exit::Error => {
                let error = explain(error, context);
                invocation.host = host_number(store, &invocation);
                invocation.ip = RETURN.ip();
                // Without memory to keep the call, it is over; the error is the host's all the same.
                let invocation = allocation::boxed(invocation).ok();
                return Err(Interruption::Host(error, invocation));
            }
            Exit::Failed => {
                let error = explain(error, context);
                put_back(store, invocation.stack);
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
            // SAFETY: the module's invariant; no reference into the store is alive.
            Exit::Epoch => match unsafe { erased::epoch_deadline(store) } {
                Ok(()) => context.resume(),
                Err(error) => {
                    let error = explain(Some(error), context);
                    put_back(store, invocation.stack);
                    return Err(Interruption::Host(error, None));
                }
            },
        }
    }
}

/// The number of the host function whose entity the accumulator held when it failed.
fn host_number(store: StorePointers, invocation: &Invocation) -> u32 {
    // SAFETY: the module's invariant.
    let funcs = unsafe { store.inner.as_ref() }.funcs.addresses();
    let is = |func: &NonNull<_>| func.as_ptr() as u64 == invocation.state.acc;
    funcs.iter().position(is).unwrap_or_default() as u32
}

/// An error with the frames that were running.
fn explain(error: Option<Error>, context: &Context) -> Error {
    let error = error.unwrap_or_else(|| OutOfMemory.into());
    error.with_backtrace(WasmBacktrace::new(frames(context)))
}

/// The functions that were running, innermost first; as many as there is memory for.
fn frames(context: &Context) -> Vec<FrameInfo> {
    let mut frames = Vec::new();
    // SAFETY: the module's invariant.
    let most = unsafe { context.store.inner.as_ref() }
        .engine
        .features()
        .limits
        .backtrace_frames;
    let mut instance = context.instance;
    let mut frame = |ip: *const u32, instance: NonNull<InstanceEntity>| {
        // SAFETY: the module's invariant.
        let module = unsafe { &instance.as_ref().module };
        if let Some((index, place)) = module.code().locate(ip)
            && allocation::reserve(&mut frames, 1).is_ok()
        {
            let func = module.env().imported_funcs() + index;
            frames.push(FrameInfo::new(module.clone(), func, Some(place as usize)));
        }
    };
    frame(context.ip, instance);
    let mut record = context.records;
    for _ in 1..most {
        // SAFETY: the last record is the one that ends the run.
        let at = unsafe { *record };
        if at.ip == DONE.ip() {
            break;
        }
        match NonNull::new(at.sp.cast::<InstanceEntity>()) {
            Some(back) if at.ip == LEAVE.ip() => instance = back,
            // The address behind a call lies within the call's last word.
            _ => frame(at.ip.wrapping_sub(1), instance),
        }
        // SAFETY: there is another record, as this one was not the last.
        record = unsafe { record.add(1) };
    }
    frames
}

/// Counts calls of the guest within calls of the guest.
struct Nesting(StorePointers);

impl Nesting {
    fn enter(store: StorePointers) -> Result<Self, Interruption> {
        // SAFETY: the module's invariant.
        let inner = unsafe { &mut *store.inner.as_ptr() };
        if u64::from(inner.nesting) >= inner.engine.features().limits.host_nesting {
            return Err(Interruption::Trap(Trap::StackOverflow, Vec::new()));
        }
        inner.nesting += 1;
        Ok(Self(store))
    }

    /// A stack: one at rest, or a new one.
    fn stack(&self) -> Result<Stack, Interruption> {
        // SAFETY: the module's invariant.
        let inner = unsafe { &mut *self.0.inner.as_ptr() };
        let bytes = inner.engine.features().limits.stack_size as usize;
        let new = || Stack::new(bytes);
        inner
            .stacks
            .pop()
            .or_else(new)
            .ok_or(Interruption::Host(OutOfMemory.into(), None))
    }
}

impl Drop for Nesting {
    fn drop(&mut self) {
        // SAFETY: the module's invariant.
        unsafe { (*self.0.inner.as_ptr()).nesting -= 1 }
    }
}

/// Lets a stack rest for the next call.
fn put_back(store: StorePointers, stack: Stack) {
    // SAFETY: the module's invariant.
    let inner: &mut StoreInner = unsafe { &mut *store.inner.as_ptr() };
    if inner.stacks.len() < inner.engine.config().cached_stacks
        && allocation::reserve(&mut inner.stacks, 1).is_ok()
    {
        inner.stacks.push(stack);
    }
}
