//! What handlers do rarely: functions that are not inlined into them.
//!
//! A handler that calls one of these pays for a frame of its own, so only handlers that have
//! nothing else to do call them.

use core::ptr::NonNull;

use super::context::Context;
use super::machine::Hand;
use super::stack::Stack;
use super::state::Exit;
use super::translate;
use crate::exec::machine::Stop;
use crate::module::Watch;
use crate::module::code::Cell;
use crate::spec::{Rate, Trap};
use crate::store::entity::{FuncBody, FuncEntity, HostFunc, Turn};
use crate::store::erased;

/// Translates a function and publishes its code; on failure the context holds the error. At the
/// store's deadline that does what it does in running code: the translation ends, or goes on.
///
/// # Safety
/// The context is live, the cell one of its instance's module.
#[inline(never)]
pub(crate) unsafe fn translate(context: *mut Context, cell: *const Cell) -> Option<*const u32> {
    // SAFETY: the context is live, as the caller promises, and its instance with it. The module is
    // held here, because an epoch callback may do to the store what it likes.
    let module = unsafe { (*context).instance.as_ref() }.module.clone();
    // SAFETY: the cell is one of the module, as the caller promises, and lives as long.
    let cell = unsafe { &*cell };
    let mut ask = || {
        if !module.engine().config().epoch {
            return Ok(());
        }
        // SAFETY: the context is live, as the caller promises, and no reference into it or into its
        // store is alive; `resume` reads again what the callback may have moved.
        unsafe {
            if (*context).epoch.as_ref().now() >= (*context).deadline {
                (*context).suspend();
                let decided = erased::epoch_deadline((*context).store);
                (*context).resume();
                return decided;
            }
        }
        Ok(())
    };
    let start = module.body_start(cell.index);
    let watch = &mut Watch::new(&mut ask, start);
    match translate::function(&module, cell, &mut translate::Workspace::default(), watch) {
        Ok(entry) => Some(entry),
        Err(error) => {
            // SAFETY: the context is live, as the caller promises.
            unsafe { (*context).error = Some(error) };
            None
        }
    }
}

/// Calls a host function with the slots that hold its arguments and get its results, which are
/// paid for first. If it fails, the context holds the error.
///
/// # Safety
/// The context is live; the slots are those of the function's frame.
#[inline(never)]
pub(crate) unsafe fn call_host(
    context: *mut Context,
    host: &HostFunc,
    slots: *mut u64,
) -> Result<(), Exit> {
    // SAFETY: the caller promises a live context and the function's slots, of which a frame has as
    // many as there are parameters or results. The function is one of the store, and so for its data
    // type; while it has the store the context is not used, and `resume` reads again what may have
    // moved.
    unsafe {
        (*context).burn(Rate::PASSED.fuel(host.values.into()))?;
        let count = host.slots as usize;
        let slots = core::slice::from_raw_parts_mut(slots, count);
        let (store, instance) = ((*context).store, (*context).instance);
        (*context).suspend();
        let result = erased::call_host(store, &host.call, Some(instance), slots);
        (*context).resume();
        result.map_err(|error| {
            (*context).error = Some(error);
            Exit::Error
        })
    }
}

/// How a turn of a function of the library ended.
pub(crate) enum Turned {
    /// Its results stand at the beginning of its frame.
    Done,
    /// Another turn begins.
    Again {
        /// Its number.
        next: u64,
    },
    /// A function is to be called.
    Call {
        /// The function.
        func: NonNull<FuncEntity>,
        /// Where in the frame its own begins.
        at: usize,
        /// The turn after that.
        next: u64,
    },
    /// It trapped.
    Trap(Trap),
    /// It failed, and the context holds the error.
    Exit(Exit),
}

/// Takes a turn of a function of the library, which is paid for like a call of the host, unless the
/// store's deadline has come.
///
/// # Safety
/// The context is live, the function one of its store whose frame begins at `slots`, and the turn
/// the one that comes next there.
#[inline(never)]
pub(crate) unsafe fn turn(
    context: *mut Context,
    func: *const FuncEntity,
    slots: *mut u64,
    number: u64,
) -> Turned {
    // SAFETY: the caller promises a live context and a function of its store, which stays where it
    // is. That the frame lies in the stack is compared in the first turn; while the function has the
    // store the context is not used, and `resume` reads again what may have moved. Function entities
    // stand outside of what the reference to the store covers.
    unsafe {
        let FuncBody::Turns(turns) = &(*func).body else {
            return Turned::Exit(Exit::Failed);
        };
        let count = turns.slots();
        let end = slots.wrapping_add(count + Stack::MARGIN);
        // Later turns have the record of the caller's instance already, and so need less.
        if number == 0 && end > (*context).records.cast() {
            return Turned::Trap(Trap::StackOverflow);
        }
        let store = (*context).store.inner;
        let polls = store.as_ref().engine.config().epoch;
        if polls && (*context).epoch.as_ref().now() >= (*context).deadline {
            return Turned::Exit(Exit::Epoch);
        }
        let fuel = Rate::PASSED.fuel(count as u64);
        if let Err(exit) = (*context).burn(fuel) {
            return Turned::Exit(exit);
        }
        let frame = core::slice::from_raw_parts_mut(slots, count);
        (*context).suspend();
        let turn = turns.turn(&mut *store.as_ptr(), frame, number);
        (*context).resume();
        match turn {
            Ok(Turn::Done) => Turned::Done,
            Ok(Turn::Again { next }) => Turned::Again { next },
            Ok(Turn::Call { func, at, next }) if at < count => Turned::Call {
                func: *(*context).funcs.add(func as usize),
                at,
                next,
            },
            Ok(Turn::Call { .. }) => Turned::Exit(Exit::Failed),
            Err(error) => {
                (*context).error = Some(error);
                Turned::Exit(Exit::Failed)
            }
        }
    }
}

/// How a `hand` function ended.
pub(crate) enum Handed {
    /// It is done.
    Done,
    /// It trapped.
    Trap(Trap),
    /// There was not enough fuel, or the environment failed and the context holds the error.
    Exit(Exit),
}

/// Runs a `hand` function on the slots that hold its operands and get its results.
///
/// # Safety
/// The context is live; slots and words are those of the instruction.
#[inline(never)]
pub(crate) unsafe fn hand<X: Hand>(
    context: *mut Context,
    slots: *mut u64,
    immediates: *const u32,
) -> Handed {
    // SAFETY: the caller promises a live context, and slots and words of this instruction: the
    // translator wrote as many words and left room for as many slots as `X` says. Slots lie in the
    // stack, words in the code, so that neither is reached through the context meanwhile.
    unsafe {
        let slots = core::slice::from_raw_parts_mut(slots, X::SLOTS);
        let immediates = core::slice::from_raw_parts(immediates, X::IMMEDIATES.len());
        // Only growth moves what the context has addresses of, and reads them again itself.
        match X::call(&mut *context, slots, immediates) {
            Ok(()) => Handed::Done,
            Err(Stop::Trap(trap)) => Handed::Trap(trap),
            Err(Stop::Exit) => Handed::Exit((*context).exit),
        }
    }
}
