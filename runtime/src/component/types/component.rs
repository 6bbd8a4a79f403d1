//! What components and their instances import and export, by name.
//!
//! The plan knows both: imports one by one, however deep they are in instances, and exports as lists
//! by name. Here they are a tree again, as the component declares it. Standard: Component Model, `Explainer.md`, "Import and Export Definitions".

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use core::fmt;

use super::func::ComponentFunc;
use super::origin::Origin;
use super::value::Type;
use super::{FuncTypeId, ResourceType};
use crate::component::plan::{Func, ImportKind, Item, ItemType};
use crate::engine::Engine;

/// What a component imports and exports.
#[derive(Clone)]
pub struct Component(Origin);

/// What an instance of a component exports.
#[derive(Clone)]
pub struct ComponentInstance {
    origin: Origin,
    /// Its place among the instances of the component.
    place: u32,
}

/// What is imported or exported under a name.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ComponentItem {
    /// A function.
    ComponentFunc(ComponentFunc),
    /// A core module.
    Module,
    /// A component, or a type of components or of instances.
    Component,
    /// An instance.
    ComponentInstance(ComponentInstance),
    /// A type of values.
    Type(Type),
    /// A type of resources.
    Resource(ResourceType),
}

impl Component {
    pub(in crate::component) fn new(origin: Origin) -> Self {
        Self(origin)
    }

    /// What it imports under a name.
    pub fn get_import(&self, engine: &Engine, name: &str) -> Option<ComponentItem> {
        let mut imports = self.imports(engine);
        imports.find_map(|(found, item)| (found == name).then_some(item))
    }

    /// What it imports: names and items, in order.
    pub fn imports<'a>(
        &'a self,
        _: &'a Engine,
    ) -> impl Iterator<Item = (&'a str, ComponentItem)> + 'a {
        let imports = self.0.plan().imported.iter();
        imports.filter_map(|(name, item)| Some((&**name, self.0.item(*item)?)))
    }

    /// What it exports under a name.
    pub fn get_export(&self, _: &Engine, name: &str) -> Option<ComponentItem> {
        self.0.item(*self.0.exports(0).get(name)?)
    }

    /// What it exports: names, sorted, and items.
    pub fn exports<'a>(
        &'a self,
        _: &'a Engine,
    ) -> impl Iterator<Item = (&'a str, ComponentItem)> + 'a {
        self.0.items(0)
    }
}

impl ComponentInstance {
    /// What it exports under a name.
    pub fn get_export(&self, _: &Engine, name: &str) -> Option<ComponentItem> {
        let exports = self.origin.exports(self.place);
        self.origin.item(*exports.get(name)?)
    }

    /// What it exports: names, sorted, and items.
    pub fn exports<'a>(
        &'a self,
        _: &'a Engine,
    ) -> impl Iterator<Item = (&'a str, ComponentItem)> + 'a {
        self.origin.items(self.place)
    }
}

impl Origin {
    /// What the host sees of an item; nothing if it names what the component does not have.
    pub(in crate::component) fn item(&self, item: Item) -> Option<ComponentItem> {
        Some(match item {
            Item::Func(func) => ComponentItem::ComponentFunc(self.func(self.func_type(func)?)),
            Item::Instance(place) => ComponentItem::ComponentInstance(ComponentInstance {
                origin: self.clone(),
                place,
            }),
            Item::Module(_) => ComponentItem::Module,
            Item::Type(ItemType::Value(ty)) => ComponentItem::Type(self.value(ty)),
            Item::Type(ItemType::Func(ty)) => ComponentItem::ComponentFunc(self.func(ty)),
            Item::Type(ItemType::Resource(id)) => ComponentItem::Resource(self.resource(id)),
            Item::Type(ItemType::Scope) | Item::Component => ComponentItem::Component,
        })
    }

    fn func_type(&self, func: Func) -> Option<FuncTypeId> {
        let plan = self.plan();
        match func {
            Func::Lifted(lift) => Some(plan.lifts.get(lift as usize)?.ty),
            Func::Imported(import) => match plan.imports.get(import as usize)?.kind {
                ImportKind::Func(ty) => Some(ty),
                ImportKind::Resource(_) | ImportKind::Module(_) => None,
            },
        }
    }

    fn exports(&self, place: u32) -> &BTreeMap<Box<str>, Item> {
        static NOTHING: BTreeMap<Box<str>, Item> = BTreeMap::new();
        self.plan().exports.get(place as usize).unwrap_or(&NOTHING)
    }

    fn items(&self, place: u32) -> impl Iterator<Item = (&str, ComponentItem)> {
        let exports = self.exports(place).iter();
        exports.filter_map(|(name, item)| Some((&**name, self.item(*item)?)))
    }
}

impl fmt::Debug for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Component").finish_non_exhaustive()
    }
}

impl fmt::Debug for ComponentInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.origin.exports(self.place).keys();
        f.debug_set().entries(names).finish()
    }
}
