//! Values that are not made of others, from their place and to it.
//!
//! Rust has a type for each of them, whose `Lift` and `Lower` are used here as well; so both paths
//! check and convert the same way.

use super::mismatch::no_primitive;
use super::{Handles, Lifting, Lowering, Place};
use crate::component::Primitive;
use crate::component::abi::{FlatReader, FlatWriter, Lift, Lower, Realloc, WasmStr, string};
use crate::component::val::Val;
use crate::error::Error;
use crate::spec::Trap;

impl<H: Handles + ?Sized> Lifting<'_, H> {
    pub(super) fn primitive(
        &mut self,
        primitive: Primitive,
        flat: &mut FlatReader<'_>,
        at: Place,
    ) -> Result<Val, Trap> {
        Ok(match primitive {
            Primitive::Bool => Val::Bool(self.known(flat, at)?),
            Primitive::S8 => Val::S8(self.known(flat, at)?),
            Primitive::U8 => Val::U8(self.known(flat, at)?),
            Primitive::S16 => Val::S16(self.known(flat, at)?),
            Primitive::U16 => Val::U16(self.known(flat, at)?),
            Primitive::S32 => Val::S32(self.known(flat, at)?),
            Primitive::U32 => Val::U32(self.known(flat, at)?),
            Primitive::S64 => Val::S64(self.known(flat, at)?),
            Primitive::U64 => Val::U64(self.known(flat, at)?),
            Primitive::F32 => Val::Float32(self.known(flat, at)?),
            Primitive::F64 => Val::Float64(self.known(flat, at)?),
            Primitive::Char => Val::Char(self.known(flat, at)?),
            Primitive::String => {
                let string: WasmStr = self.known(flat, at)?;
                // Whichever the encoding, UTF-8 takes at most three times the bytes.
                let bytes = string.most_utf8();
                self.charge(1, bytes)?;
                let owned = string::owned(&self.cx, &string)?;
                // What it does not take is given back.
                let left = bytes.saturating_sub(owned.capacity());
                *self.budget = self.budget.saturating_add(left as u64);
                Val::String(owned)
            }
            Primitive::ErrorContext => return Err(Trap::MissingAsync),
        })
    }

    /// A value of a type that Rust knows.
    pub(super) fn known<T: Lift>(&self, flat: &mut FlatReader<'_>, at: Place) -> Result<T, Trap> {
        match at {
            Place::Flat => T::lift_flat(&self.cx, flat),
            Place::Memory(at) => T::load(&self.cx, at),
        }
    }

    /// A number of this many bytes in memory, which is an `i32` among core values.
    pub(super) fn low(&self, flat: &mut FlatReader<'_>, at: Place, size: u32) -> Result<u32, Trap> {
        match at {
            Place::Flat => Ok(flat.take()? as u32),
            Place::Memory(at) => self.cx.load_low(at, size),
        }
    }

    /// An address and a length.
    pub(super) fn words(&self, flat: &mut FlatReader<'_>, at: Place) -> Result<(u64, u64), Trap> {
        match at {
            Place::Flat => Ok((self.cx.address(flat)?, self.cx.address(flat)?)),
            Place::Memory(at) => self.cx.words(at),
        }
    }
}

impl<R: Realloc + Handles + ?Sized> Lowering<'_, R> {
    pub(super) fn primitive(
        &mut self,
        primitive: Primitive,
        value: &Val,
        flat: &mut FlatWriter<'_>,
        at: Place,
    ) -> Result<(), Error> {
        let written = match (primitive, value) {
            (Primitive::Bool, Val::Bool(value)) => self.known(value, flat, at),
            (Primitive::S8, Val::S8(value)) => self.known(value, flat, at),
            (Primitive::U8, Val::U8(value)) => self.known(value, flat, at),
            (Primitive::S16, Val::S16(value)) => self.known(value, flat, at),
            (Primitive::U16, Val::U16(value)) => self.known(value, flat, at),
            (Primitive::S32, Val::S32(value)) => self.known(value, flat, at),
            (Primitive::U32, Val::U32(value)) => self.known(value, flat, at),
            (Primitive::S64, Val::S64(value)) => self.known(value, flat, at),
            (Primitive::U64, Val::U64(value)) => self.known(value, flat, at),
            (Primitive::F32, Val::Float32(value)) => self.known(value, flat, at),
            (Primitive::F64, Val::Float64(value)) => self.known(value, flat, at),
            (Primitive::Char, Val::Char(value)) => self.known(value, flat, at),
            (Primitive::String, Val::String(value)) => self.known(value.as_str(), flat, at),
            (Primitive::ErrorContext, _) => Err(Trap::MissingAsync),
            (_, value) => return Err(no_primitive(primitive, value)),
        };
        Ok(written?)
    }

    /// A value of a type that Rust knows.
    pub(super) fn known<T: Lower + ?Sized>(
        &mut self,
        value: &T,
        flat: &mut FlatWriter<'_>,
        at: Place,
    ) -> Result<(), Trap> {
        match at {
            Place::Flat => value.lower_flat(&mut self.cx, flat),
            Place::Memory(at) => value.store(&mut self.cx, at),
        }
    }

    /// A number of this many bytes in memory, which is an `i32` among core values.
    pub(super) fn low(
        &mut self,
        flat: &mut FlatWriter<'_>,
        at: Place,
        number: u32,
        size: u32,
    ) -> Result<(), Trap> {
        match at {
            Place::Flat => flat.push(number.into()),
            Place::Memory(at) => self.cx.store_low(at, number, size),
        }
    }
}
