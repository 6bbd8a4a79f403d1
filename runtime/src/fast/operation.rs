//! Operations: what a `do` cell of the tables computes, as a type.
//!
//! The generated dispatch list declares one unit type for each row by [`operation!`], [`load!`]
//! or [`store!`]; instructions are generic over them.

use super::register::Register;
use crate::exec::access::Access;
use crate::spec::Trap;

/// One operand, one result.
pub(crate) trait Unary {
    /// The operand's type.
    type A: Register;
    /// The result's type.
    type R: Register;

    /// Computes the result.
    fn apply(a: Self::A) -> Result<Self::R, Trap>;
}

/// Two operands, one result.
pub(crate) trait Binary {
    /// The first operand's type.
    type A: Register;
    /// The second operand's type.
    type B: Register;
    /// The result's type.
    type R: Register;

    /// Computes the result.
    fn apply(a: Self::A, b: Self::B) -> Result<Self::R, Trap>;
}

/// Reads memory.
pub(crate) trait Load {
    /// The result's type.
    type R: Register;

    /// Reads at an address.
    fn apply<M: Access>(memory: M, at: M::Address) -> Result<Self::R, Trap>;
}

/// Writes memory.
pub(crate) trait Store {
    /// The type of the value to store.
    type B: Register;

    /// Writes at an address.
    fn apply<M: Access>(memory: M, at: M::Address, value: Self::B) -> Result<(), Trap>;
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

/// Declares the operation of a row: its operands, its result, and the function of its `do` cell,
/// with `?` where that may trap.
macro_rules! operation {
    ($name:ident: ($a:ty) -> $r:ty = $function:ident) => {
        operation!(@unary $name, $a, $r, |a| Ok(semantics::$function(a)));
    };
    ($name:ident: ($a:ty) -> $r:ty = $function:ident?) => {
        operation!(@unary $name, $a, $r, |a| semantics::$function(a));
    };
    ($name:ident: ($a:ty, $b:ty) -> $r:ty = $function:ident) => {
        operation!(@binary $name, $a, $b, $r, |a, b| Ok(semantics::$function(a, b)));
    };
    ($name:ident: ($a:ty, $b:ty) -> $r:ty = $function:ident?) => {
        operation!(@binary $name, $a, $b, $r, |a, b| semantics::$function(a, b));
    };
    (@unary $name:ident, $a:ty, $r:ty, |$x:ident| $apply:expr) => {
        pub(crate) struct $name;
        impl operation::Unary for $name {
            type A = $a;
            type R = $r;
            #[inline(always)]
            fn apply($x: $a) -> Result<$r, Trap> {
                $apply
            }
        }
    };
    (@binary $name:ident, $a:ty, $b:ty, $r:ty, |$x:ident, $y:ident| $apply:expr) => {
        pub(crate) struct $name;
        impl operation::Binary for $name {
            type A = $a;
            type B = $b;
            type R = $r;
            #[inline(always)]
            fn apply($x: $a, $y: $b) -> Result<$r, Trap> {
                $apply
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

/// Declares the operation of a row that writes memory.
macro_rules! store {
    ($name:ident: $b:ty = $function:ident) => {
        pub(crate) struct $name;
        impl operation::Store for $name {
            type B = $b;
            #[inline(always)]
            fn apply<M: Access>(memory: M, at: M::Address, value: $b) -> Result<(), Trap> {
                semantics::$function(memory, at, value)
            }
        }
    };
}

pub(crate) use {load, operation, store};
