//! The eight operations that a guest or a module drives. None may abort, whichever allocation
//! fails; each makes everything anew, so that all of it can be counted back.
//!
//! After an attempt that failed, the same store is asked again, with memory enough.

use std::fs;

use tabwasm::{
    Caller, CompilationMode, Config, Engine, Error, Extern, ExternRef, Func, FuncType, Global,
    GlobalType, Instance, Linker, Memory, MemoryType, Module, Mutability, OutOfMemory, Ref,
    RefType, Result, ResumableCall, Store, Table, TableType, Trap, TypedResumableCall, Val,
    ValType,
};
use tabwasm_tests::workspace;

use crate::sweep::Attempt;

/// Some of each thing that a module can consist of.
const PROGRAM: &str = r#"(module $program
    (type $binary (func (param i32 i32) (result i32)))
    (import "host" "ask" (func $ask (param i32) (result i32)))
    (import "host" "keep" (func $keep (param externref) (result externref)))
    (import "host" "many" (func $many (param i32 i64 f32 f64 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
      (result i32 i64 f64)))
    (import "host" "memory" (memory $shared 1))
    (import "host" "table" (table $given 2 funcref))
    (import "host" "global" (global $start i32))
    (memory $own (export "memory") 1 9)
    (table $functions (export "table") 4 20 funcref)
    (table $filled 3 (ref null func) (ref.func $add))
    (table $values (export "values") 1 externref)
    (global $count (export "count") (mut i32) (i32.add (global.get $start) (i32.const 1)))
    (global (export "pi") f64 (f64.const 3.125))
    (elem (table $functions) (i32.const 1) func $add $sub)
    (elem $passive func $add $sub)
    (elem declare func $add)
    (elem (table $functions) (i32.const 3) (ref null func) (item (ref.func $sub)))
    (data (memory $own) (i32.const 8) "some bytes")
    (data $later "other bytes")
    (start $begin)
    (func $begin (global.set $count (i32.add (global.get $count) (i32.const 1))))
    (func $add (type $binary) (i32.add (local.get 0) (local.get 1)))
    (func $sub (type $binary) (i32.sub (local.get 0) (local.get 1)))
    (func $fib (export "fib") (param i32) (result i32)
      (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
        (then (local.get 0))
        (else (i32.add
          (call $fib (i32.sub (local.get 0) (i32.const 1)))
          (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    (func (export "choose") (param i32 i32) (result i32) (local f64 f64 i64 i32 i32)
      (block $a (block $b (block $c (block $d
        (br_table $a $b $c $d (local.get 0)))
        (return (i32.const 40)))
        (return (i32.const 30)))
        (local.set 2 (f64.add (local.get 2) (f64.const 1)))
        (return (i32.add (local.get 1) (i32.trunc_f64_s (local.get 2)))))
      (call_indirect $functions (type $binary) (local.get 1) (i32.const 2) (i32.const 1)))
    (func (export "trap") (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (unreachable)))
      (i32.div_u (i32.const 1) (i32.const 0)))
    (func $deep (export "deep") (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.load (i32.const -1)))))
      (i32.add (call $deep (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
    (func $endless (export "endless") (call $endless) (call $endless))
    (func (export "bulk") (memory.init $own $later (i32.const 64) (i32.const 0) (i32.const 5))
      (memory.copy $own $own (i32.const 80) (i32.const 64) (i32.const 5))
      (table.init $functions $passive (i32.const 0) (i32.const 0) (i32.const 2))
      (table.copy $functions $functions (i32.const 2) (i32.const 0) (i32.const 2))
      (elem.drop $passive) (data.drop $later))
    (func (export "grow") (param i32) (result i32) (memory.grow $own (local.get 0)))
    (func (export "grow_table") (param i32) (result i32)
      (table.grow $functions (ref.func $add) (local.get 0)))
    (func (export "ask") (param i32) (result i32)
      (i32.add (call $ask (local.get 0)) (call $ask (i32.const 10))))
    (func (export "keep") (param externref) (result externref)
      (table.set $values (i32.const 0) (call $keep (local.get 0)))
      (table.get $values (i32.const 0)))
    (func (export "many") (result i32 i64 f64)
      (call $many (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4)
        (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9) (i32.const 10)
        (i32.const 11) (i32.const 12) (i32.const 13) (i32.const 14) (i32.const 15)
        (i32.const 16) (i32.const 17) (i32.const 18)))
    (func (export "sum") (param i32) (result i64) (local $at i32) (local $sum i64)
      (loop $next
        (i32.store $own (local.get $at) (i32.mul (local.get $at) (i32.const 3)))
        (local.set $sum (i64.add (local.get $sum) (i64.load32_u $own (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $next (i32.lt_u (local.get $at) (local.get 0))))
      (local.get $sum)))"#;

/// Exports and no imports, for a linker.
const NEIGHBOUR: &str = r#"(module
    (memory (export "memory") 1) (table (export "table") 2 funcref)
    (global (export "global") i32 (i32.const 41)))"#;

/// What the store keeps for the host.
#[derive(Default)]
struct Data {
    kept: Option<ExternRef>,
}

/// The bytes of [`PROGRAM`].
fn program() -> Vec<u8> {
    wat::parse_str(PROGRAM).expect("text")
}

fn engine(configure: impl FnOnce(&mut Config)) -> Engine {
    let mut config = Config::new();
    configure(&mut config);
    Engine::new(&config).expect("a configuration")
}

/// What `PROGRAM` imports.
fn linker(store: &mut Store<Data>) -> Linker<Data> {
    let mut linker = Linker::new(store.engine());
    let neighbour = Module::new(store.engine(), wat::parse_str(NEIGHBOUR).expect("text"));
    let define = |linker: &mut Linker<Data>| -> Result<()> {
        linker.module(&mut *store, "host", &neighbour?)?;
        linker.func_wrap("host", "ask", ask)?;
        linker.func_wrap("host", "keep", keep)?;
        let int = [const { ValType::I32 }; 14];
        let params = [ValType::I32, ValType::I64, ValType::F32, ValType::F64];
        let results = [ValType::I32, ValType::I64, ValType::F64];
        let ty = FuncType::new(params.into_iter().chain(int), results);
        linker.func_new("host", "many", ty, many)?;
        Ok(())
    };
    define(&mut linker).expect("definitions");
    linker
}

fn ask(mut caller: Caller<'_, Data>, question: i32) -> Result<i32> {
    let fib = caller.get_export("fib").and_then(Extern::into_func);
    let fib = fib.ok_or_else(|| Error::msg("no fib"))?;
    // A call of the guest within a call of the guest.
    fib.typed::<i32, i32>(&caller)?
        .call(&mut caller, question % 8)
}

fn keep(mut caller: Caller<'_, Data>, value: Option<ExternRef>) -> Result<Option<ExternRef>> {
    caller.data_mut().kept = value;
    ExternRef::new(&mut caller, [7_u64; 3]).map(Some)
}

fn many(_: Caller<'_, Data>, params: &[Val], results: &mut [Val]) -> Result<()> {
    results[0] = params[0];
    results[1] = params[1];
    results[2] = params[3];
    Ok(())
}

/// An instance of [`PROGRAM`].
fn instance(engine: &Engine) -> (Store<Data>, Instance) {
    let mut store = Store::new(engine, Data::default());
    let linker = linker(&mut store);
    let module = Module::new(engine, program()).expect("a module");
    store
        .set_fuel(1 << 30)
        .or_else(|_| Ok::<_, Error>(()))
        .expect("fuel");
    let instance = linker
        .instantiate(&mut store, &module)
        .expect("an instance");
    (store, instance)
}

pub(crate) fn load(attempt: &mut Attempt) {
    let engine = engine(|_| {});
    let bytes = program();
    let module = attempt.short(|| Module::new(&engine, &bytes));
    let module = module.unwrap_or_else(|| Module::new(&engine, &bytes).expect("a module"));
    assert_eq!(module.exports().len(), 17);
    assert!(module.get_export("fib").is_some() && module.get_export("none").is_none());
}

pub(crate) fn load_program(attempt: &mut Attempt) {
    let engine = engine(|_| {});
    let bytes = fs::read(workspace().join("tests/programs/sudoku.wasm")).expect("a file");
    let module = attempt.short(|| Module::new(&engine, &bytes));
    let module = module.unwrap_or_else(|| Module::new(&engine, &bytes).expect("a module"));
    assert!(module.get_export("_start").is_some());
}

pub(crate) fn instantiate(attempt: &mut Attempt) {
    let engine = engine(|_| {});
    let mut store = Store::new(&engine, Data::default());
    let linker = linker(&mut store);
    let module = Module::new(&engine, program()).expect("a module");
    let made = attempt.short(|| linker.instantiate(&mut store, &module));
    let instance = made.unwrap_or_else(|| linker.instantiate(&mut store, &module).expect("again"));
    let fib = instance
        .get_typed_func::<i32, i32>(&mut store, "fib")
        .expect("exported");
    assert_eq!(fib.call(&mut store, 10).expect("a result"), 55);
}

pub(crate) fn translate(attempt: &mut Attempt) {
    let engine = engine(|config| {
        config.compilation_mode(CompilationMode::Eager);
        config.consume_fuel(true);
        config.epoch_interruption(true);
    });
    let bytes = program();
    let module = attempt.short(|| Module::new(&engine, &bytes));
    let _module = module.unwrap_or_else(|| Module::new(&engine, &bytes).expect("a module"));
}

pub(crate) fn translate_at_first_call(attempt: &mut Attempt) {
    first_call_in(attempt, &engine(|_| {}));
}

pub(crate) fn validate_at_first_call(attempt: &mut Attempt) {
    first_call_in(
        attempt,
        &engine(|config| _ = config.compilation_mode(CompilationMode::Lazy)),
    );
}

fn first_call_in(attempt: &mut Attempt, engine: &Engine) {
    let (mut store, instance) = instance(engine);
    let choose = instance
        .get_typed_func::<(i32, i32), i32>(&mut store, "choose")
        .expect("exported");
    let results = [0, 1, 2, 3]
        .into_iter()
        .map(|case| choose.call(&mut store, (case, 9)));
    let first = attempt.short(|| {
        let mut sum = 0;
        for result in results {
            sum += result?;
        }
        Ok(sum)
    });
    let again = [0, 1, 2, 3]
        .into_iter()
        .map(|case| choose.call(&mut store, (case, 9)).expect("a result"));
    let again: i32 = again.sum();
    assert!(
        again == 11 + 10 + 30 + 40 && first.is_none_or(|first| first == again),
        "{again}"
    );
}

pub(crate) fn run(attempt: &mut Attempt) {
    let engine = engine(|config| {
        config.consume_fuel(true);
    });
    let (mut store, instance) = instance(&engine);
    let run = |store: &mut Store<Data>| -> Result<()> {
        let fib = instance.get_typed_func::<i32, i32>(&mut *store, "fib")?;
        assert_eq!(fib.call(&mut *store, 10)?, 55);
        let sum = instance.get_func(&mut *store, "sum").expect("exported");
        let mut results = [Val::I64(0)];
        sum.call(&mut *store, &[Val::I32(16)], &mut results)?;
        assert!(matches!(results, [Val::I64(72)]), "{results:?}");
        instance
            .get_typed_func::<(), ()>(&mut *store, "bulk")?
            .call(&mut *store, ())?;
        for (name, argument, trap) in [
            ("trap", 0, Trap::UnreachableCodeReached),
            ("trap", 1, Trap::IntegerDivisionByZero),
            ("deep", 20, Trap::MemoryOutOfBounds),
        ] {
            let func = instance.get_typed_func::<i32, i32>(&mut *store, name)?;
            ends(func.call(&mut *store, argument), trap)?;
        }
        let endless = instance.get_typed_func::<(), ()>(&mut *store, "endless")?;
        ends(endless.call(&mut *store, ()), Trap::StackOverflow)?;
        store.set_fuel(10)?;
        ends(fib.call(&mut *store, 10), Trap::OutOfFuel)?;
        store.set_fuel(1 << 30)
    };
    attempt.short(|| run(&mut store));
    store.set_fuel(1 << 30).expect("fuel");
    // What was dropped stays dropped.
    let fib = instance
        .get_typed_func::<i32, i32>(&mut store, "fib")
        .expect("exported");
    assert_eq!(fib.call(&mut store, 10).expect("a result"), 55);
}

/// Whether a call ended in this trap; other errors go on.
fn ends<T: std::fmt::Debug>(result: Result<T>, trap: Trap) -> Result<()> {
    match result {
        Err(error) if error.as_trap_code() == Some(trap) => Ok(()),
        Err(error) => Err(error),
        Ok(value) => panic!("{value:?} instead of {trap}"),
    }
}

/// Of memories in address space that was reserved, and of tables.
pub(crate) fn grow(attempt: &mut Attempt) {
    grow_in(attempt, &engine(|_| {}));
}

/// The same where memories are allocated.
pub(crate) fn grow_allocated(attempt: &mut Attempt) {
    grow_in(attempt, &allocating());
}

/// An engine whose memories are allocated, even where there is address space to reserve.
fn allocating() -> Engine {
    engine(|config| _ = config.memory_reservation(0))
}

fn grow_in(attempt: &mut Attempt, engine: &Engine) {
    let (mut store, instance) = instance(engine);
    let memory = instance.get_memory(&mut store, "memory").expect("exported");
    let table = instance.get_table(&mut store, "table").expect("exported");
    let by_guest = |store: &mut Store<Data>, name, by| {
        instance
            .get_typed_func::<i32, i32>(&mut *store, name)?
            .call(&mut *store, by)
    };
    let grown = attempt.short(|| {
        // Without memory a guest is told -1.
        let grown = [
            ("grow", 1),
            ("grow", 3),
            ("grow_table", 1),
            ("grow_table", 7),
        ]
        .map(|(name, by)| by_guest(&mut store, name, by));
        let mut before = Vec::new();
        before
            .try_reserve_exact(grown.len())
            .map_err(|_| OutOfMemory)?;
        for grown in grown {
            before.push(grown?);
        }
        memory.grow(&mut store, 1)?;
        table.grow(&mut store, 1, Ref::Func(None))?;
        Ok(before)
    });
    if let Some(before) = grown {
        let all = [1, 2, 4, 5];
        assert!(
            before
                .iter()
                .zip(all)
                .all(|(is, all)| *is == -1 || *is <= all),
            "{before:?}"
        );
    }
    // There is memory again; whatever succeeded counts.
    let pages = memory.size(&store);
    assert_eq!(
        by_guest(&mut store, "grow", 2).expect("a result"),
        pages as i32
    );
    assert_eq!(memory.grow(&mut store, 1).expect("grown"), pages + 2);
    let elements = table.size(&store);
    assert_eq!(
        by_guest(&mut store, "grow_table", 2).expect("a result"),
        elements as i32
    );
    assert_eq!(
        table.grow(&mut store, 1, Ref::Func(None)).expect("grown"),
        elements + 2
    );
    assert!(
        memory
            .data(&store)
            .iter()
            .skip(1 << 16)
            .all(|byte| *byte == 0)
    );
}

pub(crate) fn call_host(attempt: &mut Attempt) {
    let engine = engine(|_| {});
    let (mut store, instance) = instance(&engine);
    let run = |store: &mut Store<Data>| -> Result<()> {
        let ask = instance.get_typed_func::<i32, i32>(&mut *store, "ask")?;
        assert_eq!(ask.call(&mut *store, 5)?, 5 + 1);
        let keep =
            instance.get_typed_func::<Option<ExternRef>, Option<ExternRef>>(&mut *store, "keep")?;
        let value = ExternRef::new(&mut *store, "a value")?;
        let made = keep
            .call(&mut *store, Some(value))?
            .expect("the host made one");
        assert_eq!(made.data(&*store)?.downcast_ref(), Some(&[7_u64; 3]));
        let many = instance.get_typed_func::<(), (i32, i64, f64)>(&mut *store, "many")?;
        assert_eq!(many.call(&mut *store, ())?, (1, 2, 4.0));
        let many = instance.get_func(&mut *store, "many").expect("exported");
        let mut results = [Val::I32(0); 3];
        many.call(&mut *store, &[], &mut results)
    };
    attempt.short(|| run(&mut store));
    run(&mut store).expect("the store is usable");
}

pub(crate) fn make_objects(attempt: &mut Attempt) {
    make_in(attempt, &engine(|_| {}));
}

pub(crate) fn make_objects_allocated(attempt: &mut Attempt) {
    make_in(attempt, &allocating());
}

fn make_in(attempt: &mut Attempt, engine: &Engine) {
    let mut store = Store::new(engine, Data::default());
    let make = |store: &mut Store<Data>| -> Result<()> {
        let memory = Memory::new(&mut *store, MemoryType::new(1, Some(2)))?;
        memory.write(&mut *store, 0, b"bytes")?;
        let table = Table::new(
            &mut *store,
            TableType::new(RefType::FUNCREF, 3, Some(9)),
            Ref::Func(None),
        )?;
        table.fill(&mut *store, 0, Ref::Func(None), 3)?;
        Global::new(
            &mut *store,
            GlobalType::new(ValType::I64, Mutability::Var),
            Val::I64(1),
        )?;
        let value = ExternRef::new(&mut *store, 5_u64)?;
        value.take(&mut *store)?;
        Ok(())
    };
    attempt.short(|| make(&mut store));
    make(&mut store).expect("the store is usable");
}

pub(crate) fn resume(attempt: &mut Attempt) {
    let engine = engine(|config| {
        config.consume_fuel(true);
    });
    let (mut store, instance) = instance(&engine);
    let failing = Func::wrap(&mut store, |_: i32| -> Result<i32> { Err(Stop.into()) });
    let text = r#"(module (import "host" "ask" (func $ask (param i32) (result i32)))
        (func (export "ask") (param i32) (result i32)
          (i32.add (call $ask (local.get 0)) (call $ask (i32.const 10)))))"#;
    let module = Module::new(&engine, wat::parse_str(text).expect("text")).expect("a module");
    let stopping = Instance::new(&mut store, &module, &[failing.into()]).expect("an instance");
    let run = |store: &mut Store<Data>| -> Result<()> {
        let ask = stopping.get_func(&mut *store, "ask").expect("exported");
        let mut results = [Val::I32(0)];
        let call = ask.call_resumable(&mut *store, &[Val::I32(5)], &mut results);
        let mut call = call.map_err(given_up)?;
        for answer in [1, 2] {
            call = match call {
                ResumableCall::HostTrap(call) if call.host_error().is::<Stop>() => call
                    .resume(&mut *store, &[Val::I32(answer)], &mut results)
                    .map_err(given_up)?,
                ResumableCall::HostTrap(call) => return Err(call.into_host_error()),
                call => panic!("{call:?}"),
            };
        }
        assert!(matches!(
            (call, results),
            (ResumableCall::Finished, [Val::I32(3)])
        ));
        let fib = instance.get_typed_func::<i32, i32>(&mut *store, "fib")?;
        store.set_fuel(50)?;
        let TypedResumableCall::OutOfFuel(suspended) = fib.call_resumable(&mut *store, 10)? else {
            panic!("that is too little");
        };
        store.set_fuel(1 << 30)?;
        match suspended.resume(&mut *store)? {
            TypedResumableCall::Finished(55) => Ok(()),
            call => panic!("{call:?}"),
        }
    };
    attempt.short(|| run(&mut store));
    store.set_fuel(1 << 30).expect("fuel");
    run(&mut store).expect("the store is usable");
}

/// A call that there is no memory to keep is over, with the error of the host.
fn given_up(error: Error) -> Error {
    if error.is::<Stop>() {
        return OutOfMemory.into();
    }
    error
}

/// Why the host function of [`resume`] stops.
#[derive(Debug)]
struct Stop;

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("stopped")
    }
}

impl std::error::Error for Stop {}

/// Allocates nothing: there is no attempt that fails.
pub(crate) fn drop_all(attempt: &mut Attempt) {
    let engine = engine(|config| {
        config.consume_fuel(true);
    });
    let (mut store, instance) = instance(&engine);
    let fib = instance
        .get_typed_func::<i32, i32>(&mut store, "fib")
        .expect("exported");
    let trap = instance
        .get_typed_func::<i32, i32>(&mut store, "trap")
        .expect("exported");
    let error = trap.call(&mut store, 0).expect_err("a trap");
    store.set_fuel(50).expect("fuel");
    let suspended = fib.call_resumable(&mut store, 10).expect("suspended");
    ExternRef::new(&mut store, vec![1, 2, 3]).expect("a value");
    let module = instance.module(&store).expect("a module").clone();
    attempt.short(|| {
        drop((suspended, error, store, module, engine));
        Ok(())
    });
}
