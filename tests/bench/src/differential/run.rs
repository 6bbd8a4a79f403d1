//! A plan carried out by an engine, and written down as values that can be compared.
//!
//! The engines give things the same names, so that a macro writes one function for each. Our
//! engine runs in several configurations, since each is translated differently; a [`Peer`] runs
//! once, and says what is right.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(feature = "wasmtime")]
use std::sync::LazyLock;

use super::plan::{Plan, Value};
use tabwasm_generator::Program;

/// The engine that says what is right.
#[derive(Clone, Copy)]
pub struct Peer {
    /// What the command line calls it.
    pub name: &'static str,
    /// Of a [`Program`], the one that this peer runs instead.
    program: fn(&Program) -> Vec<u8>,
    run: fn(&[u8], &Plan) -> Vec<Outcome>,
}

/// The peers of this build; the first one is the default.
pub const PEERS: &[Peer] = &[
    Peer {
        name: "wasmi",
        program: |program| program.plain().encode(),
        run: run_wasmi,
    },
    #[cfg(feature = "wasmtime")]
    Peer {
        name: "wasmtime",
        program: Program::encode,
        run: run_wasmtime,
    },
];

/// A way of running our engine.
pub struct Variant {
    /// What the report calls it.
    pub name: &'static str,
    configure: fn(&mut tabwasm::Config),
}

/// The ways of running our engine; the first one always ends.
pub const VARIANTS: [Variant; 5] = [
    Variant {
        name: "fuel",
        configure: |config| {
            config.consume_fuel(true);
        },
    },
    Variant {
        name: "default",
        configure: |_| {},
    },
    Variant {
        name: "epoch",
        configure: |config| {
            config.epoch_interruption(true);
        },
    },
    Variant {
        name: "eager",
        configure: |config| {
            config.compilation_mode(tabwasm::CompilationMode::Eager);
        },
    },
    Variant {
        name: "unfused",
        configure: |config| {
            config.fuse_instructions(false);
        },
    },
];

/// What a call gave, and the state that it left behind.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    results: Result<Vec<Value>, String>,
    globals: Vec<Value>,
    tables: Vec<u64>,
    memories: u64,
}

/// Fuel for each call, of the peer; ours has other costs and gets more.
const FUEL: u64 = 300_000;

impl Peer {
    /// The module that the peer runs in place of a program's own.
    pub fn module(&self, program: &Program) -> Vec<u8> {
        (self.program)(program)
    }

    /// Carries the plan out, the instantiation first; stops where comparison ends. Should the peer
    /// panic, there is nothing to compare with.
    pub fn reference(&self, wasm: &[u8], plan: &Plan) -> Vec<Outcome> {
        catch_unwind(AssertUnwindSafe(|| (self.run)(wasm, plan))).unwrap_or_default()
    }
}

fn run_wasmi(wasm: &[u8], plan: &Plan) -> Vec<Outcome> {
    let mut config = wasmi::Config::default();
    config.wasm_wide_arithmetic(true);
    config
        .compilation_mode(wasmi::CompilationMode::Eager)
        .consume_fuel(true)
        .wasm_memory64(true)
        .wasm_multi_memory(true)
        .wasm_tail_call(true)
        .wasm_extended_const(true);
    let engine = wasmi::Engine::new(&config);
    let store = wasmi::Store::new(&engine, ());
    on_wasmi::run(&engine, store, wasm, plan, Some(FUEL), usize::MAX)
}

#[cfg(feature = "wasmtime")]
fn run_wasmtime(wasm: &[u8], plan: &Plan) -> Vec<Outcome> {
    // One for all modules, since it takes longer to make than most of them.
    static ENGINE: LazyLock<wasmtime::Engine> = LazyLock::new(|| {
        let mut config = wasmtime::Config::new();
        config
            .consume_fuel(true)
            .cranelift_opt_level(wasmtime::OptLevel::None)
            .wasm_backtrace_max_frames(None)
            .wasm_custom_page_sizes(true)
            .wasm_wide_arithmetic(true);
        wasmtime::Engine::new(&config).expect("this is a configuration")
    });
    let store = wasmtime::Store::new(&ENGINE, ());
    on_wasmtime::run(&ENGINE, store, wasm, plan, Some(FUEL), usize::MAX)
}

/// Carries so much of the plan out on our engine. A panic is never right.
pub fn ours(wasm: &[u8], plan: &Plan, variant: &Variant, outcomes: usize) -> Vec<Outcome> {
    catch_unwind(AssertUnwindSafe(|| run_ours(wasm, plan, variant, outcomes)))
        .unwrap_or_else(|_| vec![Outcome::stopped("panic".to_owned())])
}

fn run_ours(wasm: &[u8], plan: &Plan, variant: &Variant, outcomes: usize) -> Vec<Outcome> {
    let mut config = tabwasm::Config::new();
    (variant.configure)(&mut config);
    let Ok(engine) = tabwasm::Engine::new(&config) else {
        return Vec::new();
    };
    let mut store = tabwasm::Store::new(&engine, ());
    store.set_epoch_deadline(1);
    let fuel = (variant.name == "fuel").then_some(FUEL * 100);
    on_ours::run(&engine, store, wasm, plan, fuel, outcomes)
}

/// Traps that depend on an engine's own measures: nothing is compared from there on.
const OWN: [&str; 5] = [
    "OutOfFuel",
    "StackOverflow",
    "GrowthOperationLimited",
    "OutOfSystemMemory",
    "Interrupt",
];

macro_rules! runner {
    ($name:ident, $engine:ident) => {
        mod $name {
            use super::*;
            use $engine::{Engine, Error, Instance, Module, Store};

            pub fn run(
                engine: &Engine,
                mut store: Store<()>,
                wasm: &[u8],
                plan: &Plan,
                fuel: Option<u64>,
                outcomes: usize,
            ) -> Vec<Outcome> {
                let mut all = Vec::new();
                if let Some(fuel) = fuel {
                    store.set_fuel(fuel).expect("fuel is on");
                }
                let instance = Module::new(engine, wasm)
                    .and_then(|module| Instance::new(&mut store, &module, &[]));
                let instance = match instance {
                    Ok(instance) => instance,
                    // wasmi does not tell which trap it was.
                    Err(error) => {
                        let stopped = "no instance".to_owned();
                        all.extend(trap(&error).map(|_| Outcome::stopped(stopped)));
                        return all;
                    }
                };
                all.push(observe(&mut store, &instance, plan, Ok(Vec::new())));
                for call in plan.calls.iter().take(outcomes.saturating_sub(1)) {
                    if let Some(fuel) = fuel {
                        store.set_fuel(fuel).expect("fuel is on");
                    }
                    // A module made smaller may have lost it.
                    let Some(func) = instance.get_func(&mut store, &call.name) else {
                        break;
                    };
                    let arguments: Vec<_> = call.arguments.iter().copied().map(to_val).collect();
                    let mut results = vec![to_val(Value::I32(0)); call.results];
                    let results = match func.call(&mut store, &arguments, &mut results) {
                        Ok(()) => Ok(results.iter().map(from_val).collect()),
                        Err(error) => match trap(&error) {
                            Some(trap) => Err(trap),
                            None => break,
                        },
                    };
                    all.push(observe(&mut store, &instance, plan, results));
                }
                all
            }

            /// The kind of a trap that all engines have in common.
            fn trap(error: &Error) -> Option<String> {
                let kind = error.trap().unwrap_or_else(|| "no trap".to_owned());
                (!OWN.contains(&kind.as_str())).then_some(kind)
            }

            fn observe(
                store: &mut Store<()>,
                instance: &Instance,
                plan: &Plan,
                results: Result<Vec<Value>, String>,
            ) -> Outcome {
                let mut hasher = DefaultHasher::new();
                for name in &plan.memories {
                    if let Some(memory) = instance.get_memory(&mut *store, name) {
                        memory.data(&*store).hash(&mut hasher);
                    }
                }
                let (mut globals, mut tables) = (Vec::new(), Vec::new());
                for name in &plan.globals {
                    if let Some(global) = instance.get_global(&mut *store, name) {
                        globals.push(from_val(&global.get(&mut *store)));
                    }
                }
                for name in &plan.tables {
                    if let Some(table) = instance.get_table(&mut *store, name) {
                        tables.push(table.size(&*store).into());
                    }
                }
                Outcome {
                    results,
                    globals,
                    tables,
                    memories: hasher.finish(),
                }
            }
        }
    };
}

impl Outcome {
    /// No instance came into being.
    fn stopped(why: String) -> Self {
        Self {
            results: Err(why),
            globals: Vec::new(),
            tables: Vec::new(),
            memories: 0,
        }
    }
}

runner!(on_ours, tabwasm);
runner!(on_wasmi, wasmi);
#[cfg(feature = "wasmtime")]
runner!(on_wasmtime, wasmtime);

mod conversion {
    use super::Value;

    pub trait Convert {
        fn of(value: Value) -> Self;
        fn value(&self) -> Value;
    }

    macro_rules! convert {
        ($engine:ident) => {
            impl Convert for $engine::Val {
                fn of(value: Value) -> Self {
                    match value {
                        Value::I32(value) => Self::I32(value),
                        Value::I64(value) => Self::I64(value),
                        Value::F32(bits) => Self::F32(bits),
                        Value::F64(bits) => Self::F64(bits),
                        Value::V128(bits) => Self::V128(bits.into()),
                        Value::Func(_) => Self::FuncRef(None),
                        Value::Extern(_) => Self::ExternRef(None),
                    }
                }

                fn value(&self) -> Value {
                    match self {
                        Self::I32(value) => Value::I32(*value),
                        Self::I64(value) => Value::I64(*value),
                        Self::F32(bits) => Value::f32(f32::from_bits(*bits)),
                        Self::F64(bits) => Value::f64(f64::from_bits(*bits)),
                        Self::V128(value) => Value::V128(value.as_u128()),
                        Self::ExternRef(reference) => Value::Extern(reference.is_some()),
                        Self::FuncRef(reference) => Value::Func(reference.is_some()),
                        _ => unreachable!("no module has other types"),
                    }
                }
            }
        };
    }

    convert!(tabwasm);
    #[cfg(feature = "wasmtime")]
    convert!(wasmtime);

    impl Convert for wasmi::Val {
        fn of(value: Value) -> Self {
            match value {
                Value::I32(value) => Self::I32(value),
                Value::I64(value) => Self::I64(value),
                Value::F32(bits) => Self::F32(wasmi::F32::from_bits(bits)),
                Value::F64(bits) => Self::F64(wasmi::F64::from_bits(bits)),
                Value::V128(bits) => Self::V128(bits.into()),
                Value::Func(_) => Self::FuncRef(wasmi::Nullable::Null),
                Value::Extern(_) => Self::ExternRef(wasmi::Nullable::Null),
            }
        }

        fn value(&self) -> Value {
            match self {
                Self::I32(value) => Value::I32(*value),
                Self::I64(value) => Value::I64(*value),
                Self::F32(value) => Value::f32(value.to_float()),
                Self::F64(value) => Value::f64(value.to_float()),
                Self::ExternRef(reference) => Value::Extern(!reference.is_null()),
                Self::FuncRef(reference) => Value::Func(!reference.is_null()),
                Self::V128(value) => Value::V128(value.as_u128()),
            }
        }
    }
}

/// The kind of a trap, by the name that all engines give to it.
pub trait TrapKind {
    /// None if it is no trap.
    fn trap(&self) -> Option<String>;
}

impl TrapKind for tabwasm::Error {
    fn trap(&self) -> Option<String> {
        self.as_trap_code().map(|trap| format!("{trap:?}"))
    }
}

impl TrapKind for wasmi::Error {
    fn trap(&self) -> Option<String> {
        self.as_trap_code().map(|trap| format!("{trap:?}"))
    }
}

#[cfg(feature = "wasmtime")]
impl TrapKind for wasmtime::Error {
    fn trap(&self) -> Option<String> {
        let trap = self.downcast_ref::<wasmtime::Trap>();
        trap.map(|trap| format!("{trap:?}"))
    }
}

use conversion::Convert;

fn to_val<V: Convert>(value: Value) -> V {
    V::of(value)
}

fn from_val<V: Convert>(value: &V) -> Value {
    value.value()
}
