//! Discriminants and flags in memory.
//!
//! All types with cases (variants, enums, options, results) have one layout: the number of the
//! case, then its value at the largest alignment that a case needs; as core values, the number and
//! then the joined values of all cases. [`Cases`] says where these are and does the part that does
//! not depend on the value. Standard: Component Model, `CanonicalABI.md`, "Loading" and "Storing".

use super::{
    CanonicalAbi, CanonicalAbiInfo, FlatReader, FlatWriter, LiftContext, Lower, LowerContext,
    Realloc, Type,
};
use crate::component::AddressType;
use crate::component::layout;
use crate::spec::Trap;

/// Where the discriminant and the value of a variant, enum, option or result are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cases {
    /// Bytes of the discriminant.
    discriminant: u32,
    /// From the start to the value, for both address types.
    payload: [u32; 2],
    /// Core values, likewise; cases that have fewer leave the rest unused.
    flat: [u32; 2],
}

impl Cases {
    /// Those of a type.
    ///
    /// # Panics
    /// If it has none, or [`CanonicalAbi::of`] does; it is for constants, where that is a compile
    /// error.
    pub const fn of(ty: &Type<'_>) -> Self {
        let abi = CanonicalAbi::of(ty);
        let payload32 = CanonicalAbiInfo::of_payload(ty, AddressType::I32);
        let payload64 = CanonicalAbiInfo::of_payload(ty, AddressType::I64);
        match (CanonicalAbiInfo::cases(ty), payload32, payload64) {
            (Some(discriminant), Some(payload32), Some(payload64)) => {
                let discriminant = discriminant.abi(AddressType::I32).size;
                Self {
                    discriminant,
                    payload: [
                        discriminant.next_multiple_of(payload32.align),
                        discriminant.next_multiple_of(payload64.align),
                    ],
                    flat: [abi.memory32.flat.count(), abi.memory64.flat.count()],
                }
            }
            _ => panic!("a type without cases"),
        }
    }

    /// Gives core values of a case and its value; `()` if it has none.
    pub fn lower<T: Lower + ?Sized, R: Realloc + ?Sized>(
        &self,
        cx: &mut LowerContext<'_, R>,
        flat: &mut FlatWriter<'_>,
        case: u32,
        value: &T,
    ) -> Result<(), Trap> {
        let end = flat.position() + self.flat[cx.options().address as usize] as usize;
        flat.push(u64::from(case))?;
        value.lower_flat(cx, flat)?;
        flat.fill(end)
    }

    /// Takes the core values of whichever case it is.
    pub fn lift<T>(
        &self,
        cx: &LiftContext<'_>,
        flat: &mut FlatReader<'_>,
        value: impl FnOnce(u32, &mut FlatReader<'_>) -> Result<T, Trap>,
    ) -> Result<T, Trap> {
        let end = flat.position() + self.flat[cx.options().address as usize] as usize;
        let case = flat.take()? as u32;
        let value = value(case, flat)?;
        flat.skip_to(end);
        Ok(value)
    }

    /// Writes a case and its value; `()` if it has none.
    #[inline]
    pub fn store<T: Lower + ?Sized, R: Realloc + ?Sized>(
        &self,
        cx: &mut LowerContext<'_, R>,
        at: u64,
        case: u32,
        value: &T,
    ) -> Result<(), Trap> {
        cx.store_low(at, case, self.discriminant)?;
        value.store(cx, self.payload(cx.options().address, at))
    }

    /// Which case what begins here is, and where its value is.
    #[inline]
    pub fn load(&self, cx: &LiftContext<'_>, at: u64) -> Result<(u32, u64), Trap> {
        let case = cx.load_low(at, self.discriminant)?;
        Ok((case, self.payload(cx.options().address, at)))
    }

    fn payload(&self, address: AddressType, at: u64) -> u64 {
        at.saturating_add(u64::from(self.payload[address as usize]))
    }
}

/// The bytes of flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Labels {
    size: u32,
}

impl Labels {
    /// The layout of this many labels.
    ///
    /// # Panics
    /// If no type has this many; it is for constants, where that is a compile error.
    pub const fn of(count: usize) -> Self {
        match layout::flags(count as u64) {
            Some(primitive) => Self {
                size: primitive.layout().abi(AddressType::I32).size,
            },
            None => panic!("more flags than a type may have"),
        }
    }

    /// Writes the bits.
    #[inline]
    pub fn store<R: Realloc + ?Sized>(
        &self,
        cx: &mut LowerContext<'_, R>,
        at: u64,
        bits: u32,
    ) -> Result<(), Trap> {
        cx.store_low(at, bits, self.size)
    }

    /// The bits, with whatever is beyond the last label.
    #[inline]
    pub fn load(&self, cx: &LiftContext<'_>, at: u64) -> Result<u32, Trap> {
        cx.load_low(at, self.size)
    }
}
