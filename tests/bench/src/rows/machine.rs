//! The engines that apply an instruction: wasmtime, whose answers are expected, and both of ours.
//!
//! All do the same with a [`Guest`]: they are given operands in memory, called, called again behind
//! each trap, and asked for the results: [`Answers`].

use tabwasm::compact::{self, Exit, Extern, InstanceIdx};
use tabwasm::profile::{Features, NoAllocVector, Profile, Std};
use tabwasm::spec::{Limits, Proposals};
use tabwasm_differential::Buffers;

use super::guest::{Guest, MEMORY};
use crate::Error;
use crate::differential::run::TrapKind;

/// Our engines, in the order of the machines behind wasmtime's.
pub const OURS: [&str; 2] = ["fast", "compact"];

/// Bytes for the table of branches of a guest.
const TABLE: usize = 1 << 20;

/// The engines in one mode.
pub struct Engines {
    deterministic: bool,
    ours: tabwasm::Engine,
    wasmtime: wasmtime::Engine,
}

/// An instance of a guest.
pub trait Machine {
    /// The guest's memory.
    fn memory(&mut self) -> Result<&mut [u8], Error>;

    /// Calls a function of the guest, by its number, for a range of tuples; gives the kind of the
    /// trap, if it ends in one.
    fn call(&mut self, function: usize, from: usize, to: usize) -> Result<Option<String>, Error>;
}

/// The tier without an allocator in the deterministic profile.
struct Canonical;

impl Profile for Canonical {
    type Slot = <NoAllocVector as Profile>::Slot;
    const PROPOSALS: Proposals = NoAllocVector::PROPOSALS;
    const LIMITS: Limits = NoAllocVector::LIMITS;
    const DETERMINISTIC: bool = true;
}

impl Engines {
    /// The engines, with canonical NaNs or without. What relaxed instructions do is always as in
    /// the deterministic profile.
    pub fn new(deterministic: bool) -> Result<Self, Error> {
        let mut ours = tabwasm::Config::new();
        ours.deterministic_profile(deterministic);
        let mut theirs = wasmtime::Config::new();
        theirs
            .cranelift_nan_canonicalization(deterministic)
            .relaxed_simd_deterministic(true)
            .wasm_backtrace_max_frames(None)
            .wasm_wide_arithmetic(true);
        Ok(Self {
            deterministic,
            ours: tabwasm::Engine::new(&ours)?,
            wasmtime: wasmtime::Engine::new(&theirs)?,
        })
    }

    /// Instantiates a guest on wasmtime and on [`OURS`].
    pub fn with(
        &self,
        guest: &Guest,
        apply: impl FnOnce(&mut [&mut dyn Machine]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if self.deterministic {
            self.with_compact::<Canonical>(guest, apply)
        } else {
            self.with_compact::<NoAllocVector>(guest, apply)
        }
    }

    fn with_compact<P: Profile>(
        &self,
        guest: &Guest,
        apply: impl FnOnce(&mut [&mut dyn Machine]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut wasmtime = on_wasmtime::Loaded::new(&self.wasmtime, &guest.wasm)?;
        let mut fast = on_ours::Loaded::new(&self.ours, &guest.wasm)?;
        let mut table = vec![0; TABLE];
        let features = Features {
            limits: Features::of::<Std>().limits,
            ..Features::of::<P>()
        };
        let module = compact::Module::new(&guest.wasm, &features, &mut table)?;
        let mut buffers = Buffers::new(&module.needs());
        let mut store = compact::Store::<P>::new(buffers.lend().0);
        let instance = store.instantiate(module, &[])?;
        let mut compact = Compact { store, instance };
        apply(&mut [&mut wasmtime, &mut fast, &mut compact])
    }
}

macro_rules! loaded {
    ($name:ident, $engine:ident) => {
        mod $name {
            use super::*;
            use $engine::{Engine, Instance, Memory, Module, Store};

            pub struct Loaded {
                store: Store<()>,
                instance: Instance,
                memory: Memory,
            }

            impl Loaded {
                pub fn new(engine: &Engine, wasm: &[u8]) -> Result<Self, Error> {
                    let module = Module::new(engine, wasm)?;
                    let mut store = Store::new(engine, ());
                    let instance = Instance::new(&mut store, &module, &[])?;
                    let memory = instance.get_memory(&mut store, MEMORY);
                    Ok(Self {
                        store,
                        instance,
                        memory: memory.ok_or("no memory")?,
                    })
                }
            }

            impl Machine for Loaded {
                fn memory(&mut self) -> Result<&mut [u8], Error> {
                    Ok(self.memory.data_mut(&mut self.store))
                }

                fn call(
                    &mut self,
                    function: usize,
                    from: usize,
                    to: usize,
                ) -> Result<Option<String>, Error> {
                    let store = &mut self.store;
                    let name = function.to_string();
                    let func = self
                        .instance
                        .get_typed_func::<(u32, u32), ()>(&mut *store, &name)?;
                    match func.call(&mut *store, (from as u32, to as u32)) {
                        Ok(()) => Ok(None),
                        Err(error) => match error.trap() {
                            Some(trap) => Ok(Some(trap)),
                            None => Err(error.into()),
                        },
                    }
                }
            }
        }
    };
}

loaded!(on_ours, tabwasm);
loaded!(on_wasmtime, wasmtime);

/// The compact engine.
struct Compact<'m, 's, P: Profile> {
    store: compact::Store<'m, 's, P>,
    instance: InstanceIdx,
}

impl<P: Profile> Machine for Compact<'_, '_, P> {
    fn memory(&mut self) -> Result<&mut [u8], Error> {
        let Some(Extern::Memory(memory)) = self.store.export(self.instance, MEMORY) else {
            return Err("no memory".into());
        };
        Ok(self.store.memory(memory).ok_or("no memory")?)
    }

    fn call(&mut self, function: usize, from: usize, to: usize) -> Result<Option<String>, Error> {
        let func = self.store.func(self.instance, &function.to_string());
        let range = [from, to].map(|number| compact::Value::I32(number as i32));
        self.store.call(func.ok_or("no function")?, &range)?;
        let mut fuel = u64::MAX;
        match self.store.run(&mut fuel) {
            Exit::Done => Ok(None),
            Exit::Trap(trap) => Ok(Some(format!("{trap:?}"))),
            exit => Err(format!("the compact engine stops: {exit:?}").into()),
        }
    }
}
