//! Where the interpreter is: numbers only, and the bytes that it reads.
//!
//! Code is read again and again, and has been validated, so that nothing can be wrong with it; if
//! a table that was made elsewhere lies, zeros are read, which are an instruction that traps.
//! The same holds for slots: there is a place for every operand, or the value gets lost.

use super::address::FuncAddr;
use super::branch::Branch;
use super::table::Layout;
use crate::exec::slot::Value;
use crate::validate::item::Item;

/// The state of the interpreter within a function.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Registers<'m> {
    pub(crate) wasm: &'m [u8],
    pub(crate) table: &'m [u8],
    /// Offset of what is read next.
    pub(crate) ip: usize,
    /// Offset of the instruction.
    pub(crate) at: usize,
    /// Position of the next branch in the table.
    pub(crate) branch: usize,
    /// The first free slot.
    pub(crate) sp: usize,
    /// The function.
    pub(crate) func: FuncAddr,
    /// The slot of the first local.
    pub(crate) base: usize,
    /// Offset of the function's last `end`.
    pub(crate) end: usize,
    /// The first byte of memory 0, and how many it has.
    pub(crate) memory: usize,
    pub(crate) length: usize,
}

/// Bits of a byte of a number that belong to the number.
const BITS: u32 = 7;
const CONTINUES: u8 = 1 << BITS;

impl Registers<'_> {
    /// The next byte.
    #[inline(always)]
    pub(crate) fn u8(&mut self) -> u8 {
        let byte = self.wasm.get(self.ip).copied().unwrap_or(0);
        self.ip = self.ip.wrapping_add(1);
        byte
    }

    /// An index.
    #[inline(always)]
    pub(crate) fn u32(&mut self) -> u32 {
        let byte = self.u8();
        if byte < CONTINUES {
            byte.into()
        } else {
            self.long(byte) as u32
        }
    }

    /// A number of 64 bits, without sign.
    #[inline(always)]
    pub(crate) fn u64(&mut self) -> u64 {
        let byte = self.u8();
        if byte < CONTINUES {
            byte.into()
        } else {
            self.long(byte)
        }
    }

    #[inline(always)]
    fn long(&mut self, first: u8) -> u64 {
        let (ip, number) = unsigned(self.wasm, self.ip, first);
        self.ip = ip;
        number
    }

    /// A number of 32 bits.
    #[inline(always)]
    pub(crate) fn i32(&mut self) -> i32 {
        self.i64() as i32
    }

    /// A number of 64 bits.
    #[inline(always)]
    pub(crate) fn i64(&mut self) -> i64 {
        let byte = self.u8();
        if byte < CONTINUES {
            i64::from((byte << 1) as i8 >> 1)
        } else {
            let (ip, number) = signed(self.wasm, self.ip, byte);
            self.ip = ip;
            number
        }
    }

    /// The bits of an `f32`.
    #[inline(always)]
    pub(crate) fn f32(&mut self) -> f32 {
        let bits = u32::get(self.wasm, self.ip);
        self.ip = self.ip.wrapping_add(u32::SIZE);
        f32::from_bits(bits)
    }

    /// The bits of an `f64`.
    #[inline(always)]
    pub(crate) fn f64(&mut self) -> f64 {
        let bits = u64::get(self.wasm, self.ip);
        self.ip = self.ip.wrapping_add(u64::SIZE);
        f64::from_bits(bits)
    }

    /// Passes over a number.
    #[inline(always)]
    pub(crate) fn skip(&mut self) {
        while self.u8() >= CONTINUES {}
    }

    /// Pushes a value.
    #[inline(always)]
    pub(crate) fn push(&mut self, slots: &mut [u64], value: impl Value) {
        if let Some(slot) = slots.get_mut(self.sp) {
            *slot = value.into_bits();
        }
        self.sp = self.sp.wrapping_add(1);
    }

    /// Pops a value.
    #[inline(always)]
    pub(crate) fn pop<V: Value>(&mut self, slots: &[u64]) -> V {
        self.sp = self.sp.wrapping_sub(1);
        V::from_bits(slots.get(self.sp).copied().unwrap_or(0))
    }

    /// The last `N` operands.
    #[inline(always)]
    pub(crate) fn operands<const N: usize>(&self, slots: &[u64]) -> [u64; N] {
        let below = slots.get(..self.sp).unwrap_or_default();
        below.last_chunk().copied().unwrap_or([0; N])
    }

    /// Replaces an operand by a result.
    #[inline(always)]
    pub(crate) fn unary<A: Value, R: Value>(&self, slots: &mut [u64], f: impl Fn(A) -> R) {
        if let Some(slot) = slots.get_mut(self.sp.wrapping_sub(1)) {
            *slot = f(A::from_bits(*slot)).into_bits();
        }
    }

    /// Replaces an operand by a result, or fails.
    #[inline(always)]
    pub(crate) fn try_unary<A: Value, R: Value, E>(
        &self,
        slots: &mut [u64],
        f: impl Fn(A) -> Result<R, E>,
    ) -> Result<(), E> {
        if let Some(slot) = slots.get_mut(self.sp.wrapping_sub(1)) {
            *slot = f(A::from_bits(*slot))?.into_bits();
        }
        Ok(())
    }

    /// Replaces two operands by a result.
    #[inline(always)]
    pub(crate) fn binary<A: Value, B: Value, R: Value>(
        &mut self,
        slots: &mut [u64],
        f: impl Fn(A, B) -> R,
    ) {
        let b = self.pop(slots);
        self.unary(slots, |a| f(a, b));
    }

    /// Replaces two operands by a result, or fails.
    #[inline(always)]
    pub(crate) fn try_binary<A: Value, B: Value, R: Value, E>(
        &mut self,
        slots: &mut [u64],
        f: impl Fn(A, B) -> Result<R, E>,
    ) -> Result<(), E> {
        let b = self.pop(slots);
        self.try_unary(slots, |a| f(a, b))
    }

    /// Takes a branch, which is `index` branches behind the next one.
    #[inline(always)]
    pub(crate) fn take(&mut self, slots: &mut [u64], index: u32) {
        let place = self.branch.wrapping_add(index as usize * Branch::SIZE);
        let branch = Branch::get(self.table, place);
        self.ip = self.at.wrapping_add_signed(branch.code as isize);
        let distance = isize::from(branch.table) * Branch::SIZE as isize;
        self.branch = place.wrapping_add_signed(distance);
        if branch.drop != 0 {
            self.sp = unwind(slots, self.sp, branch);
        }
    }

    /// Does not take the next branch.
    #[inline(always)]
    pub(crate) fn pass(&mut self) {
        self.branch = self.branch.wrapping_add(Branch::SIZE);
    }

    /// Goes to the position of a branch of the module.
    pub(crate) fn aim(&mut self, layout: &Layout, branch: u32) {
        self.branch = layout
            .branches
            .wrapping_add((branch as usize).wrapping_mul(Branch::SIZE));
    }
}

/// Moves the operands that a branch takes along; gives the first free slot.
fn unwind(slots: &mut [u64], sp: usize, branch: Branch) -> usize {
    let from = sp.saturating_sub(branch.keep.into());
    let to = from.saturating_sub(branch.drop.into());
    slide(slots, from, to, branch.keep.into());
    to.wrapping_add(branch.keep.into())
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

#[inline(never)]
fn unsigned(wasm: &[u8], mut ip: usize, first: u8) -> (usize, u64) {
    let (mut number, mut shift) = (u64::from(first & !CONTINUES), BITS);
    while let Some(&byte) = wasm.get(ip) {
        ip += 1;
        number |= u64::from(byte & !CONTINUES) << shift;
        shift = (shift + BITS) & (u64::BITS - 1);
        if byte < CONTINUES {
            break;
        }
    }
    (ip, number)
}

#[inline(never)]
fn signed(wasm: &[u8], mut ip: usize, first: u8) -> (usize, i64) {
    let (mut number, mut shift) = (i64::from(first & !CONTINUES), BITS);
    while let Some(&byte) = wasm.get(ip) {
        ip += 1;
        number |= i64::from(byte & !CONTINUES) << shift;
        shift += BITS;
        if byte < CONTINUES {
            let unused = u64::BITS.saturating_sub(shift);
            return (ip, number << unused >> unused);
        }
        if shift >= u64::BITS {
            break;
        }
    }
    (ip, number)
}
