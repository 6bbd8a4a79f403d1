//! The fast engine, as the other one of the two that are compared.
//!
//! One store with one instance; imported functions give what the comparison states, so that both
//! engines get the same answers.

use tabwasm::compact;
use tabwasm::types::FuncIdx;
use tabwasm::{
    Engine, Error, Extern, Func, FuncType, Instance, Module, Store, StoreLimits,
    StoreLimitsBuilder, Trap, Val,
};

use super::value::Value;
use super::{Ended, MOST_ELEMENTS, MOST_MEMORY};

/// A store with one instance.
pub(crate) struct Fast {
    store: Store<StoreLimits>,
    instance: Option<Instance>,
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
            instance: None,
            fuel,
        }
    }

    /// `ours` says what the imported functions give.
    pub(crate) fn instantiate(
        &mut self,
        module: &Module,
        ours: &compact::Module<'_>,
    ) -> Option<Ended> {
        self.store.set_fuel(self.fuel).ok()?;
        let mut imports: Vec<Extern> = Vec::new();
        for (index, import) in (0..).zip(module.imports()) {
            let ty = import.ty().func().cloned();
            let ty = ty.unwrap_or_else(|| FuncType::new([], []));
            let (_, results) = ours.func_type(FuncIdx(index));
            let zeros: Vec<Val> = results.map(|ty| Value::zero(ty).into()).collect();
            let func = Func::new(&mut self.store, ty, move |_, _, results| {
                results.copy_from_slice(&zeros);
                Ok(())
            });
            imports.push(func.into());
        }
        let made = Instance::new(&mut self.store, module, &imports);
        self.instance = made.as_ref().ok().copied();
        self.ended(made.map(|_| Vec::new()))
    }

    pub(crate) fn instance(&self) -> Option<Instance> {
        self.instance
    }

    pub(crate) fn call(&mut self, name: &str, params: &[Value]) -> Option<Ended> {
        self.store.set_fuel(self.fuel).ok()?;
        let func = self.instance?.get_func(&mut self.store, name)?;
        let params: Vec<Val> = params.iter().map(|value| (*value).into()).collect();
        let count = func.ty(&self.store).results().len();
        let mut results = vec![Val::I32(0); count];
        let called = func.call(&mut self.store, &params, &mut results);
        self.ended(called.map(|()| results))
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

    pub(crate) fn memory(&mut self, instance: Instance, name: &str) -> Option<&[u8]> {
        let memory = instance.get_memory(&mut self.store, name)?;
        Some(memory.data(&self.store))
    }

    pub(crate) fn global(&mut self, instance: Instance, name: &str) -> Option<Value> {
        let global = instance.get_global(&mut self.store, name)?;
        Some(global.get(&mut self.store).into())
    }

    pub(crate) fn table_len(&mut self, instance: Instance, name: &str) -> Option<u64> {
        let table = instance.get_table(&mut self.store, name)?;
        Some(table.size(&self.store))
    }
}
