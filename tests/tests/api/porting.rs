//! Code for wasmtime, with one line changed.
//!
//! The names and signatures of the library are wasmtime's, so that programs can be moved. This is
//! such a program, which need not do much but compile and run.

use tabwasm as wasmtime;

use wasmtime::{
    AsContextMut, Caller, Config, Engine, Extern, ExternType, Func, FuncType, Global, GlobalType,
    Instance, Linker, Memory, MemoryType, Module, Mutability, Ref, RefType, Result, Store,
    StoreLimits, StoreLimitsBuilder, Table, TableType, Trap, TypedFunc, Val, ValType,
};

struct Host {
    limits: StoreLimits,
    log: Vec<String>,
}

const PROGRAM: &str = r#"
    (module $program
      (import "host" "log" (func $log (param i32 i32)))
      (import "host" "limit" (global $limit i32))
      (memory (export "memory") 1 4)
      (table (export "table") 4 funcref)
      (global (export "counter") (mut i64) (i64.const 0))
      (elem (i32.const 1) $add)
      (data (i32.const 16) "hello")
      (func $add (export "add") (param i32 i32) (result i32)
        local.get 0
        local.get 1
        i32.add)
      (func (export "greet")
        i32.const 16
        i32.const 5
        call $log)
      (func (export "swap") (param i32 f64) (result f64 i32)
        local.get 1
        local.get 0)
      (func (export "limit") (result i32) global.get $limit)
      (func (export "trap") unreachable))
"#;

fn log(mut caller: Caller<'_, Host>, at: i32, length: i32) -> Result<()> {
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
        wasmtime::bail!("no memory");
    };
    let (bytes, host) = memory.data_and_store_mut(&mut caller);
    let text = bytes
        .get(at as usize..)
        .and_then(|bytes| bytes.get(..length as usize))
        .ok_or(Trap::MemoryOutOfBounds)?;
    host.log.push(String::from_utf8(text.to_vec())?);
    Ok(())
}

fn start() -> Result<(Store<Host>, Instance)> {
    let mut config = Config::new();
    config.consume_fuel(true);
    let engine = Engine::new(&config)?;
    let module = Module::new(&engine, wat::parse_str(PROGRAM)?)?;
    let limits = StoreLimitsBuilder::new()
        .memory_size(1 << 20)
        .instances(2)
        .build();
    let mut store = Store::new(
        &engine,
        Host {
            limits,
            log: Vec::new(),
        },
    );
    store.limiter(|host| &mut host.limits);
    store.set_fuel(10_000)?;
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "log", log)?;
    let ty = GlobalType::new(ValType::I32, Mutability::Const);
    let limit = Global::new(&mut store, ty, Val::I32(7))?;
    linker.define(&store, "host", "limit", limit)?;
    let instance = linker.instantiate(&mut store, &module)?;
    Ok((store, instance))
}

#[test]
fn functions() -> Result<()> {
    let (mut store, instance) = start()?;
    let add: TypedFunc<(i32, i32), i32> = instance.get_typed_func(&mut store, "add")?;
    assert_eq!(add.call(&mut store, (40, 2))?, 42);
    let swap = instance.get_typed_func::<(i32, f64), (f64, i32)>(&mut store, "swap")?;
    assert_eq!(swap.call(&mut store, (1, 2.5))?, (2.5, 1));
    let limit = instance.get_func(&mut store, "limit").expect("exported");
    let mut results = [Val::I32(0)];
    limit.call(&mut store, &[], &mut results)?;
    assert_eq!(results[0].unwrap_i32(), 7);
    assert!(store.get_fuel()? < 10_000);
    Ok(())
}

#[test]
fn host_functions() -> Result<()> {
    let (mut store, instance) = start()?;
    instance
        .get_typed_func::<(), ()>(&mut store, "greet")?
        .call(&mut store, ())?;
    assert_eq!(store.data().log, ["hello"]);
    let double = Func::wrap(&mut store, |x: i32| x * 2);
    assert_eq!(double.typed::<i32, i32>(&store)?.call(&mut store, 21)?, 42);
    let ty = FuncType::new([ValType::I32], [ValType::I64]);
    let widen = Func::new(&mut store, ty, |_, params, results| {
        results[0] = Val::I64(params[0].unwrap_i32().into());
        Ok(())
    });
    assert_eq!(widen.typed::<i32, i64>(&store)?.call(&mut store, -1)?, -1);
    Ok(())
}

#[test]
fn objects() -> Result<()> {
    let (mut store, instance) = start()?;
    let memory: Memory = instance.get_memory(&mut store, "memory").expect("exported");
    assert_eq!(memory.grow(&mut store, 1)?, 1);
    assert_eq!(memory.size(&store), 2);
    memory.write(&mut store, 0, b"abc")?;
    assert_eq!(&memory.data(&store)[..3], b"abc");
    let table: Table = instance.get_table(&mut store, "table").expect("exported");
    let add = table
        .get(&mut store, 1)
        .and_then(|it| it.as_func().flatten());
    assert!(add.is_some());
    table.set(&mut store, 0, Ref::Func(add))?;
    let counter = instance
        .get_global(&mut store, "counter")
        .expect("exported");
    counter.set(&mut store, Val::I64(5))?;
    assert_eq!(counter.get(&mut store).i64(), Some(5));
    let other = Table::new(
        &mut store,
        TableType::new(RefType::FUNCREF, 2, None),
        Ref::Func(None),
    )?;
    Table::copy(&mut store, &other, 0, &table, 0, 2)?;
    assert!(other.get(&mut store, 0).is_some_and(|it| !it.is_null()));
    Memory::new(&mut store, MemoryType::new(1, None))?;
    Ok(())
}

#[test]
fn traps_and_types() -> Result<()> {
    let (mut store, instance) = start()?;
    let trap = instance.get_typed_func::<(), ()>(&mut store, "trap")?;
    let error = trap.call(&mut store, ()).expect_err("it traps");
    assert_eq!(
        error.downcast_ref::<Trap>(),
        Some(&Trap::UnreachableCodeReached)
    );
    let module = instance.module(&store)?.clone();
    assert_eq!(module.name(), Some("program"));
    let import = module.imports().next().expect("it has imports");
    assert_eq!((import.module(), import.name()), ("host", "log"));
    assert!(matches!(import.ty(), ExternType::Func(_)));
    assert_eq!(module.exports().len(), instance.exports(&mut store).len());
    Ok(())
}

/// As libraries over any store are written.
fn generic<T>(mut store: impl AsContextMut<Data = T>, instance: &Instance) -> Option<usize> {
    let memory = instance.get_memory(&mut store, "memory")?;
    Some(memory.data(store.as_context()).len())
}

#[test]
fn generic_over_stores() -> Result<()> {
    let (mut store, instance) = start()?;
    assert_eq!(generic(&mut store, &instance), Some(1 << 16));
    Ok(())
}
