//! Tabwasm itself, by the names that wasmtime gives things.
//!
//! With the default configuration, as a user would have it, and none that is better for kernels; the
//! others differ in what their names say.

use tabwasm::{Config, Engine, Instance, Module, Store, TypedFunc};

use super::Program;
use crate::Error;

struct Loaded {
    store: Store<()>,
    run: TypedFunc<u32, u64>,
}

/// Compiles and instantiates a kernel.
pub fn load(wasm: &[u8]) -> Result<Box<dyn Program>, Error> {
    instantiate(wasm, &Config::new(), |_| Ok(()))
}

/// The same, and each run counts its fuel, of which there is enough.
pub fn load_with_fuel(wasm: &[u8]) -> Result<Box<dyn Program>, Error> {
    let mut config = Config::new();
    instantiate(wasm, config.consume_fuel(true), |store| {
        store.set_fuel(u64::MAX)
    })
}

/// The same, and each run looks whether its time is up, which it never is.
pub fn load_with_epochs(wasm: &[u8]) -> Result<Box<dyn Program>, Error> {
    let mut config = Config::new();
    instantiate(wasm, config.epoch_interruption(true), |store| {
        store.set_epoch_deadline(1);
        Ok(())
    })
}

/// The same, and no two instructions are done as one.
pub fn load_unfused(wasm: &[u8]) -> Result<Box<dyn Program>, Error> {
    instantiate(wasm, Config::new().fuse_instructions(false), |_| Ok(()))
}

fn instantiate(
    wasm: &[u8],
    config: &Config,
    prepare: impl FnOnce(&mut Store<()>) -> tabwasm::Result<()>,
) -> Result<Box<dyn Program>, Error> {
    let engine = Engine::new(config)?;
    let module = Module::new(&engine, wasm)?;
    let mut store = Store::new(&engine, ());
    prepare(&mut store)?;
    let instance = Instance::new(&mut store, &module, &[])?;
    let run = instance.get_typed_func(&mut store, "run")?;
    Ok(Box::new(Loaded { store, run }))
}

impl Program for Loaded {
    fn run(&mut self, n: u32) -> Result<u64, Error> {
        Ok(self.run.call(&mut self.store, n)?)
    }
}
