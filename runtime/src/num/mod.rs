//! Numeric primitives: what `do` cells of the tables name.
//!
//! Section 4.3 of the standard. Nothing here panics, whatever the operands, with or without
//! overflow checks. A cell names a primitive where the expression would not fit a cell, or where
//! Rust's operator means something else.

pub(crate) mod backend;
pub(crate) mod convert;
pub(crate) mod float;
pub(crate) mod int;
pub(crate) mod simd;
