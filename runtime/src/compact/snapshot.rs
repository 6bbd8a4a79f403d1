//! Snapshots: the state of a store as bytes, the same on every machine.
//!
//! Lengths of all lists, then their items, least significant byte first; between two exits nothing
//! else is known of a program. Modules and their tables are not part of it: the store that takes a
//! snapshot over gets them again, and compares their fingerprints.

use ::core::cell::Cell;

use super::address::FuncAddr;
use super::core::Core;
use super::entity::{Frame, Global, Memory, Segment, Table};
use super::error::{Error, Room};
use super::exit::Exit;
use super::instance::{Bases, Instance};
use super::instantiate::InstanceIdx;
use super::link::Link;
use super::list::List;
use super::module::Module;
use super::registers::Registers;
use super::store::{State, Store};
use crate::profile::Profile;
use crate::types::{Ref, RefType, TypeId, ValType};
use crate::validate::item::{Bytes, Item, fields, stored_as};

/// The front of a snapshot: where the interpreter is, and the lengths of the lists that follow.
#[derive(Clone, Copy, Debug, Default)]
struct Head {
    format: u32,
    state: u8,
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

const FORMAT: u32 = 3;

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
    Global { value: u64, content: ValType, mutable: bool }
    Segment { start: u32, len: u32, is_element: bool }
    Head {
        format: u32, state: u8, refused: bool, due: usize, ip: usize, branch: usize, base: usize,
        func: FuncAddr, entry: FuncAddr, current: u32, host: FuncAddr, host_id: u32,
        slots: usize, frames: usize, instances: usize, links: usize, tables: usize,
        elements: usize, memories: usize, memory: usize, globals: usize, types: usize,
        segments: usize,
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
        room: Room,
    ) -> Result<(), Error> {
        self.items(list.items, len, room)?;
        list.len = len;
        Ok(())
    }

    fn items<T: Item>(&mut self, items: &mut [T], len: usize, list: Room) -> Result<(), Error> {
        let at_least = len;
        let items = items.get_mut(..len).ok_or(Error::Room { list, at_least })?;
        items.iter_mut().for_each(|item| *item = self.item());
        Ok(())
    }
}

impl<'m, P: Profile> Store<'m, '_, P> {
    /// How many bytes a snapshot takes now.
    pub fn snapshot_size(&self) -> usize {
        self.write(&[])
    }

    /// Writes the state of the store: everything but the modules. It can be taken whenever
    /// [`run`](Self::run) has returned, and restored by a store of another machine. Gives how many
    /// bytes it takes.
    pub fn snapshot(&self, to: &mut [u8]) -> Result<usize, Error> {
        let (size, list) = (self.snapshot_size(), Room::Snapshot);
        let at_least = size;
        let to = to.get_mut(..size).ok_or(Error::Room { list, at_least })?;
        Ok(self.write(Cell::from_mut(to).as_slice_of_cells()))
    }

    fn write(&self, bytes: &[Cell<u8>]) -> usize {
        let (core, r) = (&self.core, &self.core.registers);
        let (host, host_id) = match core.reason {
            Exit::Host { func, id } => (func, id),
            _ => Default::default(),
        };
        let mut w = Writer { bytes, at: 0 };
        w.item(Head {
            format: FORMAT,
            state: self.state as u8,
            refused: core.refused,
            due: core.due,
            ip: core.position(r),
            branch: core.running.branch,
            base: core.running.base,
            func: core.running.func,
            entry: self.entry,
            current: core.current.index,
            host,
            host_id,
            slots: r.sp.min(self.slots.len()),
            frames: core.depth.min(core.frames.len()),
            instances: core.instances.len,
            links: core.links.len,
            tables: core.tables.len,
            elements: core.elements.len,
            memories: core.memories.len,
            memory: core.memory.len,
            globals: core.globals.len,
            types: core.types.len,
            segments: core.segments.len,
        });
        for instance in core.instances.items.iter().take(core.instances.len) {
            w.item(instance.module.header().fingerprint());
            w.item(instance.bases);
        }
        w.items(self.slots, r.sp);
        w.items(core.frames, core.depth);
        w.list(&core.links);
        w.list(&core.tables);
        w.list(&core.elements);
        w.list(&core.memories);
        w.list(&core.memory);
        w.list(&core.globals);
        w.list(&core.types);
        w.list(&core.segments);
        w.at
    }

    /// Takes over the state that a snapshot holds, in place of the store's own; `modules` are
    /// those of its instances, in their order. After an error the store has no instances.
    pub fn restore(&mut self, from: &[u8], modules: &[Module<'m>]) -> Result<(), Error> {
        self.state = State::Idle;
        self.core.clear();
        self.read(from, modules).inspect_err(|_| self.core.clear())
    }

    fn read(&mut self, from: &[u8], modules: &[Module<'m>]) -> Result<(), Error> {
        let mut reader = Reader { bytes: from, at: 0 };
        let head: Head = reader.item();
        let state = State::ALL.get(usize::from(head.state)).copied();
        let state = state.filter(|_| head.format == FORMAT && head.instances == modules.len());
        let state = state.ok_or(Error::Snapshot)?;
        let core = &mut self.core;
        for module in modules {
            let fingerprint: u64 = reader.item();
            if fingerprint != module.header().fingerprint() {
                return Err(Error::Snapshot);
            }
            let index = core.instances.len as u32;
            let mut instance = Instance::EMPTY;
            instance.open(index, *module, reader.item());
            core.instances.push(instance, Room::Instances)?;
        }
        reader.items(self.slots, head.slots, Room::Slots)?;
        reader.items(core.frames, head.frames, Room::Frames)?;
        reader.list(&mut core.links, head.links, Room::Links)?;
        reader.list(&mut core.tables, head.tables, Room::Tables)?;
        reader.list(&mut core.elements, head.elements, Room::Elements)?;
        reader.list(&mut core.memories, head.memories, Room::Memories)?;
        reader.list(&mut core.memory, head.memory, Room::Memory)?;
        reader.list(&mut core.globals, head.globals, Room::Globals)?;
        reader.list(&mut core.types, head.types, Room::Types)?;
        reader.list(&mut core.segments, head.segments, Room::Segments)?;
        if reader.at != from.len() {
            return Err(Error::Snapshot);
        }
        core.depth = head.frames;
        core.refused = head.refused;
        core.due = head.due;
        core.current = core
            .look(InstanceIdx(head.current))
            .copied()
            .unwrap_or_default();
        core.reason = match state {
            State::Waiting | State::Direct => Exit::Host {
                func: head.host,
                id: head.host_id,
            },
            State::Idle | State::Running => Exit::Done,
        };
        let mut registers = Registers {
            sp: head.slots,
            ..Registers::default()
        };
        core.running.func = head.func;
        core.running.base = head.base;
        core.attend();
        core.lie_in(core.current.body(head.func.func()));
        if state != State::Idle {
            let aimed = core.jump(&mut registers, head.ip, head.branch);
            aimed.map_err(|_| Error::Snapshot)?;
        }
        core.registers = registers;
        self.entry = head.entry;
        self.state = state;
        Ok(())
    }
}

impl<P: Profile> Core<'_, '_, P> {
    /// Forgets all instances.
    fn clear(&mut self) {
        self.cut(0, Bases::default(), (0, 0));
        self.depth = 0;
        self.current = Instance::default();
    }
}
