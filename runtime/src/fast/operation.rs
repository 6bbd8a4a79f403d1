//! Operations: what a `do` cell of the tables computes, as a type.
//!
//! The generated dispatch list declares one unit type for each row by [`operation!`], [`load!`]
//! or [`store!`]; instructions are generic over them.

use super::layout::Operand;
use super::register::Register;
use crate::exec::access::Access;
use crate::spec::Trap;

/// One operand, one result.
pub(crate) trait Unary {
    /// The operand's type.
    type A: Register;
    /// What it has in the code.
    type I: Immediate;
    /// The result's type.
    type R: Register;

    /// Computes the result.
    fn apply(a: Self::A, i: Self::I) -> Result<Self::R, Trap>;
}

/// Two operands, one result.
pub(crate) trait Binary {
    /// The first operand's type.
    type A: Register;
    /// The second operand's type.
    type B: Register;
    /// What it has in the code.
    type I: Immediate;
    /// The result's type.
    type R: Register;

    /// Computes the result.
    fn apply(a: Self::A, b: Self::B, i: Self::I) -> Result<Self::R, Trap>;
}

/// Three operands, one result.
pub(crate) trait Ternary {
    /// The first operand's type.
    type A: Register;
    /// The second operand's type.
    type B: Register;
    /// The third operand's type.
    type C: Register;
    /// The result's type.
    type R: Register;

    /// Computes the result.
    fn apply(a: Self::A, b: Self::B, c: Self::C) -> Result<Self::R, Trap>;
}

/// Reads memory.
pub(crate) trait Load {
    /// The result's type.
    type R: Register;

    /// Reads at an address.
    fn apply<M: Access>(memory: M, at: M::Address) -> Result<Self::R, Trap>;
}

/// Reads memory into a lane of a vector.
pub(crate) trait LoadLane {
    /// The type of the value that has the other lanes.
    type B: Register;
    /// Which lane.
    type I: Immediate;
    /// The result's type.
    type R: Register;

    /// Reads at an address.
    fn apply<M: Access>(
        memory: M,
        at: M::Address,
        value: Self::B,
        i: Self::I,
    ) -> Result<Self::R, Trap>;
}

/// Writes memory.
pub(crate) trait Store {
    /// The type of the value to store.
    type B: Register;
    /// Which lane of it, or nothing.
    type I: Immediate;

    /// Writes at an address.
    fn apply<M: Access>(memory: M, at: M::Address, value: Self::B, i: Self::I) -> Result<(), Trap>;
}

/// What an operation has in the code besides its operands.
pub(crate) trait Immediate {
    /// As words.
    type Words: Copy;
    /// What the words are.
    const OPERANDS: &'static [Operand];

    /// From its words.
    fn from_words(words: Self::Words) -> Self;

    /// Reads it.
    ///
    /// # Safety
    /// `words` points at the operand words that [`Self::OPERANDS`] says.
    #[inline(always)]
    unsafe fn read(words: *const u32) -> Self
    where
        Self: Sized,
    {
        // SAFETY: the caller promises as many words of code.
        Self::from_words(unsafe { *words.cast::<Self::Words>() })
    }
}

impl Immediate for () {
    type Words = [u32; 0];
    const OPERANDS: &'static [Operand] = &[];

    #[inline(always)]
    fn from_words([]: [u32; 0]) -> Self {}
}

/// A lane.
impl Immediate for u8 {
    type Words = [u32; 1];
    const OPERANDS: &'static [Operand] = &[Operand::Immediate];

    #[inline(always)]
    fn from_words([word]: [u32; 1]) -> Self {
        word as Self
    }
}

/// Sixteen lanes.
impl Immediate for [u8; 16] {
    type Words = [u32; 4];
    const OPERANDS: &'static [Operand] = &[Operand::Vector];

    #[inline(always)]
    fn from_words(words: [u32; 4]) -> Self {
        let [[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]] = words.map(u32::to_le_bytes);
        [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
    }
}

/// Sixteen lanes as words.
pub(crate) fn words(lanes: [u8; 16]) -> [u32; 4] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = lanes;
    [[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]].map(u32::from_le_bytes)
}

/// A truth-valued result is anything but zero.
pub(crate) trait Truth {
    /// Whether it holds.
    fn holds(self) -> bool;
}

impl Truth for i32 {
    #[inline(always)]
    fn holds(self) -> bool {
        self != 0
    }
}

/// Declares the operation of a row: its operands and, behind a semicolon, its immediate; its result;
/// and the function of its `do` cell, with `?` where that may trap.
macro_rules! operation {
    ($name:ident: ($($a:ty),* $(; $i:ty)?) -> $r:ty = $function:ident) => {
        operation!(@ $name, ($($a),*), ($($i)?), $r, Ok, $function);
    };
    ($name:ident: ($($a:ty),* $(; $i:ty)?) -> $r:ty = $function:ident?) => {
        operation!(@ $name, ($($a),*), ($($i)?), $r, core::convert::identity, $function);
    };
    (@ $name:ident, ($a:ty), (), $r:ty, $done:path, $function:ident) => {
        pub(crate) struct $name;
        impl operation::Unary for $name {
            type A = $a;
            type I = ();
            type R = $r;
            #[inline(always)]
            fn apply(a: $a, (): ()) -> Result<$r, Trap> {
                $done(semantics::$function(a))
            }
        }
    };
    (@ $name:ident, ($a:ty), ($i:ty), $r:ty, $done:path, $function:ident) => {
        pub(crate) struct $name;
        impl operation::Unary for $name {
            type A = $a;
            type I = $i;
            type R = $r;
            #[inline(always)]
            fn apply(a: $a, i: $i) -> Result<$r, Trap> {
                $done(semantics::$function(i, a))
            }
        }
    };
    (@ $name:ident, ($a:ty, $b:ty), (), $r:ty, $done:path, $function:ident) => {
        pub(crate) struct $name;
        impl operation::Binary for $name {
            type A = $a;
            type B = $b;
            type I = ();
            type R = $r;
            #[inline(always)]
            fn apply(a: $a, b: $b, (): ()) -> Result<$r, Trap> {
                $done(semantics::$function(a, b))
            }
        }
    };
    (@ $name:ident, ($a:ty, $b:ty), ($i:ty), $r:ty, $done:path, $function:ident) => {
        pub(crate) struct $name;
        impl operation::Binary for $name {
            type A = $a;
            type B = $b;
            type I = $i;
            type R = $r;
            #[inline(always)]
            fn apply(a: $a, b: $b, i: $i) -> Result<$r, Trap> {
                $done(semantics::$function(i, a, b))
            }
        }
    };
    (@ $name:ident, ($a:ty, $b:ty, $c:ty), (), $r:ty, $done:path, $function:ident) => {
        pub(crate) struct $name;
        impl operation::Ternary for $name {
            type A = $a;
            type B = $b;
            type C = $c;
            type R = $r;
            #[inline(always)]
            fn apply(a: $a, b: $b, c: $c) -> Result<$r, Trap> {
                $done(semantics::$function(a, b, c))
            }
        }
    };
}

/// Declares the operation of a row that reads memory.
macro_rules! load {
    ($name:ident: $r:ty = $function:ident) => {
        pub(crate) struct $name;
        impl operation::Load for $name {
            type R = $r;
            #[inline(always)]
            fn apply<M: Access>(memory: M, at: M::Address) -> Result<$r, Trap> {
                semantics::$function(memory, at)
            }
        }
    };
}

/// Declares the operation of a row that reads memory into a lane.
macro_rules! load_lane {
    ($name:ident: ($b:ty; $i:ty) -> $r:ty = $function:ident) => {
        pub(crate) struct $name;
        impl operation::LoadLane for $name {
            type B = $b;
            type I = $i;
            type R = $r;
            #[inline(always)]
            fn apply<M: Access>(memory: M, at: M::Address, value: $b, i: $i) -> Result<$r, Trap> {
                semantics::$function(memory, i, at, value)
            }
        }
    };
}

/// Declares the operation of a row that writes memory, from a lane if there is an immediate.
macro_rules! store {
    ($name:ident: ($b:ty) = $function:ident) => {
        pub(crate) struct $name;
        impl operation::Store for $name {
            type B = $b;
            type I = ();
            #[inline(always)]
            fn apply<M: Access>(memory: M, at: M::Address, value: $b, (): ()) -> Result<(), Trap> {
                semantics::$function(memory, at, value)
            }
        }
    };
    ($name:ident: ($b:ty; $i:ty) = $function:ident) => {
        pub(crate) struct $name;
        impl operation::Store for $name {
            type B = $b;
            type I = $i;
            #[inline(always)]
            fn apply<M: Access>(memory: M, at: M::Address, value: $b, i: $i) -> Result<(), Trap> {
                semantics::$function(memory, i, at, value)
            }
        }
    };
}

pub(crate) use {load, load_lane, operation, store};
