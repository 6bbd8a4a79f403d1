//! Making instances of components: the steps of the plan, one after the other.
//!
//! Everything that a step names was made by an earlier one and is found by number in the entity,
//! which the store has from the beginning: core functions that steps make refer to it. What fails
//! leaves behind what was made, which nobody can reach. Standard: Component Model, `Explainer.md`,
//! "Instance Definitions".

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::Component;
use super::builtin::{Builtin, Does};
use super::component::core_type;
use super::func::host::Lowered;
use super::instance::{self, Instance};
use super::layout::{AddressType, FlatType};
use super::linker::Given;
use super::lowered;
use super::plan::{
    CoreArgument, CoreDef, CoreExport, Func, Import, Options, Resource, Step, TrampolineKind,
};
use super::resource::Kind;
use super::types::{ComponentFunc, Origin};
use crate::allocation::{self, OutOfMemory};
use crate::api::externs::Extern;
use crate::api::instantiate as core_instantiate;
use crate::engine::call_type::CallType;
use crate::engine::entity_type::EntityType;
use crate::engine::link_error::LinkError;
use crate::engine::registry::held::RegisteredType;
use crate::engine::use_error::UseError;
use crate::error::cause::InternalError;
use crate::error::{Error, Result};
use crate::module::Module;
use crate::store::StoreData;
use crate::store::component::{
    ComponentEntity, ComponentInstance, GuestOptions, HandleTable, LiftedFunc, Owner,
    ResourceEntity, ResourceNumber,
};
use crate::store::context::StoreContextMut;
use crate::store::entity::{FuncBody, FuncEntity, Turns};
use crate::store::erased;
use crate::store::inner::StoreInner;
use crate::types::ValType;

/// Makes an instance.
pub(super) fn instantiate<T: 'static>(
    store: &mut StoreData<T>,
    component: &Component,
    given: &[Given<T>],
) -> Result<Instance> {
    let home = home(store, component)?;
    let number = announce(&mut store.inner, component)?;
    let mut making = Making {
        store,
        component,
        given,
        number,
        home,
        types: Origin::new(component.clone(), None),
    };
    for id in 0..component.plan().resources.len() {
        making.imported_resource(id)?;
    }
    if component.plan().imports.iter().any(Import::is_func) {
        let resources = instance::resources(&making.store.inner, component, number)?;
        making.types = Origin::new(component.clone(), Some(resources));
    }
    for step in &component.plan().steps {
        making.step(step)?;
    }
    Instance::new(&making.store.inner, component, number)
}

/// Makes the entity.
fn announce(store: &mut StoreInner, component: &Component) -> Result<u32> {
    let plan = component.plan();
    store.admit_more(
        "instances of components of the store",
        store.components.len(),
        1,
    )?;
    let instances = plan.instances.iter().map(|instance| ComponentInstance {
        parent: instance.parent,
        entered: false,
        may_leave: true,
        backpressure: 0,
        handles: HandleTable::default(),
    });
    let resources = plan.resources.iter().map(|_| ResourceNumber::NONE);
    let mut entity = ComponentEntity {
        core_instances: Vec::new(),
        trampolines: Vec::new(),
        instances: allocation::boxed_list(instances)?,
        resources: allocation::boxed_list(resources)?,
        host_resources: Vec::new(),
        lifts: Vec::new(),
    };
    allocation::reserve(&mut entity.lifts, plan.lifts.len())?;
    allocation::reserve(&mut entity.trampolines, plan.trampolines.len())?;
    Ok(store.components.push(entity)?)
}

/// An instance that is being made.
struct Making<'m, T: 'static> {
    store: &'m mut StoreData<T>,
    component: &'m Component,
    given: &'m [Given<T>],
    /// The number of the entity.
    number: u32,
    /// The number of the instance in which functions of the library run.
    home: u32,
    /// Where the types of functions that are imported come from: they name no resources but imported
    /// ones.
    types: Origin,
}

impl<T: 'static> Making<'_, T> {
    fn entity(&mut self) -> Result<&mut ComponentEntity, UseError> {
        super::guest::entity(&mut self.store.inner, self.number)
    }

    fn step(&mut self, step: &Step) -> Result<()> {
        match step {
            Step::Instantiate(module, args) => {
                let module = self.component.plan().modules.get(*module as usize);
                let module = made(module)?.clone();
                let mut imports = Vec::new();
                allocation::reserve(&mut imports, args.len())?;
                for (place, arg) in args.iter().enumerate() {
                    imports.push(self.item(arg, Some((&module, place)))?);
                }
                self.instantiate(&module, &imports)
            }
            Step::InstantiateImported(import, args) => {
                let Some(Given::Module(module)) = self.given.get(*import as usize) else {
                    return made(None);
                };
                let module = module.clone();
                let mut imports = Vec::new();
                allocation::reserve(&mut imports, module.parts().imports.len())?;
                for (place, import) in module.parts().imports.iter().enumerate() {
                    let (first, second, _) = module.import(import);
                    let lacking = || {
                        Error::msg(format_args!(
                            "the module imports `{first}::{second}`, which it is not given"
                        ))
                    };
                    let item = match args.get(first) {
                        Some(CoreArgument::Exports(items)) => match items.get(second) {
                            Some(def) => self.item(def, Some((&module, place)))?,
                            None => return Err(lacking()),
                        },
                        Some(CoreArgument::Instance(instance)) => {
                            self.export(*instance, second)?.ok_or_else(lacking)?
                        }
                        None => return Err(lacking()),
                    };
                    imports.push(item);
                }
                self.instantiate(&module, &imports)
            }
            Step::Trampoline(number) => {
                let func = self.trampoline(*number)?;
                self.entity()?.trampolines.push(func);
                Ok(())
            }
            Step::Lift(number) => {
                let lift = self.lift(*number)?;
                self.entity()?.lifts.push(lift);
                Ok(())
            }
            Step::Resource(id) => {
                let plan = self.component.plan();
                let Some(Resource::Defined { instance, dtor }) = plan.resources.get(id.0 as usize)
                else {
                    return made(None);
                };
                let dtor = match dtor {
                    Some(def) => Some(self.func(def, &[AddressType::I32.flat()], &[])?),
                    None => None,
                };
                let owner = Owner::Guest(self.number, *instance);
                self.resource(id.0 as usize, ResourceEntity { owner, dtor })?;
                Ok(())
            }
        }
    }

    fn instantiate(&mut self, module: &Module, imports: &[Extern]) -> Result<()> {
        let instance = core_instantiate::instantiate(self.store, module, imports)?;
        let entity = self.entity()?;
        allocation::reserve(&mut entity.core_instances, 1)?;
        entity.core_instances.push(instance.0.number);
        Ok(())
    }

    /// A resource that is imported, if this one is: a type of the host is the same in all instances of
    /// a store that get it with the same destructor, which belongs to the linker.
    fn imported_resource(&mut self, id: usize) -> Result<()> {
        let Some(Resource::Imported(import)) = self.component.plan().resources.get(id) else {
            return Ok(());
        };
        let Some(Given::Resource(ty, dtor)) = self.given.get(*import as usize) else {
            return made(None);
        };
        match ty.0 {
            Kind::Host(ty) => {
                // A component that imports the type twice has one type: with the first destructor.
                if let Some(number) = self.entity()?.host_resource(ty) {
                    return self.set_resource(id, number);
                }
                let dtor = dtor.clone();
                let call =
                    move |store: StoreContextMut<'_, T>, _: Option<u32>, slots: &mut [u64]| {
                        let rep = slots.first().copied().unwrap_or_default();
                        dtor(store, rep as u32)
                    };
                let body = FuncBody::Host(erased::host_func::<T>(1, 0, call));
                let dtor = self.add(self.component.dtor_type(), body)?;
                let owner = Owner::Host(ty);
                let dtor = Some(dtor);
                let number = self.resource(id, ResourceEntity { owner, dtor })?;
                let entity = self.entity()?;
                allocation::reserve(&mut entity.host_resources, 1)?;
                entity.host_resources.push((ty, number));
                Ok(())
            }
            Kind::Guest(store, number) => {
                if store != self.store.inner.id {
                    return Err(UseError::OtherStore.into());
                }
                self.set_resource(id, number)
            }
            // It stands for one of an instance, and there is none.
            Kind::Uninstantiated(..) => Err(UseError::OtherStore.into()),
        }
    }

    fn resource(&mut self, id: usize, entity: ResourceEntity) -> Result<ResourceNumber> {
        let store = &mut self.store.inner;
        let number = ResourceNumber(store.resources.len() as u32);
        store.admit_more("types of resources of the store", store.resources.len(), 1)?;
        allocation::reserve(&mut store.resources, 1)?;
        store.resources.push(entity);
        self.set_resource(id, number)?;
        Ok(number)
    }

    fn set_resource(&mut self, id: usize, number: ResourceNumber) -> Result<()> {
        let place = self.entity()?.resources.get_mut(id);
        *made(place)? = number;
        Ok(())
    }

    /// Something of a core instance, or a core function that was made. One of a proposal that is not
    /// supported has the type that the import has for which it is asked.
    fn item(&mut self, def: &CoreDef, wanted: Option<(&Module, usize)>) -> Result<Extern> {
        match def {
            CoreDef::Export { instance, export } => match export {
                CoreExport::Name(name) => {
                    let item = self.export(*instance, name)?;
                    item.ok_or_else(|| otherwise(def))
                }
                CoreExport::Index(kind, index) => {
                    let number = self.core_instance(*instance)?;
                    let inner = &self.store.inner;
                    let instance = made(inner.instances.get(number))?;
                    made(instance.item(*kind, *index, inner))
                }
            },
            CoreDef::Trampoline(number) => {
                let func = self.entity()?.trampolines.get(*number as usize).copied();
                let func = match (made(func)?, wanted) {
                    (Some(func), _) => func,
                    (None, Some((module, place))) => self.unsupported(*number, module, place)?,
                    (None, None) => return made(None),
                };
                let handle = self.store.inner.handle(func);
                Ok(Extern::Func(crate::api::func::Func(handle)))
            }
        }
    }

    fn core_instance(&mut self, instance: u32) -> Result<u32> {
        let number = self
            .entity()?
            .core_instances
            .get(instance as usize)
            .copied();
        made(number)
    }

    fn export(&mut self, instance: u32, name: &str) -> Result<Option<Extern>> {
        let number = self.core_instance(instance)?;
        let inner = &self.store.inner;
        let instance = made(inner.instances.get(number))?;
        Ok(instance.export(name, inner))
    }

    /// The number of a core function. What the component's own modules export was validated; a module
    /// that was given may export something else.
    fn func(&mut self, def: &CoreDef, params: &[FlatType], results: &[FlatType]) -> Result<u32> {
        let Extern::Func(func) = self.item(def, None)? else {
            return Err(otherwise(def));
        };
        let number = func.0.number;
        if is_given(def) {
            let inner = &self.store.inner;
            let ty = made(inner.funcs.get(number))?.ty;
            let ty = CallType::of(&inner.engine, ty)?;
            let same = |found: &[ValType], expected: &[FlatType]| {
                found.len() == expected.len()
                    && found.iter().zip(expected).all(|(a, b)| *a == core_type(*b))
            };
            if !same(ty.params(), params) || !same(ty.results(), results) {
                return Err(otherwise(def));
            }
        }
        Ok(number)
    }

    fn memory(&mut self, def: &CoreDef, address: AddressType) -> Result<u32> {
        let Extern::Memory(memory) = self.item(def, None)? else {
            return Err(otherwise(def));
        };
        let number = memory.0.number;
        let ty = made(self.store.inner.memories.get(number))?.ty;
        match ty.is_64 == (address == AddressType::I64) {
            true => Ok(number),
            false => Err(otherwise(def)),
        }
    }

    fn options(&mut self, options: &Options) -> Result<GuestOptions> {
        let address = options.address;
        let memory = options.memory.as_ref();
        let realloc = options.realloc.as_ref();
        let flat = address.flat();
        Ok(GuestOptions {
            memory: memory.map(|def| self.memory(def, address)).transpose()?,
            realloc: realloc
                .map(|def| self.func(def, &[flat; 4], &[flat]))
                .transpose()?,
            address,
            encoding: options.encoding,
        })
    }

    fn lift(&mut self, number: u32) -> Result<LiftedFunc> {
        let component = self.component;
        let lift = made(component.plan().lifts.get(number as usize))?;
        let core = match self.item(&lift.core, None)? {
            Extern::Func(func) => func.0.number,
            _ => return Err(otherwise(&lift.core)),
        };
        let expected = made(component.lift_type(number))?;
        let found = made(self.store.inner.funcs.get(core))?.ty;
        if !lift.options.is_async && found != expected.id() {
            return Err(otherwise(&lift.core));
        }
        let post_return = match &lift.options.post_return {
            None => None,
            // What validation has seen is not asked again.
            Some(def) if !is_given(def) => Some(self.func(def, &[], &[])?),
            Some(def) => {
                let types = &component.plan().types;
                let signature = types.func(lift.ty).signature(types, lift.options.address);
                Some(self.func(def, &signature.results, &[])?)
            }
        };
        Ok(LiftedFunc {
            core,
            instance: lift.instance,
            options: self.options(&lift.options)?,
            post_return,
            is_async: lift.options.is_async,
        })
    }

    /// Makes the core function of a canonical definition; nothing if its type is not known.
    fn trampoline(&mut self, number: u32) -> Result<Option<u32>> {
        let component = self.component;
        let trampoline = made(component.plan().trampolines.get(number as usize))?;
        let Some(core) = component.trampoline(number) else {
            return Ok(None);
        };
        let instance = trampoline.instance;
        let body = match &trampoline.kind {
            TrampolineKind::Lower { func, ty, options } => {
                let caller = Lowered {
                    ty: ComponentFunc::within(self.types.clone(), *ty),
                    component: self.number,
                    instance,
                    options: self.options(options)?,
                };
                match func {
                    Func::Imported(import) => match self.given.get(*import as usize) {
                        Some(Given::Func(host)) => FuncBody::Host(host.clone().lower(caller, core)),
                        _ => return made(None),
                    },
                    Func::Lifted(lift) => {
                        let entity = self.entity()?;
                        let lifted = *made(entity.lifts.get(*lift as usize))?;
                        let outside = entity.outside(Some(instance), lifted.instance);
                        match component.adapter(number) {
                            Some(adapter) => {
                                let adapter = adapter.clone();
                                let from = (caller.component, caller.instance, caller.options);
                                let home = self.home;
                                FuncBody::Turns(lowered::call(
                                    home, adapter, from, lifted, outside,
                                )?)
                            }
                            // What is lifted may block.
                            None => FuncBody::Turns(self.builtin(instance, Does::BLOCKS)?),
                        }
                    }
                }
            }
            TrampolineKind::ResourceNew(id)
            | TrampolineKind::ResourceDrop(id)
            | TrampolineKind::ResourceRep(id) => {
                let resource = self.entity()?.resources.get(id.0 as usize).copied();
                let does = Does::with(&trampoline.kind, made(resource)?);
                FuncBody::Turns(self.builtin(instance, does)?)
            }
            TrampolineKind::ContextGet(_, slot) => {
                FuncBody::Turns(self.builtin(instance, Does::Get(*slot))?)
            }
            TrampolineKind::ContextSet(_, slot) => {
                FuncBody::Turns(self.builtin(instance, Does::Set(*slot))?)
            }
            TrampolineKind::Backpressure { inc } => {
                FuncBody::Turns(self.builtin(instance, Does::Backpressure { inc: *inc })?)
            }
            TrampolineKind::Unsupported(..) => return Ok(None),
        };
        self.add(&core.ty, body).map(Some)
    }

    /// The core function of a built-in that is not supported, with the type that an import has.
    fn unsupported(&mut self, number: u32, module: &Module, place: usize) -> Result<u32> {
        let trampoline = made(self.component.plan().trampolines.get(number as usize))?;
        let does = match trampoline.kind {
            TrampolineKind::Unsupported(name, proposal) => Does::Nothing(name, proposal),
            _ => Does::BLOCKS,
        };
        let import = made(module.parts().imports.get(place))?;
        let (_, _, EntityType::Func(ty)) = module.import(import) else {
            return made(None);
        };
        let ty = made(RegisteredType::of(module.engine(), ty))?;
        let body = FuncBody::Turns(self.builtin(trampoline.instance, does)?);
        self.add(&ty, body)
    }

    fn builtin(&self, instance: u32, does: Does) -> Result<Box<dyn Turns>, OutOfMemory> {
        Ok(allocation::boxed(Builtin {
            component: self.number,
            instance,
            home: self.home,
            does,
        })?)
    }

    fn add(&mut self, ty: &RegisteredType, body: FuncBody) -> Result<u32> {
        let store = &mut self.store.inner;
        store.types.hold(ty.id())?;
        Ok(store.funcs.push(FuncEntity { ty: ty.id(), body })?)
    }
}

/// Whether it is of a core module that was given to a linker.
fn is_given(def: &CoreDef) -> bool {
    let CoreDef::Export { export, .. } = def else {
        return false;
    };
    matches!(export, CoreExport::Name(_))
}

/// The error of an export that is not what the component's type of the module says.
fn otherwise(def: &CoreDef) -> Error {
    match def {
        CoreDef::Export {
            export: CoreExport::Name(name),
            ..
        } => LinkError::Kind {
            path: name.clone(),
            expected: "what the type of the core module says that it exports",
        }
        .into(),
        _ => InternalError::new("a step of a component uses what has another type").into(),
    }
}

/// What an earlier step has made.
fn made<T>(item: Option<T>) -> Result<T> {
    let missing = || InternalError::new("a step of a component uses what no step has made");
    Ok(item.ok_or_else(missing)?)
}

/// An instance of an empty module, in which functions of the library run that the host calls. A store
/// has one at most.
fn home<T>(store: &mut StoreData<T>, component: &Component) -> Result<u32> {
    if let Some(number) = store.inner.home {
        return Ok(number);
    }
    let instance = core_instantiate::instantiate(store, component.home(), &[])?;
    store.inner.home = Some(instance.0.number);
    Ok(instance.0.number)
}
