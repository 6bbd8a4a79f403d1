//! The fast engine, as the other one of the two that are compared.
//!
//! One store with all instances; functions of the host give what the comparison states, so that
//! both engines get the same answers.

use tabwasm::{
    Engine, Error, Extern, Func, FuncType, Instance, Module, Store, StoreLimits,
    StoreLimitsBuilder, Trap, Val,
};

use super::link::Given;
use super::value::Value;
use super::{Ended, MOST_ELEMENTS, MOST_MEMORY};

/// A store with instances.
pub(crate) struct Fast {
    store: Store<StoreLimits>,
    /// Of each module so far, unless that has failed.
    instances: Vec<Option<Instance>>,
    fuel: u64,
}

impl Fast {
    pub(crate) fn new(engine: &Engine, fuel: u64) -> Self {
        let limits = StoreLimitsBuilder::new()
            .memory_size(MOST_MEMORY)
            .table_elements(MOST_ELEMENTS)
            .build();
        let mut store = Store::new(engine, limits);
        store.limiter(|limits| limits);
        Self {
            store,
            instances: Vec::new(),
            fuel,
        }
    }

    /// Instantiates the next module.
    pub(crate) fn instantiate(&mut self, module: &Module, imports: &[Given<'_>]) -> Option<Ended> {
        self.store.set_fuel(self.fuel).ok()?;
        let mut externs: Vec<Extern> = Vec::new();
        for (import, given) in module.imports().zip(imports) {
            externs.push(match given {
                Given::Export(instance, name) => self.export(*instance, name)?,
                Given::Host { results, .. } => {
                    let zeros = results.iter().map(|ty| Value::zero(*ty).into());
                    self.host(import.ty().func()?.clone(), zeros.collect())
                }
            });
        }
        let made = Instance::new(&mut self.store, module, &externs);
        self.instances.push(made.as_ref().ok().copied());
        self.ended(made.map(|_| Vec::new()))
    }

    /// A function that gives the same each time.
    fn host(&mut self, ty: FuncType, gives: Vec<Val>) -> Extern {
        let func = Func::new(&mut self.store, ty, move |_, _, results| {
            results.copy_from_slice(&gives);
            Ok(())
        });
        func.into()
    }

    pub(crate) fn is_instantiated(&self, instance: usize) -> bool {
        self.instances.get(instance).is_some_and(Option::is_some)
    }

    pub(crate) fn call(&mut self, instance: usize, name: &str, params: &[Value]) -> Option<Ended> {
        self.store.set_fuel(self.fuel).ok()?;
        let func = self.export(instance, name)?.into_func()?;
        let params: Vec<Val> = params.iter().map(|value| (*value).into()).collect();
        let count = func.ty(&self.store).results().len();
        let mut results = vec![Val::I32(0); count];
        let called = func.call(&mut self.store, &params, &mut results);
        self.ended(called.map(|()| results))
    }

    fn export(&mut self, instance: usize, name: &str) -> Option<Extern> {
        let instance = (*self.instances.get(instance)?)?;
        instance.get_export(&mut self.store, name)
    }

    fn ended(&self, done: Result<Vec<Val>, Error>) -> Option<Ended> {
        let fuel = self.fuel.checked_sub(self.store.get_fuel().ok()?)?;
        let result = match done {
            Ok(results) => Ok(results.into_iter().map(Value::from).collect()),
            Err(error) => Err(error.as_trap_code()?),
        };
        let own = matches!(result, Err(Trap::OutOfFuel | Trap::StackOverflow));
        (!own).then_some(Ended { result, fuel })
    }

    pub(crate) fn memory(&mut self, instance: usize, name: &str) -> Option<&[u8]> {
        let memory = self.export(instance, name)?.into_memory()?;
        Some(memory.data(&self.store))
    }

    pub(crate) fn global(&mut self, instance: usize, name: &str) -> Option<Value> {
        let global = self.export(instance, name)?.into_global()?;
        Some(global.get(&mut self.store).into())
    }

    pub(crate) fn table_len(&mut self, instance: usize, name: &str) -> Option<u64> {
        let table = self.export(instance, name)?.into_table()?;
        Some(table.size(&self.store))
    }
}
