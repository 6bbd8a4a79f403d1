//! Validates and runs ten programs, and compares what they answer.
//!
//! The expected answers are those of the fast engine on a large machine, so that an error of one
//! target (byte order, width of a word, its compiler) is found.

#![no_std]
#![no_main]

use board::semihosting::{write, write_number};
use firmware::memory::{Once, take};
use tabwasm::compact::{Exit, Module, Ram, Store, Value};
use tabwasm::profile::NoAlloc;

/// Name, bytes, the argument of `run`, and its answer.
type Program = (&'static str, &'static [u8], i32, u64);

macro_rules! programs {
    ($($name:literal, $argument:literal, $answer:literal;)*) => {
        [$(($name, include_bytes!(concat!("../../../../bench/kernels/", $name, ".wasm")), $argument, $answer),)*]
    };
}

/// The answers are those of the other engine.
static PROGRAMS: [Program; 10] = programs! {
    "crc", 1, 3_359_989_112_172_688_201;
    "fib", 20, 6_765;
    "hashmap", 1, 3_775_098_408_671_750_152;
    "indirect", 1, 3_364_981_549_292_967_792;
    "keccak", 1, 2_861_694_532_995_322_610;
    "list", 1, 1_729_491_808_332_513_611;
    "lz77", 1, 11_233_710_305_431_787;
    "nbody", 1, 169_087_605_234;
    "sort", 1, 7_697_133_148_169_196_329;
    "state", 1, 1_337_521_174_132_877_697;
};

/// Three pages.
const MEMORY: usize = 3 << 16;

static GUEST: Once<[u8; MEMORY]> = Once::new([0; MEMORY]);

#[unsafe(no_mangle)]
fn main() -> u32 {
    let guest = take(&GUEST);
    let mut right = 0;
    for (name, wasm, argument, answer) in &PROGRAMS {
        if run(wasm, *argument, guest) == Some(*answer) {
            right += 1;
        } else {
            write("wrong: ");
            write(name);
            write("\n");
        }
    }
    write_number(right);
    write(" programs right\n");
    u32::from(right as usize != PROGRAMS.len())
}

/// What `run` answers.
fn run(wasm: &[u8], argument: i32, memory: &mut [u8]) -> Option<u64> {
    memory.fill(0);
    let mut arena = [0; 4096];
    let module = Module::new(wasm, &NoAlloc, &mut arena).ok()?;
    let mut slots = [0; 256];
    let mut frames = [Default::default(); 64];
    let mut instances = [Default::default()];
    let mut memories = [Default::default()];
    let mut tables = [Default::default()];
    let mut elements = [Default::default(); 32];
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
        memory,
        globals: &mut globals,
        types: &mut types,
        segments: &mut segments,
    });
    let instance = store.instantiate(module, &[]).ok()?;
    let func = store.func(instance, "run")?;
    store.call(func, &[Value::I32(argument)]).ok()?;
    let mut fuel = u64::MAX;
    if store.run(&mut fuel) != Exit::Done {
        return None;
    }
    match store.results().next()? {
        Value::I64(answer) => Some(answer as u64),
        _ => None,
    }
}
