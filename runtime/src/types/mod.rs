//! Types of values and objects, as validation and execution see them.
//!
//! The type of a value is a packed word ([`ValType`]), so that comparing two is one machine
//! instruction. References to defined types carry a number: within a module its canonical
//! [`TypeIdx`] (two equal types of a module have the same), at run time a [`TypeId`] of the engine
//! or of the compact engine's store. What these types say in public, in views, to validators and
//! in the compact engine, is a module's index; the types of the full runtime, `ValType` and the
//! others at the root of the crate, have no numbers. Standard: section 2.3, "Types", and
//! section 5.3.

mod immediate;
mod memory;
mod object;
mod reference;
mod value;
mod vector;

pub use crate::generated::facts::indices::{
    DataIdx, ElemIdx, FieldIdx, FuncIdx, GlobalIdx, LabelIdx, LocalIdx, MemoryIdx, TableIdx,
    TagIdx, TypeIdx,
};
pub use immediate::{BlockType, Labels, LabelsIter, MemArg, ValTypes, ValTypesIter};
pub use memory::MemoryType;
pub(crate) use object::limits_match;
pub use object::{ExternKind, FuncSignature, GlobalType, TableType, TagType};
pub use reference::{HeapType, Ref, RefType, TypeId};
pub use value::ValType;
pub use vector::V128;
