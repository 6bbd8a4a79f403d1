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

use tabwasm::compact::{
    Extern, Frame, FuncAddr, Global, Instance, InstanceIdx, Link, Memory, Module, Ram, Segment,
    Store, Table,
};
use tabwasm::profile::NoAlloc;
use tabwasm::types::{Ref, TypeId};

/// Memory for a store, of which there is enough.
struct Memories {
    slots: [u64; 256],
    frames: [Frame; 16],
    instances: [Instance<'static>; 4],
    links: [Link; 16],
    tables: [Table; 4],
    elements: [Ref; 64],
    memories: [Memory; 4],
    memory: Vec<u8>,
    globals: [Global; 16],
    types: [TypeId; 64],
    segments: [Segment; 16],
}

impl Memories {
    fn new(bytes: usize) -> Self {
        Self {
            slots: [0; 256],
            frames: Default::default(),
            instances: Default::default(),
            links: Default::default(),
            tables: Default::default(),
            elements: [Ref::NULL; 64],
            memories: Default::default(),
            memory: vec![0; bytes],
            globals: Default::default(),
            types: [TypeId::default(); 64],
            segments: Default::default(),
        }
    }

    fn ram(&mut self) -> Ram<'static, '_> {
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
    let wasm = wat::parse_str(text).unwrap().leak();
    Module::new(wasm, &NoAlloc, vec![0; 1 << 16].leak()).unwrap()
}

/// A store with one instance, and a function of it.
fn store<'s>(
    module: Module<'static>,
    imports: &[Extern<'_>],
    memories: &'s mut Memories,
    name: &str,
) -> (Store<'static, 's, NoAlloc>, InstanceIdx, FuncAddr) {
    let mut store = Store::new(memories.ram());
    let instance = store.instantiate(module, imports).unwrap();
    let func = store.func(instance, name).unwrap();
    (store, instance, func)
}
