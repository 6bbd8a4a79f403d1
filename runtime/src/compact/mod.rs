//! The compact engine: executes modules in place, in memory that the caller hands over.
//!
//! No allocator, no unsafe code, no panic, no recursion. A [`Module`] is the module's bytes and a
//! table of its branches; both can be in read-only memory. A [`Store`] holds the state of
//! instances in the slices of a [`Ram`], and runs until there is a reason to give control back:
//! an [`Exit`].
//!
//! ```
//! use tabwasm::compact::{Exit, Module, Ram, Store, Value};
//! use tabwasm::profile::NoAlloc;
//!
//! // (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
//! let wasm = b"\0asm\x01\0\0\0\x01\x07\x01\x60\x02\x7f\x7f\x01\x7f\x03\x02\x01\0\
//!     \x07\x07\x01\x03add\0\0\x0a\x09\x01\x07\0\x20\0\x20\x01\x6a\x0b";
//! let mut arena = [0; 512];
//! let module = Module::new(wasm, &NoAlloc, &mut arena)?;
//!
//! let (mut slots, mut instances, mut types) = ([0; 16], [Default::default()], [Default::default()]);
//! let mut store = Store::<NoAlloc>::new(Ram {
//!     slots: &mut slots,
//!     instances: &mut instances,
//!     types: &mut types,
//!     ..Ram::default()
//! });
//! let instance = store.instantiate(module, &[])?;
//! let add = store.func(instance, "add").ok_or("no such function")?;
//! store.call(add, &[Value::I32(2), Value::I32(3)])?;
//! let mut fuel = 1000;
//! assert_eq!(store.run(&mut fuel), Exit::Done);
//! assert_eq!(store.results().next(), Some(Value::I32(5)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Design: "A fast in-place interpreter for WebAssembly" (Titzer, 2022).

#![forbid(unsafe_code)]

mod access;
mod activation;
mod address;
mod branch;
mod build;
#[cfg(feature = "alloc")]
mod calls;
pub(crate) mod canonical;
pub(crate) mod control;
mod entity;
mod error;
pub(crate) mod exit;
mod exports;
pub(crate) mod fuel;
mod instance;
mod instantiate;
mod interpreter;
mod link;
mod list;
#[cfg(all(test, feature = "alloc"))]
mod listing;
mod machine;
mod module;
mod needs;
mod ram;
pub(crate) mod registers;
mod snapshot;
pub(crate) mod state;
mod type_identity;

mod store;
mod table;
mod value;

pub use address::FuncAddr;
#[cfg(feature = "alloc")]
pub use calls::Depth;
pub use entity::{Frame, Global, Memory, Segment, Table};
pub use error::{Capacity, Error};
pub use exit::{Exit, Growth};
pub use exports::Extern;
pub use instance::Instance;
pub use instantiate::InstanceIdx;
pub use link::Link;
pub use module::{Import, Module};
pub use needs::Needs;
pub use ram::Ram;
pub use store::Store;
pub use value::Value;
