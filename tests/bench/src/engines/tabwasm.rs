//! Tabwasm itself, by the names that wasmtime gives things.
//!
//! With the default configuration, as a user would have it, and none that is better for kernels.

use tabwasm::{Engine, Instance, Module, Store, TypedFunc};

use super::Program;
use crate::Error;

struct Loaded {
    store: Store<()>,
    run: TypedFunc<u32, u64>,
}

/// Compiles and instantiates a kernel.
pub fn load(wasm: &[u8]) -> Result<Box<dyn Program>, Error> {
    let engine = Engine::default();
    let module = Module::new(&engine, wasm)?;
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[])?;
    let run = instance.get_typed_func(&mut store, "run")?;
    Ok(Box::new(Loaded { store, run }))
}

impl Program for Loaded {
    fn run(&mut self, n: u32) -> Result<u64, Error> {
        Ok(self.run.call(&mut self.store, n)?)
    }
}
