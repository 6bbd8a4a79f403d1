//! Resources as the host has them.
//!
//! A [`ResourceType`] says what kind of thing it is: a Rust type of the host, or a type that an
//! instance defines. Of resources of its own the host chooses the number that stands for each
//! ([`Resource`]); of an instance's it holds handles ([`ResourceAny`]), like an instance does.
//! Standard: Component Model, `CanonicalABI.md`, "Resource State".

use core::any::TypeId;
use core::fmt;
use core::marker::PhantomData;

use crate::store::component::ResourceNumber;

/// A type of resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceType(pub(super) Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Host(TypeId),
    /// One of an instance: the store's own number, and that of the type in the store.
    Guest(u64, ResourceNumber),
}

impl ResourceType {
    /// The one that a Rust type stands for.
    pub fn host<T: 'static>() -> Self {
        Self(Kind::Host(TypeId::of::<T>()))
    }
}

/// A resource of the host, for which a number stands that the host chose.
pub struct Resource<T: 'static> {
    rep: u32,
    own: bool,
    ty: PhantomData<fn() -> T>,
}

impl<T: 'static> Resource<T> {
    /// One that whoever gets it will own.
    pub fn new_own(rep: u32) -> Self {
        Self {
            rep,
            own: true,
            ty: PhantomData,
        }
    }

    /// One that is lent for a call.
    pub fn new_borrow(rep: u32) -> Self {
        Self {
            rep,
            own: false,
            ty: PhantomData,
        }
    }

    /// The number that stands for it.
    pub fn rep(&self) -> u32 {
        self.rep
    }

    /// Whether it is owned, not lent.
    pub fn owned(&self) -> bool {
        self.own
    }
}

impl<T> fmt::Debug for Resource<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource")
            .field("rep", &self.rep)
            .field("own", &self.own)
            .finish()
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
}
