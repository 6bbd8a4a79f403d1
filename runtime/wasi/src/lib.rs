//! WASI preview 1 for Tabwasm: a core without `std` and a layer on the operating system.
//!
//! The core reaches the world only through six traits: [`Clock`], [`Random`], [`InputStream`],
//! [`OutputStream`], [`Socket`] and [`FileSystem`](files::FileSystem); a program on bare metal
//! implements what it has. With the feature `std` the operating system's clocks, randomness, standard
//! streams, sockets (Unix) and directories (Linux) stand behind them;
//! [`MemoryFiles`](files::MemoryFiles) is a file system everywhere.
//!
//! A guest gets nothing that was not given: no arguments, no environment, empty standard input,
//! discarded output, no directory, no socket. Why a function fails is in [`REASONS`]. A guest that
//! waits is ended at the epoch's deadline, as one that runs.
//!
//! ```
//! use tabwasm::{Engine, Linker, Store};
//! use tabwasm_wasi::{WasiCtx, add_to_linker};
//!
//! # fn main() -> Result<(), tabwasm::Error> {
//! let engine = Engine::default();
//! let mut linker: Linker<WasiCtx> = Linker::new(&engine);
//! add_to_linker(&mut linker, |ctx| ctx)?;
//! let ctx = WasiCtx::builder().arg("prog")?.env("LANG", "C")?.build();
//! let store = Store::new(&engine, ctx);
//! # let _ = store;
//! # Ok(())
//! # }
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod abi;
mod builder;
mod clock;
mod ctx;
mod descriptor;
mod directory;
mod fd;
pub mod files;
mod generated;
mod guest;
#[cfg(feature = "std")]
pub mod os;
mod path;
mod perms;
pub mod pipe;
mod poll;
mod preview1;
mod process;
mod random;
mod socket;
mod stream;
mod strings;
#[cfg(all(test, feature = "std", target_os = "linux"))]
mod tests;
pub mod wait;

pub use abi::{Errno, MODULE, REASONS, Reason};
pub use builder::WasiCtxBuilder;
pub use clock::Clock;
pub use ctx::WasiCtx;
pub use generated::functions::FUNCTIONS;
pub use perms::{DirPerms, FilePerms};
pub use preview1::{add_to_linker, preview0};
pub use random::Random;
pub use socket::Socket;
pub use stream::{InputStream, OutputStream};
pub use tabwasm::I32Exit;
