//! Memory of a compact store, exactly as long as its modules say that they need.
//!
//! With more, a wrong number would not be noticed. Memories and tables grow as the program asks, up
//! to a bound.

use std::slice::IterMut;

use tabwasm::compact::{Frame, Global, Instance, Link, Memory, Needs, Ram, Segment, Table};
use tabwasm::profile::Slot;
use tabwasm::types::{Ref, TypeId};

/// Slots of the value stack, and callers.
const SLOTS: usize = 1 << 13;
const FRAMES: usize = 1 << 9;

/// How often memories and tables may need more.
const GROWTHS: usize = 24;

/// The lists of a store.
pub struct Buffers<'m, S> {
    slots: Vec<S>,
    frames: Vec<Frame>,
    instances: Vec<Instance<'m>>,
    links: Vec<Link>,
    tables: Vec<Table>,
    elements: Vec<Ref>,
    memories: Vec<Memory>,
    memory: Vec<u8>,
    globals: Vec<Global<S>>,
    types: Vec<TypeId>,
    segments: Vec<Segment>,
    spare: Spare,
}

/// Vectors for what has to become longer.
#[derive(Default)]
struct Spare {
    memory: Vec<Vec<u8>>,
    elements: Vec<Vec<Ref>>,
}

/// What takes the place of a list that is too short.
pub struct Growth<'s> {
    memory: IterMut<'s, Vec<u8>>,
    elements: IterMut<'s, Vec<Ref>>,
}

impl<'m, S: Slot> Buffers<'m, S> {
    /// Lists for modules that need this, and for some calls.
    pub fn new(needs: &Needs) -> Self {
        Self {
            slots: vec![S::ZERO; SLOTS.max(needs.slots)],
            frames: vec![Frame::default(); FRAMES],
            instances: vec![Instance::default(); needs.instances],
            links: vec![Link::default(); needs.links],
            tables: vec![Table::default(); needs.tables],
            elements: vec![Ref::NULL; needs.elements as usize],
            memories: vec![Memory::default(); needs.memories],
            memory: vec![0; needs.memory as usize],
            globals: vec![Global::EMPTY; needs.globals],
            types: vec![TypeId::default(); needs.types],
            segments: vec![Segment::default(); needs.segments],
            spare: Spare {
                memory: vec![Vec::new(); GROWTHS],
                elements: vec![Vec::new(); GROWTHS],
            },
        }
    }

    /// The lists as a store takes them.
    pub fn lend(&mut self) -> (Ram<'m, '_, S>, Growth<'_>) {
        let ram = Ram {
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
        };
        let growth = Growth {
            memory: self.spare.memory.iter_mut(),
            elements: self.spare.elements.iter_mut(),
        };
        (ram, growth)
    }
}

impl<'s> Growth<'s> {
    pub(crate) fn memory(&mut self, len: usize) -> Option<&'s mut [u8]> {
        longer(&mut self.memory, len, super::MOST_MEMORY)
    }

    pub(crate) fn elements(&mut self, len: usize) -> Option<&'s mut [Ref]> {
        longer(&mut self.elements, len, super::MOST_ELEMENTS)
    }
}

fn longer<'s, T: Clone + Default>(
    spare: &mut IterMut<'s, Vec<T>>,
    len: usize,
    most: usize,
) -> Option<&'s mut [T]> {
    if len > most {
        return None;
    }
    let next = spare.next()?;
    next.resize(len, T::default());
    Some(next)
}
