//! Snapshots: the state of a store as bytes, the same on every machine.
//!
//! The width of slots, lengths of all lists, then their items, least significant byte first; between
//! two exits nothing else is known of a program. Modules and their tables are not part of it: the store that takes a
//! snapshot over gets them again, and compares their fingerprints.

use core::cell::Cell;

use super::address::FuncAddr;
use super::entity::{Frame, Global, Memory, Segment, Table};
use super::error::{Capacity, Error};
use super::exit::Exit;
use super::instance::{Bases, Instance};
use super::instantiate::InstanceIdx;
use super::link::Link;
use super::list::List;
use super::module::Module;
use super::registers::Registers;
use super::state::State;
use super::store::{Phase, Store};
use crate::profile::{Profile, Slot};
use crate::types::{Ref, RefType, TypeId, ValType};
use crate::validate::item::{Bytes, Item, fields, stored_as};

/// The front of a snapshot: where the interpreter is, and the lengths of the lists that follow.
#[derive(Clone, Copy, Debug, Default)]
struct Head {
    format: u32,
    /// Bytes of a slot.
    width: u8,
    phase: u8,
    refused: bool,
    due: usize,
    ip: usize,
    branch: usize,
    base: usize,
    func: FuncAddr,
    entry: FuncAddr,
    current: u32,
    /// The function of the host that is waited for, and the host's number for it.
    host: FuncAddr,
    host_id: u32,
    slots: usize,
    frames: usize,
    instances: usize,
    links: usize,
    tables: usize,
    elements: usize,
    memories: usize,
    memory: usize,
    globals: usize,
    types: usize,
    segments: usize,
}

const FORMAT: u32 = 4;

stored_as! {
    FuncAddr as u32: |value| value.bits(), |stored| FuncAddr::from_bits(stored);
    Ref as u32: |value| value.0, |stored| Ref(stored);
    TypeId as u32: |value| value.0, |stored| TypeId(stored);
}

fields! {
    Frame { func: FuncAddr, ip: u32, branch: u32, base: u32 }
    Bases { links: u32, tables: u32, memories: u32, globals: u32, types: u32, segments: u32 }
    Table { start: u32, len: u32, max: Option<u64>, is_64: bool, element: RefType }
    Memory { start: usize, len: usize, max: Option<u64>, page_size_log2: u8, is_64: bool }
    Segment { start: u32, len: u32, is_element: bool }
    Head {
        format: u32, width: u8, phase: u8, refused: bool, due: usize, ip: usize, branch: usize, base: usize,
        func: FuncAddr, entry: FuncAddr, current: u32, host: FuncAddr, host_id: u32,
        slots: usize, frames: usize, instances: usize, links: usize, tables: usize,
        elements: usize, memories: usize, memory: usize, globals: usize, types: usize,
        segments: usize,
    }
}

impl<S: Slot> Item for Global<S> {
    const SIZE: usize = S::SIZE + ValType::SIZE + bool::SIZE;

    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
        Self {
            value: S::get(bytes, at),
            content: ValType::get(bytes, at + S::SIZE),
            mutable: bool::get(bytes, at + S::SIZE + ValType::SIZE),
        }
    }

    fn put(self, bytes: &[Cell<u8>], at: usize) {
        self.value.put(bytes, at);
        self.content.put(bytes, at + S::SIZE);
        self.mutable.put(bytes, at + S::SIZE + ValType::SIZE);
    }
}

impl Item for Link {
    const SIZE: usize = u8::SIZE + u32::SIZE;

    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
        let number = u32::get(bytes, at + u8::SIZE);
        match u8::get(bytes, at) {
            0 => Self::Func(FuncAddr::from_bits(number)),
            1 => Self::Host(number),
            _ => Self::Entity(number),
        }
    }

    fn put(self, bytes: &[Cell<u8>], at: usize) {
        let kind: u8 = match self {
            Self::Func(_) => 0,
            Self::Host(_) => 1,
            Self::Entity(_) => 2,
        };
        kind.put(bytes, at);
        self.number().put(bytes, at + u8::SIZE);
    }
}

/// Writes or counts items, one after the other.
struct Writer<'b> {
    bytes: &'b [Cell<u8>],
    at: usize,
}

impl Writer<'_> {
    fn item<T: Item>(&mut self, item: T) {
        item.put(self.bytes, self.at);
        self.at += T::SIZE;
    }

    fn list<T: Item>(&mut self, list: &List<'_, T>) {
        self.items(list.items, list.len);
    }

    fn items<T: Item>(&mut self, items: &[T], len: usize) {
        items.iter().take(len).for_each(|item| self.item(*item));
    }
}

/// Reads items, one after the other.
struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Reader<'_> {
    fn item<T: Item>(&mut self) -> T {
        let item = T::get(self.bytes, self.at);
        self.at = self.at.saturating_add(T::SIZE);
        item
    }

    fn list<T: Item>(
        &mut self,
        list: &mut List<'_, T>,
        len: usize,
        capacity: Capacity,
    ) -> Result<(), Error> {
        self.items(list.items, len, capacity)?;
        list.len = len;
        Ok(())
    }

    fn items<T: Item>(&mut self, items: &mut [T], len: usize, list: Capacity) -> Result<(), Error> {
        let at_least = len;
        let items = items
            .get_mut(..len)
            .ok_or(Error::Capacity { list, at_least })?;
        items.iter_mut().for_each(|item| *item = self.item());
        Ok(())
    }
}

impl<'m, P: Profile> Store<'m, '_, P> {
    /// Bytes of a slot.
    const WIDTH: u8 = size_of::<P::Slot>() as u8;

    /// How many bytes a snapshot takes now.
    pub fn snapshot_size(&self) -> usize {
        self.write(&[])
    }

    /// Writes the state of the store: everything but the modules. It can be taken whenever
    /// [`run`](Self::run) has returned, and restored by a store of another machine whose slots are
    /// as wide. Gives how many bytes it takes.
    pub fn snapshot(&self, to: &mut [u8]) -> Result<usize, Error> {
        let (size, list) = (self.snapshot_size(), Capacity::Snapshot);
        let at_least = size;
        let to = to
            .get_mut(..size)
            .ok_or(Error::Capacity { list, at_least })?;
        Ok(self.write(Cell::from_mut(to).as_slice_of_cells()))
    }

    fn write(&self, bytes: &[Cell<u8>]) -> usize {
        let (state, r) = (&self.state, &self.state.registers);
        let (host, host_id) = match state.reason {
            Exit::Host { func, id } => (func, id),
            _ => Default::default(),
        };
        let mut w = Writer { bytes, at: 0 };
        w.item(Head {
            format: FORMAT,
            width: Self::WIDTH,
            phase: self.phase as u8,
            refused: state.refused,
            due: state.due,
            ip: state.position(r),
            branch: state.activation.branch,
            base: state.activation.base,
            func: state.activation.func,
            entry: self.entry,
            current: state.current.index,
            host,
            host_id,
            slots: r.sp.min(self.slots.len()),
            frames: state.depth.min(state.frames.len()),
            instances: state.instances.len,
            links: state.links.len,
            tables: state.tables.len,
            elements: state.elements.len,
            memories: state.memories.len,
            memory: state.memory.len,
            globals: state.globals.len,
            types: state.types.len,
            segments: state.segments.len,
        });
        for instance in state.instances.items.iter().take(state.instances.len) {
            w.item(instance.module.header().fingerprint());
            w.item(instance.bases);
        }
        w.items(self.slots, r.sp);
        w.items(state.frames, state.depth);
        w.list(&state.links);
        w.list(&state.tables);
        w.list(&state.elements);
        w.list(&state.memories);
        w.list(&state.memory);
        w.list(&state.globals);
        w.list(&state.types);
        w.list(&state.segments);
        w.at
    }

    /// Takes over the state that a snapshot holds, in place of the store's own; `modules` are
    /// those of its instances, in their order. After an error the store has no instances.
    pub fn restore(&mut self, from: &[u8], modules: &[Module<'m>]) -> Result<(), Error> {
        self.phase = Phase::Idle;
        self.state.clear();
        self.read(from, modules).inspect_err(|_| self.state.clear())
    }

    fn read(&mut self, from: &[u8], modules: &[Module<'m>]) -> Result<(), Error> {
        let mut reader = Reader { bytes: from, at: 0 };
        let head: Head = reader.item();
        let phase = Phase::ALL.get(usize::from(head.phase)).copied();
        if head.format != FORMAT {
            return Err(Error::Snapshot);
        }
        if head.width != Self::WIDTH {
            return Err(Error::SlotWidth { bytes: head.width });
        }
        let phase = phase.filter(|_| head.instances == modules.len());
        let phase = phase.ok_or(Error::Snapshot)?;
        let state = &mut self.state;
        for module in modules {
            let fingerprint: u64 = reader.item();
            if fingerprint != module.header().fingerprint() {
                return Err(Error::Snapshot);
            }
            State::<P>::slots_hold(*module)?;
            let index = state.instances.len as u32;
            let mut instance = Instance::EMPTY;
            instance.open(index, *module, reader.item());
            state.instances.push(instance, Capacity::Instances)?;
        }
        reader.items(self.slots, head.slots, Capacity::Slots)?;
        reader.items(state.frames, head.frames, Capacity::Frames)?;
        reader.list(&mut state.links, head.links, Capacity::Links)?;
        reader.list(&mut state.tables, head.tables, Capacity::Tables)?;
        reader.list(&mut state.elements, head.elements, Capacity::Elements)?;
        reader.list(&mut state.memories, head.memories, Capacity::Memories)?;
        reader.list(&mut state.memory, head.memory, Capacity::Memory)?;
        reader.list(&mut state.globals, head.globals, Capacity::Globals)?;
        reader.list(&mut state.types, head.types, Capacity::Types)?;
        reader.list(&mut state.segments, head.segments, Capacity::Segments)?;
        if reader.at != from.len() {
            return Err(Error::Snapshot);
        }
        state.depth = head.frames;
        state.refused = head.refused;
        state.due = head.due;
        state.current = state
            .look(InstanceIdx(head.current))
            .copied()
            .unwrap_or_default();
        state.reason = match phase {
            Phase::Waiting | Phase::Direct => Exit::Host {
                func: head.host,
                id: head.host_id,
            },
            Phase::Idle | Phase::Running => Exit::Done,
        };
        let mut registers = Registers {
            sp: head.slots,
            ..Registers::default()
        };
        state.activation.func = head.func;
        state.activation.base = head.base;
        state.refresh();
        state.enter_body(state.current.body(head.func.func()));
        if phase != Phase::Idle {
            let aimed = state.jump(&mut registers, head.ip, head.branch);
            aimed.map_err(|_| Error::Snapshot)?;
        }
        state.registers = registers;
        self.entry = head.entry;
        self.phase = phase;
        Ok(())
    }
}

impl<P: Profile> State<'_, '_, P> {
    /// Forgets all instances.
    fn clear(&mut self) {
        self.cut(0, Bases::default(), (0, 0));
        self.depth = 0;
        self.current = Instance::default();
    }
}
