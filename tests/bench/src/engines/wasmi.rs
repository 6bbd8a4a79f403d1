//! wasmi 2.0: the reference, an interpreter in Rust with the same purpose.
//!
//! With its default configuration, or with fuel and nothing else. All ratios in the report are against it.

use wasmi::{Config, Engine, Instance, Module, Store, TypedFunc};

use super::Program;
use crate::Error;

struct Loaded {
    store: Store<()>,
    run: TypedFunc<u32, u64>,
}

/// Compiles and instantiates a kernel.
pub fn load(wasm: &[u8]) -> Result<Box<dyn Program>, Error> {
    instantiate(wasm, &Config::default(), |_| Ok(()))
}

/// The same, and each run counts its fuel, of which there is enough.
pub fn load_with_fuel(wasm: &[u8]) -> Result<Box<dyn Program>, Error> {
    let mut config = Config::default();
    instantiate(wasm, config.consume_fuel(true), |store| {
        store.set_fuel(u64::MAX)
    })
}

fn instantiate(
    wasm: &[u8],
    config: &Config,
    prepare: impl FnOnce(&mut Store<()>) -> Result<(), wasmi::Error>,
) -> Result<Box<dyn Program>, Error> {
    let engine = Engine::new(config);
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
