//! The types of a component as it runs: everything that its definitions name is resolved.
//!
//! Flattening a component reads its types from the bytes, puts in place of each index what it
//! stands for, and keeps the result here once: equal types have the same number, so that to compare
//! two is to compare numbers, and layouts are computed when a type is added. Resources are numbers
//! of the component; an instance says which they are. Types do not nest deeper than the validator
//! lets them, and each refers to those before it only. What the host sees of them are handles: the
//! component, and a number. Standard: Component Model, `Explainer.md`,
//! "Type Definitions", and `CanonicalABI.md`, "Alignment" to "Flattening".

mod component;
mod func;
mod layout;
mod origin;
mod signature;
mod value;

pub use component::{Component, ComponentInstance, ComponentItem};
pub use func::ComponentFunc;
pub(in crate::component) use origin::{Origin, Resources};
pub(crate) use signature::FuncType;
pub use value::{
    Case, Enum, Field, FixedLengthList, Flags, FutureType, List, Map, OptionType, Record,
    ResultType, StreamType, Tuple, Type, Variant,
};

pub use super::resource::ResourceType;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::abi::CanonicalAbi;
use crate::allocation::{self, OutOfMemory};
use crate::component::Primitive;

/// The number of a type in its [`TypeTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypeId(pub(crate) u32);

/// The number of a type of functions in its [`TypeTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FuncTypeId(pub(crate) u32);

/// The number of a type of resources in its component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ResourceId(pub(crate) u32);

/// A type of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ValueType {
    /// One that needs no definition.
    Primitive(Primitive),
    /// A defined one.
    Defined(TypeId),
}

/// Types with names, in order.
pub(crate) type Named = Box<[(Box<str>, ValueType)]>;

/// What a type of values consists of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Defined {
    /// Fields with names.
    Record(Named),
    /// One of several cases, each with a value or without.
    Variant(Box<[(Box<str>, Option<ValueType>)]>),
    /// Any number of values.
    List(ValueType),
    /// This many values.
    FixedList(ValueType, u32),
    /// Fields without names.
    Tuple(Box<[ValueType]>),
    /// Labels, each there or not.
    Flags(Box<[Box<str>]>),
    /// One of several cases without values.
    Enum(Box<[Box<str>]>),
    /// A value or none.
    Option(ValueType),
    /// A value, or another that says why not.
    Result {
        /// The value.
        ok: Option<ValueType>,
        /// Why not.
        err: Option<ValueType>,
    },
    /// A key's value, for any number of keys.
    Map(ValueType, ValueType),
    /// A resource that changes its owner.
    Own(ResourceId),
    /// A resource that is lent for a call.
    Borrow(ResourceId),
    /// One end of a stream of values.
    Stream(Option<ValueType>),
    /// One end of a value to come.
    Future(Option<ValueType>),
}

/// All types that a component uses.
#[derive(Debug, Default)]
pub(crate) struct TypeTable {
    types: Vec<(Defined, CanonicalAbi)>,
    numbers: BTreeMap<Defined, TypeId>,
    funcs: Vec<FuncType>,
    func_numbers: BTreeMap<FuncType, FuncTypeId>,
}

impl TypeTable {
    /// The number of a type; nothing if components have no such type, which the validator rules
    /// out.
    pub(crate) fn add(&mut self, ty: Defined) -> Result<Option<TypeId>, OutOfMemory> {
        if let Some(known) = self.numbers.get(&ty) {
            return Ok(Some(*known));
        }
        let Some(abi) = self.layout(&ty) else {
            return Ok(None);
        };
        let id = TypeId(self.types.len() as u32);
        allocation::reserve(&mut self.types, 1)?;
        self.types.push((ty.clone(), abi));
        self.numbers.insert(ty, id);
        Ok(Some(id))
    }

    /// The number of a type of functions.
    pub(crate) fn add_func(&mut self, ty: FuncType) -> Result<FuncTypeId, OutOfMemory> {
        if let Some(known) = self.func_numbers.get(&ty) {
            return Ok(*known);
        }
        let id = FuncTypeId(self.funcs.len() as u32);
        allocation::reserve(&mut self.funcs, 1)?;
        self.funcs.push(ty.clone());
        self.func_numbers.insert(ty, id);
        Ok(id)
    }

    /// A type. Numbers are those that this table gave.
    pub(crate) fn get(&self, id: TypeId) -> &Defined {
        &self.types[id.0 as usize].0
    }

    /// A type of functions. Numbers are those that this table gave.
    pub(crate) fn func(&self, id: FuncTypeId) -> &FuncType {
        &self.funcs[id.0 as usize]
    }
}
