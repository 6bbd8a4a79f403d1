//! The library without an allocator, for scripts: [`tabwasm::compact`].
//!
//! The same scripts run on both engines through [`Library`]; this one keeps all memory in vectors
//! that it lends to the store, and enlarges a list when the store says it is full. Imports are
//! linked by names that scripts register. A profile has one width of slots, so that a script in which
//! a module needs vectors begins again in another.

use std::cell::Cell;
use std::collections::HashMap;
use std::slice::IterMut;

use tabwasm::compact::{
    Capacity, Error, Exit, Extern, FuncAddr, Growth, InstanceIdx, Module, Store, Value as Slot,
};
use tabwasm::profile::{Features, NoAllocVector, Profile};
use tabwasm::reject::{Detail, Reject};
use tabwasm::spec::{Limit, Proposals};
use tabwasm::types::Ref;
use tabwasm::validate::{Arena, check_component};
use tabwasm::{Config, Trap};

use super::buffers::{Growing, Lists, ModuleBuffers, Modules};
use super::library::{Failure, Kind, Library};
use super::spectest;
use super::value::Value;

/// Bytes of all memories at most; a program that wants more is refused.
const MOST_BYTES: u64 = 1 << 30;

/// What is said of a component that is to be instantiated.
const COMPONENTS: Failure = Failure::Lacks("component model");

/// What a script calls a module: components are validated, and do not run.
#[derive(Clone, Copy)]
pub(super) enum Definition<'a> {
    Module(Module<'a>),
    Component,
}

/// A store in vectors, and what modules can import.
pub(super) struct Compact<'a, P: Profile> {
    features: Features,
    store: Store<'a, 'a, P>,
    places: IterMut<'a, ModuleBuffers>,
    bytes: Growing<'a, u8>,
    elements: Growing<'a, Ref>,
    /// For validation.
    arena: Vec<u8>,
    registered: HashMap<String, InstanceIdx>,
    /// Proposals that the script may use, and only a profile with wider slots has.
    beyond: Proposals,
    /// Whether it has used one.
    lacking: &'a Cell<bool>,
}

impl<'a, P: Profile> Compact<'a, P> {
    /// Knows the module `spectest` and nothing else. Of the configuration, what modules may be
    /// counts. Whether a module needs a profile with vectors is said at once.
    pub(super) fn new(
        config: &Config,
        modules: &'a mut Modules,
        lists: &'a mut Lists<'a, P::Slot>,
        lacking: &'a Cell<bool>,
    ) -> Result<Self, Failure> {
        let (ram, bytes, elements) = lists.lend();
        let limits = *config.get_limits();
        let mut compact = Self {
            features: Features {
                proposals: P::PROPOSALS,
                limits,
            },
            store: Store::new(ram),
            places: modules.places(),
            bytes,
            elements,
            arena: Vec::new(),
            registered: HashMap::new(),
            beyond: Proposals::EMPTY,
            lacking,
        };
        let text = wat::parse_str(spectest::TEXT);
        let wasm = text.map_err(|error| Failure::Other(error.to_string()))?;
        let module = compact.compile(Kind::Module, &wasm)?;
        let instance = compact.instantiate(&module)?;
        compact.register(spectest::MODULE, &instance)?;
        let (admitted, mut proposals) = (config.proposals().iter(), Proposals::EMPTY);
        let known = P::PROPOSALS.union(Proposals::OF_COMPONENTS);
        for proposal in admitted {
            if known.contains(proposal) {
                proposals = proposals.with(proposal);
            } else if NoAllocVector::PROPOSALS.contains(proposal) {
                compact.beyond = compact.beyond.with(proposal);
            }
        }
        compact.features.proposals = proposals;
        compact.features = compact.features.with_components();
        Ok(compact)
    }

    /// What an import is linked to: functions of `spectest` are the host's.
    fn resolve(&mut self, module: &str, name: &str) -> Option<Extern<'static>> {
        let mut prints = (0..).zip(spectest::PRINTS);
        if module == spectest::MODULE
            && let Some((id, (_, params))) = prints.find(|(_, (print, _))| *print == name)
        {
            let results = &[];
            return Some(Extern::Host {
                id,
                params,
                results,
            });
        }
        let instance = *self.registered.get(module)?;
        self.store.export(instance, name)
    }

    /// Runs the call that is under way to its end.
    fn run(&mut self) -> Result<(), Failure> {
        let mut fuel = u64::MAX;
        loop {
            match self.store.run(&mut fuel) {
                Exit::Done => return Ok(()),
                Exit::Trap(trap) => return Err(Failure::Trap(trap)),
                Exit::Fuel => fuel = u64::MAX,
                Exit::Host { .. } => self.store.host_return(&[]).map_err(failure)?,
                Exit::StackFull => {
                    self.store.abort();
                    return Err(Failure::Trap(Trap::StackOverflow));
                }
                Exit::Grow { what, missing } => {
                    let grown = match what {
                        Growth::Memory => self.extend(self.bytes.len().saturating_add(missing)),
                        Growth::Table => {
                            self.extend_tables(self.elements.len().saturating_add(missing))
                        }
                    };
                    if grown.is_none() {
                        self.store.refuse();
                    }
                }
            }
        }
    }

    fn extend(&mut self, needed: u64) -> Option<()> {
        let bytes = self.bytes.grow(needed, MOST_BYTES)?;
        self.store.extend(bytes).ok()
    }

    fn extend_tables(&mut self, needed: u64) -> Option<()> {
        let most = self.features.limits.store_elements;
        let elements = self.elements.grow(needed, most)?;
        self.store.extend_tables(elements).ok()
    }

    /// Validates a component.
    fn validate(&mut self, wasm: &[u8]) -> Result<(), Failure> {
        loop {
            let arena = Arena::new(&mut self.arena);
            let Err(reject) = check_component(wasm, &self.features, &arena) else {
                return Ok(());
            };
            match larger(&reject, self.arena.len()) {
                Some(len) => self.arena.resize(len, 0),
                None => return Err(self.rejected(reject)),
            }
        }
    }

    /// A module or component is refused.
    fn rejected(&self, reject: Reject) -> Failure {
        if let Detail::Proposal(proposal) = reject.detail()
            && self.beyond.contains(proposal)
        {
            self.lacking.set(true);
        }
        Failure::Rejected(reject)
    }

    fn func(&mut self, instance: InstanceIdx, name: &str) -> Result<FuncAddr, Failure> {
        self.store
            .func(instance, name)
            .ok_or_else(|| Failure::Other(format!("no function `{name}`")))
    }
}

impl<'a, P: Profile> Library for Compact<'a, P> {
    type Module = Definition<'a>;
    type Instance = InstanceIdx;

    fn compile(&mut self, kind: Kind, wasm: &[u8]) -> Result<Definition<'a>, Failure> {
        if kind == Kind::Component {
            return self.validate(wasm).map(|()| Definition::Component);
        }
        let table = loop {
            match Module::new(wasm, &self.features, &mut self.arena) {
                Ok(module) => break module.table().to_vec(),
                Err(reject) => match larger(&reject, self.arena.len()) {
                    Some(len) => self.arena.resize(len, 0),
                    None => return Err(self.rejected(reject)),
                },
            }
        };
        let place = self.places.next();
        let place = place.ok_or_else(|| Failure::Other("too many modules".to_owned()))?;
        *place = ModuleBuffers {
            wasm: wasm.to_vec(),
            table,
        };
        let module = Module::with_table(&place.wasm, &place.table);
        module.map(Definition::Module).map_err(Failure::Rejected)
    }

    fn providers(&self, module: &Definition<'a>) -> Vec<String> {
        let Definition::Module(module) = module else {
            return Vec::new();
        };
        let imports = module.imports();
        imports.map(|import| import.module.to_owned()).collect()
    }

    fn instantiate(&mut self, module: &Definition<'a>) -> Result<InstanceIdx, Failure> {
        let Definition::Module(module) = module else {
            return Err(COMPONENTS);
        };
        let imports: Vec<_> = module.imports().collect();
        let given: Vec<_> = imports
            .iter()
            .map_while(|import| self.resolve(import.module, import.name))
            .collect();
        loop {
            let error = match self.store.instantiate(*module, &given) {
                Ok(instance) => return self.run().map(|()| instance),
                Err(error) => error,
            };
            let grown = match error {
                Error::Capacity {
                    list: Capacity::Memory,
                    at_least,
                } => self.extend(at_least as u64),
                Error::Capacity {
                    list: Capacity::Elements,
                    at_least,
                } => self.extend_tables(at_least as u64),
                _ => None,
            };
            if grown.is_none() {
                return Err(link_failure(error, imports.len(), given.len()));
            }
        }
    }

    fn register(&mut self, name: &str, instance: &InstanceIdx) -> Result<(), Failure> {
        self.registered.insert(name.to_owned(), *instance);
        Ok(())
    }

    fn call(
        &mut self,
        instance: &InstanceIdx,
        name: &str,
        params: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let func = self.func(*instance, name)?;
        let params = params.iter().map(to_slot).collect::<Result<Vec<_>, _>>()?;
        self.store.call(func, &params).map_err(failure)?;
        self.run()?;
        Ok(self.store.results().map(value_of).collect())
    }

    fn global(&mut self, instance: &InstanceIdx, name: &str) -> Result<Value, Failure> {
        let value = self.store.global_value(*instance, name);
        value
            .map(value_of)
            .ok_or_else(|| Failure::Other(format!("no global `{name}`")))
    }
}

/// The length of an arena that may do where one did not, if that is all that is wrong.
fn larger(reject: &Reject, len: usize) -> Option<usize> {
    match reject.detail() {
        Detail::Limit {
            limit: Limit::Arena,
            at_least,
        } => Some(usize::try_from(at_least).ok()?.max(2 * len)),
        _ => None,
    }
}

/// Why there is no instance; with the words of scripts where it is an import's fault.
fn link_failure(error: Error, imports: usize, given: usize) -> Failure {
    match error {
        Error::Import { index } if index as usize == given && given < imports => {
            Failure::Link(format!("unknown import {index}"))
        }
        Error::Import { index } => Failure::Link(format!("incompatible import type {index}")),
        error => failure(error),
    }
}

fn failure(error: Error) -> Failure {
    match error {
        Error::Trap(trap) => Failure::Trap(trap),
        error => Failure::Other(error.to_string()),
    }
}

fn to_slot(value: &Value) -> Result<Slot, Failure> {
    Ok(match *value {
        Value::I32(value) => Slot::I32(value),
        Value::I64(value) => Slot::I64(value),
        Value::F32(bits) => Slot::F32(bits),
        Value::F64(bits) => Slot::F64(bits),
        Value::Null | Value::Func => Slot::FuncRef(None),
        Value::Extern(number) => Slot::ExternRef(number),
        Value::V128(value) => Slot::V128(value),
        Value::Component(_) => return Err(COMPONENTS),
    })
}

fn value_of(slot: Slot) -> Value {
    match slot {
        Slot::I32(value) => Value::I32(value),
        Slot::I64(value) => Value::I64(value),
        Slot::F32(bits) => Value::F32(bits),
        Slot::F64(bits) => Value::F64(bits),
        Slot::V128(value) => Value::V128(value),
        Slot::FuncRef(None) => Value::Null,
        Slot::FuncRef(Some(_)) => Value::Func,
        Slot::ExternRef(number) => Value::Extern(number),
    }
}
