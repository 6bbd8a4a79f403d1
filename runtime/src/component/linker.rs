//! Names for what components import.
//!
//! Imports of components are functions, resources, core modules, and instances of these, in each
//! other. A [`Linker`] is a tree of such names; what is defined belongs to no store, so that one
//! linker serves many. A name of an interface with a version stands for all versions that are
//! compatible by semantic versioning: what is asked for exactly comes first, then the newest.
//! Standard: Component Model, `Explainer.md`, "Import and Export Definitions" and "Canonical
//! Interface Name".

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Component;
use super::func::host::{HostFunc, dynamic, typed};
use super::instance::Instance;
use super::instantiate;
use super::plan::{Import, ImportKind};
use super::resource::ResourceType;
use super::types::ComponentFunc;
use super::val::Val;
use super::{Lift, Lower};
use crate::allocation;
use crate::engine::Engine;
use crate::engine::link_error::LinkError;
use crate::engine::use_error::UseError;
use crate::error::cause::InternalError;
use crate::error::{Error, Result};
use crate::module::Module;
use crate::store::context::{AsContextMut, StoreContextMut};

/// Gives components what they import, by name.
pub struct Linker<T: 'static> {
    engine: Engine,
    shadowing: bool,
    names: Names<T>,
}

/// Names in one instance, or of a component itself.
struct Names<T: 'static> {
    items: BTreeMap<Box<str>, Definition<T>>,
    /// The newest name of each track of versions.
    tracks: BTreeMap<Box<str>, Box<str>>,
}

pub(super) enum Definition<T: 'static> {
    Func(HostFunc<T>),
    Module(Module),
    Resource(ResourceType, Destructor<T>),
    Instance(Instances<T>),
}

/// What is called with the representation of a resource that was dropped.
pub(super) type Destructor<T> =
    Arc<dyn Fn(StoreContextMut<'_, T>, u32) -> Result<()> + Send + Sync>;

pub(super) struct Instances<T: 'static>(Names<T>);

/// The names in an instance that components import.
pub struct LinkerInstance<'l, T: 'static> {
    names: &'l mut Names<T>,
    engine: &'l Engine,
    shadowing: bool,
    path: String,
}

impl<T: 'static> Linker<T> {
    /// No names.
    pub fn new(engine: &Engine) -> Self {
        Self {
            engine: engine.clone(),
            shadowing: false,
            names: Names::default(),
        }
    }

    /// The engine whose components it links.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether a name may be defined again; it may not at first.
    pub fn allow_shadowing(&mut self, allow: bool) -> &mut Self {
        self.shadowing = allow;
        self
    }

    /// The names that components import themselves.
    pub fn root(&mut self) -> LinkerInstance<'_, T> {
        LinkerInstance {
            names: &mut self.names,
            engine: &self.engine,
            shadowing: self.shadowing,
            path: String::new(),
        }
    }

    /// The names in an instance that components import, which is defined if it was not.
    ///
    /// # Errors
    /// If something else has this name.
    pub fn instance(&mut self, name: &str) -> Result<LinkerInstance<'_, T>> {
        self.root().into_instance(name)
    }

    /// Defines each function that the component imports and that has no definition as one that fails
    /// when it is called, and each such type of resources as one of which there are none.
    ///
    /// # Errors
    /// If the component is one of another engine, or if something else has one of the names.
    pub fn define_unknown_imports_as_traps(&mut self, component: &Component) -> Result<()> {
        self.own(component.engine())?;
        for import in &component.plan().imports {
            if self.names.find(&import.path).is_some() {
                continue;
            }
            let Some((name, instances)) = import.path.split_last() else {
                continue;
            };
            let mut place = self.root();
            for instance in instances {
                place = place.into_instance(instance)?;
            }
            match import.kind {
                ImportKind::Func(_) => {
                    let path = shown(&import.path);
                    place.func_new(name, move |_, _, _, _| Err(unknown(&path, "a function")))?;
                }
                ImportKind::Resource(_) => {
                    place.resource(name, ResourceType::host::<Unknown>(), |_, _| Ok(()))?;
                }
                ImportKind::Module(_) => {}
            }
        }
        Ok(())
    }

    /// Looks up what a component imports, once for many instances.
    ///
    /// # Errors
    /// If an import has no definition, or one of another kind or type, or if the component is one of
    /// another engine.
    pub fn instantiate_pre(&self, component: &Component) -> Result<InstancePre<T>> {
        self.own(component.engine())?;
        let plan = component.plan();
        let mut imports = Vec::new();
        allocation::reserve(&mut imports, plan.imports.len())?;
        for import in &plan.imports {
            imports.push(self.resolve(component, import)?);
        }
        Ok(InstancePre {
            component: component.clone(),
            imports: imports.into(),
        })
    }

    /// Makes an instance of a component.
    ///
    /// # Errors
    /// As [`Linker::instantiate_pre`] and [`InstancePre::instantiate`].
    pub fn instantiate(
        &self,
        store: impl AsContextMut<Data = T>,
        component: &Component,
    ) -> Result<Instance> {
        self.instantiate_pre(component)?.instantiate(store)
    }

    fn resolve(&self, component: &Component, import: &Import) -> Result<Given<T>> {
        let path = || shown(&import.path);
        let another =
            |error: Error| error.context(format_args!("import `{}` has another type", path()));
        let found = self.names.find(&import.path);
        match (import.kind, found) {
            (ImportKind::Func(ty), Some(Definition::Func(func))) => {
                func.check(component, ty).map_err(another)?;
                Ok(Given::Func(func.clone()))
            }
            (ImportKind::Module(ty), Some(Definition::Module(module))) => {
                let ty = component.plan().module_types.get(ty as usize);
                let ty = ty.ok_or_else(|| InternalError::new("an import has no type"))?;
                ty.check(module).map_err(another)?;
                Ok(Given::Module(module.clone()))
            }
            (ImportKind::Resource(_), Some(Definition::Resource(ty, dtor))) => {
                Ok(Given::Resource(*ty, dtor.clone()))
            }
            (kind, None) => Err(unknown(&path(), kind.name())),
            (kind, Some(_)) => Err(LinkError::Kind {
                path: path().into(),
                expected: kind.name(),
            }
            .into()),
        }
    }

    fn own(&self, engine: &Engine) -> Result<(), UseError> {
        match Engine::same(&self.engine, engine) {
            true => Ok(()),
            false => Err(UseError::OtherEngine),
        }
    }
}

/// What there is none of: the type of resources that no definition was given for.
enum Unknown {}

impl<T: 'static> LinkerInstance<'_, T> {
    /// Defines a function of the host that is a closure: its parameters as one tuple, its results as
    /// another of one value or none.
    ///
    /// Its type is compared when a component is linked.
    ///
    /// # Errors
    /// If the name is defined already.
    pub fn func_wrap<Params, Return>(
        &mut self,
        name: &str,
        func: impl Fn(StoreContextMut<'_, T>, Params) -> Result<Return> + Send + Sync + 'static,
    ) -> Result<()>
    where
        Params: Lift + 'static,
        Return: Lower + 'static,
    {
        self.define(name, Definition::Func(typed(func)))
    }

    /// Defines a function of the host of any type: it gets its type, the arguments, and room for the
    /// results, one or none.
    ///
    /// # Errors
    /// If the name is defined already.
    pub fn func_new(
        &mut self,
        name: &str,
        func: impl Fn(StoreContextMut<'_, T>, ComponentFunc, &[Val], &mut [Val]) -> Result<()>
        + Send
        + Sync
        + 'static,
    ) -> Result<()> {
        self.define(name, Definition::Func(dynamic(func)))
    }

    /// Defines a type of resources of the host, and what is called with the representation of one
    /// that the guest has dropped.
    ///
    /// # Errors
    /// If the name is defined already.
    pub fn resource(
        &mut self,
        name: &str,
        ty: ResourceType,
        dtor: impl Fn(StoreContextMut<'_, T>, u32) -> Result<()> + Send + Sync + 'static,
    ) -> Result<()> {
        self.define(name, Definition::Resource(ty, Arc::new(dtor)))
    }

    /// Defines a core module.
    ///
    /// # Errors
    /// If the name is defined already, or the module is one of another engine.
    pub fn module(&mut self, name: &str, module: &Module) -> Result<()> {
        if !Engine::same(self.engine, module.engine()) {
            return Err(UseError::OtherEngine.into());
        }
        self.define(name, Definition::Module(module.clone()))
    }

    /// The names in an instance within this one, which is defined if it was not.
    ///
    /// # Errors
    /// If something else has this name.
    pub fn instance(&mut self, name: &str) -> Result<LinkerInstance<'_, T>> {
        LinkerInstance {
            names: self.names,
            engine: self.engine,
            shadowing: self.shadowing,
            path: self.path.clone(),
        }
        .into_instance(name)
    }

    fn define(&mut self, name: &str, definition: Definition<T>) -> Result<()> {
        if !self.shadowing && self.names.items.contains_key(name) {
            return Err(self.duplicate(name));
        }
        self.names.insert(name, definition);
        Ok(())
    }

    fn duplicate(&self, name: &str) -> Error {
        let (module, name) = (self.path.as_str().into(), name.into());
        LinkError::Duplicate { module, name }.into()
    }
}

impl<'l, T: 'static> LinkerInstance<'l, T> {
    /// The same as [`LinkerInstance::instance`], of which the result lives as long as the linker.
    ///
    /// # Errors
    /// As there.
    pub fn into_instance(self, name: &str) -> Result<Self> {
        if !self.names.items.contains_key(name) {
            let empty = Definition::Instance(Instances(Names::default()));
            self.names.insert(name, empty);
        }
        let duplicate = self.duplicate(name);
        match self.names.items.get_mut(name) {
            Some(Definition::Instance(Instances(names))) => Ok(Self {
                names,
                engine: self.engine,
                shadowing: self.shadowing,
                path: name.to_string(),
            }),
            _ => Err(duplicate),
        }
    }
}

impl<T> Names<T> {
    fn insert(&mut self, name: &str, definition: Definition<T>) {
        if let Some(track) = track(name) {
            let newest = self.tracks.entry(track.into()).or_insert(name.into());
            if version(newest) < version(name) {
                *newest = name.into();
            }
        }
        self.items.insert(name.into(), definition);
    }

    /// What stands at the end of a path of names.
    fn find(&self, path: &[Box<str>]) -> Option<&Definition<T>> {
        let (first, rest) = path.split_first()?;
        let mut found = self.get(first)?;
        for name in rest {
            let Definition::Instance(Instances(names)) = found else {
                return None;
            };
            found = names.get(name)?;
        }
        Some(found)
    }

    /// What has this name, or that of a compatible version.
    fn get(&self, name: &str) -> Option<&Definition<T>> {
        self.items.get(name).or_else(|| {
            let newest = self.tracks.get(track(name)?)?;
            self.items.get(newest)
        })
    }
}

/// The part of a name with a version that compatible versions share: up to the first number of the
/// version that is not zero. Nothing of other names, and of versions that are not final.
fn track(name: &str) -> Option<&str> {
    let (_, version) = name.split_once('@')?;
    if version.contains(['-', '+']) {
        return None;
    }
    let start = name.len() - version.len();
    let mut end = start;
    for number in version.split('.') {
        end += number.len();
        if number != "0" {
            return name.get(..end);
        }
        end += 1;
    }
    None
}

/// The numbers of the version of a name.
fn version(name: &str) -> Option<[u64; 3]> {
    let (_, version) = name.split_once('@')?;
    let mut numbers = version.split('.').map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some([next()?, next()?, next()?])
}

fn shown(path: &[Box<str>]) -> String {
    path.join("/")
}

#[cold]
fn unknown(path: &str, kind: &'static str) -> Error {
    LinkError::Missing {
        path: path.into(),
        expected: kind,
    }
    .into()
}

impl ImportKind {
    /// In a sentence.
    fn name(self) -> &'static str {
        match self {
            Self::Func(_) => "a function",
            Self::Resource(_) => "a type of resources",
            Self::Module(_) => "a core module",
        }
    }
}

/// What a component gets for an import.
pub(super) enum Given<T: 'static> {
    Func(HostFunc<T>),
    Module(Module),
    Resource(ResourceType, Destructor<T>),
}

/// A component with what it imports, ready for instances; made by [`Linker::instantiate_pre`].
pub struct InstancePre<T: 'static> {
    component: Component,
    imports: Arc<[Given<T>]>,
}

impl<T: 'static> InstancePre<T> {
    /// The component that was linked.
    pub fn component(&self) -> &Component {
        &self.component
    }

    /// Makes an instance: core modules are instantiated, in order, and their start functions run.
    ///
    /// # Errors
    /// If the store is one of another engine, limits forbid it, or a start function fails.
    pub fn instantiate(&self, mut store: impl AsContextMut<Data = T>) -> Result<Instance> {
        let store = store.as_context_mut();
        if !Engine::same(self.component.engine(), store.engine()) {
            return Err(UseError::OtherEngine.into());
        }
        instantiate::instantiate(store.store(), &self.component, &self.imports)
    }
}

impl<T> Clone for InstancePre<T> {
    fn clone(&self) -> Self {
        Self {
            component: self.component.clone(),
            imports: self.imports.clone(),
        }
    }
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self {
            items: BTreeMap::new(),
            tracks: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracks_of_versions() {
        for (name, expected) in [
            ("a:b/c@1.2.3", Some("a:b/c@1")),
            ("a:b/c@0.2.12", Some("a:b/c@0.2")),
            ("a:b/c@0.0.3", Some("a:b/c@0.0.3")),
            ("a:b/c@0.0.0", None),
            ("a:b/c@1.2.3-rc1", None),
            ("a:b/c", None),
        ] {
            assert_eq!(track(name), expected, "{name}");
        }
        assert!(version("a:b/c@0.2.9") < version("a:b/c@0.2.12"));
    }
}
