//! Loads and stores: what `m` is in a `do` cell.
//!

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
        }
    )*};
}

/// Floats go through their bits, so that no payload of a NaN is touched.
macro_rules! float {
    ($($type:ty)*) => {$(
        impl Scalar for $type {
            #[inline(always)]
            fn from_little_endian(self) -> Self {
                Self::from_bits(self.to_bits().from_little_endian())
            }

            #[inline(always)]
            fn to_little_endian(self) -> Self {
                Self::from_bits(self.to_bits().to_little_endian())
            }
        }
    )*};
}

integer!(i8 u8 i16 u16 i32 u32 i64 u64);
float!(f32 f64);
