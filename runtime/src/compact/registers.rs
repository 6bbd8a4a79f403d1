//! Where the interpreter is: what it reads next, and numbers.
//!
//! Code is read again and again, and has been validated, so that nothing can be wrong with it; only
//! a table that was made of other bytes can lead astray. Then a read or a slot is not there, and the
//! program traps: one comparison each, and one way out for all.
//!
//! What is read next is kept as the slice from there on, which needs no addition and one register
//! less than a slice and a position.

use super::address::FuncAddr;
use super::branch::Branch;
use crate::exec::slot::Value;
use crate::spec::Trap;
use crate::validate::item::Item;

/// The state of the interpreter within a function.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Registers<'m> {
    /// The module from what is read next on.
    pub(crate) code: &'m [u8],
    /// The table from the next branch on.
    pub(crate) branches: &'m [u8],
    /// The first free slot.
    pub(crate) sp: usize,
    /// The slot of the first local.
    pub(crate) base: usize,
    /// How many bytes of the module follow the function's last `end`.
    pub(crate) tail: usize,
    pub(crate) func: FuncAddr,
    /// The first byte of memory 0, and how many it has.
    pub(crate) memory: usize,
    pub(crate) length: usize,
    pub(crate) wasm: &'m [u8],
    pub(crate) table: &'m [u8],
}

/// What the table said is not there.
pub(crate) const ASTRAY: Trap = Trap::ForeignTable;

/// Bits of a byte of a number that belong to the number.
const BITS: u32 = 7;
const CONTINUES: u8 = 1 << BITS;

impl<'m> Registers<'m> {
    /// Offset of what is read next.
    #[inline(always)]
    pub(crate) fn position(&self) -> usize {
        self.wasm.len().wrapping_sub(self.code.len())
    }

    /// Offset of an instruction whose opcode has just been read.
    #[inline(always)]
    pub(crate) fn at(&self) -> usize {
        self.position().wrapping_sub(1)
    }

    /// Position of the next branch in the table.
    #[inline(always)]
    pub(crate) fn branch(&self) -> usize {
        self.table.len().wrapping_sub(self.branches.len())
    }

    /// Goes on elsewhere.
    #[inline(always)]
    pub(crate) fn jump(&mut self, code: usize, branch: usize) -> Result<(), Trap> {
        self.code = self.wasm.get(code..).ok_or(ASTRAY)?;
        self.branches = self.table.get(branch..).ok_or(ASTRAY)?;
        Ok(())
    }

    /// The next byte.
    #[inline(always)]
    pub(crate) fn u8(&mut self) -> Result<u8, Trap> {
        let (byte, rest) = self.code.split_first().ok_or(ASTRAY)?;
        self.code = rest;
        Ok(*byte)
    }

    /// An index.
    #[inline(always)]
    pub(crate) fn u32(&mut self) -> Result<u32, Trap> {
        match self.u8()? {
            byte if byte < CONTINUES => Ok(byte.into()),
            byte => Ok(self.long(byte) as u32),
        }
    }

    /// An offset of a memory; beyond every memory, if it is more than there are bytes.
    #[inline(always)]
    pub(crate) fn offset(&mut self) -> Result<usize, Trap> {
        match self.u8()? {
            byte if byte < CONTINUES => Ok(byte.into()),
            byte => Ok(usize::try_from(self.long(byte)).unwrap_or(usize::MAX)),
        }
    }

    #[inline(always)]
    fn long(&mut self, first: u8) -> u64 {
        let (number, length) = unsigned(self.code, first);
        self.code = self.code.get(length..).unwrap_or_default();
        number
    }

    /// A number of 32 bits.
    #[inline(always)]
    pub(crate) fn i32(&mut self) -> Result<i32, Trap> {
        match self.u8()? {
            byte if byte < CONTINUES => Ok(i32::from((byte << 1) as i8 >> 1)),
            byte => Ok(self.long_signed(byte) as i32),
        }
    }

    /// A number of 64 bits.
    #[inline(always)]
    pub(crate) fn i64(&mut self) -> Result<i64, Trap> {
        match self.u8()? {
            byte if byte < CONTINUES => Ok(i64::from((byte << 1) as i8 >> 1)),
            byte => Ok(self.long_signed(byte)),
        }
    }

    #[inline(always)]
    fn long_signed(&mut self, first: u8) -> i64 {
        let (number, length) = signed(self.code, first);
        self.code = self.code.get(length..).unwrap_or_default();
        number
    }

    /// The bits of an `f32`.
    #[inline(always)]
    pub(crate) fn f32(&mut self) -> Result<f32, Trap> {
        let (bytes, rest) = self.code.split_first_chunk().ok_or(ASTRAY)?;
        self.code = rest;
        Ok(f32::from_le_bytes(*bytes))
    }

    /// The bits of an `f64`.
    #[inline(always)]
    pub(crate) fn f64(&mut self) -> Result<f64, Trap> {
        let (bytes, rest) = self.code.split_first_chunk().ok_or(ASTRAY)?;
        self.code = rest;
        Ok(f64::from_le_bytes(*bytes))
    }

    /// Passes over a number.
    #[inline(always)]
    pub(crate) fn skip(&mut self) -> Result<(), Trap> {
        while self.u8()? >= CONTINUES {}
        Ok(())
    }

    /// Pushes a value.
    #[inline(always)]
    pub(crate) fn push(&mut self, slots: &mut [u64], value: impl Value) -> Result<(), Trap> {
        *slots.get_mut(self.sp).ok_or(ASTRAY)? = value.into_bits();
        self.sp += 1;
        Ok(())
    }

    /// Pops a value.
    #[inline(always)]
    pub(crate) fn pop<V: Value>(&mut self, slots: &[u64]) -> Result<V, Trap> {
        let place = self.sp.wrapping_sub(1);
        let value = V::from_bits(*slots.get(place).ok_or(ASTRAY)?);
        self.sp = place;
        Ok(value)
    }

    /// Drops operands that have been looked at.
    #[inline(always)]
    pub(crate) fn drop(&mut self, count: usize) {
        self.sp = self.sp.wrapping_sub(count);
    }

    /// The last `N` operands, to be read and replaced.
    #[inline(always)]
    pub(crate) fn operands<'s, const N: usize>(
        &self,
        slots: &'s mut [u64],
    ) -> Result<&'s mut [u64; N], Trap> {
        let below = slots.get_mut(..self.sp).ok_or(ASTRAY)?;
        below.last_chunk_mut().ok_or(ASTRAY)
    }

    /// Replaces an operand by a result.
    #[inline(always)]
    pub(crate) fn unary<A: Value, R: Value>(
        &self,
        slots: &mut [u64],
        f: impl FnOnce(A) -> Result<R, Trap>,
    ) -> Result<(), Trap> {
        let slot = slots.get_mut(self.sp.wrapping_sub(1)).ok_or(ASTRAY)?;
        *slot = f(A::from_bits(*slot))?.into_bits();
        Ok(())
    }

    /// Replaces two operands by a result.
    #[inline(always)]
    pub(crate) fn binary<A: Value, B: Value, R: Value>(
        &mut self,
        slots: &mut [u64],
        f: impl FnOnce(A, B) -> Result<R, Trap>,
    ) -> Result<(), Trap> {
        let [a, b] = self.operands(slots)?;
        *a = f(A::from_bits(*a), B::from_bits(*b))?.into_bits();
        self.sp -= 1;
        Ok(())
    }

    /// Takes a branch of the instruction at `at`, `index` branches behind the next one.
    #[inline(always)]
    pub(crate) fn take(&mut self, slots: &mut [u64], at: usize, index: u32) -> Result<(), Trap> {
        let skipped = (index as usize).wrapping_mul(Branch::SIZE);
        let rest = self.branches.get(skipped..).ok_or(ASTRAY)?;
        let branch = Branch::unpack(rest.first_chunk().ok_or(ASTRAY)?);
        let place = self.table.len().wrapping_sub(rest.len());
        let distance = isize::from(branch.table).wrapping_mul(Branch::SIZE as isize);
        if branch.drop != 0 {
            self.sp = unwind(slots, self.sp, branch);
        }
        self.jump(
            at.wrapping_add_signed(branch.code as isize),
            place.wrapping_add_signed(distance),
        )
    }

    /// Does not take the next branch.
    #[inline(always)]
    pub(crate) fn pass(&mut self) -> Result<(), Trap> {
        self.branches = self.branches.get(Branch::SIZE..).ok_or(ASTRAY)?;
        Ok(())
    }
}

/// Moves the operands that a branch takes along; gives the first free slot.
#[inline(never)]
fn unwind(slots: &mut [u64], sp: usize, branch: Branch) -> usize {
    let keep = usize::from(branch.keep);
    let from = sp.saturating_sub(keep);
    let to = from.saturating_sub(branch.drop.into());
    slide(slots, from, to, keep);
    to.wrapping_add(keep)
}

/// Moves values down, as far as there are slots.
#[inline(never)]
pub(crate) fn slide(slots: &mut [u64], from: usize, to: usize, count: usize) {
    for index in 0..count {
        let value = slots.get(from.wrapping_add(index)).copied();
        if let (Some(value), Some(slot)) = (value, slots.get_mut(to.wrapping_add(index))) {
            *slot = value;
        }
    }
}

/// A number whose first byte has been read, and how many bytes follow that.
#[cold]
#[inline(never)]
fn unsigned(code: &[u8], first: u8) -> (u64, usize) {
    let (mut number, mut length) = (u64::from(first & !CONTINUES), 0);
    for byte in code {
        length += 1;
        let shift = BITS.wrapping_mul(length as u32) & (u64::BITS - 1);
        number |= u64::from(byte & !CONTINUES) << shift;
        if *byte < CONTINUES {
            break;
        }
    }
    (number, length)
}

/// The same for a number with a sign.
#[cold]
#[inline(never)]
fn signed(code: &[u8], first: u8) -> (i64, usize) {
    let (number, length) = unsigned(code, first);
    let bits = BITS.saturating_mul(length as u32 + 1);
    let unused = u64::BITS.saturating_sub(bits);
    ((number as i64) << unused >> unused, length)
}
