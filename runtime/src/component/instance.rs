//! Instances of components: where the host finds what a component exports.
//!
//! Exports are found by name, those of instances by the names of these before it. The plan of the
//! component says what stands behind a name; the store has it. Standard: Component Model,
//! `Explainer.md`, "Instance Definitions".

use super::Component;
use super::func::{Func, TypedFunc};
use super::plan::{self, Item};
use super::{Lift, Lower};
use crate::engine::use_error::UseError;
use crate::error::Result;
use crate::store::context::AsContextMut;
use crate::store::inner::Handle;

/// An instance of a component in a store.
#[derive(Clone, Debug)]
pub struct Instance {
    pub(super) component: Component,
    pub(super) handle: Handle,
}

impl Instance {
    /// The function that it exports under this name. One in an instance is written after the name of
    /// this and `#`: `wasi:cli/run@0.2.0#run`.
    pub fn get_func(&self, store: impl AsContextMut, name: &str) -> Option<Func> {
        let _ = store;
        let plan = self.component.plan();
        let mut exports = plan.exports.first()?;
        let mut rest = name;
        while let Some((instance, inner)) = rest.split_once('#') {
            match exports.get(instance)? {
                Item::Instance(number) => exports = plan.exports.get(*number as usize)?,
                _ => return None,
            }
            rest = inner;
        }
        match exports.get(rest)? {
            Item::Func(plan::Func::Lifted(lift)) => Some(Func {
                component: self.component.clone(),
                instance: self.handle,
                lift: *lift,
            }),
            _ => None,
        }
    }

    /// The function of known types that it exports under this name; see [`Instance::get_func`].
    ///
    /// # Errors
    /// If there is none, or its type is another.
    pub fn get_typed_func<Params: Lower, Return: Lift>(
        &self,
        mut store: impl AsContextMut,
        name: &str,
    ) -> Result<TypedFunc<Params, Return>> {
        let func = self.get_func(&mut store, name);
        let func = func.ok_or_else(|| UseError::NoExport(name.into()))?;
        func.typed(store)
            .map_err(|error| error.context(format_args!("function `{name}`")))
    }
}
