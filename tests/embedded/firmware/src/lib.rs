//! What the programs that measure have in common: the kernel, and a run of it.
//!

#![no_std]

use core::hint::black_box;

use tabwasm::compact::{Exit, Module, Ram, Store, Value};
use tabwasm::profile::NoAlloc;

/// The kernel.
pub static KERNEL: &[u8] = include_bytes!("../../kernel/kernel.wasm");

/// Its table, made by the build script.
pub static TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/kernel.table"));

/// How often the kernel does its work.
const ROUNDS: i32 = 40;
/// What it answers then.
const ANSWER: i32 = 1_561_112_528;

/// Slots of the value stack, and callers: what the kernel needs, found by trying.
const SLOTS: usize = 128;
const FRAMES: usize = 8;

/// The kernel's linear memory: two pages, of which one byte is behind what it uses.
const MEMORY: usize = 1 << 17;

static ROOM: Room = Room(core::cell::UnsafeCell::new([0; MEMORY]));

/// Linear memory, outside of the stack.
struct Room(core::cell::UnsafeCell<[u8; MEMORY]>);

// SAFETY: there is one thread.
unsafe impl Sync for Room {}

/// Runs the kernel; says whether its answer is right.
pub fn run(module: Module<'_>) -> bool {
    // SAFETY: called once by each program, so that this is the only reference.
    let memory = unsafe { &mut *ROOM.0.get() };
    let mut slots = [0; SLOTS];
    let mut frames = [Default::default(); FRAMES];
    let mut instances = [Default::default()];
    let mut memories = [Default::default()];
    let mut tables = [Default::default()];
    let mut elements = [Default::default(); 4];
    let mut globals = [Default::default(); 2];
    let mut types = [Default::default(); 16];
    let mut segments = [Default::default(); 4];
    let mut store = Store::<NoAlloc>::new(Ram {
        slots: &mut slots,
        frames: &mut frames,
        instances: &mut instances,
        links: &mut [],
        tables: &mut tables,
        elements: &mut elements,
        memories: &mut memories,
        memory: &mut memory[..],
        globals: &mut globals,
        types: &mut types,
        segments: &mut segments,
    });
    let Ok(instance) = store.instantiate(module, &[]) else {
        return false;
    };
    let Some(func) = store.func(instance, "run") else {
        return false;
    };
    if store.call(func, &[Value::I32(black_box(ROUNDS))]).is_err() {
        return false;
    }
    let mut fuel = u64::MAX;
    let done = store.run(&mut fuel) == Exit::Done;
    done && store.results().next() == Some(Value::I32(ANSWER))
}
