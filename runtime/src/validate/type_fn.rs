//! The functions of the column `type`: `at(x)`, `elem(x)`, `params(f)` …
//!
//! A row's type may depend on its immediates, and says how with these. Each takes entities that
//! [`entity`](super::entity) has resolved, and gives one type, or types. They stand for the
//! premises of the standard's rules that look something up in the context. Standard: section 3.4,
//! "Instructions".

use super::entity::{Memory, Table};
use super::environment::{Signature, Types};
use super::storage::Storage;
use super::validator::Validator;
use crate::profile::Gate;
use crate::types::{GlobalType, HeapType, RefType, ValType};

/// What has addresses or indices.
pub(crate) trait Addressed {
    /// The type of its addresses or indices.
    fn address(&self) -> ValType;
}

impl Addressed for Memory {
    #[inline(always)]
    fn address(&self) -> ValType {
        self.address
    }
}

impl Addressed for Table {
    #[inline(always)]
    fn address(&self) -> ValType {
        self.index
    }
}

/// What has elements.
pub(crate) trait Elements {
    /// The type of its elements.
    fn element(&self) -> RefType;
}

impl Elements for Table {
    #[inline(always)]
    fn element(&self) -> RefType {
        self.element
    }
}

impl Elements for RefType {
    #[inline(always)]
    fn element(&self) -> RefType {
        *self
    }
}

/// `at(x)`: the type of addresses of a memory, or of indices of a table.
#[inline(always)]
pub(crate) fn at(x: impl Addressed) -> ValType {
    x.address()
}

/// `min_at(x, y)`: the narrower of two such types.
#[inline(always)]
pub(crate) fn min_at(x: impl Addressed, y: impl Addressed) -> ValType {
    if x.address() == ValType::I64 {
        y.address()
    } else {
        x.address()
    }
}

/// `elem(x)`: the type of elements of a table or segment.
#[inline(always)]
pub(crate) fn elem(x: impl Elements) -> ValType {
    ValType::reference(x.element())
}

/// `local(x)`: the type of a local.
#[inline(always)]
pub(crate) fn local(x: ValType) -> ValType {
    x
}

/// `global(x)`: the type of a global.
#[inline(always)]
pub(crate) fn global(x: GlobalType) -> ValType {
    x.content
}

/// `(ref x)`: a reference to a type.
#[inline(always)]
pub(crate) fn reference(nullable: bool, heap: HeapType) -> ValType {
    ValType::reference(RefType::new(nullable, heap))
}

/// `params(f)`: what a function takes.
#[inline(always)]
pub(crate) fn params(f: Signature) -> Types {
    f.params
}

/// `results(f)`: what a function gives.
#[inline(always)]
pub(crate) fn results(f: Signature) -> Types {
    f.results
}

/// `label(l)`: what a branch takes.
#[inline(always)]
pub(crate) fn label(l: Types) -> Types {
    l
}

/// `return`: what the function gives.
#[inline(always)]
pub(crate) fn return_<G: Gate, S: Storage>(v: &Validator<'_, G, S>) -> Types {
    v.env.block(v.results).results
}
