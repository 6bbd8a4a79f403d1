//! The compact engine by its public API: branches, exits and what follows them, snapshots, what is
//! needed.
//!
//! All memory is the test's: lists exactly as long as stated, so that one item too few is an error
//! that the test sees.

mod branches;
mod exits;
mod fuel;
mod needs;
mod pages;
mod snapshots;
mod vectors;

use tabwasm::compact::{
    Extern, Frame, FuncAddr, Global, Instance, InstanceIdx, Link, Memory, Module, Ram, Segment,
    Store, Table,
};
use tabwasm::profile::{Gate, NoAlloc, Profile, Slot};
use tabwasm::types::{Ref, TypeId};

/// Memory for a store, of which there is enough.
struct Memories<S = u64> {
    slots: [S; 256],
    frames: [Frame; 16],
    instances: [Instance<'static>; 4],
    links: [Link; 16],
    tables: [Table; 4],
    elements: [Ref; 64],
    memories: [Memory; 4],
    memory: Vec<u8>,
    globals: [Global<S>; 16],
    types: [TypeId; 64],
    segments: [Segment; 16],
}

impl<S: Slot> Memories<S> {
    fn new(bytes: usize) -> Self {
        Self {
            slots: [S::ZERO; 256],
            frames: Default::default(),
            instances: Default::default(),
            links: Default::default(),
            tables: Default::default(),
            elements: [Ref::NULL; 64],
            memories: Default::default(),
            memory: vec![0; bytes],
            globals: [Global::EMPTY; 16],
            types: [TypeId::default(); 64],
            segments: Default::default(),
        }
    }

    fn ram(&mut self) -> Ram<'static, '_, S> {
        Ram {
            slots: &mut self.slots,
            frames: &mut self.frames,
            instances: &mut self.instances,
            links: &mut self.links,
            tables: &mut self.tables,
            elements: &mut self.elements,
            memories: &mut self.memories,
            memory: &mut self.memory,
            globals: &mut self.globals,
            types: &mut self.types,
            segments: &mut self.segments,
        }
    }
}

/// A module from its text, which lives as long as the process.
fn module(text: &str) -> Module<'static> {
    module_of(text, &NoAlloc)
}

/// The same, admitted by another gate.
fn module_of(text: &str, gate: &impl Gate) -> Module<'static> {
    let wasm = wat::parse_str(text).unwrap().leak();
    Module::new(wasm, gate, vec![0; 1 << 16].leak()).unwrap()
}

/// A store with one instance, and a function of it.
fn store<'s>(
    module: Module<'static>,
    imports: &[Extern<'_>],
    memories: &'s mut Memories,
    name: &str,
) -> (Store<'static, 's, NoAlloc>, InstanceIdx, FuncAddr) {
    store_of(module, imports, memories, name)
}

/// The same of another profile.
fn store_of<'s, P: Profile>(
    module: Module<'static>,
    imports: &[Extern<'_>],
    memories: &'s mut Memories<P::Slot>,
    name: &str,
) -> (Store<'static, 's, P>, InstanceIdx, FuncAddr) {
    let mut store = Store::new(memories.ram());
    let instance = store.instantiate(module, imports).unwrap();
    let func = store.func(instance, name).unwrap();
    (store, instance, func)
}
