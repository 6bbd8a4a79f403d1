//! What the host names: the objects of a store, their values, and how modules become instances.
//!
//! Names and signatures are wasmtime's. An object is a number with its store's; whoever gets one
//! together with a store compares the two first. Nothing below this room knows of it. Standard:
//! section 7.1, "Embedding".

pub(crate) mod caller;
pub(crate) mod error_kind;
pub(crate) mod externref;
pub(crate) mod externs;
pub(crate) mod func;
pub(crate) mod global;
pub(crate) mod instance;
pub(crate) mod instantiate;
pub(crate) mod linker;
pub(crate) mod memory;
pub(crate) mod memory_type;
pub(crate) mod table;
pub(crate) mod tag;
pub(crate) mod val;
