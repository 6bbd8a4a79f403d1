//! Modules are translated, at once and at the first call, and run within fuel and memory: what
//! they do ends, and both say the same.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tabwasm::{
    CompilationMode, Config, Engine, Error, Instance, Linker, Module, Store, StoreLimits,
    StoreLimitsBuilder, Trap, Val,
};

/// Fuel of an instantiation and of each call.
const FUEL: u64 = 20_000;

/// Bytes of memory that a store may have.
const MEMORY: usize = 16 << 20;

static ENGINES: LazyLock<[Engine; 2]> = LazyLock::new(|| {
    [CompilationMode::Eager, CompilationMode::LazyTranslation].map(|mode| {
        let mut config = Config::new();
        config
            .consume_fuel(true)
            .epoch_interruption(true)
            .compilation_mode(mode);
        Engine::new(&config).expect("a configuration")
    })
});

fuzz_target!(|bytes: &[u8]| {
    let Some(wasm) = tabwasm_fuzz::module(bytes) else {
        return;
    };
    let [eager, lazy] = ENGINES.each_ref().map(|engine| run(engine, &wasm));
    assert_eq!(eager, lazy);
});

/// How instantiation and all calls ended; nothing if there is no module.
fn run(engine: &Engine, wasm: &[u8]) -> Option<Vec<Ended>> {
    let module = Module::new(engine, wasm).ok()?;
    let limits = StoreLimitsBuilder::new()
        .memory_size(MEMORY)
        .table_elements(10_000)
        .build();
    let mut store = Store::new(engine, limits);
    store.limiter(|limits| limits);
    store.set_epoch_deadline(1);
    store.set_fuel(FUEL).expect("there is fuel");
    let mut linker = Linker::new(engine);
    if linker.define_unknown_imports_as_traps(&module).is_err() {
        return Some(Vec::new());
    }
    let instance = match linker.instantiate(&mut store, &module) {
        Ok(instance) => instance,
        Err(error) => return Some(vec![Ended::failed(&error, &store)]),
    };
    let functions = module
        .exports()
        .filter(|export| export.ty().func().is_some());
    Some(
        functions
            .map(|export| call(&mut store, instance, export.name()))
            .collect(),
    )
}

fn call(store: &mut Store<StoreLimits>, instance: Instance, name: &str) -> Ended {
    store.set_fuel(FUEL).expect("there is fuel");
    let func = instance
        .get_func(&mut *store, name)
        .expect("it is exported");
    let ty = func.ty(&*store);
    let defaults = ty.params().map(|ty| Val::default_for_ty(&ty));
    let Some(params) = defaults.collect::<Option<Vec<_>>>() else {
        return Ended::default();
    };
    let mut results = vec![Val::I32(0); ty.results().len()];
    match func.call(&mut *store, &params, &mut results) {
        Ok(()) => Ended {
            results: results.iter().map(shown).collect(),
            ..Ended::left(store)
        },
        Err(error) => Ended::failed(&error, store),
    }
}

/// A result. Handles of two stores differ.
fn shown(value: &Val) -> String {
    match value {
        Val::FuncRef(func) => format!("func {}", func.is_some()),
        Val::ExternRef(value) => format!("extern {}", value.is_some()),
        value => format!("{value:?}"),
    }
}

/// How a call ended.
#[derive(Debug, Default, PartialEq)]
struct Ended {
    results: Vec<String>,
    trap: Option<Trap>,
    fuel: u64,
}

impl Ended {
    fn left(store: &Store<StoreLimits>) -> Self {
        let fuel = store.get_fuel().expect("there is fuel");
        Self {
            fuel,
            ..Self::default()
        }
    }

    fn failed(error: &Error, store: &Store<StoreLimits>) -> Self {
        Self {
            trap: error.as_trap_code(),
            ..Self::left(store)
        }
    }
}
