//! The engines behind one interface: load a kernel, run it with a number, get a number.
//!
//! What is measured around them is then the same code for all, and a peer is left out by a Cargo
//! feature.

#[cfg(feature = "sf-nano")]
mod sf_nano;
mod tabwasm;
#[cfg(feature = "wasmi")]
mod wasmi;
#[cfg(feature = "wasmtime")]
mod wasmtime;

use crate::Error;

/// The engine that all others are compared with.
pub const OURS: &str = "tabwasm";

/// An engine that can load a kernel.
pub struct Engine {
    /// What the command line calls it.
    pub name: &'static str,
    /// What the report calls it.
    pub title: &'static str,
    /// Whether it has vectors.
    pub simd: bool,
    /// Compiles and instantiates a module.
    pub load: Load,
}

/// Compiles and instantiates a module.
type Load = fn(&[u8]) -> Result<Box<dyn Program>, Error>;

/// An instantiated kernel.
pub trait Program {
    /// Calls the export `run`.
    fn run(&mut self, n: u32) -> Result<u64, Error>;
}

/// The engines of this build: ours first, the reference last.
pub static ENGINES: &[Engine] = &[
    Engine {
        name: OURS,
        title: "tabwasm",
        simd: true,
        load: tabwasm::load,
    },
    #[cfg(feature = "wasmtime")]
    Engine {
        name: "wasmtime",
        title: "wasmtime 48",
        simd: true,
        load: wasmtime::load,
    },
    #[cfg(feature = "sf-nano")]
    Engine {
        name: "sf-nano",
        title: "sf-nano 0.6",
        simd: false,
        load: sf_nano::load,
    },
    #[cfg(feature = "wasmi")]
    Engine {
        name: "wasmi",
        title: "wasmi 2.0",
        simd: true,
        load: wasmi::load,
    },
];
