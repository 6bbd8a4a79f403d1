//! What a store keeps of the instances of components: handles, resources, and who is being called.
//!
//! A component instance has a table of handles of its own, and two flags by which calls are refused:
//! whether it may be entered, and whether it may call out. Resources are what handles stand for; a
//! type of them belongs to one component instance, or to the host. Calls are a list, innermost
//! last, because a handle that is lent must not outlive its call. Standard: Component Model,
//! `CanonicalABI.md`, "Component Instance State", "Resource State" and "Task State".

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::any::TypeId;

use crate::allocation::{self, OutOfMemory};
use crate::engine::use_error::UseError;
use crate::generated::woven::component::layout::{AddressType, MAX_CONTEXT_WORDS, StringEncoding};
use crate::spec::Trap;

/// An instance of a component, with those of the components in it.
pub(crate) struct ComponentEntity {
    /// Its core instances, by their numbers in the store.
    pub(crate) core_instances: Vec<u32>,
    /// The core functions that canonical definitions made, by their numbers in the store.
    pub(crate) trampolines: Vec<Option<u32>>,
    /// The component instances, parents first.
    pub(crate) instances: Box<[ComponentInstance]>,
    /// Its types of resources, by their numbers in the store.
    pub(crate) resources: Box<[ResourceNumber]>,
    /// Those of the host among them, by the Rust types that stand for them.
    pub(crate) host_resources: Vec<(TypeId, ResourceNumber)>,
    /// Its functions.
    pub(crate) lifts: Vec<LiftedFunc>,
}

/// A component instance.
pub(crate) struct ComponentInstance {
    /// The place of the one around it.
    pub(crate) parent: Option<u32>,
    /// Whether it runs, or has trapped: it cannot be called then.
    pub(crate) entered: bool,
    /// Whether its core code may call what it imports.
    pub(crate) may_leave: bool,
    /// How often it has said that it wants no more calls that may block.
    pub(crate) backpressure: u16,
    /// What its core code has handles of.
    pub(crate) handles: HandleTable,
}

/// A function that is lifted, with what its options name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LiftedFunc {
    /// The core function, by its number in the store.
    pub(crate) core: u32,
    /// The place of the component instance that it belongs to.
    pub(crate) instance: u32,
    /// Memory and strings.
    pub(crate) options: GuestOptions,
    /// The core function to call when the result has been read.
    pub(crate) post_return: Option<u32>,
    /// Whether it is one that may block.
    pub(crate) is_async: bool,
}

/// What a canonical definition says of memory and strings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GuestOptions {
    /// The memory, by its number in the store.
    pub(crate) memory: Option<u32>,
    /// The allocator, by its number in the store.
    pub(crate) realloc: Option<u32>,
    /// The type of addresses.
    pub(crate) address: AddressType,
    /// The encoding of strings.
    pub(crate) encoding: StringEncoding,
}

/// The number of a type of resources in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ResourceNumber(pub(crate) u32);

impl ResourceNumber {
    /// That of a type which is not there yet: no handle is of it.
    pub(crate) const NONE: Self = Self(u32::MAX);
}

/// A type of resources.
pub(crate) struct ResourceEntity {
    /// To whom it belongs.
    pub(crate) owner: Owner,
    /// The core function that is called when one is dropped, by its number in the store.
    pub(crate) dtor: Option<u32>,
}

/// To whom a type of resources belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The host: the Rust type that stands for it.
    Host(TypeId),
    /// A component instance: the number of its entity, and its place there.
    Guest(u32, u32),
}

/// A call of a function of a component that has not returned.
pub(crate) struct CallScope {
    /// Handles that were lent for it and are not dropped.
    pub(crate) borrows: u32,
    /// How many of [`Calls::lent`] belong to the calls around it.
    pub(crate) lent: usize,
    /// What its code keeps for itself.
    pub(crate) words: [u64; WORDS],
}

/// How many words a call keeps for its code.
const WORDS: usize = MAX_CONTEXT_WORDS;

/// A handle that is lent for a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lent {
    /// Whose it is: the number of an entity, and the place of an instance; nobody's is the host's.
    pub(crate) lender: Option<(u32, u32)>,
    /// Its index.
    pub(crate) index: u32,
}

/// The calls that have not returned.
#[derive(Default)]
pub(crate) struct Calls {
    /// The calls, innermost last.
    pub(crate) scopes: Vec<CallScope>,
    /// Handles that cannot be dropped as long as their calls run.
    pub(crate) lent: Vec<Lent>,
    /// The words of code that runs in no call.
    pub(crate) outside: [u64; WORDS],
}

/// The handles of one component instance.
#[derive(Default)]
pub(crate) struct HandleTable {
    entries: Vec<Entry>,
    /// The place that was freed last.
    free: Option<u32>,
}

#[derive(Clone, Copy)]
enum Entry {
    /// Nothing, and the place that was freed before.
    Free(Option<u32>),
    Used(Handle),
}

/// A handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handle {
    /// The type of the resource.
    pub(crate) ty: ResourceNumber,
    /// What stands for the resource where it is implemented.
    pub(crate) rep: u32,
    /// Calls that it is lent for.
    pub(crate) lends: u32,
    /// Who may drop it, and when.
    pub(crate) kind: HandleKind,
}

impl Handle {
    /// One that is lent for no call.
    pub(crate) const fn new(ty: ResourceNumber, rep: u32, kind: HandleKind) -> Self {
        Self {
            ty,
            rep,
            lends: 0,
            kind,
        }
    }
}

/// Who may drop a handle, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandleKind {
    /// The instance owns it.
    Own,
    /// It is lent for a call: the place of this among the calls.
    Borrow {
        /// The place.
        call: u32,
    },
}

impl GuestOptions {
    /// An address or a length that stands in a slot.
    pub(crate) fn word(&self, slot: u64) -> u64 {
        match self.address {
            AddressType::I32 => u64::from(slot as u32),
            AddressType::I64 => slot,
        }
    }
}

impl Calls {
    /// Begins a call.
    pub(crate) fn begin(&mut self) -> Result<(), OutOfMemory> {
        let lent = self.lent.len();
        allocation::reserve(&mut self.scopes, 1)?;
        self.scopes.push(CallScope {
            borrows: 0,
            lent,
            words: [0; WORDS],
        });
        Ok(())
    }

    /// Lends a handle for the innermost call.
    pub(crate) fn lend(
        &mut self,
        lender: Option<(u32, u32)>,
        index: u32,
        handle: &mut Handle,
    ) -> Result<(), OutOfMemory> {
        allocation::reserve(&mut self.lent, 1)?;
        self.lent.push(Lent { lender, index });
        handle.lends = handle.lends.saturating_add(1);
        Ok(())
    }

    /// A word that the innermost call keeps for its code; start functions, which run in no call, have
    /// words of their own.
    pub(crate) fn word(&mut self, word: u32) -> Result<&mut u64, Trap> {
        let words = match self.scopes.last_mut() {
            Some(call) => &mut call.words,
            None => &mut self.outside,
        };
        words.get_mut(word as usize).ok_or(Trap::UnknownHandle)
    }

    /// A handle that was lent for a call is dropped.
    pub(crate) fn returned(&mut self, call: u32) {
        if let Some(call) = self.scopes.get_mut(call as usize) {
            call.borrows = call.borrows.saturating_sub(1);
        }
    }

    /// What makes a handle one that is lent for the innermost call, which must drop it.
    pub(crate) fn borrow(&mut self) -> HandleKind {
        let call = self.scopes.len().saturating_sub(1) as u32;
        if let Some(scope) = self.scopes.last_mut() {
            scope.borrows += 1;
        }
        HandleKind::Borrow { call }
    }
}

impl ComponentEntity {
    /// The type of resources of the host that a Rust type stands for, if the component has it. There
    /// are as many as the host has given.
    pub(crate) fn host_resource(&self, ty: TypeId) -> Option<ResourceNumber> {
        let found = self.host_resources.iter().find(|it| it.0 == ty);
        found.map(|it| it.1)
    }

    /// The innermost instance that is around both, or one of them: a call from the one to the other
    /// enters neither it nor what is around it, because a call from within may come back.
    pub(crate) fn outside(&self, from: Option<u32>, to: u32) -> Option<u32> {
        let from = from?;
        self.around(to).find(|place| self.is_around(*place, from))
    }

    /// Enters an instance and those around it, up to the one that is [`outside`](Self::outside).
    ///
    /// # Errors
    /// [`Trap::CannotEnter`] if one of them runs or has trapped; then none is entered.
    pub(crate) fn enter(&mut self, outside: Option<u32>, to: u32) -> Result<(), Trap> {
        let mut place = to;
        while outside != Some(place) {
            let instance = self.instances.get(place as usize);
            let free = instance.filter(|instance| !instance.entered);
            match free.ok_or(Trap::CannotEnter)?.parent {
                Some(parent) => place = parent,
                None => break,
            }
        }
        self.mark(outside, to, true);
        Ok(())
    }

    /// Leaves what [`enter`](Self::enter) entered.
    pub(crate) fn leave(&mut self, outside: Option<u32>, to: u32) {
        self.mark(outside, to, false);
    }

    /// A component instance.
    pub(crate) fn instance_mut(&mut self, place: u32) -> Result<&mut ComponentInstance, UseError> {
        let instance = self.instances.get_mut(place as usize);
        instance.ok_or_else(|| UseError::OtherStore)
    }

    /// Allows or forbids core code of an instance to call what it imports; says what was.
    pub(crate) fn may_leave(&mut self, instance: u32, may: bool) -> bool {
        match self.instances.get_mut(instance as usize) {
            Some(instance) => core::mem::replace(&mut instance.may_leave, may),
            None => false,
        }
    }

    /// An instance and those around it.
    fn around(&self, place: u32) -> impl Iterator<Item = u32> + use<'_> {
        let parent = |place: &u32| self.instances.get(*place as usize)?.parent;
        core::iter::successors(Some(place), parent)
    }

    fn is_around(&self, outer: u32, inner: u32) -> bool {
        self.around(inner).any(|place| place == outer)
    }

    fn mark(&mut self, outside: Option<u32>, to: u32, entered: bool) {
        let mut place = to;
        while outside != Some(place)
            && let Some(instance) = self.instances.get_mut(place as usize)
        {
            instance.entered = entered;
            match instance.parent {
                Some(parent) => place = parent,
                None => return,
            }
        }
    }
}

impl HandleTable {
    /// Adds a handle and gives its index, which is never 0.
    pub(crate) fn add(&mut self, handle: Handle, most: u64) -> Result<u32, HandleError> {
        if let Some(place) = self.free {
            let entry = self.entries.get_mut(place as usize);
            let entry = entry.ok_or(HandleError::Trap(Trap::UnknownHandle))?;
            if let Entry::Free(next) = *entry {
                self.free = next;
            }
            *entry = Entry::Used(handle);
            return Ok(place + 1);
        }
        let place = self.entries.len();
        if place as u64 >= most {
            return Err(HandleError::Trap(Trap::TooManyHandles));
        }
        allocation::reserve(&mut self.entries, 1)?;
        self.entries.push(Entry::Used(handle));
        Ok(place as u32 + 1)
    }

    /// The handle at an index, if it is one of this type.
    pub(crate) fn get(&mut self, index: u32, ty: ResourceNumber) -> Result<&mut Handle, Trap> {
        let place = index.checked_sub(1).ok_or(Trap::UnknownHandle)?;
        match self.entries.get_mut(place as usize) {
            Some(Entry::Used(handle)) if handle.ty == ty => Ok(handle),
            Some(Entry::Used(_)) => Err(Trap::WrongHandleType),
            _ => Err(Trap::UnknownHandle),
        }
    }

    /// The same of any type.
    pub(crate) fn any(&mut self, index: u32) -> Option<&mut Handle> {
        match self.entries.get_mut(index.checked_sub(1)? as usize)? {
            Entry::Used(handle) => Some(handle),
            Entry::Free(_) => None,
        }
    }

    /// Removes the handle at an index, which must own its resource.
    pub(crate) fn take(&mut self, index: u32, ty: ResourceNumber) -> Result<Handle, Trap> {
        match self.get(index, ty)?.kind {
            HandleKind::Own => self.remove(index, ty),
            HandleKind::Borrow { .. } => Err(Trap::WrongHandleType),
        }
    }

    /// Removes what was lent for calls from this place on, which have failed: others take their places.
    pub(crate) fn forget(&mut self, calls: usize) {
        for (place, entry) in self.entries.iter_mut().enumerate() {
            if let Entry::Used(Handle {
                kind: HandleKind::Borrow { call },
                ..
            }) = *entry
                && call as usize >= calls
            {
                *entry = Entry::Free(self.free);
                self.free = Some(place as u32);
            }
        }
    }

    /// Removes the handle at an index, which is the first to be used again.
    pub(crate) fn remove(&mut self, index: u32, ty: ResourceNumber) -> Result<Handle, Trap> {
        let handle = *self.get(index, ty)?;
        if handle.lends > 0 {
            return Err(Trap::HandleIsLent);
        }
        let place = index - 1;
        if let Some(entry) = self.entries.get_mut(place as usize) {
            *entry = Entry::Free(self.free);
            self.free = Some(place);
        }
        Ok(handle)
    }
}

/// Why a handle was not added.
#[derive(Clone, Copy, Debug)]
pub(crate) enum HandleError {
    /// The guest trapped.
    Trap(Trap),
    /// Memory is short.
    OutOfMemory,
}

impl From<OutOfMemory> for HandleError {
    fn from(OutOfMemory: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

#[cfg(test)]
impl HandleTable {
    /// The handles with their indices, the free indices of which the last is used next, and the first
    /// index that was never used.
    pub(crate) fn parts(&self) -> (Vec<(u32, Handle)>, Vec<u32>, u32) {
        let indices = (1..).zip(&self.entries);
        let live = indices.filter_map(|(index, entry)| match entry {
            Entry::Used(handle) => Some((index, *handle)),
            Entry::Free(_) => None,
        });
        let mut free = Vec::new();
        let mut next = self.free;
        while let Some(place) = next {
            free.push(place + 1);
            next = match self.entries.get(place as usize) {
                Some(Entry::Free(next)) => *next,
                _ => None,
            };
        }
        free.reverse();
        (live.collect(), free, self.entries.len() as u32 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_calls_were_lent_is_forgotten() {
        let mut table = HandleTable::default();
        let ty = ResourceNumber(0);
        let mut add = |kind| {
            let handle = Handle::new(ty, 7, kind);
            table.add(handle, u64::MAX).expect("room")
        };
        let own = add(HandleKind::Own);
        let outer = add(HandleKind::Borrow { call: 0 });
        let inner = add(HandleKind::Borrow { call: 1 });
        table.forget(1);
        assert!(table.get(own, ty).is_ok() && table.get(outer, ty).is_ok());
        assert_eq!(table.get(inner, ty), Err(Trap::UnknownHandle));
        assert_eq!(table.parts().1, [inner]);
    }
}
