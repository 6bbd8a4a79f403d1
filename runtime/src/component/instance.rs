//! Instances of components: where the host finds what a component exports.
//!
//! Exports are found by name, or by where a name was found before. The plan of the component says
//! what stands behind a name; the store has it. Standard: Component Model,
//! `Explainer.md`, "Instance Definitions".

use core::fmt;

use super::Component;
use super::func::{Func, TypedFunc};
use super::plan::{self, CoreModule, Item, ItemType};
use super::types::{ComponentItem, Origin, ResourceId, Resources};
use super::{ComponentExportIndex, ExportLookup, Lift, Lower, ResourceType};
use crate::allocation;
use crate::engine::use_error::UseError;
use crate::error::Result;
use crate::module::Module;
use crate::shared::Shared;
use crate::store::context::AsContextMut;
use crate::store::inner::{Handle, StoreInner};

/// An instance of a component in a store.
#[derive(Clone)]
pub struct Instance {
    pub(super) component: Component,
    pub(super) handle: Handle,
    /// What its types of resources are.
    resources: Resources,
}

impl Instance {
    /// The one whose entity has this number in the store.
    pub(super) fn new(store: &StoreInner, component: &Component, number: u32) -> Result<Self> {
        Ok(Self {
            component: component.clone(),
            handle: store.handle(number),
            resources: resources(store, component, number)?,
        })
    }

    /// The function that it exports under this name: a text, or where it was found before, which is
    /// how one in an instance is named. See [`Component::get_export_index`].
    pub fn get_func(&self, mut store: impl AsContextMut, name: impl ExportLookup) -> Option<Func> {
        store.as_context_mut().inner().number(self.handle).ok()?;
        match self.lookup(name)? {
            Item::Func(plan::Func::Lifted(lift)) => Some(Func {
                component: self.component.clone(),
                instance: self.handle,
                lift,
                ty: self.component.plan().lifts.get(lift as usize)?.ty,
                resources: self.resources.clone(),
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
        name: impl ExportLookup,
    ) -> Result<TypedFunc<Params, Return>> {
        let mut store = store.as_context_mut();
        let shown = allocation::text(name.shown())?;
        let func = self.get_func(store.reborrow(), name);
        let func = func.ok_or_else(|| UseError::NoExport(shown.as_str().into()))?;
        func.typed(store)
            .map_err(|error| error.context(format_args!("function `{shown}`")))
    }

    /// The core module that it exports under this name, if it is one that stands in the component.
    pub fn get_module(
        &self,
        mut store: impl AsContextMut,
        name: impl ExportLookup,
    ) -> Option<Module> {
        store.as_context_mut().inner().number(self.handle).ok()?;
        match self.lookup(name)? {
            Item::Module(CoreModule::Defined(number)) => {
                let modules = &self.component.plan().modules;
                modules.get(number as usize).cloned()
            }
            _ => None,
        }
    }

    /// The type of resources that it exports under this name.
    pub fn get_resource(
        &self,
        mut store: impl AsContextMut,
        name: impl ExportLookup,
    ) -> Option<ResourceType> {
        store.as_context_mut().inner().number(self.handle).ok()?;
        match self.lookup(name)? {
            Item::Type(ItemType::Resource(id)) => Some(self.origin().resource(id)),
            _ => None,
        }
    }

    /// What it exports under a name, itself or in one of its instances, and where.
    pub fn get_export(
        &self,
        mut store: impl AsContextMut,
        instance: Option<&ComponentExportIndex>,
        name: impl ExportLookup,
    ) -> Option<(ComponentItem, ComponentExportIndex)> {
        store.as_context_mut().inner().number(self.handle).ok()?;
        let index = self.component.get_export_index(instance, name)?;
        Some((self.origin().item(index.item)?, index))
    }

    /// The same as [`Instance::get_export`], without the type.
    pub fn get_export_index(
        &self,
        mut store: impl AsContextMut,
        instance: Option<&ComponentExportIndex>,
        name: impl ExportLookup,
    ) -> Option<ComponentExportIndex> {
        store.as_context_mut().inner().number(self.handle).ok()?;
        self.component.get_export_index(instance, name)
    }

    fn lookup(&self, name: impl ExportLookup) -> Option<Item> {
        Some(name.lookup(&self.component, None)?.item)
    }

    fn origin(&self) -> Origin {
        Origin::new(self.component.clone(), Some(self.resources.clone()))
    }
}

/// What the types of resources are in the instance whose entity has this number in the store; those
/// that are not made yet stand for themselves.
pub(super) fn resources(
    store: &StoreInner,
    component: &Component,
    number: u32,
) -> Result<Resources> {
    let entity = store.components.get(number).ok_or(UseError::OtherStore)?;
    let resources = entity.resources.iter().enumerate().map(|(id, number)| {
        let unknown = || ResourceType::uninstantiated(component.id(), ResourceId(id as u32));
        ResourceType::in_store(store, *number).unwrap_or_else(unknown)
    });
    Ok(Shared::new(allocation::boxed_list(resources)?)?)
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Instance").field(&self.handle).finish()
    }
}
