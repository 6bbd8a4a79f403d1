//! Values of components as Rust values: their layout in memory, and how core functions take them.
//!
//! [`Lower`] goes from Rust to the guest, [`Lift`] back; `tabwasm-macros` derives both. A [`Type`]
//! is what WIT calls a type, and everything else follows from it and from
//! `spec/component/layout.toml`: size, alignment and flat form, for 32-bit and 64-bit memories, are
//! constants ([`CanonicalAbi`]). Standard: Component Model, `CanonicalABI.md`.
//!
//! - *Every* address, length, discriminant, character and string that a guest gives is checked, and
//!   what is wrong is a [`Trap`](crate::Trap) with the standard's text; nothing panics.
//! - Padding is not written. Bits beyond the last flag are not written, and ignored when read; any
//!   byte but 0 is `true`.
//! - Floats keep their bits, NaNs included, which the standard allows outside of its deterministic
//!   profile.
//! - Nothing is allocated but by `String`, `Vec` and `Box`; [`WasmStr`] and [`WasmList`] are views
//!   into the guest's memory.

mod aggregate;
mod canonical;
mod cases;
#[cfg(feature = "alloc")]
pub(crate) mod dynamic;
mod flat;
mod lift;
mod list;
mod lower;
pub(super) mod pointer;
mod resource;
mod scalar;
#[cfg(feature = "alloc")]
pub(super) mod shape;
mod string;
pub(super) mod transcode;
mod types;

pub use canonical::{CanonicalAbi, CanonicalAbiInfo, ValueLayout};
pub use cases::{Cases, Labels};
pub use flat::{Flat, FlatReader, FlatWriter};
pub use lift::{Lift, LiftContext, LiftHandles};
pub use list::WasmList;
pub use lower::{Lower, LowerContext, Realloc};
pub use resource::{AsResource, BorrowedResource, Resource};
pub use string::WasmStr;
pub use types::{CanonicalOptions, ComponentType, Type};

#[cfg(all(test, feature = "std"))]
pub(in crate::component) mod oracle;
#[cfg(test)]
mod tests;
