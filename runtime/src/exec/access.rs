//! Loads and stores: what `m` is in a `do` cell.
//!
//! A cell such as `m.load::<u8>(a)?` must mean the same in each engine, but engines reach memory in
//! different ways. So `m` is any [`Access`], and what is moved is a [`Scalar`]: bytes in memory
//! have the least significant first on every machine. Standard: section 4.6, "Instructions",
//! "Memory Instructions".

use core::cell::Cell;

use crate::spec::Trap;
use crate::types::V128;

/// A memory with a static offset, ready to be accessed at an address.
pub(crate) trait Access: Copy {
    /// Type of addresses: unsigned, of 32 or 64 bits.
    type Address: Copy;

    /// Reads a scalar.
    fn load<T: Scalar>(self, at: Self::Address) -> Result<T, Trap>;

    /// Writes a scalar.
    fn store<T: Scalar>(self, at: Self::Address, value: T) -> Result<(), Trap>;
}

/// What memory instructions move. Its bytes stand in memory with the least significant first.
#[cfg_attr(
    not(feature = "alloc"),
    allow(dead_code, reason = "only the fast engine moves scalars as a whole")
)]
pub(crate) trait Scalar: Copy {
    /// The value whose bytes in native order are those of memory.
    #[expect(
        clippy::wrong_self_convention,
        reason = "the scalar is converted, not made"
    )]
    fn from_little_endian(self) -> Self;

    /// What has, in native order, the bytes for memory.
    fn to_little_endian(self) -> Self;

    /// Reads it from the bytes of a memory, if they are all there.
    fn read(bytes: &[Cell<u8>], at: usize) -> Option<Self>;

    /// Writes it to the bytes of a memory, if they are all there.
    fn write(self, bytes: &[Cell<u8>], at: usize) -> Option<()>;
}

/// The bytes are spelled out because compilers make one access of that, at any level.
macro_rules! integer {
    ($($type:ty: $($cell:ident = $byte:ident)*;)*) => {$(
        impl Scalar for $type {
            #[inline(always)]
            fn from_little_endian(self) -> Self {
                Self::from_le(self)
            }

            #[inline(always)]
            fn to_little_endian(self) -> Self {
                self.to_le()
            }

            #[inline(always)]
            fn read(bytes: &[Cell<u8>], at: usize) -> Option<Self> {
                match bytes.get(at..)? {
                    [$($cell,)* ..] => Some(Self::from_le_bytes([$($cell.get()),*])),
                    _ => None,
                }
            }

            #[inline(always)]
            fn write(self, bytes: &[Cell<u8>], at: usize) -> Option<()> {
                let [$($byte),*] = self.to_le_bytes();
                match bytes.get(at..)? {
                    [$($cell,)* ..] => {
                        $($cell.set($byte);)*
                        Some(())
                    }
                    _ => None,
                }
            }
        }
    )*};
}

/// Floats go through their bits, so that no payload of a NaN is touched.
macro_rules! float {
    ($($type:ty, $bits:ty;)*) => {$(
        impl Scalar for $type {
            #[inline(always)]
            fn from_little_endian(self) -> Self {
                Self::from_bits(self.to_bits().from_little_endian())
            }

            #[inline(always)]
            fn to_little_endian(self) -> Self {
                Self::from_bits(self.to_bits().to_little_endian())
            }

            #[inline(always)]
            fn read(bytes: &[Cell<u8>], at: usize) -> Option<Self> {
                <$bits>::read(bytes, at).map(Self::from_bits)
            }

            #[inline(always)]
            fn write(self, bytes: &[Cell<u8>], at: usize) -> Option<()> {
                self.to_bits().write(bytes, at)
            }
        }
    )*};
}

integer! {
    i8: a = s;
    u8: a = s;
    i16: a = s b = t;
    u16: a = s b = t;
    i32: a = s b = t c = u d = v;
    u32: a = s b = t c = u d = v;
    i64: a = s b = t c = u d = v e = w f = x g = y h = z;
    u64: a = s b = t c = u d = v e = w f = x g = y h = z;
}
float!(f32, u32; f64, u64;);

/// The bytes of a vector stand in the order of memory on every machine.
impl Scalar for V128 {
    #[inline(always)]
    fn from_little_endian(self) -> Self {
        self
    }

    #[inline(always)]
    fn to_little_endian(self) -> Self {
        self
    }

    #[inline(always)]
    fn read(bytes: &[Cell<u8>], at: usize) -> Option<Self> {
        let bytes: &[Cell<u8>; 16] = bytes.get(at..)?.first_chunk()?;
        Some(Self::from_le_bytes(bytes.each_ref().map(Cell::get)))
    }

    #[inline(always)]
    fn write(self, bytes: &[Cell<u8>], at: usize) -> Option<()> {
        let cells: &[Cell<u8>; 16] = bytes.get(at..)?.first_chunk()?;
        for (cell, byte) in cells.iter().zip(self.to_le_bytes()) {
            cell.set(byte);
        }
        Some(())
    }
}
