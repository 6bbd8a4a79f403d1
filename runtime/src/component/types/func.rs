//! Types of functions, as the host sees them.
//!
//! A handle: the component whose table has the type, and the number of the type there; parameters and
//! the result are read when somebody asks. Standard: Component Model, `Explainer.md`, "Type
//! Definitions".

use core::fmt;

use super::origin::Origin;
use super::value::Type;
use super::{FuncType, FuncTypeId};
use crate::component::plan::Plan;

/// The type of a function of a component.
#[derive(Clone)]
pub struct ComponentFunc {
    origin: Origin,
    ty: FuncTypeId,
}

impl ComponentFunc {
    /// Whether it may block.
    pub fn async_(&self) -> bool {
        self.get().is_async
    }

    /// Its parameters: names and types.
    pub fn params(&self) -> impl ExactSizeIterator<Item = (&str, Type)> + '_ {
        let params = self.get().params.iter();
        params.map(|(name, ty)| (&**name, self.origin.value(*ty)))
    }

    /// The types of its results: one or none.
    pub fn results(&self) -> impl ExactSizeIterator<Item = Type> + '_ {
        let result = self.get().result.iter();
        result.map(|ty| self.origin.value(*ty))
    }

    pub(in crate::component) fn within(origin: Origin, ty: FuncTypeId) -> Self {
        Self { origin, ty }
    }

    pub(in crate::component) fn plan(&self) -> &Plan {
        self.origin.plan()
    }

    pub(in crate::component) fn get(&self) -> &FuncType {
        self.plan().types.func(self.ty)
    }
}

impl fmt::Debug for ComponentFunc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let params = self.params().map(|(name, ty)| (name, ty.kind()));
        f.debug_struct("ComponentFunc")
            .field("params", &params.collect::<alloc::vec::Vec<_>>())
            .field("result", &self.results().next().map(|ty| ty.kind()))
            .finish()
    }
}
