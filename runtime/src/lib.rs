//! A WebAssembly runtime generated from declarative tables.
//!
//! Every fact of WebAssembly (opcodes, section ids, limits, type codes, traps) stands once, in
//! the tables under `spec/`; a generator turns them into the decoder, the validator's tables and
//! the interpreter's dispatch. [`spec`] shows the tables to programs.
//!
//! # Tiers
//!
//! | Cargo feature | tier | what it can do |
//! |---|---|---|
//! | none | `no_alloc` | the tables, the decoder and the validator in pure `no_std` |
//! | `alloc` | `alloc` | the full runtime on `core` and an allocator |
//! | `std` (default) | `std` | the same with the operating system's clocks and threads |
//!
//! Without `std`, square roots and rounding of floats need the feature `libm`.
#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod generated {
    #[cfg(all(feature = "alloc", not(feature = "std")))]
    pub(crate) mod alloc;
    pub(crate) mod no_alloc;
    pub(crate) mod shared;
    #[cfg(feature = "std")]
    pub(crate) mod std;
}

mod capability;
mod exec;
mod num;
pub mod profile;
pub mod read;
pub mod reject;
pub mod spec;
pub mod types;
pub mod validate;

#[cfg(feature = "alloc")]
mod fast;
#[cfg(feature = "alloc")]
mod store;
