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
//! | none | `no_alloc` | the tables, the validator and the [`compact`] engine in pure `no_std` |
//! | `alloc` | `alloc` | the full runtime on `core` and an allocator |
//! | `std` (default) | `std` | the same with the operating system's clocks and threads |
//!
//! Without `std`, square roots need the feature `libm`. The feature `mmap` (default) has memories
//! and stacks reserve address space on 64-bit Unix, and later instances of a module begin with an image of
//! its data: see `Config::memory_reservation` and `Config::memory_init_cow`.
#![cfg_attr(
    feature = "alloc",
    doc = r"
# The runtime

Its names are wasmtime's: [`Engine`], [`Module`], [`Store`], [`Linker`], [`Instance`]; [`porting`]
has an example.

- *Threads.* [`Engine`], [`Module`] and [`Linker`] are `Send` and `Sync`; a [`Store`] is if its data
  is. Handles ([`Func`], [`Memory`] …) are numbers with their store's. With `std`, a large module is loaded
  by several threads ([`Config::parallel_compilation`]).
- *Scope.* Handles belong to a store, types and modules to an engine ([`FuncType`] says when). What
  does not belong together is refused before anything else happens, or counts as nothing where a
  function cannot fail. Types go with the last module, store or value that uses them.
- *Panics.* No guest can cause one, nor wrong use, but for the functions that say so. A host
  function that panics unwinds through the guest; its store stays usable.
- *Limits* are on by default: [`spec::Limits`] has those of modules and stores; a
  [`ResourceLimiter`] adds the host's own.
- *Unsafe code* stands in few modules, each with its invariant at the top: the arenas of stores,
  and the engine. [`safety`] says what is promised against whom.
"
)]
#![no_std]
#![cfg_attr(not(feature = "alloc"), forbid(unsafe_code))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod capability;
pub mod compact;
pub mod component;
mod exec;
mod generated;
pub mod handle;
pub mod host;
mod num;
mod policy;
pub mod profile;
mod rate;
pub mod read;
pub mod reject;
pub mod spec;
pub mod types;
pub mod validate;
pub mod view;

#[cfg(feature = "alloc")]
mod allocation;
#[cfg(feature = "alloc")]
mod api;
#[cfg(feature = "alloc")]
mod compile;
#[cfg(feature = "alloc")]
mod engine;
#[cfg(feature = "alloc")]
mod error;
#[cfg(feature = "alloc")]
mod fast;
#[cfg(feature = "alloc")]
mod module;
#[cfg(feature = "alloc")]
mod platform;
#[cfg(feature = "alloc")]
mod shared;
#[cfg(feature = "alloc")]
mod store;

#[cfg(feature = "alloc")]
pub use self::{
    allocation::OutOfMemory,
    api::caller::Caller,
    api::error_kind::ErrorKind,
    api::externref::ExternRef,
    api::externs::{Export, Extern},
    api::func::Func,
    api::func::into_func::IntoFunc,
    api::func::resumable::{
        ResumableCall, ResumableCallHostTrap, ResumableCallOutOfFuel, TypedResumableCall,
        TypedResumableCallHostTrap, TypedResumableCallOutOfFuel,
    },
    api::func::typed::TypedFunc,
    api::func::wasm_type::{WasmParams, WasmResults, WasmRet, WasmTy},
    api::global::Global,
    api::instance::Instance,
    api::linker::{InstancePre, Linker},
    api::memory::Memory,
    api::memory_type::MemoryTypeBuilder,
    api::table::Table,
    api::tag::Tag,
    api::val::{Ref, Val},
    engine::Engine,
    engine::config::{CompilationMode, Config, InstanceAllocationStrategy},
    engine::link_error::LinkError,
    engine::pooling::PoolingAllocationConfig,
    engine::scoped::external::{ExportType, ExternType, ImportType},
    engine::scoped::func::FuncType,
    engine::scoped::{GlobalType, HeapType, Mutability, RefType, TableType, ValType},
    engine::use_error::UseError,
    error::cause::{I32Exit, InternalError, LimitError, MemoryAccessError},
    error::{Context, Error, Result},
    fast::tally::InstructionCount,
    module::Module,
    module::backtrace::{FrameInfo, MemoryFault, WasmBacktrace},
    module::function::ModuleFunction,
    store::context::{AsContext, AsContextMut, StoreContext, StoreContextMut},
    store::hook::CallHook,
    store::limits::{ResourceLimiter, StoreLimits, StoreLimitsBuilder},
    store::{Store, UpdateDeadline},
};
pub use spec::Trap;
pub use spec::Trap as TrapCode;
pub use types::{MemoryType, V128};

/// Errors by the path that wasmi has for them.
#[cfg(feature = "alloc")]
pub mod errors {
    pub use crate::api::error_kind::ErrorKind;
}

#[cfg(feature = "alloc")]
#[doc = include_str!("porting.md")]
pub mod porting {}

#[doc = include_str!("../SAFETY.md")]
pub mod safety {}
