//! Core functions of canonical definitions that do not call functions of components.
//!
//! Those of resources work on the table of the instance whose core code calls them. To drop a
//! resource calls its destructor: one of another instance is entered like any call. Built-ins of
//! proposals that are not supported say so when they are called. Standard: Component Model,
//! `CanonicalABI.md`, "Canonical Definitions".

use super::guest::{end_call, entity, leaving};
use super::plan::TrampolineKind;
use crate::error::{Error, Result};
use crate::read::component::CanonOption;
use crate::spec::{Limit, Proposal, Trap};
use crate::store::component::{
    Handle, HandleError, HandleKind, Owner, ResourceEntity, ResourceNumber,
};
use crate::store::entity::{Turn, Turns};
use crate::store::inner::StoreInner;

/// Such a function.
pub(super) struct Builtin {
    /// The component and the component instance whose core code calls it.
    pub(super) component: u32,
    pub(super) instance: u32,
    pub(super) home: u32,
    pub(super) does: Does,
}

/// What such a function does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Does {
    New(ResourceNumber),
    Drop(ResourceNumber),
    Rep(ResourceNumber),
    /// Tells a word of the running call.
    Get(u32),
    /// Changes it.
    Set(u32),
    /// Counts how often the instance has said that it wants no more calls that may block.
    Backpressure {
        /// Whether it is said once more, or once less.
        inc: bool,
    },
    /// It is one of a proposal that is not supported.
    Nothing(&'static str, Proposal),
}

impl Does {
    /// What a call does that may block.
    pub(super) const BLOCKS: Self =
        Self::Nothing(CanonOption::Async.name(), Proposal::ComponentModelAsync);

    /// What a canonical definition of a type of resources says.
    pub(super) fn with(kind: &TrampolineKind, resource: ResourceNumber) -> Self {
        match kind {
            TrampolineKind::ResourceNew(_) => Self::New(resource),
            TrampolineKind::ResourceDrop(_) => Self::Drop(resource),
            _ => Self::Rep(resource),
        }
    }
}

impl Builtin {
    /// The turn behind a destructor.
    const DROPPED: u64 = 1;

    /// Drops a handle; the destructor, if there is one, is called next.
    fn drop_handle(
        &self,
        store: &mut StoreInner,
        ty: ResourceNumber,
        slot: &mut u64,
    ) -> Result<Turn> {
        let instance = entity(store, self.component)?.instance_mut(self.instance)?;
        let handle = instance.handles.remove(*slot as u32, ty);
        let handle = handle.map_err(|trap| unknown(trap, *slot))?;
        if let HandleKind::Borrow { call } = handle.kind {
            store.calls.returned(call);
            return Ok(Turn::Done);
        }
        let Some(&ResourceEntity { owner, dtor }) = store.resources.get(ty.0 as usize) else {
            return Err(Trap::UnknownHandle.into());
        };
        if let Owner::Guest(component, to) = owner {
            let from = self.from(component);
            let entity = entity(store, component)?;
            entity.enter(entity.outside(from, to), to)?;
        }
        store.calls.begin()?;
        match dtor {
            None => self.dropped(store, ty),
            Some(func) => {
                *slot = u64::from(handle.rep);
                Ok(Turn::Call {
                    func,
                    at: 0,
                    next: Self::DROPPED,
                })
            }
        }
    }

    /// The destructor has returned.
    fn dropped(&self, store: &mut StoreInner, ty: ResourceNumber) -> Result<Turn> {
        end_call(store)?;
        let owner = store.resources.get(ty.0 as usize).map(|it| it.owner);
        if let Some(Owner::Guest(component, to)) = owner {
            let from = self.from(component);
            let entity = entity(store, component)?;
            entity.leave(entity.outside(from, to), to);
        }
        Ok(Turn::Done)
    }

    /// Where calls into a component come from, if that is the same one.
    fn from(&self, component: u32) -> Option<u32> {
        (component == self.component).then_some(self.instance)
    }
}

impl Turns for Builtin {
    fn slots(&self) -> usize {
        1
    }

    fn home(&self) -> u32 {
        self.home
    }

    fn turn(&self, store: &mut StoreInner, frame: &mut [u64], number: u64) -> Result<Turn> {
        if let (Self::DROPPED, Does::Drop(ty)) = (number, self.does) {
            return self.dropped(store, ty);
        }
        let [slot, ..] = frame else {
            return Err(Trap::BadSignature.into());
        };
        let at = *slot;
        let result = match self.does {
            Does::New(ty) => {
                leaving(store, self.component, self.instance)?;
                let most = store.engine.limits().get(Limit::ComponentHandles);
                let handle = Handle::new(ty, at as u32, HandleKind::Own);
                let instance = entity(store, self.component)?.instance_mut(self.instance)?;
                instance.handles.add(handle, most)?
            }
            Does::Rep(ty) => {
                let instance = entity(store, self.component)?.instance_mut(self.instance)?;
                let handle = instance.handles.get(at as u32, ty);
                handle.map_err(|trap| unknown(trap, at))?.rep
            }
            Does::Drop(ty) => {
                leaving(store, self.component, self.instance)?;
                return self.drop_handle(store, ty, slot);
            }
            Does::Get(word) => {
                *slot = *store.calls.word(word)?;
                return Ok(Turn::Done);
            }
            Does::Set(word) => {
                *store.calls.word(word)? = at;
                return Ok(Turn::Done);
            }
            Does::Backpressure { inc } => {
                let instance = entity(store, self.component)?.instance_mut(self.instance)?;
                let counted = match inc {
                    true => instance.backpressure.checked_add(1),
                    false => instance.backpressure.checked_sub(1),
                };
                instance.backpressure = counted.ok_or(Trap::Backpressure)?;
                return Ok(Turn::Done);
            }
            Does::Nothing(name, proposal) => {
                leaving(store, self.component, self.instance)?;
                return Err(Error::msg(format_args!(
                    "`{name}` is of the proposal `{}`, which is not supported yet",
                    proposal.name()
                )));
            }
        };
        *slot = u64::from(result);
        Ok(Turn::Done)
    }
}

/// A trap, with the index of the handle.
fn unknown(trap: Trap, index: u64) -> Error {
    Error::from(trap).context(format_args!("index {}", index as u32))
}

impl From<HandleError> for Error {
    fn from(error: HandleError) -> Self {
        match error {
            HandleError::Trap(trap) => trap.into(),
            HandleError::OutOfMemory => crate::allocation::OutOfMemory.into(),
        }
    }
}
