//! Runs a module that uses both new instructions.

use tabwasm::{Engine, Instance, Module, Result, Store};

/// The memory holds "abc"; `rotl3` and `sum` have an instruction each, and their operands.
const MODULE: [&[u8]; 8] = [
    b"\0asm\x01\0\0\0",
    b"\x01\x0c\x02\x60\x01\x7f\x01\x7f\x60\x02\x7f\x7f\x01\x7f",
    b"\x03\x03\x02\0\x01",
    b"\x05\x03\x01\0\x01",
    b"\x07\x0f\x02\x05rotl3\0\0\x03sum\0\x01",
    b"\x0a\x14\x02\x07\0\x20\0\xfc\x80\x01\x0b",
    b"\x0a\0\x20\0\x20\x01\xfc\x81\x01\0\x0b",
    b"\x0b\x09\x01\0\x41\0\x0b\x03abc",
];

fn main() -> Result<()> {
    let engine = Engine::default();
    let module = Module::new(&engine, MODULE.concat())?;
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[])?;

    let rotl3 = instance.get_typed_func::<i32, i32>(&mut store, "rotl3")?;
    println!("rotl3(5) = {}", rotl3.call(&mut store, 5)?);
    println!("rotl3(-2) = {}", rotl3.call(&mut store, -2)?);

    let sum = instance.get_typed_func::<(i32, i32), i32>(&mut store, "sum")?;
    println!("sum(0, 3) = {}", sum.call(&mut store, (0, 3))?);
    match sum.call(&mut store, (65_535, 2)) {
        Ok(sum) => println!("sum(65535, 2) = {sum}"),
        Err(error) => println!("sum(65535, 2): {}", error.root_cause()),
    }
    Ok(())
}
