//! The public API: what a user writes, and what a user must never meet.
//!
//! `porting` is code as a wasmtime user writes it; `hostile` is user code that misuses every trait;
//! `scopes` mixes things of two stores and engines. The others are one file a subject.

mod bounds;
mod calls;
mod copies;
mod errors;
mod expressions;
mod fuel;
mod handles;
mod hostile;
mod images;
mod lazy;
mod limits;
mod loads;
mod loops;
mod objects;
mod pages;
mod parallel;
mod pooling;
mod porting;
mod resume;
mod scopes;
mod threads;
mod translation;
mod types;
mod unset;
mod vectors;
mod vocabulary;

use tabwasm::{Config, Engine, Instance, Linker, Module, Store};

/// An instance of a module in text, without imports.
fn instance(text: &str) -> (Store<()>, Instance) {
    instance_in(&Engine::default(), text)
}

/// The same in an engine of its own configuration.
fn configured(configure: impl FnOnce(&mut Config), text: &str) -> (Store<()>, Instance) {
    let mut config = Config::new();
    configure(&mut config);
    instance_in(&Engine::new(&config).expect("configuration"), text)
}

fn instance_in(engine: &Engine, text: &str) -> (Store<()>, Instance) {
    let mut store = Store::new(engine, ());
    let instance = Linker::new(engine).instantiate(&mut store, &module(engine, text));
    (store, instance.expect("instance"))
}

fn module(engine: &Engine, text: &str) -> Module {
    Module::new(engine, wat::parse_str(text).expect("text")).expect("module")
}
