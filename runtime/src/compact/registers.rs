//! Where the interpreter is: what it reads next, and numbers.
//!
//! Code has been validated, so it is read without asking what is wrong with it; only a table that
//! was made of other bytes can send it to a wrong place. Then a byte or a slot is not there, and
//! the program traps: one comparison each, and one exit for all. What is read next is kept as an
//! iterator, which needs one comparison for a byte and no addition but that of the access.

use core::slice::Iter;

use crate::exec::machine::Stop;
use crate::exec::slot::{Slot, Value};
use crate::profile::Profile;
use crate::spec::{Proposal, Trap};
use crate::types::V128;

/// What the interpreter's loop keeps in registers; the rest of its state is [`State::activation`].
///
/// [`State::activation`]: super::state::State::activation
#[derive(Clone, Debug, Default)]
pub(crate) struct Registers<'m> {
    /// The module from what is read next on.
    pub(crate) code: Iter<'m, u8>,
    /// The first free slot.
    pub(crate) sp: usize,
}

/// What the table said is not there.
pub(crate) const ASTRAY: Trap = Trap::ForeignTable;

/// The same without a value, so that a number or this travels in registers.
pub(crate) struct Astray;

impl From<Astray> for Trap {
    fn from(_: Astray) -> Self {
        ASTRAY
    }
}

impl From<Astray> for Stop {
    fn from(_: Astray) -> Self {
        ASTRAY.into()
    }
}

/// The same as an end of the interpreter.
#[cold]
#[inline(never)]
pub(crate) fn astray() -> Stop {
    ASTRAY.into()
}

/// Bits of a byte of a number that belong to the number.
const BITS: u32 = 7;
const CONTINUES: u8 = 1 << BITS;

impl Registers<'_> {
    /// Runs what is not inlined.
    #[inline(always)]
    pub(crate) fn away<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let mut own = self.clone();
        let done = f(&mut own);
        *self = own;
        done
    }

    /// The next byte.
    #[inline(always)]
    pub(crate) fn u8(&mut self) -> Result<u8, Trap> {
        self.code.next().copied().ok_or(ASTRAY)
    }

    /// An index.
    #[inline(always)]
    pub(crate) fn u32(&mut self) -> Result<u32, Trap> {
        match self.u8()? {
            byte if byte < CONTINUES => Ok(byte.into()),
            byte => Ok(self.long(byte)?.0),
        }
    }

    /// A number of 32 bits whose first byte has been read, and how many bits it was written with.
    #[inline(always)]
    fn long(&mut self, first: u8) -> Result<(u32, u32), Trap> {
        let (mut number, mut bits) = (u32::from(first & !CONTINUES), BITS);
        loop {
            let byte = self.u8()?;
            number |= u32::from(byte & !CONTINUES).wrapping_shl(bits);
            bits = bits.wrapping_add(BITS);
            if byte < CONTINUES {
                return Ok((number, bits));
            }
        }
    }

    /// An index, for what is not often executed.
    #[inline(never)]
    pub(crate) fn index(&mut self) -> Result<u32, Astray> {
        self.u32().map_err(|_| Astray)
    }

    /// An offset of a memory; beyond every memory, if it is more than there are bytes.
    #[inline(always)]
    pub(crate) fn offset<P: Profile>(&mut self) -> Result<usize, Trap> {
        if !P::PROPOSALS.contains(Proposal::Memory64) {
            return Ok(self.u32()? as usize);
        }
        match self.u8()? {
            byte if byte < CONTINUES => Ok(byte.into()),
            byte => {
                let (number, length) = unsigned(self.code.as_slice(), byte);
                self.advance(length);
                Ok(usize::try_from(number).unwrap_or(usize::MAX))
            }
        }
    }

    /// A number of 32 bits.
    #[inline(always)]
    pub(crate) fn i32(&mut self) -> Result<i32, Trap> {
        match self.u8()? {
            byte if byte < CONTINUES => Ok(i32::from((byte << 1) as i8 >> 1)),
            byte => {
                let (number, bits) = self.long(byte)?;
                let unused = i32::BITS.saturating_sub(bits);
                Ok((number as i32) << unused >> unused)
            }
        }
    }

    /// A number of 64 bits.
    #[inline(always)]
    pub(crate) fn i64(&mut self) -> Result<i64, Trap> {
        match self.u8()? {
            byte if byte < CONTINUES => Ok(i64::from((byte << 1) as i8 >> 1)),
            byte => {
                let (number, length) = unsigned(self.code.as_slice(), byte);
                self.advance(length);
                let bits = BITS.saturating_mul(length as u32 + 1);
                let unused = i64::BITS.saturating_sub(bits);
                Ok((number as i64) << unused >> unused)
            }
        }
    }

    /// Passes over bytes.
    #[inline(always)]
    pub(crate) fn advance(&mut self, count: usize) {
        let rest = self.code.as_slice().get(count..);
        self.code = rest.unwrap_or_default().iter();
    }

    /// The bits of an `f32`.
    #[inline(always)]
    pub(crate) fn f32(&mut self) -> Result<f32, Trap> {
        let (bytes, rest) = self.code.as_slice().split_first_chunk().ok_or(ASTRAY)?;
        self.code = rest.iter();
        Ok(f32::from_le_bytes(*bytes))
    }

    /// The bits of an `f64`.
    #[inline(always)]
    pub(crate) fn f64(&mut self) -> Result<f64, Trap> {
        let (bytes, rest) = self.code.as_slice().split_first_chunk().ok_or(ASTRAY)?;
        self.code = rest.iter();
        Ok(f64::from_le_bytes(*bytes))
    }

    /// The number of a lane.
    #[inline(always)]
    pub(crate) fn lane(&mut self) -> Result<u8, Trap> {
        self.u8()
    }

    /// The numbers of lanes.
    #[inline(always)]
    pub(crate) fn lanes(&mut self) -> Result<[u8; 16], Trap> {
        let (bytes, rest) = self.code.as_slice().split_first_chunk().ok_or(ASTRAY)?;
        self.code = rest.iter();
        Ok(*bytes)
    }

    /// A vector.
    #[inline(always)]
    pub(crate) fn v128(&mut self) -> Result<V128, Trap> {
        Ok(V128::from_le_bytes(self.lanes()?))
    }

    /// Passes over a number.
    #[inline(always)]
    pub(crate) fn skip(&mut self) -> Result<(), Trap> {
        while self.u8()? >= CONTINUES {}
        Ok(())
    }

    /// Pushes a value.
    #[inline(always)]
    pub(crate) fn push<S: Slot>(&mut self, slots: &mut [S], value: impl Value) -> Result<(), Trap> {
        self.push_slot(slots, S::hold(value))
    }

    /// Pushes a slot as it is.
    #[inline(always)]
    pub(crate) fn push_slot<S: Slot>(&mut self, slots: &mut [S], slot: S) -> Result<(), Trap> {
        *slots.get_mut(self.sp).ok_or(ASTRAY)? = slot;
        self.sp += 1;
        Ok(())
    }

    /// Pops a value.
    #[inline(always)]
    pub(crate) fn pop<S: Slot, V: Value>(&mut self, slots: &[S]) -> Result<V, Trap> {
        Ok(self.pop_slot(slots)?.value())
    }

    /// Pops a slot as it is.
    #[inline(always)]
    pub(crate) fn pop_slot<S: Slot>(&mut self, slots: &[S]) -> Result<S, Trap> {
        let place = self.sp.wrapping_sub(1);
        let slot = *slots.get(place).ok_or(ASTRAY)?;
        self.sp = place;
        Ok(slot)
    }

    /// Drops operands that have been looked at.
    #[inline(always)]
    pub(crate) fn drop(&mut self, count: usize) {
        self.sp = self.sp.wrapping_sub(count);
    }

    /// The last `N` operands, to be read and replaced.
    #[inline(always)]
    pub(crate) fn operands<'s, const N: usize, S: Slot>(
        &self,
        slots: &'s mut [S],
    ) -> Result<&'s mut [S; N], Trap> {
        let from = slots.get_mut(self.sp.wrapping_sub(N)..).ok_or(ASTRAY)?;
        from.first_chunk_mut().ok_or(ASTRAY)
    }

    /// Replaces an operand by a result.
    #[inline(always)]
    pub(crate) fn unary<S: Slot, A: Value, R: Value>(
        &self,
        slots: &mut [S],
        f: impl FnOnce(A) -> Result<R, Trap>,
    ) -> Result<(), Trap> {
        let slot = slots.get_mut(self.sp.wrapping_sub(1)).ok_or(ASTRAY)?;
        *slot = S::hold(f(slot.value())?);
        Ok(())
    }

    /// Replaces two operands by a result.
    #[inline(always)]
    pub(crate) fn binary<S: Slot, A: Value, B: Value, R: Value>(
        &mut self,
        slots: &mut [S],
        f: impl FnOnce(A, B) -> Result<R, Trap>,
    ) -> Result<(), Trap> {
        let [a, b] = self.operands(slots)?;
        *a = S::hold(f(a.value(), b.value())?);
        self.sp -= 1;
        Ok(())
    }

    /// Replaces `N` operands by a result, all as slots.
    #[inline(always)]
    pub(crate) fn replace<const N: usize, S: Slot>(
        &mut self,
        slots: &mut [S],
        f: impl FnOnce([S; N]) -> Result<S, Trap>,
    ) -> Result<(), Trap> {
        let operands = self.operands::<N, S>(slots)?;
        let result = f(*operands)?;
        if let Some(first) = operands.first_mut() {
            *first = result;
        }
        self.drop(N.saturating_sub(1));
        Ok(())
    }
}

/// A number of 64 bits whose first byte has been read, and how many bytes follow that.
#[cold]
#[inline(never)]
fn unsigned(code: &[u8], first: u8) -> (u64, usize) {
    let (mut number, mut length) = (u64::from(first & !CONTINUES), 0);
    for byte in code {
        length += 1;
        let shift = BITS.wrapping_mul(length as u32);
        number |= u64::from(byte & !CONTINUES).wrapping_shl(shift);
        if *byte < CONTINUES {
            break;
        }
    }
    (number, length)
}
