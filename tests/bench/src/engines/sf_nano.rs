//! Silverfir-nano 0.6: the fastest interpreter that we know, in generated assembly.
//!
//! It shows how much a portable interpreter in Rust loses, or does not, against one that is written
//! for a processor.

use sf_nano_core::{Config, Engine, Func, Instance, Value};

use super::Program;
use crate::Error;

struct Loaded {
    instance: Instance,
    run: Func,
}

/// Translates and instantiates a kernel.
pub fn load(wasm: &[u8]) -> Result<Box<dyn Program>, Error> {
    let engine = Engine::new(Config::new()).map_err(|error| format!("{error:?}"))?;
    let instance = Instance::new(&engine, wasm, &[]).map_err(|error| format!("{error:?}"))?;
    let run = instance.get_func("run").ok_or("no export `run`")?;
    Ok(Box::new(Loaded { instance, run }))
}

impl Program for Loaded {
    fn run(&mut self, n: u32) -> Result<u64, Error> {
        let mut results = [Value::I64(0)];
        self.instance
            .call(&self.run, &[Value::I32(n.cast_signed())], &mut results)
            .map_err(|error| format!("{error:?}"))?;
        match results {
            [Value::I64(sum)] => Ok(sum.cast_unsigned()),
            [other] => Err(format!("unexpected result {other:?}").into()),
        }
    }
}
