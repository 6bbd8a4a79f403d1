//! The kernel on wasmi.
//!

#![no_std]
#![no_main]

use core::hint::black_box;
use peers::{KERNEL, OneHeap};
use wasmi::{Engine, Linker, Module, Store};

#[global_allocator]
static HEAP: OneHeap = OneHeap::new();

#[unsafe(no_mangle)]
fn main() -> u32 {
    HEAP.start();
    let clock = board::clock::start();
    let right = run().unwrap_or(false);
    board::report("instructions", clock.instructions());
    board::report("heap", HEAP.peak());
    board::report("stack", board::stack::peak());
    u32::from(!right)
}

fn run() -> Result<bool, wasmi::Error> {
    let engine = Engine::default();
    let module = Module::new(&engine, black_box(KERNEL))?;
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module)?;
    let run = instance.get_typed_func::<i32, i32>(&store, "run")?;
    Ok(run.call(&mut store, black_box(40))? == 1_561_112_528)
}
