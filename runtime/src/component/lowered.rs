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
    /// The innermost component instance around both, which the call does not enter.
    outside: Option<u32>,
    /// What of the callee is called.
    lifted: LiftedFunc,
}

/// One of both.
struct Guest {
    /// The place of its instance.
    instance: u32,
    options: GuestOptions,
}

/// How far values are moved.
enum Moved {
    /// They are where they belong.
    All,
    /// As many as a turn may move.
    Some,
    /// Until the target's allocator answers: the function, whose arguments stand where it expects them.
    Until(u32),
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
    /// More parameters are to be moved.
    pub(super) const MORE_PARAMS: u64 = 5;
    /// More of the result is to be moved.
    pub(super) const MORE_RESULTS: u64 = 6;
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
/// function of the same component, of which an instance is around both, or none.
pub(super) fn call(
    home: u32,
    adapter: Shared<Adapter>,
    (component, instance, options): (u32, u32, GuestOptions),
    callee: LiftedFunc,
    outside: Option<u32>,
) -> Result<Box<dyn Turns>, OutOfMemory> {
    Ok(allocation::boxed(Call {
        adapter,
        home,
        component,
        caller: Guest { instance, options },
        outside,
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
        entity.enter(self.outside, self.callee.instance)?;
        store.calls.begin()?;
        if self.adapter.params.is_direct() {
            let (own, arguments) = parts(frame, self.callee_frame())?;
            self.adapter.params.pass(own, arguments)?;
            return self.calls(self.lifted.core, turn::CALLED);
        }
        let (own, rest) = parts(frame, self.adapter.own)?;
        self.adapter.params.start(rest);
        let slots = part(rest, self.adapter.params.source_slots())?;
        slots
            .iter_mut()
            .zip(own)
            .for_each(|(slot, value)| *slot = *value);
        self.move_params(store, frame, None)
    }

    #[inline]
    fn move_params(
        &self,
        store: &mut StoreInner,
        frame: &mut [u64],
        answer: Option<u64>,
    ) -> Result<Turn> {
        let guests = [&self.caller, &self.callee];
        match self.moves(store, frame, &self.adapter.params, guests, answer)? {
            Moved::All => {}
            Moved::Some => {
                return Ok(Turn::Again {
                    next: turn::MORE_PARAMS,
                });
            }
            Moved::Until(realloc) => return self.calls(realloc, turn::PARAMS),
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
        if self.adapter.results.is_direct() && self.lifted.post_return.is_none() {
            let (own, results) = parts(frame, self.callee_frame())?;
            self.adapter.results.pass(results, own)?;
            return self.end(store);
        }
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

    #[inline]
    fn move_results(
        &self,
        store: &mut StoreInner,
        frame: &mut [u64],
        answer: Option<u64>,
    ) -> Result<Turn> {
        let guests = [&self.callee, &self.caller];
        match self.moves(store, frame, &self.adapter.results, guests, answer)? {
            Moved::All => {}
            Moved::Some => {
                return Ok(Turn::Again {
                    next: turn::MORE_RESULTS,
                });
            }
            Moved::Until(realloc) => return self.calls(realloc, turn::RESULTS),
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
        entity(store, self.component)?.leave(self.outside, self.callee.instance);
        Ok(Turn::Done)
    }

    /// Moves values; the target may not call out while its allocator runs.
    fn moves(
        &self,
        store: &mut StoreInner,
        frame: &mut [u64],
        program: &Program,
        [source, target]: [&Guest; 2],
        answer: Option<u64>,
    ) -> Result<Moved> {
        let registers = part(frame, self.registers())?;
        let mut memories = Two::new(
            &mut store.memories,
            &mut store.fuel,
            source.options.memory,
            target.options.memory,
        );
        let mut handles = InstanceHandles {
            components: &mut store.components,
            resources: &store.resources,
            calls: &mut store.calls,
            component: self.component,
            source: source.instance,
            target: target.instance,
            most: store.engine.limits().component_handles,
        };
        let mut asked = Allocation::default();
        let step = step(
            program,
            registers,
            &mut memories,
            &mut handles,
            answer,
            &mut asked,
        )?;
        let moved = match step {
            Step::Allocate => Moved::Until(self.allocate(frame, &target.options, &asked)?),
            Step::Again => Moved::Some,
            Step::Done => Moved::All,
        };
        // It is closed already if it has just been called.
        let closes = matches!(moved, Moved::Until(_));
        if answer.is_some() != closes {
            entity(store, self.component)?.may_leave(target.instance, !closes);
        }
        Ok(moved)
    }

    /// Writes the arguments of a guest's allocator.
    #[inline]
    fn allocate(
        &self,
        frame: &mut [u64],
        options: &GuestOptions,
        allocation: &Allocation,
    ) -> Result<u32, Trap> {
        let realloc = options.realloc.ok_or(Trap::NoAllocator)?;
        let Allocation {
            old,
            old_size,
            align,
            size,
        } = *allocation;
        let arguments = frame.get_mut(self.callee_frame()..);
        let arguments = arguments.and_then(|slots| slots.first_chunk_mut::<REALLOC>());
        *arguments.ok_or(Trap::StackOverflow)? = [old, old_size, align.into(), size];
        Ok(realloc)
    }

    #[inline]
    fn calls(&self, func: u32, next: u64) -> Result<Turn> {
        Ok(Turn::Call {
            func,
            at: self.callee_frame(),
            next,
        })
    }

    /// What a guest's allocator answered.
    #[inline]
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
            turn::MORE_PARAMS => self.move_params(store, frame, None),
            turn::MORE_RESULTS => self.move_results(store, frame, None),
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

/// The memories of two guests, as they are until a guest runs.
struct Two<'s> {
    /// None: it is the target's.
    source: Option<&'s [u8]>,
    target: &'s mut [u8],
    fuel: &'s mut u64,
}

impl<'s> Two<'s> {
    #[inline]
    fn new(
        memories: &'s mut Arena<MemoryEntity>,
        fuel: &'s mut u64,
        source: Option<u32>,
        target: Option<u32>,
    ) -> Self {
        let none = || (Some::<&[u8]>(&[]), <&mut [u8]>::default());
        let (source, target) = match (source, target) {
            (Some(source), Some(target)) if source != target => {
                let both = memories.two(source, target);
                both.map_or_else(none, |(source, target)| {
                    (Some(source.bytes()), target.bytes_mut())
                })
            }
            (source, Some(target)) => {
                let target = memories.get_mut(target).map(MemoryEntity::bytes_mut);
                (
                    source.is_none().then_some(&[][..]),
                    target.unwrap_or_default(),
                )
            }
            (Some(source), None) => {
                let source = memories.get(source).map(MemoryEntity::bytes);
                (source.or(Some(&[])), Default::default())
            }
            (None, None) => none(),
        };
        Self {
            source,
            target,
            fuel,
        }
    }
}

impl Memories for Two<'_> {
    #[inline]
    fn source(&self) -> &[u8] {
        self.source.unwrap_or(self.target)
    }

    #[inline]
    fn target(&mut self) -> &mut [u8] {
        self.target
    }

    #[inline]
    fn both(&mut self) -> Option<(&[u8], &mut [u8])> {
        Some((self.source?, self.target))
    }
}

impl Charge for Two<'_> {
    #[inline]
    fn charge(&mut self, bytes: u64) -> Result<(), Trap> {
        let left = self.fuel.checked_sub(Rate::HOST.fuel(bytes));
        *self.fuel = left.ok_or(Trap::OutOfFuel)?;
        Ok(())
    }
}
