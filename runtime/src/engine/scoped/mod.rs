//! Types of values and objects, as the public interface shows them.
//!
//! Within the library types are packed words whose numbers mean something in one module or engine
//! only ([`crate::types`]). Here a reference to a defined type carries that type
//! ([`FuncType`](crate::FuncType)), which knows its engine and stays for as long as it is used: no
//! number leaves its scope. Packing compares the engine.

pub(crate) mod external;
pub(crate) mod func;
mod object;
mod reference;
mod value;

pub use object::{GlobalType, Mutability, TableType};
pub use reference::{HeapType, RefType};
pub use value::ValType;
