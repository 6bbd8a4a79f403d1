//! The library with an allocator, for scripts: [`tabwasm::Engine`] and what goes with it.
//!
//! One store and one linker for a script; names that a script registers shadow earlier ones, as
//! scripts expect. Fuel and epochs are set so high that a script never meets them.

use tabwasm::component::types::ComponentItem;
use tabwasm::component::{self, Component};
use tabwasm::{Config, Engine, Error, ExternRef, Instance, LinkError, Linker, Module, Store, Val};

use super::library::{Failure, Kind, Library};
use super::spectest;
use super::value::Value;

/// A store, and what modules can import.
pub(super) struct Engines {
    engine: Engine,
    store: Store<()>,
    linker: Linker<()>,
    components: component::Linker<()>,
}

/// What a script calls a module.
#[derive(Clone)]
pub(super) enum Definition {
    Module(Module),
    Component(Component),
}

/// An instance of such a one.
#[derive(Clone)]
pub(super) enum Instantiated {
    Module(Instance),
    Component(Component, component::Instance),
}

/// The number inside a `ref.extern` of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct HostNumber(u32);

impl Engines {
    /// Knows the module `spectest` and nothing else.
    pub(super) fn new(config: &Config) -> Result<Self, Failure> {
        let engine = Engine::new(config)?;
        let mut store = Store::new(&engine, ());
        // Where the configuration counts these, there is more than any script needs.
        let _ = store.set_fuel(u64::MAX);
        store.set_epoch_deadline(u64::MAX);
        let mut linker = Linker::new(&engine);
        linker.allow_shadowing(true);
        spectest::define(&mut store, &mut linker)?;
        let mut components = component::Linker::new(&engine);
        components.allow_shadowing(true);
        Ok(Self {
            engine,
            store,
            linker,
            components,
        })
    }

    fn import_value(&mut self, value: &Value) -> Result<Val, Error> {
        Ok(match *value {
            Value::I32(value) => Val::I32(value),
            Value::I64(value) => Val::I64(value),
            Value::F32(bits) => Val::F32(bits),
            Value::F64(bits) => Val::F64(bits),
            Value::V128(vector) => Val::V128(vector),
            Value::Null | Value::Func => Val::FuncRef(None),
            Value::Extern(None) => Val::ExternRef(None),
            Value::Extern(Some(number)) => {
                Val::ExternRef(Some(ExternRef::new(&mut self.store, HostNumber(number))?))
            }
            Value::Component(_) => {
                return Err(Error::msg("a module takes no value of a component"));
            }
        })
    }

    fn value_of(&self, val: &Val) -> Result<Value, Failure> {
        Ok(match val {
            Val::I32(value) => Value::I32(*value),
            Val::I64(value) => Value::I64(*value),
            Val::F32(bits) => Value::F32(*bits),
            Val::F64(bits) => Value::F64(*bits),
            Val::V128(vector) => Value::V128(*vector),
            Val::FuncRef(None) => Value::Null,
            Val::FuncRef(Some(_)) => Value::Func,
            Val::ExternRef(None) => Value::Extern(None),
            Val::ExternRef(Some(reference)) => match reference.data(&self.store)?.downcast_ref() {
                Some(HostNumber(number)) => Value::Extern(Some(*number)),
                None => return Err(Failure::Other("a foreign `externref`".to_owned())),
            },
            val => return Err(Failure::Other(format!("a value of another type: {val:?}"))),
        })
    }
}

impl Library for Engines {
    type Module = Definition;
    type Instance = Instantiated;

    fn compile(&mut self, kind: Kind, wasm: &[u8]) -> Result<Definition, Failure> {
        Ok(match kind {
            Kind::Module => Definition::Module(Module::new(&self.engine, wasm)?),
            Kind::Component => Definition::Component(Component::new(&self.engine, wasm)?),
        })
    }

    fn providers(&self, module: &Definition) -> Vec<String> {
        match module {
            Definition::Module(module) => {
                let imports = module.imports();
                imports.map(|import| import.module().to_owned()).collect()
            }
            Definition::Component(component) => {
                let ty = component.component_type();
                let imports = ty.imports(&self.engine);
                imports.map(|(name, _)| name.to_owned()).collect()
            }
        }
    }

    fn instantiate(&mut self, module: &Definition) -> Result<Instantiated, Failure> {
        let store = &mut self.store;
        Ok(match module {
            Definition::Module(module) => {
                Instantiated::Module(self.linker.instantiate(store, module)?)
            }
            Definition::Component(component) => {
                let instance = self.components.instantiate(store, component)?;
                Instantiated::Component(component.clone(), instance)
            }
        })
    }

    fn register(&mut self, name: &str, instance: &Instantiated) -> Result<(), Failure> {
        match instance {
            Instantiated::Module(instance) => {
                self.linker.instance(&mut self.store, name, *instance)?;
                Ok(())
            }
            Instantiated::Component(component, instance) => self.provide(name, component, instance),
        }
    }

    fn call(
        &mut self,
        instance: &Instantiated,
        name: &str,
        params: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let none = || Failure::Other(format!("no function `{name}`"));
        let instance = match instance {
            Instantiated::Module(instance) => instance,
            Instantiated::Component(_, instance) => {
                let func = instance.get_func(&mut self.store, name).ok_or_else(none)?;
                return self.call_component(&func, params);
            }
        };
        let func = instance.get_func(&mut self.store, name).ok_or_else(none)?;
        let params = params.iter().map(|value| self.import_value(value));
        let params = params.collect::<Result<Vec<_>, _>>()?;
        let count = func.ty(&self.store).results().len();
        let mut results = vec![Val::I32(0); count];
        func.call(&mut self.store, &params, &mut results)?;
        results.iter().map(|val| self.value_of(val)).collect()
    }

    fn global(&mut self, instance: &Instantiated, name: &str) -> Result<Value, Failure> {
        let global = match instance {
            Instantiated::Module(instance) => instance.get_global(&mut self.store, name),
            Instantiated::Component(..) => None,
        };
        let global = global.ok_or_else(|| Failure::Other(format!("no global `{name}`")))?;
        let value = global.get(&mut self.store);
        self.value_of(&value)
    }
}

impl Engines {
    fn call_component(
        &mut self,
        func: &component::Func,
        params: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let params = params.iter().map(|value| match value {
            Value::Component(value) => Ok(value.clone()),
            // Constants of these types are written alike.
            Value::F32(bits) => Ok(component::Val::Float32(f32::from_bits(*bits))),
            Value::F64(bits) => Ok(component::Val::Float64(f64::from_bits(*bits))),
            _ => Err(Failure::Other("a component takes no core value".to_owned())),
        });
        let params = params.collect::<Result<Vec<_>, _>>()?;
        let count = func.ty(&self.store).results().len();
        let mut results = vec![component::Val::Bool(false); count];
        func.call(&mut self.store, &params, &mut results)?;
        let results = results.into_iter().map(|result| match result {
            component::Val::Float32(value) => Value::F32(value.to_bits()),
            component::Val::Float64(value) => Value::F64(value.to_bits()),
            value => Value::Component(value),
        });
        Ok(results.collect())
    }

    /// Lets later components import what an instance exports, as far as what it exports can be given
    /// to a linker: core modules and types of resources.
    fn provide(
        &mut self,
        name: &str,
        component: &Component,
        instance: &component::Instance,
    ) -> Result<(), Failure> {
        let mut given = self.components.instance(name)?;
        for (name, item) in component.component_type().exports(&self.engine) {
            match item {
                ComponentItem::Module => {
                    if let Some(module) = instance.get_module(&mut self.store, name) {
                        given.module(name, &module)?;
                    }
                }
                ComponentItem::Resource(_) => {
                    if let Some(resource) = instance.get_resource(&mut self.store, name) {
                        given.resource(name, resource, |_, _| Ok(()))?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if let Some(reject) = error.as_reject() {
            Self::Rejected(*reject)
        } else if let Some(trap) = error.as_trap_code() {
            Self::Trap(trap)
        } else if error.is::<LinkError>() {
            Self::Link(error.root_cause().to_string())
        } else {
            Self::Other(format!("{error:#}"))
        }
    }
}
