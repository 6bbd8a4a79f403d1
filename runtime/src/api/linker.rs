//! Names for what modules import.
//!
//! Instantiation wants a list of objects in the order of the module's imports; hosts think in
//! names. A [`Linker`] maps pairs of names to objects of a store or to functions of the host. The
//! latter belong to no store until a module is instantiated, so that one linker serves many stores.
//! Types are compared by `instantiate`, not here.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use super::caller::Caller;
use super::externs::Extern;
use super::func::Func;
use super::func::dynamic;
use super::func::into_func::IntoFunc;
use super::instance::Instance;
use super::val::Val;
use crate::allocation::{self, OutOfMemory};
use crate::engine::Engine;
use crate::engine::entity_type::EntityType;
use crate::engine::link_error::LinkError;
use crate::engine::registry::held::RegisteredType;
use crate::engine::scoped::external::{ExternType, ImportType};
use crate::engine::scoped::func::FuncType;
use crate::engine::use_error::UseError;
use crate::error::{Error, Result};
use crate::module::Module;
use crate::store::context::{AsContext, AsContextMut, StoreContext};
use crate::store::entity::HostFunc;
use crate::store::inner::StoreInner;

/// Gives modules what they import, by name.
///
/// Functions of the host that are defined here belong to no store: one linker serves any number
/// of stores of the same data type. Cheap to clone next to making one.
pub struct Linker<T> {
    engine: Engine,
    shadowing: bool,
    modules: BTreeMap<Box<str>, BTreeMap<Box<str>, Definition>>,
    /// Host functions here are closures over stores of `T`, which must not vary.
    invariant: PhantomData<fn(T) -> T>,
}

#[derive(Clone)]
enum Definition {
    /// An object of a store.
    Object(Extern),
    /// A function of the host, for any store.
    Host(RegisteredType, HostFunc),
}

impl Definition {
    fn ty(&self, store: &StoreInner) -> Option<EntityType> {
        match self {
            Self::Object(item) => item.entity_type(store),
            Self::Host(ty, _) => Some(EntityType::Func(ty.id())),
        }
    }

    /// An object of the store; of a function of the host, a new one.
    fn into_extern(self, store: &mut StoreInner) -> Result<Extern> {
        match self {
            Self::Object(item) => {
                store.number(item.handle())?;
                Ok(item)
            }
            Self::Host(ty, host) => Func::insert(store, &ty, host).map(Extern::Func),
        }
    }
}

impl<T> Linker<T> {
    /// No names.
    pub fn new(engine: &Engine) -> Self {
        let (engine, modules) = (engine.clone(), BTreeMap::new());
        Self {
            engine,
            shadowing: false,
            modules,
            invariant: PhantomData,
        }
    }

    /// The engine whose stores it links in: with a store of another engine, linking is an error.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether a name may be defined again; it may not at first.
    pub fn allow_shadowing(&mut self, allow: bool) -> &mut Self {
        self.shadowing = allow;
        self
    }

    /// Defines a name as an object of a store.
    ///
    /// # Errors
    /// If the name is defined already, if the object is not of `store`, or if the store is one of
    /// another engine.
    pub fn define(
        &mut self,
        store: impl AsContext<Data = T>,
        module: &str,
        name: &str,
        item: impl Into<Extern>,
    ) -> Result<&mut Self> {
        let (item, store) = (item.into(), store.as_context());
        self.own(store.engine())?;
        store.inner().number(item.handle())?;
        self.insert(module, name, Definition::Object(item))
    }

    /// Defines a name as a function of the host of any type; see [`Func::new`].
    ///
    /// # Errors
    /// If the name is defined already, if the type is one of another engine, or when memory is
    /// short.
    pub fn func_new(
        &mut self,
        module: &str,
        name: &str,
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<()> + Send + Sync + 'static,
    ) -> Result<&mut Self> {
        let (ty, host) = dynamic(&self.engine, &ty, func)?;
        self.insert(module, name, Definition::Host(ty, host))
    }

    /// Defines a name as a function of the host that is a closure; see [`Func::wrap`].
    ///
    /// # Errors
    /// If the name is defined already, or when memory is short.
    pub fn func_wrap<Params, Results>(
        &mut self,
        module: &str,
        name: &str,
        func: impl IntoFunc<T, Params, Results>,
    ) -> Result<&mut Self> {
        let (ty, host) = func.into_host().register(&self.engine)?;
        self.insert(module, name, Definition::Host(ty, host))
    }

    /// Defines all exports of an instance under a module's name.
    ///
    /// # Errors
    /// If a name is defined already, if the instance is not of `store`, or if the store is one of
    /// another engine.
    pub fn instance(
        &mut self,
        store: impl AsContext<Data = T>,
        module: &str,
        instance: Instance,
    ) -> Result<&mut Self> {
        self.define_exports(store.as_context(), module, instance)
    }

    fn define_exports(
        &mut self,
        store: StoreContext<'_, T>,
        module: &str,
        instance: Instance,
    ) -> Result<&mut Self> {
        self.own(store.engine())?;
        store.inner().instance(instance.0)?;
        for export in instance.exports(store) {
            self.insert(module, export.name, Definition::Object(export.item))?;
        }
        Ok(self)
    }

    /// Instantiates a module and defines all its exports under a name.
    ///
    /// # Errors
    /// As [`Linker::instantiate`] and [`Linker::instance`].
    pub fn module(
        &mut self,
        mut store: impl AsContextMut<Data = T>,
        name: &str,
        module: &Module,
    ) -> Result<&mut Self> {
        let mut store = store.as_context_mut();
        let instance = self.instantiate(store.reborrow(), module)?;
        self.define_exports(store.as_context(), name, instance)
    }

    /// Gives what has a name another name.
    ///
    /// # Errors
    /// If there is nothing of the first name, or the second is defined already.
    pub fn alias(
        &mut self,
        module: &str,
        name: &str,
        as_module: &str,
        as_name: &str,
    ) -> Result<&mut Self> {
        let found = self.find(module, name).cloned();
        let found = found.ok_or_else(|| UseError::NoExport(name.into()))?;
        self.insert(as_module, as_name, found)
    }

    /// Gives everything under a module's name another module's name.
    ///
    /// # Errors
    /// If a name is defined already.
    pub fn alias_module(&mut self, module: &str, as_module: &str) -> Result<()> {
        let found: Vec<_> = self.modules.get(module).into_iter().flatten().collect();
        let found: Vec<_> = found
            .into_iter()
            .map(|(name, it)| (name.clone(), it.clone()))
            .collect();
        for (name, definition) in found {
            self.insert(as_module, &name, definition)?;
        }
        Ok(())
    }

    /// What has this name, if it is of `store`. A function of the host becomes one of `store`, if
    /// the engine is the linker's and there is memory.
    pub fn get(
        &self,
        mut store: impl AsContextMut<Data = T>,
        module: &str,
        name: &str,
    ) -> Option<Extern> {
        let mut store = store.as_context_mut();
        self.find(module, name)?
            .clone()
            .into_extern(store.inner_mut())
            .ok()
    }

    /// The function that a program starts with: of the exports of this name of a module, the one
    /// without a name of its own, or else `_start`; one that does nothing, if there is neither.
    ///
    /// # Errors
    /// If what has such a name is no function, or is not of `store`, if the store is one of another
    /// engine, or when memory is short.
    pub fn get_default(
        &self,
        mut store: impl AsContextMut<Data = T>,
        module: &str,
    ) -> Result<Func> {
        let mut store = store.as_context_mut();
        self.own(store.engine())?;
        for name in ["", "_start"] {
            if let Some(found) = self.find(module, name) {
                let found = found.clone().into_extern(store.inner_mut())?;
                let func = found.into_func();
                return Ok(func.ok_or_else(|| UseError::NoExport(name.into()))?);
            }
        }
        Ok(Func::wrap(store, || {}))
    }

    /// What a module's import would get by its names; see [`Linker::get`].
    pub fn get_by_import(
        &self,
        store: impl AsContextMut<Data = T>,
        import: &ImportType<'_>,
    ) -> Option<Extern> {
        self.get(store, import.module(), import.name())
    }

    /// Defines each import of the module that has no definition and is a function as one that
    /// fails when it is called. Imports of other kinds stay without definition.
    ///
    /// # Errors
    /// If the module is one of another engine, or when memory is short.
    pub fn define_unknown_imports_as_traps(&mut self, module: &Module) -> Result<()> {
        self.own(module.engine())?;
        for import in module.imports() {
            if self.find(import.module, import.name).is_some() {
                continue;
            }
            let ExternType::Func(ty) = import.ty() else {
                continue;
            };
            let (first, second) = (String::from(import.module), String::from(import.name));
            let expected = import.ty();
            let fail = move |_: Caller<'_, T>, _: &[Val], _: &mut [Val]| {
                Err(unknown(&first, &second, expected.clone()))
            };
            self.func_new(import.module, import.name, ty, fail)?;
        }
        Ok(())
    }

    /// Makes an instance of a module and runs its start function.
    ///
    /// # Errors
    /// If an import has no definition or one of another type ([`LinkError`]), if module or store
    /// are of another engine, and as [`Instance::new`].
    pub fn instantiate(
        &self,
        mut store: impl AsContextMut<Data = T>,
        module: &Module,
    ) -> Result<Instance> {
        self.instantiate_pre(module)?.instantiate(&mut store)
    }

    /// The same as [`Linker::instantiate`], by wasmi's name.
    ///
    /// # Errors
    /// As there.
    pub fn instantiate_and_start(
        &self,
        store: impl AsContextMut<Data = T>,
        module: &Module,
    ) -> Result<Instance> {
        self.instantiate(store, module)
    }

    /// Looks up what a module imports, once for many instances.
    ///
    /// # Errors
    /// If an import has no definition, or the module is one of another engine.
    pub fn instantiate_pre(&self, module: &Module) -> Result<InstancePre<T>> {
        self.own(module.engine())?;
        let parts = &module.parts().imports;
        let mut imports = Vec::new();
        allocation::reserve(&mut imports, parts.len())?;
        for import in parts {
            let (first, second, ty) = module.import(import);
            let found = self.find(first, second).cloned();
            let missing = || unknown(first, second, ty.in_engine(&self.engine));
            imports.push(found.ok_or_else(missing)?);
        }
        Ok(InstancePre {
            module: module.clone(),
            imports,
            invariant: PhantomData,
        })
    }

    /// Whether this is the linker's engine.
    fn own(&self, engine: &Engine) -> Result<(), UseError> {
        same_engine(&self.engine, engine)
    }

    fn find(&self, module: &str, name: &str) -> Option<&Definition> {
        self.modules.get(module)?.get(name)
    }

    fn insert(&mut self, module: &str, name: &str, definition: Definition) -> Result<&mut Self> {
        if !self.modules.contains_key(module) {
            self.modules.insert(module.into(), BTreeMap::new());
        }
        if let Some(names) = self.modules.get_mut(module) {
            if !self.shadowing && names.contains_key(name) {
                let (module, name) = (module.into(), name.into());
                return Err(LinkError::Duplicate { module, name }.into());
            }
            names.insert(name.into(), definition);
        }
        Ok(self)
    }
}

fn same_engine(a: &Engine, b: &Engine) -> Result<(), UseError> {
    if Engine::same(a, b) {
        Ok(())
    } else {
        Err(UseError::OtherEngine)
    }
}

#[cold]
fn unknown(module: &str, name: &str, expected: ExternType) -> Error {
    let error = || -> Result<LinkError, OutOfMemory> {
        Ok(LinkError::Unknown {
            module: allocation::boxed_str(module)?,
            name: allocation::boxed_str(name)?,
            expected: allocation::boxed(expected)?,
        })
    };
    error().map_or_else(Error::from, Error::from)
}

/// A module with what it imports, ready for instances; made by [`Linker::instantiate_pre`].
pub struct InstancePre<T> {
    module: Module,
    imports: Vec<Definition>,
    invariant: PhantomData<fn(T) -> T>,
}

impl<T> InstancePre<T> {
    /// The module that was linked, for its types and names.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// Makes an instance and runs its start function.
    ///
    /// # Errors
    /// As [`Instance::new`].
    pub fn instantiate(&self, mut store: impl AsContextMut<Data = T>) -> Result<Instance> {
        let mut store = store.as_context_mut();
        let inner = store.inner_mut();
        same_engine(self.module.engine(), &inner.engine)?;
        // Types first, so that a mismatch leaves no functions behind.
        let given = self.imports.iter().map(|definition| definition.ty(inner));
        for (import, found) in self.module.parts().imports.iter().zip(given) {
            let (module, name, wanted) = self.module.import(import);
            let found = found.ok_or(UseError::OtherStore)?;
            if !found.matches(&wanted, &inner.engine) {
                let error = super::instantiate::incompatible(inner, module, name, found, wanted);
                return Err(error);
            }
        }
        let mut imports = Vec::new();
        allocation::reserve(&mut imports, self.imports.len())?;
        for definition in &self.imports {
            imports.push(definition.clone().into_extern(inner)?);
        }
        Instance::new(store, &self.module, &imports)
    }
}

impl<T> Clone for Linker<T> {
    fn clone(&self) -> Self {
        let Self {
            engine,
            shadowing,
            modules,
            invariant,
        } = self;
        let (engine, modules) = (engine.clone(), modules.clone());
        Self {
            engine,
            shadowing: *shadowing,
            modules,
            invariant: *invariant,
        }
    }
}

impl<T> Clone for InstancePre<T> {
    fn clone(&self) -> Self {
        let (module, imports) = (self.module.clone(), self.imports.clone());
        Self {
            module,
            imports,
            invariant: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Linker<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self
            .modules
            .iter()
            .map(|(module, names)| (module, names.keys()));
        f.debug_map()
            .entries(names.map(|(module, names)| (module, names.collect::<Vec<_>>())))
            .finish()
    }
}

impl<T> fmt::Debug for InstancePre<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstancePre")
            .field("module", &self.module)
            .finish()
    }
}
