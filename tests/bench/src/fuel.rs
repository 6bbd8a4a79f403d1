//! How much work a unit of fuel buys: every row that can do more than constant work, beside a loop.
//!
//! Each case is a function that does its work once for each call. Its calls are timed with fuel on,
//! and what it takes per unit is divided by what a loop takes. What holds the bounds is counted, in
//! `tests/tests/api/fuel.rs`; this shows that the counts mean something.

use std::time::{Duration, Instant};

use tabwasm::{Caller, Config, Engine, Func, FuncType, Instance, Linker, Module, Store, Val};
use wasm_encoder::{
    BlockType, CodeSection, DataCountSection, DataSection, ElementSection, Elements, ExportKind,
    ExportSection, Function, FunctionSection, HeapType, ImportSection, Instruction, MemorySection,
    MemoryType, RefType, TableSection, TableType, TypeSection, ValType,
};

use crate::Error;
use crate::statistics::median;

/// Bytes, elements, locals and values of a case.
const BYTES: i32 = 32 << 20;
const ELEMENTS: i32 = 1 << 20;
const LOCALS: u32 = 40_000;
const VALUES: usize = 1_000;
const SEGMENT: i32 = 1 << 20;

/// Pages and elements that a growth adds.
const PAGES: i32 = 16;
const GROWTH: i32 = 1 << 14;

/// How long a case is measured, and how often at most.
const BUDGET: Duration = Duration::from_millis(300);
const ROUNDS: usize = 200;

/// The most that a row may take for a unit of fuel, in units of a loop.
const MOST: f64 = 20.0;

/// Prints the table; says whether some row does more than it pays for.
pub fn compare() -> Result<bool, Error> {
    let wasm = module();
    let engine = Engine::new(Config::new().consume_fuel(true))?;
    let module = Module::new(&engine, &wasm)?;
    let plain = measure(&engine, &module, CASES[0].0)?;
    let mut within = true;
    println!(
        "{:<24}{:>12}{:>12}{:>8}",
        "", "fuel a call", "ns a unit", "loops"
    );
    for (name, _) in CASES {
        let case = measure(&engine, &module, name)?;
        let loops = case.nanoseconds / plain.nanoseconds;
        within &= loops <= MOST;
        println!(
            "{name:<24}{:>12}{:>12.2}{loops:>8.1}",
            case.fuel, case.nanoseconds
        );
    }
    Ok(within)
}

/// What a call burns, and what it takes for a unit.
struct Case {
    fuel: u64,
    nanoseconds: f64,
}

fn measure(engine: &Engine, module: &Module, name: &str) -> Result<Case, Error> {
    let (begin, mut fuel) = (Instant::now(), 0);
    let mut times = Vec::new();
    let (mut store, mut instance) = instance(engine, module)?;
    while begin.elapsed() < BUDGET && times.len() < ROUNDS {
        // What has grown does not grow for ever.
        if name.ends_with("grow") && times.len() % 32 == 31 {
            (store, instance) = self::instance(engine, module)?;
        }
        let func = instance.get_typed_func::<(), ()>(&mut store, name)?;
        store.set_fuel(u64::MAX)?;
        let started = Instant::now();
        func.call(&mut store, ())?;
        let taken = started.elapsed().as_nanos() as f64;
        fuel = u64::MAX - store.get_fuel()?;
        times.push(taken / fuel as f64);
    }
    Ok(Case {
        fuel,
        nanoseconds: median(times).ok_or("there was no time for one call")?,
    })
}

fn instance(engine: &Engine, module: &Module) -> Result<(Store<()>, Instance), Error> {
    let mut store = Store::new(engine, ());
    let mut linker = Linker::new(engine);
    let ty = FuncType::new(vec![tabwasm::ValType::I64; VALUES], []);
    let pass = Func::new(&mut store, ty, |_: Caller<'_, ()>, _: &[Val], _| Ok(()));
    linker.define(&mut store, "host", "pass", pass)?;
    let instance = linker.instantiate(&mut store, module)?;
    Ok((store, instance))
}

/// A case: its name, and what writes its body.
type Body = fn(&mut Function);

/// The loop is the first.
const CASES: &[(&str, Body)] = &[
    ("loop", |f| {
        f.instruction(&Instruction::I32Const(100_000));
        f.instruction(&Instruction::LocalSet(0));
        repeat(f, |_| {});
    }),
    ("memory.fill", |f| {
        three(f, 0, 1, BYTES, Instruction::MemoryFill(0))
    }),
    ("memory.copy", |f| {
        let copy = Instruction::MemoryCopy {
            src_mem: 0,
            dst_mem: 0,
        };
        three(f, BYTES, 0, BYTES, copy);
    }),
    ("memory.init", |f| {
        three(
            f,
            0,
            0,
            SEGMENT,
            Instruction::MemoryInit {
                mem: 0,
                data_index: 0,
            },
        );
    }),
    ("memory.grow", |f| {
        f.instruction(&Instruction::I32Const(PAGES));
        f.instruction(&Instruction::MemoryGrow(0));
        f.instruction(&Instruction::Drop);
    }),
    ("table.fill", |f| {
        f.instruction(&Instruction::I32Const(0));
        f.instruction(&Instruction::RefFunc(1));
        f.instruction(&Instruction::I32Const(ELEMENTS));
        f.instruction(&Instruction::TableFill(0));
    }),
    ("table.copy", |f| {
        let copy = Instruction::TableCopy {
            src_table: 0,
            dst_table: 0,
        };
        three(f, ELEMENTS, 0, ELEMENTS, copy);
    }),
    ("table.init", |f| {
        three(
            f,
            0,
            0,
            LISTED as i32,
            Instruction::TableInit {
                elem_index: 0,
                table: 0,
            },
        );
    }),
    ("table.grow", |f| {
        f.instruction(&Instruction::RefNull(HeapType::FUNC));
        f.instruction(&Instruction::I32Const(GROWTH));
        f.instruction(&Instruction::TableGrow(0));
        f.instruction(&Instruction::Drop);
    }),
    ("locals of a call", |f| repeat_call(f, LOCALS_FUNC, 0)),
    ("results of a call", |f| repeat_call(f, CHAIN_FUNC, VALUES)),
    ("values of a branch", |f| {
        repeat_call(f, BRANCH_FUNC, VALUES)
    }),
    ("parameters of a tail call", |f| {
        f.instruction(&Instruction::I32Const(100));
        f.instruction(&Instruction::LocalSet(0));
        repeat(f, |f| {
            f.instruction(&Instruction::Call(VALUES_FUNC));
            f.instruction(&Instruction::Call(TAIL_FUNC));
        });
    }),
    ("call of the host", |f| {
        f.instruction(&Instruction::I32Const(100));
        f.instruction(&Instruction::LocalSet(0));
        repeat(f, |f| {
            f.instruction(&Instruction::Call(VALUES_FUNC));
            f.instruction(&Instruction::Call(PASS_FUNC));
        });
    }),
];

/// Functions that cases call: the host's, then those of the module.
const PASS_FUNC: u32 = 0;
const LOCALS_FUNC: u32 = 1;
const VALUES_FUNC: u32 = 2;
const CHAIN_FUNC: u32 = 3;
const BRANCH_FUNC: u32 = 4;
const TAIL_FUNC: u32 = 5;
const TAKE_FUNC: u32 = 6;
const FIRST_CASE: u32 = 7;

/// How long a chain of functions is that hand the same values on, and how deep blocks are nested
/// that do.
const CHAIN: u32 = 64;

/// Functions of the segment of elements.
const LISTED: u32 = 100_000;

/// Types: nothing, values given, values taken.
const NOTHING: u32 = 0;
const GIVES: u32 = 1;
const TAKES: u32 = 2;

fn three(f: &mut Function, a: i32, b: i32, count: i32, instruction: Instruction<'_>) {
    for operand in [a, b, count] {
        f.instruction(&Instruction::I32Const(operand));
    }
    f.instruction(&instruction);
}

/// A loop over local 0, which counts down.
fn repeat(f: &mut Function, body: impl FnOnce(&mut Function)) {
    f.instruction(&Instruction::Loop(BlockType::Empty));
    body(f);
    f.instruction(&Instruction::LocalGet(0));
    f.instruction(&Instruction::I32Const(-1));
    f.instruction(&Instruction::I32Add);
    f.instruction(&Instruction::LocalTee(0));
    f.instruction(&Instruction::BrIf(0));
    f.instruction(&Instruction::End);
}

/// Calls a function a hundred times and drops what it gives.
fn repeat_call(f: &mut Function, func: u32, results: usize) {
    f.instruction(&Instruction::I32Const(100));
    f.instruction(&Instruction::LocalSet(0));
    repeat(f, |f| {
        f.instruction(&Instruction::Call(func));
        for _ in 0..results {
            f.instruction(&Instruction::Drop);
        }
    });
}

fn module() -> Vec<u8> {
    let many = || vec![ValType::I64; VALUES];
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([], many());
    types.ty().function(many(), []);
    let mut imports = ImportSection::new();
    imports.import("host", "pass", wasm_encoder::EntityType::Function(TAKES));
    let (mut functions, mut exports) = (FunctionSection::new(), ExportSection::new());
    for ty in [NOTHING, GIVES, GIVES, GIVES, TAKES, TAKES] {
        functions.function(ty);
    }
    for (index, (name, _)) in (FIRST_CASE..).zip(CASES) {
        functions.function(NOTHING);
        exports.export(name, ExportKind::Func, index);
    }
    let first_link = FIRST_CASE + CASES.len() as u32;
    for _ in 0..CHAIN {
        functions.function(GIVES);
    }
    let mut code = CodeSection::new();
    let mut body = |locals: &[(u32, ValType)], write: &dyn Fn(&mut Function)| {
        let mut function = Function::new(locals.iter().copied());
        write(&mut function);
        code.function(function.instruction(&Instruction::End));
    };
    let values = |f: &mut Function| {
        for value in 0..VALUES {
            f.instruction(&Instruction::I64Const(value as i64));
        }
    };
    body(&[(LOCALS, ValType::I64)], &|_| {});
    body(&[], &values);
    body(&[], &|f| _ = f.instruction(&Instruction::Call(first_link)));
    body(&[], &|f| {
        // Each block has a value of its own below those that its branch takes out of it.
        for _ in 0..CHAIN {
            f.instruction(&Instruction::Block(BlockType::FunctionType(GIVES)));
            f.instruction(&Instruction::I32Const(0));
        }
        values(f);
        for _ in 0..CHAIN {
            f.instruction(&Instruction::Br(0));
            f.instruction(&Instruction::End);
        }
    });
    let take = |f: &mut Function| {
        for local in 0..VALUES {
            f.instruction(&Instruction::LocalGet(local as u32));
        }
        f.instruction(&Instruction::ReturnCall(TAKE_FUNC));
    };
    body(&[], &take);
    body(&[], &|_| {});
    for (_, write) in CASES {
        body(&[(1, ValType::I32)], &|f| write(f));
    }
    for link in 1..=CHAIN {
        let next = if link == CHAIN {
            VALUES_FUNC
        } else {
            first_link + link
        };
        body(&[], &|f| _ = f.instruction(&Instruction::Call(next)));
    }
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        minimum: 2 * ELEMENTS as u64,
        maximum: None,
        table64: false,
        shared: false,
    });
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 2 * (BYTES as u64 >> 16),
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut elements = ElementSection::new();
    elements.passive(Elements::Functions(vec![1; LISTED as usize].into()));
    let mut data = DataSection::new();
    data.passive(vec![7; SEGMENT as usize]);
    let mut module = wasm_encoder::Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&tables)
        .section(&memories)
        .section(&exports)
        .section(&elements)
        .section(&DataCountSection { count: 1 })
        .section(&code)
        .section(&data);
    module.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cases_are_valid_and_run() {
        let wasm = module();
        wasmparser::validate(&wasm).unwrap();
        let engine = Engine::new(Config::new().consume_fuel(true)).unwrap();
        let module = Module::new(&engine, &wasm).unwrap();
        let (mut store, instance) = instance(&engine, &module).unwrap();
        for (name, _) in CASES {
            store.set_fuel(u64::MAX).unwrap();
            let func = instance.get_typed_func::<(), ()>(&mut store, name).unwrap();
            func.call(&mut store, ()).unwrap();
        }
    }
}
