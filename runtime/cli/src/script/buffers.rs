//! Memory for the tier without an allocator: vectors that lend their slices.
//!
//! A store keeps what it is given for as long as it lives. So whatever may have to grow is a row
//! of vectors, of which the next one takes over, twice as long.

use std::slice::IterMut;

use tabwasm::Config;
use tabwasm::compact::{Frame, Global, Instance, Link, Memory, Ram, Segment, Table};
use tabwasm::profile::Slot;
use tabwasm::types::{Ref, TypeId};

/// Items of the lists that do not grow.
const ITEMS: usize = 1 << 14;

/// How often a list can be doubled.
const DOUBLINGS: usize = usize::BITS as usize;

/// Bytes of modules and their tables, as they come.
pub(super) struct Modules(Vec<ModuleBuffers>);

/// A place for a module.
#[derive(Clone, Default)]
pub(super) struct ModuleBuffers {
    pub(super) wasm: Vec<u8>,
    pub(super) table: Vec<u8>,
}

impl Modules {
    /// For this many of them.
    pub(super) fn new(count: usize) -> Self {
        Self(vec![ModuleBuffers::default(); count])
    }

    pub(super) fn places(&mut self) -> IterMut<'_, ModuleBuffers> {
        self.0.iter_mut()
    }
}

/// The lists of a store.
pub(super) struct Lists<'m, S> {
    slots: Vec<S>,
    frames: Vec<Frame>,
    instances: Vec<Instance<'m>>,
    links: Vec<Link>,
    tables: Vec<Table>,
    memories: Vec<Memory>,
    globals: Vec<Global<S>>,
    types: Vec<TypeId>,
    segments: Vec<Segment>,
    bytes: Vec<Vec<u8>>,
    elements: Vec<Vec<Ref>>,
}

impl<'m, S: Slot> Lists<'m, S> {
    /// For this many instances; the stack is as large as the configuration says.
    pub(super) fn new(instances: usize, config: &Config) -> Self {
        let stack = usize::try_from(config.get_limits().stack_size).unwrap_or(usize::MAX);
        let slots = stack / size_of::<S>();
        Self {
            slots: vec![S::ZERO; slots],
            frames: vec![Frame::default(); slots],
            instances: vec![Instance::default(); instances],
            links: vec![Link::default(); ITEMS],
            tables: vec![Table::default(); ITEMS],
            memories: vec![Memory::default(); ITEMS],
            globals: vec![Global::EMPTY; ITEMS],
            types: vec![TypeId::default(); ITEMS],
            segments: vec![Segment::default(); ITEMS],
            bytes: vec![Vec::new(); DOUBLINGS],
            elements: vec![Vec::new(); DOUBLINGS],
        }
    }

    /// What a store begins with, and what makes its memories and tables longer.
    pub(super) fn lend(&mut self) -> (Ram<'m, '_, S>, Growing<'_, u8>, Growing<'_, Ref>) {
        let ram = Ram {
            slots: &mut self.slots,
            frames: &mut self.frames,
            instances: &mut self.instances,
            links: &mut self.links,
            tables: &mut self.tables,
            memories: &mut self.memories,
            globals: &mut self.globals,
            types: &mut self.types,
            segments: &mut self.segments,
            ..Ram::default()
        };
        (
            ram,
            Growing::new(&mut self.bytes),
            Growing::new(&mut self.elements),
        )
    }
}

/// A list that can become longer.
pub(super) struct Growing<'s, T> {
    rest: IterMut<'s, Vec<T>>,
    len: usize,
}

impl<'s, T: Clone + Default> Growing<'s, T> {
    fn new(vectors: &'s mut [Vec<T>]) -> Self {
        Self {
            rest: vectors.iter_mut(),
            len: 0,
        }
    }

    /// How long it is.
    pub(super) fn len(&self) -> u64 {
        self.len as u64
    }

    /// A longer one, if what is needed is not more than `most`.
    pub(super) fn grow(&mut self, needed: u64, most: u64) -> Option<&'s mut [T]> {
        let len = needed.max(2 * self.len()).min(most);
        let len = usize::try_from(len).ok().filter(|_| needed <= most)?;
        let next = self.rest.next()?;
        next.try_reserve_exact(len).ok()?;
        next.resize(len, T::default());
        self.len = len;
        Some(next)
    }
}
