//! Components that are damaged: every prefix, and mutants of ten small ones.
//!
//! What is valid is linked, instantiated, and all its functions are called with values of their
//! types, with little fuel: whatever happens is a result, an error or a trap, in a bounded amount of
//! memory and on a small stack.

use std::fs;
use std::path::Path;

use tabwasm::component::types::{ComponentItem, Type};
use tabwasm::component::{BorrowedResource, Component, Linker, Resource, ResourceType, Val};
use tabwasm::{Config, Engine, Store, StoreLimits, StoreLimitsBuilder};
use tabwasm_tests::corpus::{Module, Random, mutate};

use crate::{FIXED, counting, small_stack};

/// Instructions that each call may run.
const FUEL: u64 = 2_000;

/// Mutants of all of them together.
const MUTANTS: usize = if cfg!(debug_assertions) {
    3_000
} else {
    100_000
};

/// How far a damaged component got.
#[derive(Clone, Copy, Debug, Default)]
struct Reached {
    loaded: usize,
    instantiated: usize,
    calls: usize,
    results: usize,
}

#[test]
fn prefixes_and_mutants_of_components() {
    let (reached, tried) = small_stack(|| {
        let mut config = Config::new();
        config.consume_fuel(true);
        let engine = Engine::new(&config).expect("an engine");
        let components = components();
        let mut reached = Reached::default();
        let mut tried = 0;
        for Module { name, bytes, .. } in &components {
            let whole = run(&engine, bytes);
            assert!(whole.results > 0, "{name}: {whole:?}");
            for size in 0..bytes.len() {
                reached.add(run(&engine, &bytes[..size]));
                tried += 1;
            }
        }
        let mut random = Random::new(17);
        for number in 0..MUTANTS {
            let bytes = &components[number % components.len()].bytes;
            reached.add(run(&engine, &mutate(&components, bytes, &mut random)));
            tried += 1;
        }
        (reached, tried)
    });
    println!("{tried} damaged components: {reached:?}");
    assert!(reached.loaded > tried / 40 && reached.results > tried / 40);
}

impl Reached {
    fn add(&mut self, other: Self) {
        self.loaded += other.loaded;
        self.instantiated += other.instantiated;
        self.calls += other.calls;
        self.results += other.results;
    }
}

/// The components beside this file.
fn components() -> Vec<Module> {
    let folder = Path::new(file!()).with_extension("");
    let folder = tabwasm_tests::workspace().join(folder);
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert_eq!(files.len(), 10);
    let component = |path: std::path::PathBuf| Module {
        name: path.display().to_string(),
        bytes: wat::parse_file(&path).unwrap_or_else(|error| panic!("{error}")),
        valid: true,
    };
    files.into_iter().map(component).collect()
}

/// Loads, links, instantiates and calls, within the bounds of memory.
fn run(engine: &Engine, bytes: &[u8]) -> Reached {
    let mut reached = Reached::default();
    let ((), peak) = counting::peak(|| attempt(engine, bytes, &mut reached));
    assert!(
        peak <= 16 * bytes.len() + FIXED,
        "{peak} bytes for a component of {}",
        bytes.len()
    );
    reached
}

fn attempt(engine: &Engine, bytes: &[u8], reached: &mut Reached) {
    let component = match Component::from_binary(engine, bytes) {
        Ok(component) => component,
        Err(error) => {
            if let Some(reject) = error.as_reject() {
                assert!(reject.offset <= bytes.len(), "{reject}");
            }
            return;
        }
    };
    reached.loaded += 1;
    let mut linker = Linker::new(engine);
    if linker.define_unknown_imports_as_traps(&component).is_err() {
        return;
    }
    linker.allow_shadowing(true);
    define(&mut linker);
    let limits = StoreLimitsBuilder::new()
        .memory_size(1 << 18)
        .table_elements(1_000)
        .build();
    let mut store = Store::new(engine, limits);
    store.limiter(|limits: &mut StoreLimits| limits);
    store.set_fuel(FUEL).expect("fuel is on");
    let Ok(instance) = linker.instantiate(&mut store, &component) else {
        return;
    };
    reached.instantiated += 1;
    let ty = component.component_type();
    let mut functions = Vec::new();
    for (name, item) in ty.exports(engine) {
        match item {
            ComponentItem::ComponentFunc(_) => {
                functions.extend(instance.get_func(&mut store, name))
            }
            ComponentItem::ComponentInstance(inner) => {
                let outer = component.get_export_index(None, name);
                for (name, _) in inner.exports(engine) {
                    let index = component.get_export_index(outer.as_ref(), name);
                    functions.extend(index.and_then(|index| instance.get_func(&mut store, index)));
                }
            }
            _ => {}
        }
    }
    for func in functions {
        let ty = func.ty(&store);
        let params: Option<Vec<Val>> = ty.params().map(|(_, ty)| value(&ty)).collect();
        let Some(params) = params else { continue };
        let mut results: Vec<Val> = ty.results().map(|_| Val::Bool(false)).collect();
        store.set_fuel(FUEL).expect("fuel is on");
        reached.calls += 1;
        // A trap is as good as a result.
        let called = func.call(&mut store, &params, &mut results);
        reached.results += usize::from(called.is_ok());
    }
}

/// What some of the components import.
fn define(linker: &mut Linker<StoreLimits>) {
    let mut root = linker.root();
    let echo =
        |_: tabwasm::component::types::ComponentFunc, params: &[Val], results: &mut [Val]| {
            for (result, param) in results.iter_mut().zip(params) {
                *result = param.clone();
            }
            Ok(())
        };
    for name in ["shout", "tick", "print"] {
        let defined = root.func_new(name, move |_, ty, params, results| {
            echo(ty, params, results)
        });
        defined.expect("shadowing is allowed");
    }
    let mut files = linker.instance("files").expect("it is an instance");
    files
        .resource("file", ResourceType::host::<File>(), |_, _| Ok(()))
        .expect("shadowing is allowed");
    files
        .func_wrap("open", |_, (size,): (u32,)| {
            Ok((Resource::<File>::new(size),))
        })
        .expect("shadowing is allowed");
    files
        .func_wrap(
            "[method]file.size",
            |_, (file,): (BorrowedResource<File>,)| Ok((file.rep(),)),
        )
        .expect("shadowing is allowed");
}

/// What stands for a file is its size.
enum File {}

/// A value of a type; none if there is none without an instance.
fn value(ty: &Type) -> Option<Val> {
    Some(match ty {
        Type::Bool => Val::Bool(true),
        Type::S8 => Val::S8(-1),
        Type::U8 => Val::U8(1),
        Type::S16 => Val::S16(-1),
        Type::U16 => Val::U16(1),
        Type::S32 => Val::S32(-1),
        Type::U32 => Val::U32(1),
        Type::S64 => Val::S64(-1),
        Type::U64 => Val::U64(1),
        Type::Float32 => Val::Float32(0.5),
        Type::Float64 => Val::Float64(0.5),
        Type::Char => Val::Char('ß'),
        Type::String => Val::String("aß€𝄞".to_owned()),
        Type::List(list) => Val::List(vec![value(&list.ty())?; 2]),
        Type::Record(record) => {
            let fields = record.fields();
            let fields = fields.map(|field| Some((field.name.to_owned(), value(&field.ty)?)));
            Val::Record(fields.collect::<Option<_>>()?)
        }
        Type::Tuple(tuple) => {
            Val::Tuple(tuple.types().map(|ty| value(&ty)).collect::<Option<_>>()?)
        }
        Type::Variant(variant) => {
            let case = variant.cases().last()?;
            let inner = match &case.ty {
                Some(ty) => Some(Box::new(value(ty)?)),
                None => None,
            };
            Val::Variant(case.name.to_owned(), inner)
        }
        Type::Enum(names) => Val::Enum(names.names().last()?.to_owned()),
        Type::Flags(names) => Val::Flags(names.names().map(str::to_owned).collect()),
        Type::Option(option) => Val::Option(Some(Box::new(value(&option.ty())?))),
        Type::Result(result) => Val::Result(Ok(match result.ok() {
            Some(ty) => Some(Box::new(value(&ty)?)),
            None => None,
        })),
        _ => return None,
    })
}
