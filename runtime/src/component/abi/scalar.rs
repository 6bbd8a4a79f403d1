//! Numbers, truth values and characters.
//!
//! One macro row a type: the number that it is in memory, and how both forms convert. Integers
//! narrower than a core value keep only their own bits when they are lifted; truth values are 0 or
//! not; a character must be a Unicode scalar value. Lists of scalars are moved as rows of bytes.
//! Standard: Component Model, `CanonicalABI.md`, "Loading" and "Storing".

use super::{
    ComponentType, FlatReader, FlatWriter, Lift, LiftContext, Lower, LowerContext, Realloc, Type,
};
use crate::component::{AddressType, Primitive};
use crate::exec::slot::Value;
use crate::spec::Trap;

/// Implements the traits for a type that is a number of this many bits in memory.
///
/// Behind the colon: to this number and from it, to a core value and from it.
macro_rules! scalar {
    ($type:ident = $primitive:ident in $bits:ident: $store:expr, $load:expr, $lower:expr, $lift:expr) => {
        impl ComponentType for $type {
            const TYPE: Type<'static> = Type::Primitive(Primitive::$primitive);
        }

        impl Lower for $type {
            const TYPE: Type<'static> = <Self as ComponentType>::TYPE;

            #[inline]
            fn lower_flat<R: Realloc + ?Sized>(
                &self,
                _: &mut LowerContext<'_, R>,
                flat: &mut FlatWriter<'_>,
            ) -> Result<(), Trap> {
                let lower: fn(Self) -> u64 = $lower;
                flat.push(lower(*self))
            }

            #[inline]
            fn store<R: Realloc + ?Sized>(
                &self,
                cx: &mut LowerContext<'_, R>,
                at: u64,
            ) -> Result<(), Trap> {
                let store: fn(Self) -> $bits = $store;
                cx.store_bytes(at, store(*self).to_le_bytes())
            }

            fn store_list<R: Realloc + ?Sized>(
                list: &[Self],
                cx: &mut LowerContext<'_, R>,
                at: u64,
            ) -> Result<(), Trap> {
                let store: fn(Self) -> $bits = $store;
                let (places, _) = cx.slice(at, size_of_val(list) as u64)?.as_chunks_mut();
                for (place, value) in places.iter_mut().zip(list) {
                    *place = store(*value).to_le_bytes();
                }
                Ok(())
            }
        }

        impl Lift for $type {
            const TYPE: Type<'static> = <Self as ComponentType>::TYPE;

            #[inline]
            fn lift_flat(_: &LiftContext<'_>, flat: &mut FlatReader<'_>) -> Result<Self, Trap> {
                let lift: fn(u64) -> Result<Self, Trap> = $lift;
                lift(flat.take()?)
            }

            #[inline]
            fn load(cx: &LiftContext<'_>, at: u64) -> Result<Self, Trap> {
                let load: fn($bits) -> Result<Self, Trap> = $load;
                load($bits::from_le_bytes(cx.bytes(at)?))
            }

            #[cfg(feature = "alloc")]
            fn load_list(
                cx: &LiftContext<'_>,
                at: u64,
                len: usize,
            ) -> Result<alloc::vec::Vec<Self>, Trap> {
                let load: fn($bits) -> Result<Self, Trap> = $load;
                let mut list = super::list::reserved(len)?;
                let size = len.saturating_mul(size_of::<Self>());
                for place in cx.slice(at, size as u64)?.as_chunks().0 {
                    list.push(load($bits::from_le_bytes(*place))?);
                }
                Ok(list)
            }
        }

        // In memory it is as many bytes as in Rust.
        const _: () = {
            let size = Primitive::$primitive.layout().abi(AddressType::I32).size as usize;
            assert!(size == size_of::<$bits>() && size == size_of::<$type>());
        };
    };
}

scalar!(bool = Bool in u8: u8::from, |byte| Ok(byte != 0), |value| u32::from(value).into_slot(), |slot| Ok(u32::from_slot(slot) != 0));
scalar!(u8 = U8 in u8: |value| value, Ok, |value| u32::from(value).into_slot(), |slot| Ok(u32::from_slot(slot) as u8));
scalar!(u16 = U16 in u16: |value| value, Ok, |value| u32::from(value).into_slot(), |slot| Ok(u32::from_slot(slot) as u16));
scalar!(u32 = U32 in u32: |value| value, Ok, Value::into_slot, |slot| Ok(Value::from_slot(slot)));
scalar!(u64 = U64 in u64: |value| value, Ok, Value::into_slot, |slot| Ok(Value::from_slot(slot)));
scalar!(i8 = S8 in u8: |value| value as u8, |bits| Ok(bits as i8), |value| i32::from(value).into_slot(), |slot| Ok(i32::from_slot(slot) as i8));
scalar!(i16 = S16 in u16: |value| value as u16, |bits| Ok(bits as i16), |value| i32::from(value).into_slot(), |slot| Ok(i32::from_slot(slot) as i16));
scalar!(i32 = S32 in u32: |value| value as u32, |bits| Ok(bits as i32), Value::into_slot, |slot| Ok(Value::from_slot(slot)));
scalar!(i64 = S64 in u64: |value| value as u64, |bits| Ok(bits as i64), Value::into_slot, |slot| Ok(Value::from_slot(slot)));
scalar!(f32 = F32 in u32: f32::to_bits, |bits| Ok(f32::from_bits(bits)), Value::into_slot, |slot| Ok(Value::from_slot(slot)));
scalar!(f64 = F64 in u64: f64::to_bits, |bits| Ok(f64::from_bits(bits)), Value::into_slot, |slot| Ok(Value::from_slot(slot)));
scalar!(char = Char in u32: u32::from, character, |value| u32::from(value).into_slot(), |slot| character(u32::from_slot(slot)));

fn character(code: u32) -> Result<char, Trap> {
    char::from_u32(code).ok_or(Trap::InvalidChar)
}
