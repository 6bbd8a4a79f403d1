//! Every public function that takes two things, with things of two stores and of two engines.
//!
//! Each row calls one with a store, and with things of another: first of another store of the same
//! engine, then of another engine. It says what answers, and whatever is refused leaves nothing
//! behind in the store.

use std::collections::BTreeSet;
use std::fmt::Debug;

use tabwasm::{
    Config, Engine, Error, Extern, ExternRef, Func, FuncType, Global, GlobalType, HeapType,
    Instance, InstancePre, Linker, Memory, MemoryAccessError, MemoryType, Module, Mutability, Ref,
    RefType, ResumableCall, ResumableCallHostTrap, ResumableCallOutOfFuel, Store, Table, TableType,
    Tag, TypedFunc, TypedResumableCall, TypedResumableCallHostTrap, TypedResumableCallOutOfFuel,
    UseError, Val, ValType,
};

use super::super::module;
use super::search;

const PROGRAM: &str = r#"(module
    (import "host" "ask" (func $ask (result funcref)))
    (memory (export "memory") 1)
    (table (export "table") 4 funcref)
    (global (export "global") (mut funcref) (ref.null func))
    (func (export "ask") (result funcref) (call $ask))
    (func (export "spin") (param i32) (result i32)
      (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get 0)))"#;

/// What a function does with things that do not belong together.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Answer {
    /// The error for another store.
    Store,
    /// The error for another engine.
    Engine,
    /// Nothing, nothing of this name, or the default.
    Nothing,
    /// They do belong together: what counts is the engine, which is the same.
    Given,
}

/// Things of one store and of its engine.
struct Things {
    linker: Linker<()>,
    /// A linker whose function is one of the store.
    bound: Linker<()>,
    program: Module,
    wanting: Module,
    bare: Module,
    ready: InstancePre<()>,
    bound_ready: InstancePre<()>,
    instance: Instance,
    /// Takes and gives a function.
    func: Func,
    typed: TypedFunc<Option<Func>, Option<Func>>,
    /// Takes a value of the host.
    passes: Func,
    memory: Memory,
    address: usize,
    table: Table,
    global: Global,
    tag: Tag,
    value: ExternRef,
    /// A type of the engine, and a reference to it.
    ty: FuncType,
    reference: RefType,
}

fn engine() -> Engine {
    let mut config = Config::new();
    config.consume_fuel(true);
    Engine::new(&config).expect("configuration")
}

fn things(engine: &Engine) -> (Store<()>, Things) {
    try_things(engine).expect("things that belong together")
}

fn try_things(engine: &Engine) -> Result<(Store<()>, Things), Error> {
    let mut store = Store::new(engine, ());
    let s = &mut store;
    s.set_fuel(1_000)?;
    let mut linker = Linker::new(engine);
    linker.func_wrap("host", "ask", || -> tabwasm::Result<Option<Func>> {
        Err(Error::msg("asked"))
    })?;
    let program = module(engine, PROGRAM);
    let wanting = module(
        engine,
        r#"(module (import "own" "f" (func (param funcref) (result funcref))))"#,
    );
    let instance = linker.instantiate(&mut *s, &program)?;
    let func = Func::wrap(&mut *s, |func: Option<Func>| func);
    let mut bound = Linker::new(engine);
    bound.define(&*s, "own", "f", func)?;
    let ty = FuncType::new([ValType::I32], []).register(engine)?;
    let reference = RefType::new(true, HeapType::ConcreteFunc(ty.clone()));
    let memory = Memory::new(&mut *s, MemoryType::new(1, None))?;
    let elements = TableType::new(RefType::FUNCREF, 2, None);
    let content = GlobalType::new(ValType::FUNCREF, Mutability::Var);
    let value = ExternRef::new(&mut *s, 7)?;
    let things = Things {
        ready: linker.instantiate_pre(&program)?,
        bound_ready: bound.instantiate_pre(&wanting)?,
        bare: module(engine, "(module)"),
        typed: func.typed(&*s)?,
        passes: Func::wrap(&mut *s, |_: Option<ExternRef>| ()),
        address: memory.data_ptr(&mut *s) as usize,
        table: Table::new(&mut *s, elements, func.into())?,
        global: Global::new(&mut *s, content, func.into())?,
        tag: Tag::new(&mut *s, ty.clone())?,
        linker,
        bound,
        program,
        wanting,
        instance,
        func,
        memory,
        value,
        ty,
        reference,
    };
    Ok((store, things))
}

/// How many objects of each kind have been made, from the numbers of new ones.
fn census(store: &mut Store<()>) -> Vec<usize> {
    let empty = module(store.engine(), "(module)");
    let func = Func::wrap(&mut *store, || ());
    let memory = Memory::new(&mut *store, MemoryType::new(0, None)).expect("memory");
    let ty = TableType::new(RefType::FUNCREF, 0, None);
    let table = Table::new(&mut *store, ty, Ref::Func(None)).expect("table");
    let ty = GlobalType::new(ValType::I32, Mutability::Const);
    let global = Global::new(&mut *store, ty, Val::I32(0)).expect("global");
    let tag = Tag::new(&mut *store, FuncType::new([], [])).expect("tag");
    let value = ExternRef::new(&mut *store, 0).expect("value");
    let instance = Instance::new(&mut *store, &empty, &[]).expect("instance");
    let objects: [&dyn Debug; 7] = [&func, &memory, &table, &global, &tag, &value, &instance];
    let number = |object: &dyn Debug| {
        let shown = format!("{object:?}");
        let mut digits = shown.split(|at: char| !at.is_ascii_digit());
        let last = digits.rfind(|digits| !digits.is_empty());
        last.and_then(|digits| digits.parse().ok())
            .expect("a number")
    };
    objects.map(number).to_vec()
}

trait IntoAnswer {
    fn answer(self) -> Answer;
}

impl<T, E: Into<Error>> IntoAnswer for Result<T, E> {
    fn answer(self) -> Answer {
        let Err(error) = self else {
            return Answer::Given;
        };
        let error = error.into();
        match error.downcast_ref() {
            Some(UseError::OtherStore) => Answer::Store,
            Some(UseError::OtherEngine) => Answer::Engine,
            Some(UseError::NoExport(_)) => Answer::Nothing,
            _ if error.is::<MemoryAccessError>() => Answer::Nothing,
            _ => panic!("{error:?}"),
        }
    }
}

impl<T> IntoAnswer for Option<T> {
    fn answer(self) -> Answer {
        self.map_or(Answer::Nothing, |_| Answer::Given)
    }
}

impl IntoAnswer for bool {
    fn answer(self) -> Answer {
        self.then_some(()).answer()
    }
}

impl IntoAnswer for usize {
    fn answer(self) -> Answer {
        (self != 0).answer()
    }
}

fn trapped(store: &mut Store<()>, things: &Things) -> ResumableCallHostTrap {
    let ask = things
        .instance
        .get_func(&mut *store, "ask")
        .expect("exported");
    match ask.call_resumable(store, &[], &mut [Val::FuncRef(None)]) {
        Ok(ResumableCall::HostTrap(call)) => call,
        other => panic!("{other:?}"),
    }
}

fn trapped_typed(
    store: &mut Store<()>,
    things: &Things,
) -> TypedResumableCallHostTrap<Option<Func>> {
    let ask = things
        .instance
        .get_typed_func::<(), Option<Func>>(&mut *store, "ask");
    match ask.and_then(|ask| ask.call_resumable(store, ())) {
        Ok(TypedResumableCall::HostTrap(call)) => call,
        other => panic!("{other:?}"),
    }
}

fn starved(store: &mut Store<()>, things: &Things) -> ResumableCallOutOfFuel {
    let spin = things
        .instance
        .get_func(&mut *store, "spin")
        .expect("exported");
    match spin.call_resumable(store, &[Val::I32(10_000)], &mut [Val::I32(0)]) {
        Ok(ResumableCall::OutOfFuel(call)) => call,
        other => panic!("{other:?}"),
    }
}

fn starved_typed(store: &mut Store<()>, things: &Things) -> TypedResumableCallOutOfFuel<i32> {
    let spin = things
        .instance
        .get_typed_func::<i32, i32>(&mut *store, "spin");
    match spin.and_then(|spin| spin.call_resumable(store, 10_000)) {
        Ok(TypedResumableCall::OutOfFuel(call)) => call,
        other => panic!("{other:?}"),
    }
}

/// A store and its things, and another store and its things.
struct Pair {
    store: Store<()>,
    own: Things,
    other_store: Store<()>,
    other: Things,
}

impl Pair {
    fn new(engine: &Engine, other: &Engine) -> Self {
        let (store, own) = things(engine);
        let (other_store, other) = things(other);
        Self {
            store,
            own,
            other_store,
            other,
        }
    }
}

/// The name of a function, its answers with another store and with another engine, and a call.
type Row = (&'static str, [Answer; 2], fn(&mut Pair) -> Answer);

/// From `name => answers, call` rows. Calls see the store, its own things, and the other things.
macro_rules! rows {
    (|$s:ident, $own:ident, $other:ident, $home:ident| $($name:literal => $store:ident $engine:ident, $call:expr;)*) => {
        const ROWS: &[Row] = &[
            $(($name, [Answer::$store, Answer::$engine], |pair: &mut Pair| {
                let Pair { store: $s, own: $own, other: $other, other_store: $home } = pair;
                _ = (&$s, &$own, &$home);
                IntoAnswer::answer($call)
            })),*
        ];
    };
}

rows! { |s, own, other, home|
    "Engine::same" => Given Nothing, Engine::same(other.program.engine(), s.engine());
    "Module::same" => Nothing Nothing, Module::same(&other.program, &own.program);
    "Extern::ty" => Nothing Nothing, Extern::from(other.memory).ty(s);
    "ExternRef::data" => Store Store, other.value.data(&*s);
    "ExternRef::take" => Store Store, other.value.take(s);

    "Func::new" => Given Store, {
        let func = Func::new(&mut *s, other.ty.clone(), |_, _, _| Ok(()));
        func.call(s, &[Val::I32(1)], &mut [])
    };
    "Func::ty" => Nothing Nothing, other.func.ty(s).params().len();
    "Func::call" => Store Store, other.func.call(s, &[Val::FuncRef(None)], &mut [Val::I32(0)]);
    "Func::call" => Store Store, own.func.call(s, &[other.func.into()], &mut [Val::I32(0)]);
    "Func::call" => Store Store, own.passes.call(s, &[other.value.into()], &mut []);
    "Func::call_resumable" => Store Store,
        other.func.call_resumable(s, &[Val::FuncRef(None)], &mut [Val::I32(0)]);
    "Func::call_resumable" => Store Store,
        own.func.call_resumable(s, &[other.func.into()], &mut [Val::I32(0)]);
    "Func::typed" => Store Store, other.func.typed::<Option<Func>, Option<Func>>(s);
    "TypedFunc::call" => Store Store, other.typed.call(s, None);
    "TypedFunc::call" => Store Store, own.typed.call(s, Some(other.func));
    "TypedFunc::call_resumable" => Store Store, other.typed.call_resumable(s, None);
    "TypedFunc::call_resumable" => Store Store, own.typed.call_resumable(s, Some(other.func));
    "ResumableCallHostTrap::resume" => Store Store,
        trapped(home, other).resume(s, &[Val::FuncRef(None)], &mut [Val::I32(0)]);
    "ResumableCallHostTrap::resume" => Store Store,
        trapped(s, own).resume(s, &[other.func.into()], &mut [Val::I32(0)]);
    "ResumableCallOutOfFuel::resume" => Store Store,
        starved(home, other).resume(s, &mut [Val::I32(0)]);
    "TypedResumableCallHostTrap::resume" => Store Store,
        trapped_typed(home, other).resume(s, &[Val::FuncRef(None)]);
    "TypedResumableCallHostTrap::resume" => Store Store,
        trapped_typed(s, own).resume(s, &[other.func.into()]);
    "TypedResumableCallOutOfFuel::resume" => Store Store, starved_typed(home, other).resume(s);

    "Global::new" => Given Engine, {
        let ty = GlobalType::new(other.reference.clone().into(), Mutability::Var);
        Global::new(s, ty, Val::FuncRef(None))
    };
    "Global::new" => Store Store, {
        let ty = GlobalType::new(ValType::FUNCREF, Mutability::Var);
        Global::new(s, ty, other.func.into())
    };
    "Global::ty" => Nothing Nothing, other.global.ty(s).content().is_ref();
    "Global::get" => Nothing Nothing, other.global.get(s).func_ref();
    "Global::set" => Store Store, other.global.set(s, Val::FuncRef(None));
    "Global::set" => Store Store, own.global.set(s, other.func.into());
    "Table::new" => Given Engine, {
        let ty = TableType::new(other.reference.clone(), 1, None);
        Table::new(s, ty, Ref::Func(None))
    };
    "Table::new" => Store Store, {
        let ty = TableType::new(RefType::FUNCREF, 1, None);
        Table::new(s, ty, other.func.into())
    };
    "Table::ty" => Nothing Nothing, other.table.ty(s).minimum() as usize;
    "Table::size" => Nothing Nothing, other.table.size(s) as usize;
    "Table::get" => Nothing Nothing, other.table.get(s, 0);
    "Table::set" => Store Store, other.table.set(s, 0, Ref::Func(None));
    "Table::set" => Store Store, own.table.set(s, 0, other.func.into());
    "Table::grow" => Store Store, other.table.grow(s, 1, Ref::Func(None));
    "Table::grow" => Store Store, own.table.grow(s, 1, other.func.into());
    "Table::fill" => Store Store, other.table.fill(s, 0, Ref::Func(None), 1);
    "Table::fill" => Store Store, own.table.fill(s, 0, other.func.into(), 1);
    "Table::copy" => Store Store, Table::copy(s, &other.table, 0, &own.table, 0, 1);
    "Table::copy" => Store Store, Table::copy(s, &own.table, 0, &other.table, 0, 1);
    "Tag::new" => Given Engine, Tag::new(s, other.ty.clone());
    "Tag::ty" => Nothing Nothing, other.tag.ty(s).params().len();

    "Memory::ty" => Nothing Nothing, other.memory.ty(s).minimum() as usize;
    "Memory::size" => Nothing Nothing, other.memory.size(s) as usize;
    "Memory::page_size" => Nothing Nothing, other.memory.page_size(s) != 1 << 16;
    "Memory::page_size_log2" => Nothing Nothing, other.memory.page_size_log2(s) != 16;
    "Memory::data_size" => Nothing Nothing, other.memory.data_size(s);
    "Memory::data" => Nothing Nothing, other.memory.data(&*s).len();
    "Memory::data_mut" => Nothing Nothing, other.memory.data_mut(s).len();
    "Memory::data_and_store_mut" => Nothing Nothing, other.memory.data_and_store_mut(s).0.len();
    "Memory::data_ptr" => Nothing Nothing, other.memory.data_ptr(s) as usize == other.address;
    "Memory::grow" => Store Store, other.memory.grow(s, 1);
    "Memory::read" => Nothing Nothing, other.memory.read(s, 0, &mut [0]);
    "Memory::write" => Nothing Nothing, other.memory.write(s, 0, &[0]);

    "Instance::new" => Given Engine, Instance::new(s, &other.bare, &[]);
    "Instance::new" => Store Store, Instance::new(s, &own.wanting, &[other.func.into()]);
    "Instance::new" => Store Engine, Instance::new(s, &other.wanting, &[other.func.into()]);
    "Instance::module" => Store Store, other.instance.module(&*s);
    "Instance::get_export" => Nothing Nothing, other.instance.get_export(s, "memory");
    "Instance::get_func" => Nothing Nothing, other.instance.get_func(s, "ask");
    "Instance::get_typed_func" => Nothing Nothing,
        other.instance.get_typed_func::<i32, i32>(s, "spin");
    "Instance::get_memory" => Nothing Nothing, other.instance.get_memory(s, "memory");
    "Instance::get_table" => Nothing Nothing, other.instance.get_table(s, "table");
    "Instance::get_global" => Nothing Nothing, other.instance.get_global(s, "global");
    "Instance::get_tag" => Nothing Nothing, other.instance.get_tag(s, "tag");
    "Instance::exports" => Nothing Nothing, other.instance.exports(&*s).len();
    "InstancePre::instantiate" => Given Engine, other.ready.instantiate(s);
    "InstancePre::instantiate" => Store Engine, other.bound_ready.instantiate(s);

    "Linker::define" => Given Engine, other.linker.clone().define(s, "a", "b", own.memory);
    "Linker::define" => Store Engine, other.linker.clone().define(s, "a", "b", other.memory);
    "Linker::define" => Store Store, own.linker.clone().define(s, "a", "b", other.memory);
    "Linker::func_new" => Given Engine,
        own.linker.clone().func_new("a", "b", other.ty.clone(), |_, _, _| Ok(()));
    "Linker::instance" => Given Engine, other.linker.clone().instance(s, "a", own.instance);
    "Linker::instance" => Store Engine, other.linker.clone().instance(s, "a", other.instance);
    "Linker::instance" => Store Store, own.linker.clone().instance(s, "a", other.instance);
    "Linker::module" => Given Engine, other.linker.clone().module(s, "a", &other.bare);
    "Linker::module" => Given Engine, other.linker.clone().module(s, "a", &own.bare);
    "Linker::module" => Given Engine, own.linker.clone().module(s, "a", &other.bare);
    "Linker::get" => Given Nothing, other.linker.get(s, "host", "ask");
    "Linker::get" => Nothing Nothing, other.bound.get(s, "own", "f");
    "Linker::get_by_import" => Given Nothing,
        other.linker.get_by_import(s, &own.program.imports().next().expect("one"));
    "Linker::get_by_import" => Nothing Nothing,
        other.bound.get_by_import(s, &own.wanting.imports().next().expect("one"));
    "Linker::get_default" => Given Engine, other.linker.get_default(s, "host");
    "Linker::get_default" => Store Engine, {
        let mut bound = other.bound.clone();
        bound.alias("own", "f", "own", "_start").expect("free");
        bound.get_default(s, "own")
    };
    "Linker::define_unknown_imports_as_traps" => Given Engine,
        own.linker.clone().define_unknown_imports_as_traps(&other.wanting);
    "Linker::define_unknown_imports_as_traps" => Given Engine,
        own.linker.clone().define_unknown_imports_as_traps(&other.bare);
    "Linker::instantiate" => Given Engine, other.linker.instantiate(s, &other.program);
    "Linker::instantiate" => Given Engine, other.linker.instantiate(s, &own.program);
    "Linker::instantiate" => Given Engine, own.linker.instantiate(s, &other.program);
    "Linker::instantiate" => Store Engine, other.bound.instantiate(s, &other.wanting);
    "Linker::instantiate_and_start" => Given Engine,
        own.linker.instantiate_and_start(s, &other.program);
    "Linker::instantiate_pre" => Given Engine, own.linker.instantiate_pre(&other.program);

    "Val::ty" => Store Store, Val::from(other.func).ty(s);
    "Val::ty" => Store Store, Val::from(other.value).ty(s);
    "Val::matches_ty" => Store Store, Val::from(other.func).matches_ty(s, &ValType::FUNCREF);
    "Val::matches_ty" => Given Engine,
        Val::from(own.func).matches_ty(s, &other.reference.clone().into());
    "FuncType::new" => Given Engine,
        FuncType::new([other.reference.clone().into()], []).register(s.engine());
    "FuncType::new" => Given Engine,
        FuncType::new([], [other.reference.clone().into()]).register(s.engine());
    "FuncType::register" => Given Engine, other.ty.register(s.engine());
}

#[test]
fn things_of_two_stores_and_of_two_engines() {
    for (name, answers, call) in ROWS {
        for (answer, is_abroad) in answers.iter().zip([false, true]) {
            let here = engine();
            let there = if is_abroad { engine() } else { here.clone() };
            let mut pair = Pair::new(&here, &there);
            let before = census(&mut pair.store);
            let given = call(&mut pair);
            let what = if is_abroad {
                "another engine"
            } else {
                "another store"
            };
            assert_eq!(given, *answer, "{name} with things of {what}");
            if given != Answer::Given {
                let after = census(&mut pair.store);
                let one_more: Vec<usize> = before.iter().map(|number| number + 1).collect();
                assert_eq!(after, one_more, "{name} left something behind");
            }
        }
    }
    println!("{} rows", ROWS.len());
}

#[test]
fn no_function_is_missing() {
    let tried: BTreeSet<String> = ROWS.iter().map(|(name, ..)| name.to_string()).collect();
    assert_eq!(search::functions(), tried);
    println!("{} functions take two things", tried.len());
}
