//! The smallest program with the library: runs a module without imports, and prints what its function
//! `run` answers. `tabwasm-bench --library` shows how large its code is.

use tabwasm::{Engine, Instance, Module, Store};

type Error = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Error> {
    let file = std::env::args_os().nth(1).ok_or("usage: minimal FILE")?;
    let engine = Engine::default();
    let module = Module::new(&engine, std::fs::read(file)?)?;
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[])?;
    let run = instance.get_typed_func::<u32, u64>(&mut store, "run")?;
    println!("{}", run.call(&mut store, 1)?);
    Ok(())
}
