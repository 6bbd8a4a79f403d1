//! Resources as the host has them.
//!
//! A [`ResourceType`] says what kind of thing it is: a Rust type of the host, or a type that an
//! instance defines. Of resources of its own the host chooses the number that stands for each
//! ([`Resource`](super::Resource)); of an instance's it holds handles ([`ResourceAny`]), like an instance does.
//! Standard: Component Model, `CanonicalABI.md`, "Resource State".

use core::any::TypeId;

use super::guest;
use super::types::ResourceId;
use crate::api::func::call;
use crate::engine::use_error::UseError;
use crate::error::Result;
use crate::store::component::{HandleKind, Owner, ResourceEntity, ResourceNumber};
use crate::store::context::AsContextMut;
use crate::store::inner::StoreInner;

/// A type of resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceType(pub(super) Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Host(TypeId),
    /// One of an instance: the store's own number, and that of the type in the store.
    Guest(u64, ResourceNumber),
    /// One of a component of which there is no instance: the component's own number, and that of
    /// the type in it.
    Uninstantiated(u64, ResourceId),
}

impl ResourceType {
    /// The one that a Rust type stands for.
    pub fn host<T: 'static>() -> Self {
        Self(Kind::Host(TypeId::of::<T>()))
    }

    /// The one that a component imports or defines, before there is an instance.
    pub(super) fn uninstantiated(component: u64, id: ResourceId) -> Self {
        Self(Kind::Uninstantiated(component, id))
    }

    /// The one that has this number in a store; nothing if it is not there yet.
    pub(super) fn in_store(store: &StoreInner, number: ResourceNumber) -> Option<Self> {
        let resource = store.resources.get(number.0 as usize)?;
        Some(Self(match resource.owner {
            Owner::Host(ty) => Kind::Host(ty),
            Owner::Guest(..) => Kind::Guest(store.id, number),
        }))
    }
}

/// A resource of any type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceAny {
    pub(super) ty: ResourceType,
    /// For one of the host, its representation; otherwise the host's handle.
    pub(super) index: u32,
    pub(super) owned: bool,
}

impl ResourceAny {
    /// Its type.
    pub fn ty(&self) -> ResourceType {
        self.ty
    }

    /// Whether it is owned, not lent.
    pub fn owned(&self) -> bool {
        self.owned
    }

    /// Drops the host's handle: of one that is owned, the instance that it belongs to is told by its
    /// destructor; one that is lent must be dropped before the call ends. Of a resource of the host
    /// there is nothing to drop.
    ///
    /// # Errors
    /// If there is no such handle any more, if it is lent, or if the destructor fails.
    pub fn resource_drop(self, mut store: impl AsContextMut) -> Result<()> {
        let Kind::Guest(id, ty) = self.ty.0 else {
            return Ok(());
        };
        let mut store = store.as_context_mut();
        let store = store.reborrow().store();
        if id != store.inner.id {
            return Err(UseError::OtherStore.into());
        }
        let handle = store.inner.given.remove(self.index, ty)?;
        if let HandleKind::Borrow { call } = handle.kind {
            store.inner.calls.returned(call);
            return Ok(());
        }
        let Some(&ResourceEntity { owner, dtor }) = store.inner.resources.get(ty.0 as usize) else {
            return Err(UseError::OtherStore.into());
        };
        let (Owner::Guest(component, instance), Some(dtor)) = (owner, dtor) else {
            return Ok(());
        };
        let dtor = store.inner.handle(dtor);
        guest::enter(store, component, instance, |store| {
            call::invoke(store, dtor, &mut [handle.rep.into()])
        })
    }
}
