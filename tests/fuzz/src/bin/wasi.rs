//! Calls of WASI by a guest: any function with any arguments gives an error number, and touches
//! nothing but the guest's memory and its streams.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tabwasm::{Engine, Func, FuncType, Linker, Module, Store, Val, ValType};
use tabwasm_wasi::abi::ClockId;
use tabwasm_wasi::pipe::{MemoryInputPipe, MemoryOutputPipe};
use tabwasm_wasi::{
    Clock, Errno, FUNCTIONS, MODULE, Random, WasiCtx, WasiCtxBuilder, add_to_linker,
};
use wasm_encoder as wasm;

/// Bytes at the beginning of an input that stand in the guest's memory, from address 0.
const MEMORY: usize = 256;

/// Calls of an input at most.
const CALLS: usize = 32;

/// The largest error number of WASI.
const ERRORS: i32 = Errno::Notcapable as i32;

struct World {
    engine: Engine,
    linker: Linker<WasiCtx>,
    module: Module,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    add_to_linker(&mut linker, |ctx| ctx).expect("all are defined");
    let mut store = Store::new(&engine, WasiCtxBuilder::new().build());
    let types = FUNCTIONS.iter().map(|name| {
        let func = linker
            .get(&mut store, MODULE, name)
            .and_then(|it| it.into_func());
        func.expect("it is defined").ty(&store)
    });
    let guest = guest(&types.collect::<Vec<_>>());
    let module = Module::new(&engine, guest).expect("a module");
    World {
        engine,
        linker,
        module,
    }
});

fuzz_target!(|bytes: &[u8]| {
    let World {
        engine,
        linker,
        module,
    } = &*WORLD;
    let (memory, calls) = bytes.split_at(bytes.len().min(MEMORY));
    let mut store = Store::new(engine, context());
    let instance = linker.instantiate(&mut store, module).expect("an instance");
    let guest = instance.get_memory(&mut store, "memory").expect("exported");
    guest.write(&mut store, 0, memory).expect("it fits");
    let mut bytes = calls.iter().copied();
    for _ in 0..CALLS {
        let Some(function) = bytes.next() else {
            break;
        };
        let name = FUNCTIONS[usize::from(function) % FUNCTIONS.len()];
        let func = instance.get_func(&mut store, name).expect("exported");
        call(&mut store, func, &mut bytes);
    }
});

fn call(store: &mut Store<WasiCtx>, func: Func, bytes: &mut impl Iterator<Item = u8>) {
    let ty = func.ty(&*store);
    let params: Vec<Val> = ty.params().map(|ty| argument(&ty, bytes)).collect();
    let mut results = [Val::I32(0)];
    func.call(store, &params, &mut results)
        .expect("no error of WASI is a trap");
    assert!(matches!(results, [Val::I32(0..=ERRORS)]), "{results:?}");
}

/// A small number, an address in the seeded memory, one near its end, or any.
fn argument(ty: &ValType, bytes: &mut impl Iterator<Item = u8>) -> Val {
    let mut next = || bytes.next().unwrap_or(0);
    let kind = next();
    let low = next();
    let value = match kind % 8 {
        0..4 => u64::from(low % 8),
        4 | 5 => u64::from(low),
        6 => 0x1_0000_u64.saturating_sub(low.into()),
        _ => u64::from_le_bytes([low, next(), next(), next(), next(), next(), next(), next()]),
    };
    match *ty {
        ValType::I64 => Val::I64(value as i64),
        _ => Val::I32(value as i32),
    }
}

/// A guest that imports all functions and exports one that calls each.
fn guest(types: &[FuncType]) -> Vec<u8> {
    let value = |ty| match ty {
        ValType::I64 => wasm::ValType::I64,
        _ => wasm::ValType::I32,
    };
    let mut section = wasm::TypeSection::new();
    let (mut imports, mut functions) = (wasm::ImportSection::new(), wasm::FunctionSection::new());
    let (mut exports, mut code) = (wasm::ExportSection::new(), wasm::CodeSection::new());
    exports.export("memory", wasm::ExportKind::Memory, 0);
    for ((index, ty), name) in (0..).zip(types).zip(FUNCTIONS) {
        section
            .ty()
            .function(ty.params().map(value), ty.results().map(value));
        imports.import(MODULE, name, wasm::EntityType::Function(index));
        functions.function(index);
        exports.export(name, wasm::ExportKind::Func, types.len() as u32 + index);
        let mut body = wasm::Function::new([]);
        for param in 0..ty.params().len() as u32 {
            body.instruction(&wasm::Instruction::LocalGet(param));
        }
        body.instruction(&wasm::Instruction::Call(index));
        body.instruction(&wasm::Instruction::End);
        code.function(&body);
    }
    let mut memories = wasm::MemorySection::new();
    memories.memory(wasm::MemoryType {
        minimum: 1,
        maximum: Some(1),
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut module = wasm::Module::new();
    module
        .section(&section)
        .section(&imports)
        .section(&functions)
        .section(&memories);
    module.section(&exports).section(&code);
    module.finish()
}

fn context() -> WasiCtx {
    let mut builder = WasiCtxBuilder::new();
    builder
        .args(&["program", "argument"])
        .and_then(|builder| builder.env("KEY", "value"))
        .expect("no zero bytes");
    builder
        .stdin(MemoryInputPipe::new("some input"))
        .stdout(MemoryOutputPipe::new(64));
    builder.clock(Still).random(Still).build()
}

/// A clock and randomness that are always the same.
struct Still;

impl Clock for Still {
    fn resolution(&self, _: ClockId) -> Result<u64, Errno> {
        Ok(1)
    }

    fn now(&self, _: ClockId) -> Result<u64, Errno> {
        Ok(1_000_000)
    }

    fn sleep(&self, _: u64) {}
}

impl Random for Still {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        buffer.fill(7);
        Ok(())
    }
}
