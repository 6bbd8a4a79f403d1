//! Calls from one component instance to another: a lowered function whose callee is lifted.
//!
//! Such a call is a function of the library that takes turns: arguments move from the caller's
//! memory to the callee's, the core function runs, the result moves back, `post-return` frees what
//! it took. Each call of a guest in between, of its allocator too, ends a turn, so that calls
//! between components nest like calls of core functions, and take no native stack. What is kept from
//! turn to turn stands in the frame, behind the arguments: the registers of the program that moves
//! values, then the arguments of what is called. Standard: Component Model, `CanonicalABI.md`,
//! "`canon lift`" and "`canon lower`".

use alloc::boxed::Box;
use core::ops::Range;

use super::abi::CanonicalOptions;
use super::adapter::{Allocation, Charge, Memories, Program, Size, Step, step};
use super::func::unsupported;
use super::guest::{dropped_all, end_call, entity, leaving};
use super::handles::InstanceHandles;
use super::types::{FuncType, TypeTable};
use crate::allocation::{self, OutOfMemory};
use crate::error::Result;
use crate::shared::Shared;
use crate::spec::{Rate, Trap};
use crate::store::arena::Arena;
use crate::store::component::{GuestOptions, LiftedFunc};
use crate::store::entity::{MemoryEntity, Turn, Turns};
use crate::store::inner::StoreInner;

/// How the values of a call move: the same in all instances.
pub(super) struct Adapter {
    params: Program,
    /// From the callee to the caller.
    results: Program,
    /// How many core parameters the caller gives.
    given: usize,
    /// The slots of arguments, then of the result.
    own: usize,
    /// The slots of the registers. Behind them begin the frames of what is called.
    registers: Range<usize>,
    /// The slots of a frame.
    slots: usize,
}

/// A call of one component instance by another.
struct Call {
    adapter: Shared<Adapter>,
    /// The number of the instance in which it runs if the host calls it.
    home: u32,
    /// The number of the entity that both are of.
    component: u32,
    caller: Guest,
    callee: Guest,
    /// What of the callee is called.
    lifted: LiftedFunc,
}

/// One of both.
struct Guest {
    /// The place of its instance.
    instance: u32,
    options: GuestOptions,
}

/// The slots of arguments of `realloc`.
const REALLOC: usize = 4;

/// The turns.
mod turn {
    /// The first.
    pub(super) const BEGIN: u64 = 0;
    /// The callee's allocator has answered.
    pub(super) const PARAMS: u64 = 1;
    /// The core function has returned.
    pub(super) const CALLED: u64 = 2;
    /// The caller's allocator has answered.
    pub(super) const RESULTS: u64 = 3;
    /// `post-return` has returned.
    pub(super) const FREED: u64 = 4;
}

impl Adapter {
    /// That of calls of a function, with options of who calls and of who is called.
    pub(super) fn new(
        types: &TypeTable,
        ty: &FuncType,
        caller: CanonicalOptions,
        callee: CanonicalOptions,
        size: &mut Size,
    ) -> Result<Shared<Self>> {
        let lifted = ty.signature(types, callee.address);
        let lowered = ty.signature(types, caller.address);
        let params = Program::params(types, ty, caller, callee, size)?;
        let results = Program::result(types, ty, callee, caller, size)?;
        let given = lowered.lowered(caller.address).0.len();
        let own = given.max(1);
        let registers = own..own + params.registers().max(results.registers());
        let called = lifted.params.len().max(lifted.results.len()).max(REALLOC);
        Ok(Shared::new(Self {
            params,
            results,
            given,
            own,
            slots: registers.end + called,
            registers,
        })?)
    }
}

/// The function that stands for a call: from an instance of a component with its options, to a
/// function of the same component.
pub(super) fn call(
    home: u32,
    adapter: Shared<Adapter>,
    (component, instance, options): (u32, u32, GuestOptions),
    callee: LiftedFunc,
) -> Result<Box<dyn Turns>, OutOfMemory> {
    Ok(allocation::boxed(Call {
        adapter,
        home,
        component,
        caller: Guest { instance, options },
        callee: Guest {
            instance: callee.instance,
            options: callee.options,
        },
        lifted: callee,
    })?)
}

impl Call {
    /// The slot at which the frames of what is called begin.
    fn callee_frame(&self) -> usize {
        self.adapter.registers.end
    }

    fn registers(&self) -> Range<usize> {
        self.adapter.registers.clone()
    }

    fn begin(&self, store: &mut StoreInner, frame: &mut [u64]) -> Result<Turn> {
        leaving(store, self.component, self.caller.instance)?;
        if self.lifted.is_async {
            return Err(unsupported());
        }
        let entity = entity(store, self.component)?;
        entity.enter(Some(self.caller.instance), self.callee.instance)?;
        store.calls.begin()?;
        let (own, rest) = parts(frame, self.adapter.own)?;
        self.adapter.params.start(rest);
        let slots = part(rest, self.adapter.params.source_slots())?;
        slots
            .iter_mut()
            .zip(own)
            .for_each(|(slot, value)| *slot = *value);
        self.move_params(store, frame, None)
    }

    fn move_params(
        &self,
        store: &mut StoreInner,
        frame: &mut [u64],
        answer: Option<u64>,
    ) -> Result<Turn> {
        let guests = [&self.caller, &self.callee];
        let next = turn::PARAMS;
        if let Some(turn) =
            self.moves(store, frame, &self.adapter.params, guests, (answer, next))?
        {
            return Ok(turn);
        }
        let (before, arguments) = parts(frame, self.callee_frame())?;
        let registers = part(before, self.registers())?;
        let values = part(registers, self.adapter.params.target_slots())?;
        arguments
            .iter_mut()
            .zip(values)
            .for_each(|(slot, value)| *slot = *value);
        self.calls(self.lifted.core, turn::CALLED)
    }

    fn called(&self, store: &mut StoreInner, frame: &mut [u64]) -> Result<Turn> {
        dropped_all(store)?;
        let given = self.adapter.given.checked_sub(1);
        let given = given.and_then(|last| frame.get(last)).copied();
        let (before, results) = parts(frame, self.callee_frame())?;
        let registers = part(before, self.registers())?;
        self.adapter.results.start(registers);
        let slots = part(registers, self.adapter.results.source_slots())?;
        slots
            .iter_mut()
            .zip(results)
            .for_each(|(slot, value)| *slot = *value);
        // If the result goes to memory, the caller's last argument says where.
        let slots = part(registers, self.adapter.results.target_slots())?;
        slots
            .iter_mut()
            .zip(given)
            .for_each(|(slot, value)| *slot = value);
        self.move_results(store, frame, None)
    }

    fn move_results(
        &self,
        store: &mut StoreInner,
        frame: &mut [u64],
        answer: Option<u64>,
    ) -> Result<Turn> {
        let guests = [&self.callee, &self.caller];
        let next = turn::RESULTS;
        if let Some(turn) =
            self.moves(store, frame, &self.adapter.results, guests, (answer, next))?
        {
            return Ok(turn);
        }
        let (before, callee) = parts(frame, self.callee_frame())?;
        let (own, registers) = parts(before, self.adapter.own)?;
        let values = part(registers, self.adapter.results.target_slots())?;
        own.iter_mut()
            .zip(values)
            .for_each(|(slot, value)| *slot = *value);
        let Some(post_return) = self.lifted.post_return else {
            return self.end(store);
        };
        let values = part(registers, self.adapter.results.source_slots())?;
        callee
            .iter_mut()
            .zip(values)
            .for_each(|(slot, value)| *slot = *value);
        entity(store, self.component)?.may_leave(self.callee.instance, false);
        self.calls(post_return, turn::FREED)
    }

    fn end(&self, store: &mut StoreInner) -> Result<Turn> {
        end_call(store)?;
        entity(store, self.component)?.leave(Some(self.caller.instance), self.callee.instance);
        Ok(Turn::Done)
    }

    /// Moves values until the target's allocator is needed, or all are there. From the first call of
    /// the allocator on, the target may not call out.
    fn moves(
        &self,
        store: &mut StoreInner,
        frame: &mut [u64],
        program: &Program,
        [source, target]: [&Guest; 2],
        (answer, next): (Option<u64>, u64),
    ) -> Result<Option<Turn>> {
        let registers = part(frame, self.registers())?;
        let mut memories = Two {
            memories: &mut store.memories,
            fuel: &mut store.fuel,
            source: source.options.memory,
            target: target.options.memory,
        };
        let mut handles = InstanceHandles {
            components: &mut store.components,
            resources: &store.resources,
            calls: &mut store.calls,
            component: self.component,
            source: source.instance,
            target: target.instance,
            most: store.engine.limits().component_handles,
        };
        match step(program, registers, &mut memories, &mut handles, answer)? {
            Step::Allocate(allocation) => {
                if answer.is_none() {
                    entity(store, self.component)?.may_leave(target.instance, false);
                }
                let turn = self.allocate(frame, &target.options, allocation, next);
                turn.map(Some)
            }
            Step::Done => {
                if answer.is_some() {
                    entity(store, self.component)?.may_leave(target.instance, true);
                }
                Ok(None)
            }
        }
    }

    /// Calls a guest's allocator.
    fn allocate(
        &self,
        frame: &mut [u64],
        options: &GuestOptions,
        allocation: Allocation,
        next: u64,
    ) -> Result<Turn> {
        let realloc = options.realloc.ok_or(Trap::NoAllocator)?;
        let Allocation {
            old,
            old_size,
            align,
            size,
        } = allocation;
        let (_, arguments) = parts(frame, self.callee_frame())?;
        let values = [old, old_size, align.into(), size];
        arguments
            .iter_mut()
            .zip(values)
            .for_each(|(slot, value)| *slot = value);
        self.calls(realloc, next)
    }

    fn calls(&self, func: u32, next: u64) -> Result<Turn> {
        Ok(Turn::Call {
            func,
            at: self.callee_frame(),
            next,
        })
    }

    /// What a guest's allocator answered.
    fn answer(&self, frame: &[u64], options: &GuestOptions) -> Option<u64> {
        let slot = frame.get(self.callee_frame());
        slot.map(|slot| options.word(*slot))
    }
}

impl Turns for Call {
    fn slots(&self) -> usize {
        self.adapter.slots
    }

    fn home(&self) -> u32 {
        self.home
    }

    fn turn(&self, store: &mut StoreInner, frame: &mut [u64], number: u64) -> Result<Turn> {
        match number {
            turn::BEGIN => self.begin(store, frame),
            turn::PARAMS => {
                let answer = self.answer(frame, &self.callee.options);
                self.move_params(store, frame, answer)
            }
            turn::CALLED => self.called(store, frame),
            turn::RESULTS => {
                let answer = self.answer(frame, &self.caller.options);
                self.move_results(store, frame, answer)
            }
            turn::FREED => {
                entity(store, self.component)?.may_leave(self.callee.instance, true);
                self.end(store)
            }
            _ => Err(crate::error::cause::InternalError::new("a call has no such turn").into()),
        }
    }
}

/// The slots before one, and the others.
fn parts(slots: &mut [u64], at: usize) -> Result<(&mut [u64], &mut [u64]), Trap> {
    slots.split_at_mut_checked(at).ok_or(Trap::StackOverflow)
}

fn part(slots: &mut [u64], range: Range<usize>) -> Result<&mut [u64], Trap> {
    slots.get_mut(range).ok_or(Trap::StackOverflow)
}

/// The memories of two guests.
struct Two<'s> {
    memories: &'s mut Arena<MemoryEntity>,
    fuel: &'s mut u64,
    source: Option<u32>,
    target: Option<u32>,
}

impl Memories for Two<'_> {
    fn source(&self) -> &[u8] {
        let memory = self.source.and_then(|memory| self.memories.get(memory));
        memory.map_or(&[], |memory| memory.bytes.as_slice())
    }

    fn target(&mut self) -> &mut [u8] {
        let memory = self.target.and_then(|memory| self.memories.get_mut(memory));
        memory.map_or(&mut [], |memory| memory.bytes_mut())
    }

    fn both(&mut self) -> Option<(&[u8], &mut [u8])> {
        let (source, target) = self.memories.two(self.source?, self.target?)?;
        Some((source.bytes.as_slice(), target.bytes_mut()))
    }
}

impl Charge for Two<'_> {
    fn charge(&mut self, bytes: u64) -> Result<(), Trap> {
        let left = self.fuel.checked_sub(Rate::HOST.fuel(bytes));
        *self.fuel = left.ok_or(Trap::OutOfFuel)?;
        Ok(())
    }
}
