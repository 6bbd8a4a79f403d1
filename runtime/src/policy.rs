//! What builds for size decide otherwise than builds for speed: the only file that asks which it is.
//!
//! `build.rs` reads the optimisation level: with `s` or `z` a build is `small`, and without an
//! allocator it is `brief`, too. Each decision is a constant with its reason, and code names the
//! constant. Both ways that it chooses between are compiled in all builds, so that neither goes
//! stale; the compiler removes the one that is not taken. Elsewhere builds differ only in attributes
//! that say which functions are inlined.

/// A number in LEB128 is read by a function, which gives it in a register. In builds for speed its
/// first byte is read where it is asked for: few numbers have more.
pub(crate) const CALL_FOR_NUMBERS: bool = cfg!(small);

/// Operands are compared by a function. In builds for speed those that are there, and of the types
/// that are asked for, are compared where they are asked for.
pub(crate) const CALL_FOR_OPERANDS: bool = cfg!(small);

/// Regular instructions that a sink does not ask for are rows of a table for one function, which reads
/// and judges them all. In builds for speed each has machine code of its own.
pub(crate) const REGULAR_BY_TABLE: bool = cfg!(small);

/// An instruction is read by one function and judged by another, which both are there anyway: for what a
/// sink does not ask for there is the table. In builds for speed it is judged where it is read, so that
/// there is one jump by its opcode and not two.
pub(crate) const JUDGE_APART: bool = cfg!(small);

/// Equal types and equal names of exports are found by comparing each with those before it, which
/// takes no memory and little code, but time that is quadratic: the limits of a tier without an
/// allocator allow few of them. In other builds a tree and sorting find them.
pub(crate) const COMPARE_IN_PAIRS: bool = cfg!(brief);

/// Names that a sink does not ask for are checked by a loop over their bytes. In other builds they
/// are checked by `core`, whose function is many times as long, and as fast.
pub(crate) const PASS_OVER_NAMES: bool = cfg!(brief);

/// Errors are two words, which travel in registers, and say less. In other builds they say all.
pub(crate) const PACK_ERRORS: bool = cfg!(brief);

/// Floats become integers by shifting their bits: machines for which code must be small have no
/// floats, and compilers would link functions for conversions and comparisons of each pair of types.
pub(crate) const CONVERT_BY_SHIFTS: bool = cfg!(small);

/// An `f32` is rounded as an `f64`, so that there is one function for both.
pub(crate) const ROUND_AS_F64: bool = cfg!(small);

/// Items that move to where some of them are move one by one: the compiler does not see that
/// `copy_within` cannot panic, and would link the panic.
pub(crate) const MOVE_ONE_BY_ONE: bool = cfg!(small);

/// The first type if a decision is taken, and the second if not.
pub(crate) type If<const TAKEN: bool, Then, Else> = <Decision<TAKEN> as Choose<Then, Else>>::Type;

/// A decision as a type.
pub(crate) struct Decision<const TAKEN: bool>;

/// Chooses one of two types.
pub(crate) trait Choose<Then, Else> {
    /// The one chosen.
    type Type;
}

impl<Then, Else> Choose<Then, Else> for Decision<true> {
    type Type = Then;
}

impl<Then, Else> Choose<Then, Else> for Decision<false> {
    type Type = Else;
}
