//! Resources of the host as values: one that is owned, one that is lent.
//!
//! The host chose a number for each ([`Resource`]); guests have handles, which their instances keep.
//! Standard: Component Model, `CanonicalABI.md`, `lift_own` to `lower_borrow`.

use core::any::TypeId;

use super::{
    ComponentType, FlatReader, FlatWriter, Lift, LiftContext, Lower, LowerContext, Realloc, Type,
};
use crate::component::resource::{BorrowedResource, Resource};
use crate::spec::Trap;

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
