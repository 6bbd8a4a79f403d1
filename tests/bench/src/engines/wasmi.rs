//! wasmi 2.0: the reference, an interpreter in Rust with the same purpose.
//!
//! With its default configuration. All ratios in the report are against it.

use wasmi::{Engine, Instance, Module, Store, TypedFunc};

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
