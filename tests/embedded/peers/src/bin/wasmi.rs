//! Validates the kernel and runs it, on wasmi: the same work as `complete`.
//!
//! It reports the same numbers, and the heap besides, for the README's table.

#![no_std]
#![no_main]

use core::hint::black_box;

use peers::{ANSWER, Heap, KERNEL, ROUNDS};
use wasmi::{Engine, Error, Linker, Module, Store};

#[global_allocator]
static HEAP: Heap = Heap::new();

#[unsafe(no_mangle)]
fn main() -> u32 {
    HEAP.start();
    let clock = board::clock::start();
    let answer = run();
    board::report("instructions", clock.instructions());
    board::report("heap", HEAP.peak());
    u32::from(!answer.is_ok_and(|answer| answer == ANSWER))
}

fn run() -> Result<i32, Error> {
    let engine = Engine::default();
    let module = Module::new(&engine, black_box(KERNEL))?;
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module)?;
    let run = instance.get_typed_func::<i32, i32>(&store, "run")?;
    run.call(&mut store, black_box(ROUNDS))
}
