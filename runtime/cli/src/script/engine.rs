//! The library with an allocator, for scripts: [`tabwasm::Engine`] and what goes with it.
//!
//! One store and one linker for a script; names that a script registers shadow earlier ones, as
//! scripts expect. Fuel and epochs are set so high that a script never meets them.

use tabwasm::{Config, Engine, Error, ExternRef, Instance, LinkError, Linker, Module, Store, Val};

use super::library::{Failure, Library};
use super::spectest;
use super::value::Value;

/// A store, and what modules can import.
pub(super) struct Engines {
    engine: Engine,
    store: Store<()>,
    linker: Linker<()>,
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
        Ok(Self {
            engine,
            store,
            linker,
        })
    }

    fn import_value(&mut self, value: Value) -> Result<Val, Error> {
        Ok(match value {
            Value::I32(value) => Val::I32(value),
            Value::I64(value) => Val::I64(value),
            Value::F32(bits) => Val::F32(bits),
            Value::F64(bits) => Val::F64(bits),
            Value::Null | Value::Func => Val::FuncRef(None),
            Value::Extern(None) => Val::ExternRef(None),
            Value::Extern(Some(number)) => {
                Val::ExternRef(Some(ExternRef::new(&mut self.store, HostNumber(number))?))
            }
        })
    }

    fn value_of(&self, val: &Val) -> Result<Value, Failure> {
        Ok(match val {
            Val::I32(value) => Value::I32(*value),
            Val::I64(value) => Value::I64(*value),
            Val::F32(bits) => Value::F32(*bits),
            Val::F64(bits) => Value::F64(*bits),
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
    type Module = Module;
    type Instance = Instance;

    fn compile(&mut self, wasm: &[u8]) -> Result<Module, Failure> {
        Ok(Module::new(&self.engine, wasm)?)
    }

    fn providers(&self, module: &Module) -> Vec<String> {
        let imports = module.imports();
        imports.map(|import| import.module().to_owned()).collect()
    }

    fn instantiate(&mut self, module: &Module) -> Result<Instance, Failure> {
        Ok(self.linker.instantiate(&mut self.store, module)?)
    }

    fn register(&mut self, name: &str, instance: &Instance) -> Result<(), Failure> {
        self.linker.instance(&mut self.store, name, *instance)?;
        Ok(())
    }

    fn call(
        &mut self,
        instance: &Instance,
        name: &str,
        params: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let func = instance
            .get_func(&mut self.store, name)
            .ok_or_else(|| Failure::Other(format!("no function `{name}`")))?;
        let params = params.iter().map(|value| self.import_value(*value));
        let params = params.collect::<Result<Vec<_>, _>>()?;
        let count = func.ty(&self.store).results().len();
        let mut results = vec![Val::I32(0); count];
        func.call(&mut self.store, &params, &mut results)?;
        results.iter().map(|val| self.value_of(val)).collect()
    }

    fn global(&mut self, instance: &Instance, name: &str) -> Result<Value, Failure> {
        let global = instance
            .get_global(&mut self.store, name)
            .ok_or_else(|| Failure::Other(format!("no global `{name}`")))?;
        let value = global.get(&mut self.store);
        self.value_of(&value)
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
