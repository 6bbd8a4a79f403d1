//! Loads and stores: what `m` is in a `do` cell.
//!

use core::cell::Cell;

use crate::spec::Trap;

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

/// The bytes of a scalar in a memory.
#[inline(always)]
fn cells<const N: usize>(bytes: &[Cell<u8>], at: usize) -> Option<&[Cell<u8>; N]> {
    bytes.get(at..)?.first_chunk()
}

macro_rules! integer {
    ($($type:ty)*) => {$(
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
                Some(Self::from_le_bytes(cells(bytes, at)?.each_ref().map(Cell::get)))
            }

            #[inline(always)]
            fn write(self, bytes: &[Cell<u8>], at: usize) -> Option<()> {
                for (cell, byte) in cells::<{ size_of::<$type>() }>(bytes, at)?.iter().zip(self.to_le_bytes()) {
                    cell.set(byte);
                }
                Some(())
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

integer!(i8 u8 i16 u16 i32 u32 i64 u64);
float!(f32, u32; f64, u64;);
