//! Resources of the host as values: one that is owned, one that is lent.
//!
//! The host chose a number for each ([`Resource`]); guests have handles, which their instances keep.
//! Standard: Component Model, `CanonicalABI.md`, `lift_own` to `lower_borrow`.

use core::any::TypeId;
use core::fmt;
use core::marker::PhantomData;

use super::{
    ComponentType, FlatReader, FlatWriter, Lift, LiftContext, Lower, LowerContext, Realloc, Type,
};
use crate::spec::Trap;

/// A resource of the host that changes its owner (`own<r>`), for which a number stands that the host
/// chose.
pub struct Resource<T: 'static> {
    rep: u32,
    ty: PhantomData<fn() -> T>,
}

/// A resource of the host that is lent for a call (`borrow<r>`). wasmtime has one type for both.
pub struct BorrowedResource<T: 'static> {
    rep: u32,
    ty: PhantomData<fn() -> T>,
}

macro_rules! numbers {
    ($name:ident) => {
        impl<T: 'static> $name<T> {
            /// The one that this number stands for.
            pub fn new(rep: u32) -> Self {
                Self {
                    rep,
                    ty: PhantomData,
                }
            }

            /// The number that stands for it.
            pub fn rep(&self) -> u32 {
                self.rep
            }
        }

        impl<T: 'static> AsResource<T> for $name<T> {
            fn rep(&self) -> u32 {
                self.rep
            }
        }

        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.rep).finish()
            }
        }
    };
}

/// A resource of the host, owned or lent.
pub trait AsResource<T: 'static> {
    /// The number that stands for it.
    fn rep(&self) -> u32;
}

numbers!(Resource);
numbers!(BorrowedResource);

impl<T: 'static> Resource<T> {
    /// Lends it.
    pub fn borrow(&self) -> BorrowedResource<T> {
        BorrowedResource::new(self.rep)
    }
}

/// Implements the traits for a kind of handles.
macro_rules! resource {
    ($name:ident, $kind:ident, $own:literal) => {
        impl<T: 'static> ComponentType for $name<T> {
            const TYPE: Type<'static> = Type::$kind(TypeId::of::<T>());
        }

        impl<T: 'static> Lower for $name<T> {
            const TYPE: Type<'static> = <Self as ComponentType>::TYPE;

            fn lower_flat<R: Realloc + ?Sized>(
                &self,
                cx: &mut LowerContext<'_, R>,
                flat: &mut FlatWriter<'_>,
            ) -> Result<(), Trap> {
                let handle = cx
                    .guest()
                    .lower_handle(TypeId::of::<T>(), $own, self.rep())?;
                flat.push(handle.into())
            }

            fn store<R: Realloc + ?Sized>(
                &self,
                cx: &mut LowerContext<'_, R>,
                at: u64,
            ) -> Result<(), Trap> {
                let handle = cx
                    .guest()
                    .lower_handle(TypeId::of::<T>(), $own, self.rep())?;
                cx.store_bytes(at, handle.to_le_bytes())
            }
        }

        impl<T: 'static> Lift for $name<T> {
            const TYPE: Type<'static> = <Self as ComponentType>::TYPE;

            fn lift_flat(cx: &LiftContext<'_>, flat: &mut FlatReader<'_>) -> Result<Self, Trap> {
                let handle = flat.take()? as u32;
                Ok(Self::new(cx.handle(TypeId::of::<T>(), $own, handle)?))
            }

            fn load(cx: &LiftContext<'_>, at: u64) -> Result<Self, Trap> {
                let handle = u32::from_le_bytes(cx.bytes(at)?);
                Ok(Self::new(cx.handle(TypeId::of::<T>(), $own, handle)?))
            }
        }
    };
}

resource!(Resource, Own, true);
resource!(BorrowedResource, Borrow, false);
