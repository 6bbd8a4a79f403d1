//! How fast instances come and go: on demand and from a pool, beside wasmtime in both ways.
//!
//! An instance is made in a store of its own, initializes its memory, touches some pages, and ends with
//! the store, as in a host that makes one for each request. Ways take turns in each round, and what
//! counts is the ratio within a round.

use std::time::Duration;

use cpu_time::ThreadTime;
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function,
    FunctionSection, Instruction, MemArg, MemArgTarget, MemorySection, MemoryType, TypeSection,
    ValType,
};

use crate::Error;
use crate::statistics::median;

/// Pages of 64 KiB that a memory has, and how many of them are written to.
const CASES: [(u32, u32); 4] = [(1, 1), (17, 2), (256, 16), (1024, 1024)];

/// Bytes that a memory begins with.
const DATA: usize = 1024;

/// Memories of a pool, and how many bytes of one stay resident where that is asked for.
const MEMORIES: u32 = 100;
const RESIDENT: usize = 256 << 10;

const ROUNDS: usize = 21;
const SAMPLE: Duration = Duration::from_millis(20);

/// Makes an instance, calls it, and drops it.
type Once = Box<dyn FnMut() -> Result<(), Error>>;

/// A way to make instances of a module.
struct Way {
    title: &'static str,
    load: fn(&[u8]) -> Result<Once, Error>,
}

/// The first is what the others are compared with.
const WAYS: &[Way] = &[
    Way {
        title: "on demand",
        load: |wasm| ours(wasm, &tabwasm::Config::new()),
    },
    Way {
        title: "allocated",
        load: |wasm| ours(wasm, tabwasm::Config::new().memory_reservation(0)),
    },
    Way {
        title: "pooling",
        load: |wasm| pooling(wasm, 0),
    },
    Way {
        title: "resident pool",
        load: |wasm| pooling(wasm, RESIDENT),
    },
    #[cfg(feature = "wasmtime")]
    Way {
        title: "wasmtime",
        load: |wasm| peer::load(wasm, &wasmtime::Config::new()),
    },
    #[cfg(feature = "wasmtime")]
    Way {
        title: "wasmtime pool",
        load: |wasm| peer::pooling(wasm, 0),
    },
    #[cfg(feature = "wasmtime")]
    Way {
        title: "wasmtime res.",
        load: |wasm| peer::pooling(wasm, RESIDENT),
    },
];

/// Prints, for each case, instances a second and the ratio to the first way.
pub fn compare() -> Result<(), Error> {
    print!("{:<22}", "pages, touched");
    for way in WAYS {
        print!("{:>21}", way.title);
    }
    println!();
    for (pages, touched) in CASES {
        let wasm = module(pages, touched);
        let loaded: Result<Vec<_>, _> = WAYS.iter().map(|way| (way.load)(&wasm)).collect();
        let mut ways = loaded?;
        let mut seconds = vec![Vec::new(); ways.len()];
        for _ in 0..ROUNDS {
            for (way, seconds) in ways.iter_mut().zip(&mut seconds) {
                seconds.push(measure(way)?);
            }
        }
        print!("{:<22}", format!("{pages}, {touched}"));
        for way in &seconds {
            let ratios = seconds[0].iter().zip(way).map(|(first, this)| first / this);
            let ratio = median(ratios.collect()).unwrap_or(f64::NAN);
            let rate = 1.0 / median(way.clone()).unwrap_or(f64::NAN);
            print!("{rate:>11.0}/s {ratio:>7.2}x");
        }
        println!();
    }
    Ok(())
}

/// Seconds for one instance.
fn measure(once: &mut Once) -> Result<f64, Error> {
    let (start, mut count) = (ThreadTime::now(), 0);
    while start.elapsed() < SAMPLE {
        for _ in 0..8 {
            once()?;
        }
        count += 8;
    }
    Ok(start.elapsed().as_secs_f64() / f64::from(count))
}

fn ours(wasm: &[u8], config: &tabwasm::Config) -> Result<Once, Error> {
    let engine = tabwasm::Engine::new(config)?;
    let module = tabwasm::Module::new(&engine, wasm)?;
    Ok(Box::new(move || {
        let mut store = tabwasm::Store::new(&engine, ());
        let instance = tabwasm::Instance::new(&mut store, &module, &[])?;
        let run = instance.get_typed_func::<(), ()>(&mut store, "run")?;
        Ok(run.call(&mut store, ())?)
    }))
}

fn pooling(wasm: &[u8], resident: usize) -> Result<Once, Error> {
    let mut pool = tabwasm::PoolingAllocationConfig::new();
    pool.total_memories(MEMORIES);
    pool.linear_memory_keep_resident(resident);
    ours(wasm, tabwasm::Config::new().allocation_strategy(pool))
}

#[cfg(feature = "wasmtime")]
mod peer {
    use wasmtime::{Config, Engine, Instance, Module, PoolingAllocationConfig, Store};

    use super::{MEMORIES, Once};
    use crate::Error;

    pub(super) fn load(wasm: &[u8], config: &Config) -> Result<Once, Error> {
        let engine = Engine::new(config)?;
        let module = Module::new(&engine, wasm)?;
        Ok(Box::new(move || {
            let mut store = Store::new(&engine, ());
            let instance = Instance::new(&mut store, &module, &[])?;
            let run = instance.get_typed_func::<(), ()>(&mut store, "run")?;
            Ok(run.call(&mut store, ())?)
        }))
    }

    pub(super) fn pooling(wasm: &[u8], resident: usize) -> Result<Once, Error> {
        let mut pool = PoolingAllocationConfig::new();
        pool.total_memories(MEMORIES);
        pool.linear_memory_keep_resident(resident);
        load(wasm, Config::new().allocation_strategy(pool))
    }
}

/// A memory of so many pages with some data, and `run`, which writes to some of them.
fn module(pages: u32, touched: u32) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: u64::from(pages),
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut exports = ExportSection::new();
    exports.export("run", ExportKind::Func, 0);
    exports.export("memory", ExportKind::Memory, 0);
    let mut run = Function::new([(1, ValType::I32)]);
    let place = MemArg {
        offset: 0,
        align: 2,
        target: MemArgTarget::Memory(0),
        ordering: None,
    };
    for instruction in [
        Instruction::Loop(BlockType::Empty),
        Instruction::LocalGet(0),
        Instruction::LocalGet(0),
        Instruction::I32Store(place),
        Instruction::LocalGet(0),
        Instruction::I32Const(1 << 16),
        Instruction::I32Add,
        Instruction::LocalTee(0),
        Instruction::I32Const((touched << 16).cast_signed()),
        Instruction::I32LtU,
        Instruction::BrIf(0),
        Instruction::End,
        Instruction::End,
    ] {
        run.instruction(&instruction);
    }
    let mut code = CodeSection::new();
    code.function(&run);
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(8), [1; DATA]);
    let mut module = wasm_encoder::Module::new();
    module
        .section(&types)
        .section(&functions)
        .section(&memories);
    module.section(&exports).section(&code).section(&data);
    module.finish()
}
