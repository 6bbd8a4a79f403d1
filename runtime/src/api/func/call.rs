//! From a call of the API to the engine and back.
//!
//! Typed and untyped calls write their arguments as words into [`Slots`], whose first words become
//! the results. A function of the host is called directly; one of the guest is run by the fast
//! engine. What interrupted it is either an error, or, for calls that can be resumed, an
//! [`Outcome`].

use alloc::vec::Vec;

use crate::allocation::{self, OutOfMemory};
use crate::error::{Error, Result};
use crate::fast::{self, Interruption};
use crate::spec::Trap;
use crate::store::StoreData;
use crate::store::entity::FuncBody;
use crate::store::erased;
use crate::store::hook::CallHook;
use crate::store::inner::Handle;

/// Arguments, then results, of one call.
pub(crate) struct Slots {
    few: [u64; Self::FEW],
    many: Vec<u64>,
    length: usize,
}

impl Slots {
    const FEW: usize = 16;

    pub(crate) fn new(length: usize) -> Result<Self, OutOfMemory> {
        let many = if length > Self::FEW { length } else { 0 };
        let many = allocation::zeroed(many).ok_or(OutOfMemory)?;
        Ok(Self {
            few: [0; Self::FEW],
            many,
            length,
        })
    }
}

impl AsRef<[u64]> for Slots {
    fn as_ref(&self) -> &[u64] {
        self.few.get(..self.length).unwrap_or(&self.many)
    }
}

impl AsMut<[u64]> for Slots {
    fn as_mut(&mut self) -> &mut [u64] {
        self.few.get_mut(..self.length).unwrap_or(&mut self.many)
    }
}

/// How a call that can be resumed stands.
pub(crate) enum Outcome {
    /// Results are in the slots.
    Finished,
    /// It can go on.
    Interrupted(Interruption),
}

/// Calls a function; any interruption is an error.
pub(crate) fn invoke<T>(store: &mut StoreData<T>, func: Handle, slots: &mut [u64]) -> Result<()> {
    run(store, func, slots)?.map_err(Error::from)
}

/// Calls a function; interruptions that can be resumed are not errors.
pub(crate) fn start<T>(
    store: &mut StoreData<T>,
    func: Handle,
    slots: &mut [u64],
) -> Result<Outcome> {
    settle(run(store, func, slots)?)
}

/// Tells interruptions that can be resumed from errors.
pub(crate) fn settle(result: Result<(), Interruption>) -> Result<Outcome> {
    match result {
        Ok(()) => Ok(Outcome::Finished),
        Err(interruption @ (Interruption::Host(_, Some(_)) | Interruption::OutOfFuel { .. })) => {
            Ok(Outcome::Interrupted(interruption))
        }
        Err(interruption) => Err(interruption.into()),
    }
}

fn run<T>(
    store: &mut StoreData<T>,
    func: Handle,
    slots: &mut [u64],
) -> Result<Result<(), Interruption>> {
    watched(store, |store| enter(store, func, slots))?
}

/// Does what calls the guest, and tells the store's hook before and after, if there is one.
pub(crate) fn watched<T, R>(
    store: &mut StoreData<T>,
    call: impl FnOnce(&mut StoreData<T>) -> R,
) -> Result<R> {
    if store.inner.hook.is_none() {
        return Ok(call(store));
    }
    // SAFETY: the pointers are those of `store`, which is borrowed exclusively until this returns.
    unsafe { erased::tell(store.pointers(), CallHook::CallingWasm) }?;
    let result = call(store);
    // SAFETY: the pointers are those of `store`, which is borrowed exclusively until this returns, and
    // what `call` borrowed of it ended with the call.
    unsafe { erased::tell(store.pointers(), CallHook::ReturningFromWasm) }?;
    Ok(result)
}

fn enter<T>(
    store: &mut StoreData<T>,
    func: Handle,
    slots: &mut [u64],
) -> Result<Result<(), Interruption>> {
    let host = match &store.inner.func(func)?.body {
        FuncBody::Host(host) => Some(host.call.clone()),
        FuncBody::Wasm { .. } | FuncBody::Turns(_) => None,
    };
    let pointers = store.pointers();
    Ok(match host {
        Some(host) => {
            // SAFETY: the pointers are those of `store`, which is borrowed exclusively until this
            // returns. The function was found in it, and so is one for its data type.
            let result = unsafe { erased::call_host(pointers, &host, None, slots) };
            result.map_err(|error| Interruption::Host(error, None))
        }
        // SAFETY: the pointers are those of `store`, which is borrowed exclusively until this
        // returns; whoever prepared the slots took the types from this function.
        None => unsafe { fast::call(pointers, func.number, slots) },
    })
}

impl From<Interruption> for Error {
    fn from(interruption: Interruption) -> Self {
        match interruption {
            Interruption::Trap(trap, backtrace) => Self::from(trap).with_backtrace(backtrace),
            Interruption::Host(error, _) => error,
            Interruption::OutOfFuel { .. } => Trap::OutOfFuel.into(),
        }
    }
}
