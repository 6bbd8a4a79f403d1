//! An `AsContextMut` of the user that gives one store first, and another one later.
//!
//! The trait is public and safe, so a function that asks it twice could check one store and then
//! use another. Every public function is called with such a context, changed at each question.

use std::cell::Cell;

use tabwasm::component::{self, ResourceAny};
use tabwasm::{
    AsContext, AsContextMut, Config, Engine, Error, Extern, ExternRef, Func, FuncType, Global,
    GlobalType, Instance, Linker, Memory, MemoryType, Module, Mutability, Ref, RefType,
    ResumableCall, ResumableCallHostTrap, ResumableCallOutOfFuel, Store, StoreContext,
    StoreContextMut, Table, TableType, Tag, TypedFunc, TypedResumableCall,
    TypedResumableCallHostTrap, TypedResumableCallOutOfFuel, Val, ValType,
};

use super::super::module;

const PROGRAM: &str = r#"(module
    (import "host" "ask" (func $ask (param i32) (result i32)))
    (memory (export "memory") 1)
    (table (export "table") 4 funcref)
    (global (export "global") (mut i32) (i32.const 7))
    (func (export "ask") (param i32) (result i32)
      (i32.add (call $ask (local.get 0)) (call $ask (i32.const 10))))
    (func (export "spin") (param i32) (result i32)
      (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get 0)))"#;

const COMPONENT: &str = r#"(component
    (type $r (resource (rep i32)))
    (export $R "r" (type $r))
    (core func $new (canon resource.new $r))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 7)))
      (func (export "same") (param i32) (result i32) (local.get 0)))
    (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
    (func (export "make") (result (own $R)) (canon lift (core func $m "make")))
    (func (export "same") (param "x" u32) (result u32) (canon lift (core func $m "same")))
    (export "m" (core module $M)))"#;

/// Two stores; from question number `turn` on the second one answers.
struct Turncoat {
    stores: [Store<()>; 2],
    turn: usize,
    asked: Cell<usize>,
}

impl Turncoat {
    fn next(&self) -> usize {
        let asked = self.asked.get();
        self.asked.set(asked + 1);
        usize::from(asked >= self.turn)
    }
}

impl AsContext for Turncoat {
    type Data = ();

    fn as_context(&self) -> StoreContext<'_, ()> {
        self.stores[self.next()].as_context()
    }
}

impl AsContextMut for Turncoat {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, ()> {
        let next = self.next();
        self.stores[next].as_context_mut()
    }
}

/// Objects of the first store, and what belongs to none.
struct Things {
    module: Module,
    bare: Module,
    linker: Linker<()>,
    instance: Instance,
    ask: Func,
    typed: TypedFunc<i32, i32>,
    spin: Func,
    memory: Memory,
    table: Table,
    global: Global,
    tag: Tag,
    value: ExternRef,
    component: component::Component,
    component_linker: component::Linker<()>,
    component_instance: component::Instance,
    same: component::Func,
    typed_same: component::TypedFunc<(u32,), (u32,)>,
    resource: ResourceAny,
}

fn start(turn: usize) -> Result<(Turncoat, Things), Error> {
    let engine = Engine::new(Config::new().consume_fuel(true))?;
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "ask", |question: i32| -> tabwasm::Result<i32> {
        Err(Error::msg(format!("asked {question}")))
    })?;
    let mut stores = [Store::new(&engine, ()), Store::new(&engine, ())];
    let module = module(&engine, PROGRAM);
    let instances = stores.each_mut().map(|store| {
        store.set_fuel(100_000).expect("configured");
        linker.instantiate(store, &module).expect("instance")
    });
    let (instance, store) = (instances[0], &mut stores[0]);
    let ask = instance.get_func(&mut *store, "ask").expect("exported");
    let bytes = wat::parse_str(COMPONENT).expect("text");
    let component = component::Component::new(&engine, bytes)?;
    let component_linker = component::Linker::new(&engine);
    let component_instance = component_linker.instantiate(&mut *store, &component)?;
    let function = |store: &mut Store<()>, name| {
        let func = component_instance.get_func(store, name);
        func.expect("exported")
    };
    let mut made = [component::Val::Bool(false)];
    function(store, "make").call(&mut *store, &[], &mut made)?;
    let [component::Val::Resource(resource)] = made else {
        panic!("no resource: {made:?}");
    };
    let same = function(store, "same");
    let things = Things {
        typed_same: same.typed(&mut *store)?,
        same,
        resource,
        component,
        component_linker,
        component_instance,
        bare: super::super::module(&engine, "(module)"),
        ask,
        typed: ask.typed(&*store)?,
        spin: instance.get_func(&mut *store, "spin").expect("exported"),
        memory: instance
            .get_memory(&mut *store, "memory")
            .expect("exported"),
        table: instance.get_table(&mut *store, "table").expect("exported"),
        global: instance
            .get_global(&mut *store, "global")
            .expect("exported"),
        tag: Tag::new(&mut *store, FuncType::new([ValType::I32], []))?,
        value: ExternRef::new(&mut *store, 7)?,
        module,
        linker,
        instance,
    };
    let asked = Cell::new(0);
    Ok((
        Turncoat {
            stores,
            turn,
            asked,
        },
        things,
    ))
}

/// A call of the first store in which a host function failed.
fn trapped(both: &mut Turncoat, things: &Things) -> ResumableCallHostTrap {
    match things
        .ask
        .call_resumable(&mut both.stores[0], &[Val::I32(5)], &mut [Val::I32(0)])
    {
        Ok(ResumableCall::HostTrap(call)) => call,
        other => panic!("{other:?}"),
    }
}

fn trapped_typed(both: &mut Turncoat, things: &Things) -> TypedResumableCallHostTrap<i32> {
    match things.typed.call_resumable(&mut both.stores[0], 5) {
        Ok(TypedResumableCall::HostTrap(call)) => call,
        other => panic!("{other:?}"),
    }
}

/// A call of the first store that lacks fuel.
fn starved(both: &mut Turncoat, things: &Things) -> ResumableCallOutOfFuel {
    both.stores[0].set_fuel(100).expect("configured");
    match things
        .spin
        .call_resumable(&mut both.stores[0], &[Val::I32(1_000)], &mut [Val::I32(0)])
    {
        Ok(ResumableCall::OutOfFuel(call)) => call,
        other => panic!("{other:?}"),
    }
}

fn starved_typed(both: &mut Turncoat, things: &Things) -> TypedResumableCallOutOfFuel<i32> {
    both.stores[0].set_fuel(100).expect("configured");
    let spin = things
        .spin
        .typed::<i32, i32>(&both.stores[0])
        .expect("its type");
    match spin.call_resumable(&mut both.stores[0], 1_000) {
        Ok(TypedResumableCall::OutOfFuel(call)) => call,
        other => panic!("{other:?}"),
    }
}

/// The name of a function, and a call of it with a turncoat.
type Function = (&'static str, fn(&mut Turncoat, &Things));

/// From `name => call` rows.
macro_rules! functions {
    (|$c:ident, $t:ident| $($name:literal => $call:expr;)*) => {
        const FUNCTIONS: &[Function] = &[
            $(($name, |$c: &mut Turncoat, $t: &Things| {
                _ = ($t, $call);
            })),*
        ];
    };
}

functions! { |c, t|
    "Extern::ty" => Extern::from(t.memory).ty(c);
    "ExternRef::new" => ExternRef::new(c, 1);
    "ExternRef::data" => t.value.data(&*c).is_ok();
    "ExternRef::take" => t.value.take(c);
    "Func::new" => Func::new(c, FuncType::new([], []), |_, _, _| Ok(()));
    "Func::wrap" => Func::wrap(c, || ());
    "Func::ty" => t.ask.ty(c);
    "Func::call" => t.ask.call(c, &[Val::I32(1)], &mut [Val::I32(0)]);
    "Func::call_resumable" => t.ask.call_resumable(c, &[Val::I32(1)], &mut [Val::I32(0)]);
    "Func::typed" => t.ask.typed::<i32, i32>(c);
    "TypedFunc::call" => t.typed.call(c, 1);
    "TypedFunc::call_resumable" => t.typed.call_resumable(c, 1);
    "ResumableCallHostTrap::resume"
        => trapped(c, t).resume(c, &[Val::I32(1)], &mut [Val::I32(0)]);
    "ResumableCallOutOfFuel::resume" => starved(c, t).resume(c, &mut [Val::I32(0)]);
    "TypedResumableCallHostTrap::resume" => trapped_typed(c, t).resume(c, &[Val::I32(1)]);
    "TypedResumableCallOutOfFuel::resume" => starved_typed(c, t).resume(c);
    "Global::new" => Global::new(
        c,
        GlobalType::new(ValType::I32, Mutability::Var),
        Val::I32(1),
    );
    "Global::ty" => t.global.ty(c);
    "Global::get" => t.global.get(c);
    "Global::set" => t.global.set(c, Val::I32(1));
    "Instance::new" => Instance::new(c, &t.bare, &[]);
    "Instance::module" => t.instance.module(&*c).is_ok();
    "Instance::get_export" => t.instance.get_export(c, "memory");
    "Instance::get_func" => t.instance.get_func(c, "ask");
    "Instance::get_typed_func" => t.instance.get_typed_func::<i32, i32>(c, "ask");
    "Instance::get_memory" => t.instance.get_memory(c, "memory");
    "Instance::get_table" => t.instance.get_table(c, "table");
    "Instance::get_global" => t.instance.get_global(c, "global");
    "Instance::get_tag" => t.instance.get_tag(c, "tag");
    "Instance::exports" => t.instance.exports(&*c).len();
    "InstancePre::instantiate" => t
        .linker
        .instantiate_pre(&t.module)
        .expect("linked")
        .instantiate(c);
    "Linker::define" => t.linker.clone().define(c, "own", "memory", t.memory).is_ok();
    "Linker::instance" => t.linker.clone().instance(c, "own", t.instance).is_ok();
    "Linker::module" => t.linker.clone().module(c, "own", &t.bare).is_ok();
    "Linker::get" => t.linker.get(c, "host", "ask");
    "Linker::get_by_import" => t
        .linker
        .get_by_import(c, &t.module.imports().next().expect("one"));
    "Linker::get_default" => t.linker.get_default(c, "host");
    "Linker::instantiate" => t.linker.instantiate(c, &t.module);
    "Linker::instantiate_and_start" => t.linker.instantiate_and_start(c, &t.module);
    "Memory::new" => Memory::new(c, MemoryType::new(1, None));
    "Memory::new_static" => Memory::new_static(c, MemoryType::new(0, None), &mut []);
    "Memory::ty" => t.memory.ty(c);
    "Memory::size" => t.memory.size(c);
    "Memory::page_size" => t.memory.page_size(c);
    "Memory::page_size_log2" => t.memory.page_size_log2(c);
    "Memory::data_size" => t.memory.data_size(c);
    "Memory::data" => t.memory.data(&*c).len();
    "Memory::data_mut" => t.memory.data_mut(c).len();
    "Memory::data_and_store_mut" => t.memory.data_and_store_mut(c).0.len();
    "Memory::data_ptr" => t.memory.data_ptr(c);
    "Memory::grow" => t.memory.grow(c, 1);
    "Memory::read" => t.memory.read(c, 0, &mut [0]);
    "Memory::write" => t.memory.write(c, 0, &[0]);
    "Table::new" => Table::new(c, TableType::new(RefType::FUNCREF, 1, None), Ref::Func(None));
    "Table::ty" => t.table.ty(c);
    "Table::size" => t.table.size(c);
    "Table::get" => t.table.get(c, 0);
    "Table::set" => t.table.set(c, 0, Ref::Func(Some(t.ask)));
    "Table::grow" => t.table.grow(c, 1, Ref::Func(Some(t.ask)));
    "Table::fill" => t.table.fill(c, 0, Ref::Func(Some(t.ask)), 2);
    "Table::copy" => Table::copy(c, &t.table, 0, &t.table, 1, 2);
    "Tag::new" => Tag::new(c, FuncType::new([], []));
    "Tag::ty" => t.tag.ty(c);
    "Func::ty" => t.same.ty(c);
    "Func::call" => t.same.call(c, &[component::Val::U32(1)], &mut [component::Val::Bool(false)]);
    "Func::typed" => t.same.typed::<(u32,), (u32,)>(c);
    "TypedFunc::call" => t.typed_same.call(c, (1,));
    "Instance::get_func" => t.component_instance.get_func(c, "same");
    "Instance::get_typed_func" => t.component_instance.get_typed_func::<(u32,), (u32,)>(c, "same");
    "Instance::get_module" => t.component_instance.get_module(c, "m");
    "Instance::get_resource" => t.component_instance.get_resource(c, "r");
    "Instance::get_export" => t.component_instance.get_export(c, None, "same");
    "Instance::get_export_index" => t.component_instance.get_export_index(c, None, "same");
    "Linker::instantiate" => t.component_linker.instantiate(c, &t.component);
    "InstancePre::instantiate" => t.component_linker.instantiate_pre(&t.component).unwrap().instantiate(c);
    "ResourceAny::resource_drop" => t.resource.resource_drop(c);
    "Val::ty" => Val::FuncRef(Some(t.ask)).ty(c);
    "Val::matches_ty" => Val::FuncRef(Some(t.ask))
        .matches_ty(c, &ValType::FUNCREF);
}

#[test]
fn every_function_asks_once() -> Result<(), Error> {
    for (name, call) in FUNCTIONS {
        for turn in 0..3 {
            let (mut both, things) = start(turn)?;
            call(&mut both, &things);
            assert_eq!(both.asked.get(), 1, "{name}, which turns at {turn}");
        }
    }
    println!("{} functions ask once", FUNCTIONS.len());
    Ok(())
}

#[test]
fn no_function_is_missing() {
    let mut found: Vec<String> = super::questions::questions()
        .into_iter()
        .filter(|question| question.public)
        .map(|question| question.name)
        .collect();
    let mut tried: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
    found.sort();
    tried.sort();
    assert_eq!(found, tried);
}

#[test]
fn a_resumed_call_stays_one_of_its_store() -> Result<(), Error> {
    for turn in 0..4 {
        let (mut both, things) = start(turn)?;
        let call = trapped(&mut both, &things);
        let resumed = call.resume(&mut both, &[Val::I32(1)], &mut [Val::I32(0)]);
        let (mut first, second) = into_stores(both);
        if turn == 0 {
            resumed.expect_err("another store answers from the beginning");
            continue;
        }
        let Ok(ResumableCall::HostTrap(again)) = resumed else {
            panic!("the second question fails, too: {resumed:?}");
        };
        assert!(
            again
                .host_func()
                .call(&mut first, &[Val::I32(5)], &mut [Val::I32(0)])
                .is_err()
        );
        outlive(first, second, |second| {
            again
                .resume(second, &[Val::I32(1)], &mut [Val::I32(0)])
                .map(|_| ())
        });
    }
    Ok(())
}

#[test]
fn so_does_one_of_known_types() -> Result<(), Error> {
    let (mut both, things) = start(1)?;
    let call = trapped_typed(&mut both, &things);
    let TypedResumableCall::HostTrap(again) = call.resume(&mut both, &[Val::I32(1)])? else {
        panic!("the second question fails, too");
    };
    let (first, second) = into_stores(both);
    outlive(first, second, |second| {
        again.resume(second, &[Val::I32(1)]).map(|_| ())
    });
    Ok(())
}

#[test]
fn so_does_one_without_fuel() -> Result<(), Error> {
    let (mut both, things) = start(1)?;
    let call = starved(&mut both, &things);
    both.stores[0].set_fuel(call.required_fuel())?;
    let ResumableCall::OutOfFuel(again) = call.resume(&mut both, &mut [Val::I32(0)])? else {
        panic!("that was little fuel");
    };
    let (first, second) = into_stores(both);
    outlive(first, second, |second| {
        again.resume(second, &mut [Val::I32(0)]).map(|_| ())
    });

    let (mut both, things) = start(1)?;
    let call = starved_typed(&mut both, &things);
    both.stores[0].set_fuel(call.required_fuel())?;
    let TypedResumableCall::OutOfFuel(again) = call.resume(&mut both)? else {
        panic!("that was little fuel");
    };
    let (first, second) = into_stores(both);
    outlive(first, second, |second| again.resume(second).map(|_| ()));
    Ok(())
}

fn into_stores(both: Turncoat) -> (Store<()>, Store<()>) {
    let [first, second] = both.stores;
    (first, second)
}

/// Drops the first store; then a call of it goes on in the second, which is an error.
fn outlive(
    first: Store<()>,
    mut second: Store<()>,
    resume: impl FnOnce(&mut Store<()>) -> tabwasm::Result<()>,
) {
    drop(first);
    let error = resume(&mut second).expect_err("the call was one of the first store");
    assert!(error.is::<tabwasm::UseError>(), "{error:?}");
}
