//! Random valid modules, for the differential tests and the fuzz targets.
//!
//! Half of the modules come from `wasm-smith`, which knows all of the format ([`smith`]); the other
//! half from [`Program`], which writes the code that is hard to translate to registers. Both are
//! made of numbers that depend on a seed, or on the bytes of a fuzzer.

mod program;
mod random;
pub mod smith;

pub use program::{Body, Program};
pub use random::Random;
