//! From the bytes of a valid component to its [`Plan`].
//!
//! Definitions run once, in order, as if the component were instantiated with its imports unknown:
//! a nested component that is instantiated runs in a scope of its own, with what it is given in
//! place of its imports, and what it exports is what its instance exports. So all nesting is gone
//! in the plan. Nothing here recurses: what is being run, components and types of instances, stands
//! in a list. Each step is counted, because components that instantiate others twice, which do the
//! same, would take exponential time. Standard: Component Model, `Explainer.md`, "Instance
//! Definitions" and "Alias Definitions".

mod canon;
mod core_type;
mod scope;
mod ty;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use self::scope::{Component, CoreInstance, Item, Scope, ScopeId, Type, found};
use super::plan::{
    CoreArgument, CoreDef, CoreExport, CoreModule, Func, Import, ImportKind, Instance,
    Item as Exported, ItemType, Plan, Resource, Step,
};
use super::types::ResourceId;
use crate::allocation::{self, OutOfMemory};
use crate::engine::Engine;
use crate::error::cause::LimitError;
use crate::error::{Error, Result};
use crate::module::Module;
use crate::read::component::{
    Alias, AliasTarget, Argument, CoreInstanceExpression, Declarator, DeclaratorsIter, Export,
    ExternName, ExternType, InstanceExpression, Sort, TypeBound,
};
use crate::view::{ComponentView, Definition, Definitions, ModuleView};

/// Flattens a component that is valid.
///
/// # Errors
/// If a core module cannot be made, if it is larger than a limit allows, if it asks for what is not
/// supported, or when memory is short.
pub(crate) fn flatten(engine: &Engine, bytes: &[u8]) -> Result<Plan> {
    let view = ComponentView::new(bytes)?;
    let mut pass = Pass {
        engine,
        plan: Plan::default(),
        modules: BTreeMap::new(),
        imported: Vec::new(),
        made: Vec::new(),
        scopes: Vec::new(),
        exports: Vec::new(),
        running: Vec::new(),
        steps: 0,
    };
    pass.start(view, None, None)?;
    pass.run()?;
    let imported = core::mem::take(&mut pass.imported).into_iter();
    pass.plan.imported = imported
        .map(|(name, it)| (name.into(), exported(it)))
        .collect();
    let exports = core::mem::take(&mut pass.exports);
    pass.plan.exports = exports.into_iter().map(names).collect();
    Ok(pass.plan)
}

/// What is being flattened.
struct Pass<'a, 'e> {
    engine: &'e Engine,
    plan: Plan,
    /// The numbers of modules by where they stand.
    modules: BTreeMap<usize, u32>,
    /// What the component that is loaded imports.
    imported: Vec<(&'a str, Item<'a>)>,
    /// What core instances are made of.
    made: Vec<CoreModule>,
    scopes: Vec<Scope<'a>>,
    /// What instances export.
    exports: Vec<BTreeMap<&'a str, Item<'a>>>,
    /// What runs, the innermost last.
    running: Vec<Running<'a>>,
    steps: u64,
}

/// A component or a type of instances that is being run.
struct Running<'a> {
    scope: ScopeId,
    /// The instance that it makes.
    exports: usize,
    body: Body<'a>,
}

enum Body<'a> {
    Component {
        definitions: Definitions<'a>,
        /// The number of the component instance.
        instance: u32,
        /// What its imports are; nothing for the component that is loaded.
        args: Option<BTreeMap<&'a str, Item<'a>>>,
    },
    /// A type, whose exports an instance that is imported has.
    Instance {
        declarators: DeclaratorsIter<'a>,
        path: Box<[Box<str>]>,
    },
}

impl<'a> Pass<'a, '_> {
    /// Begins to run a component, and gives the place of its instance.
    fn start(
        &mut self,
        view: ComponentView<'a>,
        parent: Option<ScopeId>,
        args: Option<BTreeMap<&'a str, Item<'a>>>,
    ) -> Result<u32> {
        let around = self
            .running
            .iter()
            .rev()
            .find_map(|running| match running.body {
                Body::Component { instance, .. } => Some(instance),
                Body::Instance { .. } => None,
            });
        let instance = self.plan.instances.len() as u32;
        push(&mut self.plan.instances, Instance { parent: around })?;
        let definitions = view.definitions();
        let body = Body::Component {
            definitions,
            instance,
            args,
        };
        self.enter(Scope::within(parent), body)
    }

    fn enter(&mut self, scope: Scope<'a>, body: Body<'a>) -> Result<u32> {
        let (number, exports) = (self.scopes.len(), self.exports.len());
        push(&mut self.scopes, scope)?;
        push(&mut self.exports, BTreeMap::new())?;
        let running = Running {
            scope: number,
            exports,
            body,
        };
        push(&mut self.running, running)?;
        Ok(exports as u32)
    }

    fn run(&mut self) -> Result<()> {
        while !self.running.is_empty() {
            self.count_steps(1)?;
            let Some(running) = self.running.last_mut() else {
                break;
            };
            match &mut running.body {
                Body::Component { definitions, .. } => match definitions.next() {
                    Some(definition) => self.definition(definition?)?,
                    None => drop(self.running.pop()),
                },
                Body::Instance { declarators, .. } => match declarators.next() {
                    Some(declarator) => self.declarator(declarator?)?,
                    None => drop(self.running.pop()),
                },
            }
        }
        Ok(())
    }

    fn count_steps(&mut self, steps: usize) -> Result<(), LimitError> {
        let limit = self.engine.limits().component_flattened;
        self.steps += steps as u64;
        LimitError::check("steps of flattening a component", limit, self.steps)
    }

    /// The innermost that runs; there is one while definitions do.
    fn current(&self) -> Result<&Running<'a>> {
        found(self.running.last(), "scope")
    }

    fn scope(&mut self) -> Result<&mut Scope<'a>> {
        let number = self.current()?.scope;
        found(self.scopes.get_mut(number), "scope")
    }

    /// The number of the component instance that runs.
    fn instance(&self) -> Result<u32> {
        match self.current()?.body {
            Body::Component { instance, .. } => Ok(instance),
            Body::Instance { .. } => found(None, "component instance"),
        }
    }

    fn definition(&mut self, definition: Definition<'a>) -> Result<()> {
        match definition {
            Definition::CoreModule(module) => {
                let number = self.module(module)?;
                self.define(Item::Module(CoreModule::Defined(number)))
            }
            Definition::CoreInstance(expression) => self.core_instance(expression),
            Definition::Component(view) => {
                let around = self.current()?.scope;
                self.define(Item::Component(Component::Defined(view, Some(around))))
            }
            Definition::Instance(expression) => self.make(expression),
            Definition::Alias(alias) => self.alias(alias),
            Definition::Type(ty) => {
                let ty = self.ty(ty)?;
                self.define(Item::Type(ty))
            }
            Definition::Canon(canon) => self.canon(canon),
            Definition::Import(import) => self.import(import.name, import.ty),
            Definition::Export(export) => self.export(export),
            Definition::Start(_) | Definition::Value(_) => {
                Err(Error::msg("values of components are not supported yet"))
            }
            Definition::CoreType(ty) => self.core_type(ty),
            Definition::Custom(_) => Ok(()),
        }
    }

    /// Adds an item to the scope.
    fn define(&mut self, item: Item<'a>) -> Result<()> {
        self.define_in(self.current()?.scope, item)
    }

    /// Adds an item to a scope. That of an import is named before a type of instances, which then
    /// runs next, has one of its own.
    fn define_in(&mut self, scope: ScopeId, item: Item<'a>) -> Result<()> {
        found(self.scopes.get_mut(scope), "scope")?.define(item);
        Ok(())
    }

    /// A core module; where it stands is what it is known by, so that one is compiled once, however
    /// often the component around it is instantiated.
    fn module(&mut self, module: ModuleView<'a>) -> Result<u32> {
        let bytes = module.bytes();
        let place = bytes.as_ptr().addr();
        if let Some(known) = self.modules.get(&place) {
            return Ok(*known);
        }
        let number = self.plan.modules.len() as u32;
        let module = Module::of_component(self.engine, bytes)?;
        push(&mut self.plan.modules, module)?;
        self.modules.insert(place, number);
        Ok(number)
    }

    fn core_instance(&mut self, expression: CoreInstanceExpression<'a>) -> Result<()> {
        let made = match expression {
            CoreInstanceExpression::InlineExports { exports } => {
                let mut items = BTreeMap::new();
                for export in exports {
                    let item = export.item.0;
                    let space = self.scope()?.core(item.sort)?;
                    let def = space.get(item.index as usize).cloned();
                    items.insert(export.name.into(), found(def, item.sort.name())?);
                }
                CoreInstance::Exports(Arc::new(items))
            }
            CoreInstanceExpression::Instantiate { module, args } => {
                let module = self.scope()?.core_modules.get(module.0 as usize).copied();
                let module = found(module, "core module")?;
                let mut given = BTreeMap::new();
                for arg in args {
                    let instance = self.core_instance_at(arg.instance.0)?;
                    given.insert(arg.name, instance);
                }
                let step = self.instantiate(module, &given)?;
                push(&mut self.plan.steps, step)?;
                let number = self.made.len() as u32;
                push(&mut self.made, module)?;
                CoreInstance::Made(number, module)
            }
        };
        self.scope()?.core_instances.push(made);
        Ok(())
    }

    fn core_instance_at(&mut self, index: u32) -> Result<CoreInstance> {
        let instance = self.scope()?.core_instances.get(index as usize).cloned();
        found(instance, "core instance")
    }

    /// What a core module is instantiated with.
    fn instantiate(
        &self,
        module: CoreModule,
        given: &BTreeMap<&'a str, CoreInstance>,
    ) -> Result<Step> {
        match module {
            CoreModule::Defined(number) => {
                let module = found(self.plan.modules.get(number as usize), "core module")?;
                let mut imports = Vec::new();
                allocation::reserve(&mut imports, module.parts().imports.len())?;
                for import in &module.parts().imports {
                    let (first, second, _) = module.import(import);
                    let instance = found(given.get(first), "argument")?;
                    imports.push(self.core_export(instance, second)?);
                }
                Ok(Step::Instantiate(number, imports.into()))
            }
            CoreModule::Imported(number) => {
                let mut imports = BTreeMap::new();
                for (name, instance) in given {
                    let argument = match instance {
                        CoreInstance::Exports(items) => CoreArgument::Exports(items.clone()),
                        CoreInstance::Made(number, _) => CoreArgument::Instance(*number),
                    };
                    imports.insert(Box::from(*name), argument);
                }
                Ok(Step::InstantiateImported(number, imports))
            }
        }
    }

    /// The module that a core instance was made of, if it is known.
    fn module_of(&self, core_instance: u32) -> Option<&Module> {
        match self.made.get(core_instance as usize)? {
            CoreModule::Defined(module) => self.plan.modules.get(*module as usize),
            CoreModule::Imported(_) => None,
        }
    }

    /// An export of a core instance.
    fn core_export(&self, instance: &CoreInstance, name: &str) -> Result<CoreDef> {
        let (instance, export) = match instance {
            CoreInstance::Exports(items) => {
                return found(items.get(name).cloned(), "core export");
            }
            CoreInstance::Made(instance, CoreModule::Defined(module)) => {
                let module = found(self.plan.modules.get(*module as usize), "core module")?;
                let export = found(module.export(name), "core export")?;
                (*instance, CoreExport::Index(export.kind, export.index))
            }
            CoreInstance::Made(instance, CoreModule::Imported(_)) => {
                (*instance, CoreExport::Name(name.into()))
            }
        };
        Ok(CoreDef::Export { instance, export })
    }

    /// A component instance.
    fn make(&mut self, expression: InstanceExpression<'a>) -> Result<()> {
        match expression {
            InstanceExpression::InlineExports { exports } => {
                let mut items = BTreeMap::new();
                for export in exports {
                    let item = self.scope()?.item(export.item.sort, export.item.index)?;
                    items.insert(text(export.name), item);
                }
                let number = self.exports.len() as u32;
                push(&mut self.exports, items)?;
                self.define(Item::Instance(number))
            }
            InstanceExpression::Instantiate { component, args } => {
                let component = self.scope()?.item(Sort::Component, component.0)?;
                let mut given = BTreeMap::new();
                for Argument { name, item } in args {
                    given.insert(name, self.scope()?.item(item.sort, item.index)?);
                }
                let Item::Component(Component::Defined(view, around)) = component else {
                    return Err(Error::msg("components cannot be imported yet"));
                };
                // It is an item of this scope before it has run: nothing here asks for its exports
                // until it has.
                let number = self.exports.len() as u32;
                self.define(Item::Instance(number))?;
                self.start(view, around, Some(given)).map(drop)
            }
        }
    }

    fn alias(&mut self, alias: Alias<'a>) -> Result<()> {
        match alias.target {
            AliasTarget::Export { instance, name } => {
                let instance = self.scope()?.instances.get(instance.0 as usize).copied();
                let instance = found(instance, "instance")?;
                let exports = self.exports.get(instance as usize);
                let item = exports.and_then(|exports| exports.get(name)).copied();
                self.define(found(item, "export")?)
            }
            AliasTarget::CoreExport { instance, name } => {
                let instance = self.core_instance_at(instance.0)?;
                let def = self.core_export(&instance, name)?;
                self.scope()?.core(alias.sort)?.push(def);
                Ok(())
            }
            AliasTarget::Outer { count, index } => {
                let scope = self.outer(self.current()?.scope, count)?;
                let scope = found(self.scopes.get(scope), "scope")?;
                if alias.sort == Sort::CoreType {
                    let ty = scope.core_type(index)?;
                    self.scope()?.core_types.push(ty);
                    return Ok(());
                }
                let item = scope.item(alias.sort, index)?;
                self.define(item)
            }
        }
    }

    /// The scope that is this many outside of another.
    fn outer(&self, mut scope: ScopeId, count: u32) -> Result<ScopeId> {
        for _ in 0..count {
            let parent = self.scopes.get(scope).and_then(|scope| scope.parent);
            scope = found(parent, "outer scope")?;
        }
        Ok(scope)
    }

    fn import(&mut self, name: ExternName<'a>, ty: ExternType) -> Result<()> {
        let name = text(name);
        let running = self.current()?;
        let scope = running.scope;
        let given = match &running.body {
            Body::Component {
                args: Some(args), ..
            } => Some(found(args.get(name).copied(), "argument")?),
            _ => None,
        };
        let item = match given {
            Some(item) => item,
            None => {
                let item = self.imported(Box::from([name.into()]), ty)?;
                push(&mut self.imported, (name, item))?;
                item
            }
        };
        self.define_in(scope, item)
    }

    /// Something that is imported, or that an imported instance exports.
    fn imported(&mut self, path: Box<[Box<str>]>, ty: ExternType) -> Result<Item<'a>> {
        match ty {
            ExternType::Func { ty } => match self.scope()?.item(Sort::Type, ty.0)? {
                Item::Type(Type::Func(ty)) => {
                    let number = self.add_import(path, ImportKind::Func(ty))?;
                    Ok(Item::Func(Func::Imported(number)))
                }
                _ => found(None, "type of functions"),
            },
            ExternType::CoreModule { ty } => {
                let ty = self.module_type(ty)?;
                let number = self.add_import(path, ImportKind::Module(ty))?;
                Ok(Item::Module(CoreModule::Imported(number)))
            }
            ExternType::Type { bound } => match bound {
                TypeBound::Eq { ty } => self.scope()?.item(Sort::Type, ty.0),
                TypeBound::SubResource => {
                    let id = ResourceId(self.plan.resources.len() as u32);
                    let number = self.add_import(path, ImportKind::Resource(id))?;
                    push(&mut self.plan.resources, Resource::Imported(number))?;
                    Ok(Item::Type(Type::Resource(id)))
                }
            },
            ExternType::Instance { ty } => match self.scope()?.item(Sort::Type, ty.0)? {
                Item::Type(Type::Instance(declarators, around)) => {
                    let body = Body::Instance {
                        declarators: declarators.iter(),
                        path,
                    };
                    self.enter(Scope::within(Some(around)), body)
                        .map(Item::Instance)
                }
                _ => found(None, "type of instances"),
            },
            ExternType::Component { .. } => Ok(Item::Component(Component::Imported)),
            ExternType::Value { .. } => {
                Err(Error::msg("values of components are not supported yet"))
            }
        }
    }

    fn add_import(&mut self, path: Box<[Box<str>]>, kind: ImportKind) -> Result<u32> {
        let number = self.plan.imports.len() as u32;
        push(&mut self.plan.imports, Import { path, kind })?;
        Ok(number)
    }

    fn export(&mut self, export: Export<'a>) -> Result<()> {
        let item = self.scope()?.item(export.item.sort, export.item.index)?;
        self.expose(self.current()?.exports, text(export.name), item)?;
        self.define(item)
    }

    /// Adds an export to an instance.
    fn expose(&mut self, instance: usize, name: &'a str, item: Item<'a>) -> Result<()> {
        let exports = found(self.exports.get_mut(instance), "instance")?;
        exports.insert(name, item);
        Ok(())
    }

    /// A declarator of the type of an instance that is imported.
    fn declarator(&mut self, declarator: Declarator<'a>) -> Result<()> {
        match declarator {
            Declarator::CoreType { ty } => self.core_type(ty),
            Declarator::Type { ty } => {
                let ty = self.ty(ty)?;
                self.define(Item::Type(ty))
            }
            Declarator::Alias { alias } => self.alias(alias),
            Declarator::Import { .. } => found(None, "declarator of instances"),
            Declarator::Export { name, ty } => {
                let name = text(name);
                let running = self.current()?;
                let (scope, exports) = (running.scope, running.exports);
                let mut path = Vec::new();
                if let Body::Instance { path: before, .. } = &running.body {
                    allocation::reserve(&mut path, before.len() + 1)?;
                    path.extend(before.iter().cloned());
                }
                path.push(name.into());
                let item = self.imported(path.into(), ty)?;
                self.expose(exports, name, item)?;
                self.define_in(scope, item)
            }
        }
    }
}

/// Adds something if there is memory for it.
fn push<T>(items: &mut Vec<T>, item: T) -> Result<(), OutOfMemory> {
    allocation::reserve(items, 1)?;
    items.push(item);
    Ok(())
}

/// The name without its attributes.
fn text(name: ExternName<'_>) -> &str {
    match name {
        ExternName::Plain { name }
        | ExternName::AlsoPlain { name }
        | ExternName::Attributed { name, .. } => name,
    }
}

/// What an instance exports, by names of its own.
fn names(exports: BTreeMap<&str, Item<'_>>) -> BTreeMap<Box<str>, Exported> {
    let exports = exports.into_iter();
    let named = exports.map(|(name, it)| (name.into(), exported(it)));
    named.collect()
}

/// An item without the bytes that it was made of.
fn exported(item: Item<'_>) -> Exported {
    match item {
        Item::Func(func) => Exported::Func(func),
        Item::Instance(instance) => Exported::Instance(instance),
        Item::Module(module) => Exported::Module(module),
        Item::Component(_) => Exported::Component,
        Item::Type(ty) => Exported::Type(match ty {
            Type::Value(ty) => ItemType::Value(ty),
            Type::Func(ty) => ItemType::Func(ty),
            Type::Resource(ty) => ItemType::Resource(ty),
            Type::Instance(..) | Type::Component => ItemType::Scope,
        }),
    }
}
