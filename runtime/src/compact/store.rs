//! Stores: instances and the call that is under way.
//!
//! The public side of the engine: the host makes instances, begins a call, and runs it until an
//! [`Exit`]; [`Phase`] says which of these may come next, so that a wrong order is an error.
//! Standard: section 4.2, "Runtime Structure", "Store", and section 7.1, "Embedding".

use core::marker::PhantomData;
use core::mem;

use super::activation::Activation;
use super::address::FuncAddr;
use super::entity::Frame;
use super::error::{Capacity, Error};
use super::exit::Exit;
use super::exports::Extern;
use super::fuel::Tank;
use super::instance::Instance;
use super::instantiate::InstanceIdx;
use super::interpreter::execute;
use super::list::List;
use super::module::Module;
use super::ram::Ram;
use super::registers::Registers;
use super::state::State;
use super::value::Value;
use crate::exec::machine::Stop;
use crate::profile::Profile;
use crate::spec::{Proposal, Trap};
use crate::types::{HeapType, MemoryIdx, Ref, TableIdx, V128, ValType};
use crate::validate::arena::ListName;

/// Instances in the caller's memory, and the call that is under way.
///
/// What the profile does not admit is not linked, so modules must have been validated with the
/// same profile or a smaller one; what is not there traps.
pub struct Store<'m, 's, P: Profile> {
    pub(crate) state: State<'m, 's, P>,
    pub(crate) slots: &'s mut [P::Slot],
    pub(crate) phase: Phase,
    /// The function that the host has called last.
    pub(crate) entry: FuncAddr,
}

/// What `run` has to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(u8)]
pub(crate) enum Phase {
    /// Nothing: no call, or a call that is complete.
    #[default]
    Idle,
    /// Go on.
    Running,
    /// Wait for a function of the host, called by a program.
    Waiting,
    /// Wait for a function of the host, called by the host.
    Direct,
}

impl Phase {
    pub(crate) const ALL: [Self; 4] = [Self::Idle, Self::Running, Self::Waiting, Self::Direct];
}

impl<'m, 's, P: Profile> Store<'m, 's, P> {
    /// A store without instances.
    pub fn new(ram: Ram<'m, 's, P::Slot>) -> Self {
        const {
            assert!(
                holds_all::<P>(),
                "a profile with `simd` has slots of 16 bytes: `type Slot = [u64; 2];`"
            );
        }
        Self {
            state: State {
                frames: ram.frames,
                instances: List::new(ram.instances),
                links: List::new(ram.links),
                tables: List::new(ram.tables),
                elements: List::new(ram.elements),
                memories: List::new(ram.memories),
                memory: List::new(ram.memory),
                globals: List::new(ram.globals),
                types: List::new(ram.types),
                segments: List::new(ram.segments),
                depth: 0,
                current: Instance::default(),
                activation: Activation::default(),
                registers: Registers::default(),
                tank: Tank::default(),
                due: 0,
                again: false,
                reason: Exit::Done,
                refused: false,
                profile: PhantomData,
            },
            slots: ram.slots,
            phase: Phase::Idle,
            entry: FuncAddr::default(),
        }
    }

    /// Makes an instance of a module; `imports` are what its imports mean, in their order.
    ///
    /// If the module has a start function, its call is under way afterwards:
    /// [`run`](Self::run) the store.
    pub fn instantiate(
        &mut self,
        module: Module<'m>,
        imports: &[Extern<'_>],
    ) -> Result<InstanceIdx, Error> {
        if self.phase != Phase::Idle {
            return Err(Error::Busy);
        }
        let index = self.add(module, imports)?;
        if let Some(start) = module.start() {
            let current = self.state.look(index).ok_or(Error::Unknown)?;
            let func = self.state.func_addr(current, start);
            self.call(func, &[])?;
        }
        Ok(index)
    }

    /// The export of this name.
    pub fn export(&mut self, instance: InstanceIdx, name: &str) -> Option<Extern<'static>> {
        self.state.export(instance, name)
    }

    /// The exported function of this name.
    pub fn func(&mut self, instance: InstanceIdx, name: &str) -> Option<FuncAddr> {
        self.state.func(instance, name)
    }

    /// Begins a call, which [`run`](Self::run) executes.
    pub fn call(&mut self, func: FuncAddr, params: &[Value]) -> Result<(), Error> {
        if self.phase != Phase::Idle {
            return Err(Error::Busy);
        }
        let current = self.state.look(InstanceIdx(func.instance()));
        let current = current
            .filter(|current| func.func().0 < current.module.header().count(ListName::Funcs))
            .ok_or(Error::Unknown)?;
        let (types, _) = current.module.func_type(func.func());
        let count = types.len();
        if count != params.len() {
            return Err(Error::Types);
        }
        let len = self.slots.len();
        for ((slot, param), ty) in self.slots.iter_mut().zip(params).zip(types) {
            if !self.state.fits(current, ty, *param) {
                return Err(Error::Types);
            }
            *slot = param.into_slot();
        }
        let mut r = Registers {
            sp: count,
            ..Registers::default()
        };
        self.state.current = *current;
        self.state.depth = 0;
        self.state.activation.base = 0;
        self.state.refresh();
        self.state.due = 0;
        self.entry = func;
        // The call is as if the last one of a function without locals.
        let begun = self.state.enter(self.slots, &mut r, func, true);
        self.state.registers = r;
        match (begun, self.state.reason) {
            (Ok(()), _) => self.phase = Phase::Running,
            (Err(Stop::Exit), Exit::Host { .. }) => self.phase = Phase::Direct,
            _ => {
                return Err(Error::Capacity {
                    list: Capacity::Slots,
                    at_least: len.saturating_add(1),
                });
            }
        }
        Ok(())
    }

    /// Runs the call that is under way until it is complete, or something else stops it. Without
    /// a call there is nothing to do, and it is done.
    ///
    /// An instruction that there is no fuel or memory for has not begun, and has cost nothing.
    pub fn run(&mut self, fuel: &mut u64) -> Exit {
        match self.phase {
            Phase::Idle => return Exit::Done,
            Phase::Waiting | Phase::Direct => return self.state.reason,
            Phase::Running => {}
        }
        self.state.tank.rest = *fuel;
        let exit = loop {
            if !self.state.settle() {
                break Exit::Fuel;
            }
            let slots = mem::take(&mut self.slots);
            let stop = execute::<P>(&mut self.state, slots);
            self.slots = slots;
            if let Stop::Trap(trap) = stop {
                break Exit::Trap(trap);
            }
            if !self.state.is_due() {
                break self.state.reason;
            }
        };
        *fuel = self.state.tank.rest;
        self.phase = match exit {
            Exit::Done | Exit::Trap(_) => Phase::Idle,
            Exit::Host { .. } => Phase::Waiting,
            Exit::Fuel | Exit::Grow { .. } | Exit::StackFull => Phase::Running,
        };
        exit
    }

    /// Ends the call that is under way, if any.
    pub fn abort(&mut self) {
        self.phase = Phase::Idle;
    }

    /// The results of the last call, once it is complete.
    pub fn results(&self) -> impl ExactSizeIterator<Item = Value> + '_ {
        let current = self.state.look(InstanceIdx(self.entry.instance()));
        let (_, types) = module_of(current).func_type(self.entry.func());
        let done = self.phase == Phase::Idle;
        let slots = if done { &*self.slots } else { &[] };
        types
            .zip(slots)
            .map(|(ty, slot)| Value::from_slot(ty, *slot))
    }

    /// The parameters of the function of the host that is called.
    pub fn host_params(&self) -> impl ExactSizeIterator<Item = Value> + '_ {
        let func = self.host_func().unwrap_or_default();
        let current = self.state.look(InstanceIdx(func.instance()));
        let (types, _) = module_of(current).func_type(func.func());
        let start = self.state.registers.sp.saturating_sub(types.len());
        let slots = self.slots.get(start..).unwrap_or_default();
        types
            .zip(slots)
            .map(|(ty, slot)| Value::from_slot(ty, *slot))
    }

    /// Gives the results of the function of the host that is called; [`run`](Self::run) goes on.
    pub fn host_return(&mut self, results: &[Value]) -> Result<(), Error> {
        let func = self.host_func().ok_or(Error::Idle)?;
        let current = self.state.look(InstanceIdx(func.instance()));
        let current = current.ok_or(Error::Unknown)?;
        let (params, types) = current.module.func_type(func.func());
        if types.len() != results.len() {
            return Err(Error::Types);
        }
        let start = self.state.registers.sp.saturating_sub(params.len());
        let end = start.saturating_add(results.len());
        let len = self.slots.len();
        if end > len {
            return Err(Error::Capacity {
                list: Capacity::Slots,
                at_least: end,
            });
        }
        for ((index, result), ty) in (start..).zip(results).zip(types) {
            if !self.state.fits(current, ty, *result) {
                return Err(Error::Types);
            }
            if let Some(slot) = self.slots.get_mut(index) {
                *slot = result.into_slot();
            }
        }
        self.state.registers.sp = end;
        self.phase = match self.phase {
            Phase::Direct => Phase::Idle,
            _ => Phase::Running,
        };
        Ok(())
    }

    /// Ends the call with a trap of the function of the host that is called.
    pub fn host_trap(&mut self, trap: Trap) -> Result<Exit, Error> {
        self.host_func().ok_or(Error::Idle)?;
        self.phase = Phase::Idle;
        Ok(Exit::Trap(trap))
    }

    fn host_func(&self) -> Option<FuncAddr> {
        match (self.phase, self.state.reason) {
            (Phase::Waiting | Phase::Direct, Exit::Host { func, .. }) => Some(func),
            _ => None,
        }
    }

    /// Lets the growth that the store has not enough memory for fail: the program gets -1.
    pub fn refuse(&mut self) {
        self.state.refused = true;
    }

    /// Gives the store other bytes for its memories in place of what it has, which are copied.
    pub fn extend(&mut self, memory: &'s mut [u8]) -> Result<(), Error> {
        Ok(self.state.memory.replace(memory, Capacity::Memory)?)
    }

    /// Gives the store other slots in place of what it has, which are copied.
    pub fn extend_slots(&mut self, slots: &'s mut [P::Slot]) -> Result<(), Error> {
        let mut own = List {
            len: self.slots.len(),
            items: mem::take(&mut self.slots),
        };
        let done = own.replace(slots, Capacity::Slots);
        self.slots = own.items;
        Ok(done?)
    }

    /// Gives the store other frames in place of what it has, which are copied.
    pub fn extend_frames(&mut self, frames: &'s mut [Frame]) -> Result<(), Error> {
        let mut own = List {
            len: self.state.depth,
            items: mem::take(&mut self.state.frames),
        };
        let done = own.replace(frames, Capacity::Frames);
        self.state.frames = own.items;
        Ok(done?)
    }

    /// Gives the store other elements for its tables in place of what it has, which are copied.
    pub fn extend_tables(&mut self, elements: &'s mut [Ref]) -> Result<(), Error> {
        Ok(self.state.elements.replace(elements, Capacity::Elements)?)
    }

    /// The bytes of a memory that [`export`](Self::export) has given.
    pub fn memory(&mut self, memory: u32) -> Option<&mut [u8]> {
        let found = self.state.memories.used().get(memory as usize).copied()?;
        let end = found.start.checked_add(found.len)?;
        self.state.memory.items.get_mut(found.start..end)
    }

    /// The bytes of the first memory of the instance that has called the host.
    pub fn caller_memory(&mut self) -> &mut [u8] {
        let number = self.state.memory_number(&self.state.current, MemoryIdx(0)) as u32;
        self.memory(number).unwrap_or_default()
    }

    /// How many elements a table has that [`export`](Self::export) has given.
    pub fn table_len(&mut self, table: u32) -> Option<u64> {
        let table = self.state.tables.used().get(table as usize)?;
        Some(table.len.into())
    }

    /// The value of a global that [`export`](Self::export) has given.
    pub fn global(&self, global: u32) -> Option<Value> {
        let global = self.state.globals.get(global as usize)?;
        Some(Value::from_slot(global.content, global.value))
    }

    /// The export of this name, if it is a global: its value.
    pub fn global_value(&mut self, instance: InstanceIdx, name: &str) -> Option<Value> {
        match self.export(instance, name)? {
            Extern::Global(global) => self.global(global),
            _ => None,
        }
    }

    /// The number of a function of the host that an instance has imported.
    pub fn host_id(&self, func: FuncAddr) -> Option<u32> {
        self.state.host(func)
    }

    /// How many of the slots the call that is under way uses.
    pub fn depth(&self) -> usize {
        self.state.registers.sp
    }
}

/// Whether slots are wide enough for all values that a profile admits.
const fn holds_all<P: Profile>() -> bool {
    size_of::<P::Slot>() >= size_of::<V128>() || !P::PROPOSALS.contains(Proposal::Simd)
}

/// The module of an instance, or one that has nothing.
fn module_of<'m>(instance: Option<&Instance<'m>>) -> Module<'m> {
    instance.map_or(Module::default(), |instance| instance.module)
}

impl<'m, P: Profile> State<'m, '_, P> {
    /// Whether a value is of a type of an instance.
    pub(crate) fn fits(&self, of: &Instance<'m>, ty: ValType, value: Value) -> bool {
        match value {
            Value::I32(_) => ty == ValType::I32,
            Value::I64(_) => ty == ValType::I64,
            Value::F32(_) => ty == ValType::F32,
            Value::F64(_) => ty == ValType::F64,
            Value::V128(_) => P::PROPOSALS.contains(Proposal::Simd) && ty == ValType::V128,
            _ if !P::PROPOSALS.contains(Proposal::ReferenceTypes) => false,
            Value::ExternRef(number) => {
                let null = number.is_none();
                ty.is_external() && number != Some(u32::MAX) && (!null || ty.is_defaultable())
            }
            Value::FuncRef(None) => ty.is_ref() && !ty.is_external() && ty.is_defaultable(),
            Value::FuncRef(Some(func)) => {
                let Some(ty) = ty.as_ref_type() else {
                    return false;
                };
                let known = self.look(InstanceIdx(func.instance()));
                if known.is_none_or(|of| func.func().0 >= of.module.header().count(ListName::Funcs))
                {
                    return false;
                }
                match ty.concrete() {
                    Some(number) => self.type_of(func) == Some(self.number_of(of, number)),
                    None => ty.heap() == HeapType::Func,
                }
            }
        }
    }

    /// What `memory.grow` and `memory.size` give, as wide as the memory's addresses.
    pub(crate) fn memory_address(&self, x: MemoryIdx, value: u64) -> u64 {
        if P::PROPOSALS.contains(Proposal::Memory64) && self.memory_of(x).is_64 {
            value
        } else {
            value & u64::from(u32::MAX)
        }
    }

    /// What `table.grow` and `table.size` give, as wide as the table's indices.
    pub(crate) fn table_address(&self, x: TableIdx, value: u64) -> u64 {
        if self.table_of(x).is_64 {
            value
        } else {
            value & u64::from(u32::MAX)
        }
    }
}
