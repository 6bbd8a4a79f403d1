//! The compact engine, at one go or in portions of fuel.
//!
//! In portions the state is also moved to a second store by a snapshot in between, so that whatever
//! a snapshot forgets becomes a difference.

use std::mem;

use tabwasm::compact::{
    Capacity as List, Error, Exit, Extern, FuncAddr, Growth as Grows, InstanceIdx, Module, Store,
};
use tabwasm::profile::Profile;

use super::Ended;
use super::buffers::{Buffers, Growth};
use super::link::Given;
use super::value::Value;

/// How a call gets its fuel.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// All at the beginning.
    Whole,
    /// In portions of 1, 2, 3 and so on up to a number, then from 1 on again.
    Portions(u64),
}

impl Pace {
    pub(crate) fn of(seed: u64) -> Self {
        Self::Portions(1 + seed % 9)
    }
}

/// Resumptions between two moves to the other store, of each call.
const MOVES: [u64; 2] = [3, 40];

/// How often calls were interrupted, and came by another instance.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Observed {
    pub(crate) resumptions: u64,
    pub(crate) moves: u64,
    pub(crate) crossings: u64,
}

/// A store with an instance of each module, and perhaps another that takes it over now and then.
pub(crate) struct Compact<'m, 's, P: Profile> {
    modules: &'s [Module<'m>],
    /// How many of them the store knows.
    known: usize,
    here: Side<'m, 's, P>,
    there: Option<Side<'m, 's, P>>,
    pace: Pace,
    fuel: u64,
    /// The instance that has been called.
    called: usize,
    pub(crate) observed: Observed,
}

struct Side<'m, 's, P: Profile> {
    store: Store<'m, 's, P>,
    growth: Growth<'s>,
    memory: usize,
    elements: usize,
}

impl<'m, 's, P: Profile> Side<'m, 's, P> {
    fn new(buffers: &'s mut Buffers<'m, P::Slot>) -> Self {
        let (ram, growth) = buffers.lend();
        let (memory, elements) = (ram.memory.len(), ram.elements.len());
        Self {
            store: Store::new(ram),
            growth,
            memory,
            elements,
        }
    }

    fn extend(&mut self, len: usize) -> Option<()> {
        let memory = self.growth.memory(len)?;
        self.memory = len;
        self.store.extend(memory).ok()
    }

    fn extend_tables(&mut self, len: usize) -> Option<()> {
        let elements = self.growth.elements(len)?;
        self.elements = len;
        self.store.extend_tables(elements).ok()
    }
}

impl<'m, 's, P: Profile> Compact<'m, 's, P> {
    pub(crate) fn new(
        modules: &'s [Module<'m>],
        buffers: &'s mut Buffers<'m, P::Slot>,
        other: Option<&'s mut Buffers<'m, P::Slot>>,
        pace: Pace,
        fuel: u64,
    ) -> Self {
        Self {
            modules,
            known: 0,
            here: Side::new(buffers),
            there: other.map(Side::new),
            pace,
            fuel,
            called: 0,
            observed: Observed::default(),
        }
    }

    /// Instantiates the next module.
    pub(crate) fn instantiate(&mut self, imports: &[Given<'_>]) -> Option<Ended> {
        let index = self.known;
        let externs: Option<Vec<Extern<'_>>> = (0..)
            .zip(imports)
            .map(|(id, given)| match given {
                Given::Export(instance, name) => self.export(*instance, name),
                Given::Host { params, results } => Some(Extern::Host {
                    id,
                    params,
                    results,
                }),
            })
            .collect();
        (self.known, self.called) = (index + 1, index);
        match self.here.store.instantiate(self.modules[index], &externs?) {
            Ok(instance) => {
                assert_eq!(instance, number(index));
                let Ended { result, fuel } = self.run()?;
                let result = result.map(|_| Vec::new());
                Some(Ended { result, fuel })
            }
            Err(Error::Trap(trap)) => Some(Ended {
                result: Err(trap),
                fuel: 0,
            }),
            // What the modules say that they need was there.
            Err(error) => panic!("no instance: {error}"),
        }
    }

    pub(crate) fn call(&mut self, instance: usize, name: &str, params: &[Value]) -> Option<Ended> {
        let func = self.here.store.func(number(instance), name)?;
        self.called = self.owner(func);
        let params: Vec<_> = params.iter().map(|value| (*value).into()).collect();
        match self.here.store.call(func, &params) {
            Ok(()) => self.run(),
            Err(Error::Capacity { .. }) => None,
            Err(error) => panic!("no call of {name}: {error}"),
        }
    }

    /// Runs to the end, unless that is one of the engine's own measures.
    fn run(&mut self) -> Option<Ended> {
        let (mut given, mut fuel, mut portion, mut resumed) = (0, 0, 0, 0);
        loop {
            if fuel == 0 || portion > 0 {
                let more = self.portion(&mut portion);
                (given, fuel) = (given + more, fuel + more);
            }
            let exit = self.here.store.run(&mut fuel);
            let used = given - fuel;
            // Beyond this the other engines have stopped.
            if used > self.fuel {
                return self.give_up();
            }
            match exit {
                Exit::Done => {
                    let results = self.here.store.results().map(Value::from).collect();
                    return Some(Ended {
                        result: Ok(results),
                        fuel: used,
                    });
                }
                Exit::Trap(trap) => {
                    return Some(Ended {
                        result: Err(trap),
                        fuel: used,
                    });
                }
                Exit::Fuel => {
                    if given > self.fuel || matches!(self.pace, Pace::Whole) {
                        return self.give_up();
                    }
                    self.observed.resumptions += 1;
                    resumed += 1;
                    if MOVES.contains(&resumed) {
                        self.change_places()?;
                    }
                }
                Exit::Host { func, .. } => self.host_return(func),
                Exit::StackFull => return self.give_up(),
                Exit::Grow { what, missing } => {
                    let grown = usize::try_from(missing)
                        .ok()
                        .and_then(|missing| match what {
                            Grows::Memory => {
                                self.here.extend(self.here.memory.checked_add(missing)?)
                            }
                            Grows::Table => {
                                let len = self.here.elements.checked_add(missing)?;
                                self.here.extend_tables(len)
                            }
                        });
                    if grown.is_none() {
                        return self.give_up();
                    }
                }
            }
        }
    }

    /// The next portion of fuel.
    fn portion(&self, last: &mut u64) -> u64 {
        match self.pace {
            Pace::Whole => self.fuel,
            Pace::Portions(most) => {
                *last = *last % most + 1;
                *last
            }
        }
    }

    fn give_up(&mut self) -> Option<Ended> {
        self.here.store.abort();
        None
    }

    fn host_return(&mut self, func: FuncAddr) {
        let owner = self.owner(func);
        self.observed.crossings += u64::from(owner != self.called);
        let types = self.modules[owner].func_type(func.func()).1;
        let zeros: Vec<_> = types.map(|ty| Value::zero(ty).into()).collect();
        let returned = self.here.store.host_return(&zeros);
        returned.expect("the results are of the function's types");
    }

    /// The instance of a function.
    fn owner(&self, func: FuncAddr) -> usize {
        let mut instances = 0..self.known;
        let owner = instances.find(|index| FuncAddr::of(number(*index), func.func()) == func);
        owner.expect("every function is of an instance")
    }

    /// Goes on in the other store.
    fn change_places(&mut self) -> Option<()> {
        let Some(there) = &mut self.there else {
            return Some(());
        };
        let mut bytes = vec![0; self.here.store.snapshot_size()];
        let taken = self.here.store.snapshot(&mut bytes);
        assert_eq!(taken, Ok(bytes.len()));
        loop {
            let buffers = match there.store.restore(&bytes, &self.modules[..self.known]) {
                Ok(()) => break,
                Err(Error::Capacity { list, at_least }) => (list, at_least),
                Err(error) => panic!("no snapshot: {error}"),
            };
            match buffers {
                (List::Memory, len) => there.extend(len)?,
                (List::Elements, len) => there.extend_tables(len)?,
                (list, _) => panic!("{list:?} is too short"),
            }
        }
        self.observed.moves += 1;
        mem::swap(&mut self.here, there);
        Some(())
    }

    fn export(&mut self, instance: usize, name: &str) -> Option<Extern<'static>> {
        self.here.store.export(number(instance), name)
    }

    pub(crate) fn memory(&mut self, instance: usize, name: &str) -> Option<&[u8]> {
        match self.export(instance, name)? {
            Extern::Memory(memory) => self.here.store.memory(memory).map(|bytes| &*bytes),
            _ => None,
        }
    }

    pub(crate) fn global(&mut self, instance: usize, name: &str) -> Option<Value> {
        let value = self.here.store.global_value(number(instance), name)?;
        Some(value.into())
    }

    pub(crate) fn table_len(&mut self, instance: usize, name: &str) -> Option<u64> {
        match self.export(instance, name)? {
            Extern::Table(table) => self.here.store.table_len(table),
            _ => None,
        }
    }
}

/// The store's number of a module's instance: they are in the same order.
fn number(instance: usize) -> InstanceIdx {
    InstanceIdx(instance as u32)
}
