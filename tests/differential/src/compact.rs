//! The compact engine, at one go or in portions of fuel.
//!
//! In portions the state is also moved to a second store by a snapshot in between, so that whatever
//! a snapshot forgets becomes a difference.

use std::mem;

use tabwasm::compact::{
    Capacity as List, Error, Exit, Extern, FuncAddr, Growth as Grows, InstanceIdx, Module, Store,
};
use tabwasm::profile::NoAlloc;
use tabwasm::types::{FuncIdx, ValType};

use super::Ended;
use super::buffers::{Buffers, Growth};
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

/// How often calls were interrupted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moved {
    pub(crate) resumptions: u64,
    pub(crate) moves: u64,
}

/// A store with one instance, and perhaps another that takes it over now and then.
pub(crate) struct Compact<'m, 's> {
    module: Module<'m>,
    here: Side<'m, 's>,
    there: Option<Side<'m, 's>>,
    pace: Pace,
    fuel: u64,
    instance: InstanceIdx,
    pub(crate) moved: Moved,
}

struct Side<'m, 's> {
    store: Store<'m, 's, NoAlloc>,
    growth: Growth<'s>,
    memory: usize,
    elements: usize,
}

impl<'m, 's> Side<'m, 's> {
    fn new(buffers: &'s mut Buffers<'m>, module: &Module<'m>) -> Self {
        let needs = module.needs();
        let (ram, growth) = buffers.lend();
        Self {
            store: Store::new(ram),
            growth,
            memory: needs.memory as usize,
            elements: needs.elements as usize,
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

impl<'m, 's> Compact<'m, 's> {
    pub(crate) fn new(
        module: Module<'m>,
        buffers: &'s mut Buffers<'m>,
        other: Option<&'s mut Buffers<'m>>,
        pace: Pace,
        fuel: u64,
    ) -> Self {
        Self {
            module,
            here: Side::new(buffers, &module),
            there: other.map(|buffers| Side::new(buffers, &module)),
            pace,
            fuel,
            instance: InstanceIdx(0),
            moved: Moved::default(),
        }
    }

    pub(crate) fn instantiate(&mut self) -> Option<Ended> {
        let types: Vec<[Vec<ValType>; 2]> = (0..self.module.imports().len() as u32)
            .map(|index| {
                let (params, results) = self.module.func_type(FuncIdx(index));
                [params.collect(), results.collect()]
            })
            .collect();
        let imports: Vec<Extern<'_>> = (0..)
            .zip(&types)
            .map(|(id, [params, results])| Extern::Host {
                id,
                params,
                results,
            })
            .collect();
        match self.here.store.instantiate(self.module, &imports) {
            Ok(instance) => {
                self.instance = instance;
                let Ended { result, fuel } = self.run()?;
                let result = result.map(|_| Vec::new());
                Some(Ended { result, fuel })
            }
            Err(Error::Trap(trap)) => Some(Ended {
                result: Err(trap),
                fuel: 0,
            }),
            // What the module says that it needs was there.
            Err(error) => panic!("no instance: {error}"),
        }
    }

    pub(crate) fn call(&mut self, name: &str, params: &[Value]) -> Option<Ended> {
        let func = self.here.store.func(self.instance, name)?;
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
                    self.moved.resumptions += 1;
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
        let types = self.module.func_type(func.func()).1;
        let zeros: Vec<_> = types.map(|ty| Value::zero(ty).into()).collect();
        let returned = self.here.store.host_return(&zeros);
        returned.expect("the results are of the function's types");
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
            let buffers = match there.store.restore(&bytes, &[self.module]) {
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
        self.moved.moves += 1;
        mem::swap(&mut self.here, there);
        Some(())
    }

    pub(crate) fn memory(&mut self, name: &str) -> Option<&[u8]> {
        match self.here.store.export(self.instance, name)? {
            Extern::Memory(memory) => self.here.store.memory(memory).map(|bytes| &*bytes),
            _ => None,
        }
    }

    pub(crate) fn global(&mut self, name: &str) -> Option<Value> {
        let value = self.here.store.global_value(self.instance, name)?;
        Some(value.into())
    }

    pub(crate) fn table_len(&mut self, name: &str) -> Option<u64> {
        match self.here.store.export(self.instance, name)? {
            Extern::Table(table) => self.here.store.table_len(table),
            _ => None,
        }
    }
}
