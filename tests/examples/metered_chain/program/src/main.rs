//! Counts fuel by the chain's own schedule, and looks at the bits of a NaN.

use tabwasm::spec::FUEL_SCHEDULE;
use tabwasm::{Config, Engine, Instance, Module, Result, Store};

/// `nan` adds 1 to a NaN with a payload, and gives the bits; `third` divides by three.
const MODULE: [&[u8]; 7] = [
    b"\0asm\x01\0\0\0",
    b"\x01\x0a\x02\x60\x01\x7f\x01\x7f\x60\0\x01\x7f",
    b"\x03\x03\x02\x01\0",
    b"\x07\x0f\x02\x03nan\0\0\x05third\0\x01",
    b"\x0a\x18\x02",
    b"\x0e\0\x43\x01\0\xa0\x7f\x43\0\0\x80\x3f\x92\xbc\x0b",
    b"\x07\0\x20\0\x41\x03\x6d\x0b",
];

/// It extends a sign, which WebAssembly 1.0 cannot.
const LATER: [&[u8]; 4] = [
    b"\0asm\x01\0\0\0",
    b"\x01\x06\x01\x60\x01\x7f\x01\x7f",
    b"\x03\x02\x01\0",
    b"\x0a\x07\x01\x05\0\x20\0\xc0\x0b",
];

fn main() -> Result<()> {
    let mut config = Config::new();
    config.consume_fuel(true);
    let engine = Engine::new(&config)?;
    let module = Module::new(&engine, MODULE.concat())?;
    let mut store = Store::new(&engine, ());
    store.set_fuel(1000)?;
    let instance = Instance::new(&mut store, &module, &[])?;

    let nan = instance.get_typed_func::<(), u32>(&mut store, "nan")?;
    println!("schedule {FUEL_SCHEDULE}");
    println!("NaN + 1 = {:#x}", nan.call(&mut store, ())?);
    let third = instance.get_typed_func::<i32, i32>(&mut store, "third")?;
    let before = store.get_fuel()?;
    println!("12 / 3 = {}", third.call(&mut store, 12)?);
    println!("fuel: {}", before - store.get_fuel()?);
    match Module::new(&engine, LATER.concat()) {
        Ok(_) => println!("accepted"),
        Err(error) => println!("{error}"),
    }
    Ok(())
}
