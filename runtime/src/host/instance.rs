//! An instance of the compact engine together with the host that it calls.
//!
//! The compact engine returns from its run loop when the guest calls an import. [`Instance`] is the
//! loop around it that most programs want: it calls the function of the [`Host`], gives the results
//! back and goes on, until the call is done, traps or lacks fuel.

use core::fmt;

use super::{ARITY, Function, Host, Memory, Results, find};
use crate::compact::{Error, Exit, Extern, FuncAddr, InstanceIdx, Module, Ram, Store, Value};
use crate::profile::Profile;
use crate::spec::Trap;
use crate::types::FuncIdx;

/// A module that runs in memory of the caller's, and what it imports from.
pub struct Instance<'r, P: Profile, H> {
    store: Store<'static, 'r, P>,
    index: InstanceIdx,
    host: H,
}

/// Why a call gave no results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallError {
    /// There is no fuel left: [`Instance::resume`] goes on with more.
    Fuel,
    /// The slots or frames are used up; the call is over.
    StackFull,
    /// The call trapped.
    Trap(Trap),
    /// The call could not begin.
    Error(Error),
}

impl<'r, P: Profile, H: Host> Instance<'r, P, H> {
    /// An instance whose imports are functions of the host, by their places in its list. If the
    /// module has a start function, it has run.
    pub fn new(
        module: Module<'static>,
        imports: &[usize],
        ram: Ram<'static, 'r, P::Slot>,
        host: H,
        fuel: &mut u64,
    ) -> Result<Self, CallError> {
        let mut store = Store::new(ram);
        let mut externs = [Extern::Table(u32::MAX); IMPORTS];
        for (item, import) in externs.iter_mut().zip(imports) {
            if let Some(Function {
                params, results, ..
            }) = H::FUNCTIONS.get(*import)
            {
                *item = Extern::Host {
                    id: *import as u32,
                    params,
                    results,
                };
            }
        }
        let externs = externs.get(..imports.len()).unwrap_or_default();
        let index = store
            .instantiate(module, externs)
            .map_err(CallError::Error)?;
        let mut instance = Self { store, index, host };
        match instance.run(fuel) {
            Exit::Done => Ok(instance),
            exit => Err(instance.stop(exit)),
        }
    }

    /// Calls a function of the module, whose results must be of these types.
    pub fn call<R: Results>(
        &mut self,
        func: FuncIdx,
        params: &[Value],
        fuel: &mut u64,
    ) -> Result<R, CallError> {
        let func = FuncAddr::of(self.index, func);
        self.store.call(func, params).map_err(CallError::Error)?;
        self.resume(fuel)
    }

    /// Continues a call that stopped because there was no fuel left.
    pub fn resume<R: Results>(&mut self, fuel: &mut u64) -> Result<R, CallError> {
        match self.run(fuel) {
            Exit::Done => {
                R::from_values(&mut self.store.results()).ok_or(CallError::Error(Error::Types))
            }
            exit => Err(self.stop(exit)),
        }
    }

    /// Ends the call that is under way, if any.
    pub fn abort(&mut self) {
        self.store.abort();
    }

    /// What answers the imports of the module.
    pub fn host(&mut self) -> &mut H {
        &mut self.host
    }

    /// The bytes of a memory that is exported by this name; none without such a memory.
    pub fn memory(&mut self, name: &str) -> &mut [u8] {
        match self.store.export(self.index, name) {
            Some(Extern::Memory(memory)) => self.store.memory(memory).unwrap_or_default(),
            _ => &mut [],
        }
    }

    /// The value of a global that is exported by this name.
    pub fn global(&mut self, name: &str) -> Option<Value> {
        self.store.global_value(self.index, name)
    }

    /// Runs until something happens that is not the host's to answer.
    fn run(&mut self, fuel: &mut u64) -> Exit {
        loop {
            match self.store.run(fuel) {
                Exit::Host { id, .. } => {
                    if let Err(stop) = self.answer(id) {
                        return stop;
                    }
                }
                // The memory is as large as the caller wants it to be.
                Exit::Grow { .. } => self.store.refuse(),
                exit => return exit,
            }
        }
    }

    /// Calls a function of the host.
    fn answer(&mut self, id: u32) -> Result<(), Exit> {
        let mut params = [Value::I32(0); ARITY];
        let mut results = [Value::I32(0); ARITY];
        let given = self.store.host_params();
        let count = given.len();
        for (param, value) in params.iter_mut().zip(given) {
            *param = value;
        }
        let params = params.get(..count).unwrap_or_default();
        let memory = Memory::new(self.store.caller_memory());
        let function = H::FUNCTIONS.get(id as usize);
        let types = function.map_or(0, |function| function.results.len());
        let results = results.get_mut(..types).unwrap_or_default();
        let done = self.host.call(id as usize, memory, params, results);
        let returned = done.and_then(|()| {
            let returned = self.store.host_return(results);
            returned.map_err(|_| Trap::StackOverflow)
        });
        returned.map_err(|trap| {
            self.store.abort();
            Exit::Trap(trap)
        })
    }

    fn stop(&mut self, exit: Exit) -> CallError {
        match exit {
            Exit::Fuel => CallError::Fuel,
            Exit::Trap(trap) => CallError::Trap(trap),
            _ => {
                self.store.abort();
                CallError::StackFull
            }
        }
    }
}

/// The most functions that a module imports from a host.
const IMPORTS: usize = 64;

/// The places of imports in a host's list; a constant, so that what is missing is a compile
/// error.
pub const fn places<H: Host, const N: usize>(imports: [Function; N]) -> [usize; N] {
    assert!(N <= IMPORTS, "too many imports for one instance");
    let mut places = [0; N];
    let mut place = 0;
    while place < N {
        places[place] = match find(H::FUNCTIONS, &imports[place]) {
            Some(found) => found,
            None => panic!("the host lacks a function that the module imports"),
        };
        place += 1;
    }
    places
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fuel => f.write_str(Trap::OutOfFuel.text()),
            Self::StackFull => f.write_str(Trap::StackOverflow.text()),
            Self::Trap(trap) => f.write_str(trap.text()),
            Self::Error(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for CallError {}
