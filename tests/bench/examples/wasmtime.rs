//! A program for wasmtime, as one writes it after reading its documentation.
//!
//! Here it is built with wasmtime; the test `peers` builds the same file with Tabwasm.

use wasmtime::{
    AsContextMut, Caller, Config, Engine, Extern, Func, Global, GlobalType, Instance, Linker,
    Memory, MemoryType, Module, Mutability, Ref, RefType, Result, Store, StoreLimits,
    StoreLimitsBuilder, Table, TableType, Trap, TypedFunc, Val, ValType,
};

struct Host {
    limits: StoreLimits,
    lines: Vec<String>,
}

const PROGRAM: &str = r#"(module
    (import "host" "print" (func $print (param i32 i32)))
    (import "host" "missing" (func $missing))
    (import "host" "base" (global $base (mut i32)))
    (memory (export "memory") 1 4)
    (table (export "table") 2 funcref)
    (elem (i32.const 1) $add)
    (data (i32.const 8) "hello")
    (func $add (export "add") (param i32 i32) (result i32)
      (i32.add (global.get $base) (i32.add (local.get 0) (local.get 1))))
    (func (export "greet") (call $print (i32.const 8) (i32.const 5)))
    (func (export "grow") (result i32) (memory.grow (i32.const 3)))
    (func (export "fail") (call $missing))
    (func (export "forever") (loop (br 0)))
    (func (export "trap") unreachable))"#;

fn print(mut caller: Caller<'_, Host>, at: u32, length: u32) -> Result<()> {
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
        wasmtime::bail!("the guest has no memory");
    };
    let mut text = vec![0; length as usize];
    memory.read(&caller, at as usize, &mut text)?;
    caller.data_mut().lines.push(String::from_utf8(text)?);
    Ok(())
}

fn start() -> Result<(Store<Host>, Instance, Global)> {
    let mut config = Config::new();
    config.consume_fuel(true).epoch_interruption(true);
    let engine = Engine::new(&config)?;
    let module = Module::new(&engine, wat::parse_str(PROGRAM)?)?;
    let limits = StoreLimitsBuilder::new().memory_size(3 << 16).build();
    let lines = Vec::new();
    let mut store = Store::new(&engine, Host { limits, lines });
    store.limiter(|host| &mut host.limits);
    store.set_fuel(100_000)?;
    store.set_epoch_deadline(1);
    let ty = GlobalType::new(ValType::I32, Mutability::Var);
    let base = Global::new(&mut store, ty, Val::I32(0))?;
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "print", print)?;
    linker.define(&mut store, "host", "base", base)?;
    linker.define_unknown_imports_as_traps(&module)?;
    linker.func_wrap("program", "_start", |mut caller: Caller<'_, Host>| {
        caller.data_mut().lines.push("started".into());
    })?;
    let main = linker.get_default(&mut store, "program")?;
    main.typed::<(), ()>(&store)?.call(&mut store, ())?;
    let instance = linker.instantiate(&mut store, &module)?;
    Ok((store, instance, base))
}

fn length(mut store: impl AsContextMut, instance: &Instance) -> Option<usize> {
    let memory = instance.get_memory(&mut store, "memory")?;
    Some(memory.data(store.as_context()).len())
}

pub(crate) fn main() -> Result<()> {
    let (mut store, instance, base) = start()?;
    let add: TypedFunc<(i32, i32), i32> = instance.get_typed_func(&mut store, "add")?;
    assert_eq!(add.call(&mut store, (40, 2))?, 42);
    base.set(&mut store, Val::I32(100))?;
    let add = instance.get_func(&mut store, "add").expect("exported");
    let mut results = [Val::I32(0)];
    add.call(&mut store, &[Val::I32(1), Val::I32(2)], &mut results)?;
    assert_eq!(results[0].unwrap_i32(), 103);
    assert_eq!(base.get(&mut store).i32(), Some(100));

    let greet = instance.get_typed_func::<(), ()>(&mut store, "greet")?;
    greet.call(&mut store, ())?;
    assert_eq!(store.data().lines, ["started", "hello"]);

    let grow = instance.get_typed_func::<(), i32>(&mut store, "grow")?;
    assert_eq!(grow.call(&mut store, ())?, -1);
    let memory: Memory = instance.get_memory(&mut store, "memory").expect("exported");
    assert_eq!(memory.grow(&mut store, 1)?, 1);
    assert!(memory.grow(&mut store, 1 << 20).is_err());
    assert_eq!(length(&mut store, &instance), Some(2 << 16));
    memory.write(&mut store, 0, b"abc")?;
    assert_eq!(&memory.data(&store)[..3], b"abc");
    memory.data_mut(&mut store)[0] = b'A';
    assert_eq!(
        Memory::new(&mut store, MemoryType::new(1, None))?.size(&store),
        1
    );

    let table: Table = instance.get_table(&mut store, "table").expect("exported");
    let found = table.get(&mut store, 1).expect("an element");
    table.set(&mut store, 0, found)?;
    let ty = TableType::new(RefType::FUNCREF, 2, None);
    let other = Table::new(&mut store, ty, Ref::Func(None))?;
    Table::copy(&mut store, &other, 0, &table, 0, 2)?;
    let double = Func::wrap(&mut store, |x: i64| x * 2);
    other.set(&mut store, 1, Ref::Func(Some(double)))?;
    assert_eq!(double.typed::<i64, i64>(&store)?.call(&mut store, 21)?, 42);

    for (name, trap) in [
        ("trap", Some(Trap::UnreachableCodeReached)),
        ("fail", None),
        ("forever", Some(Trap::OutOfFuel)),
    ] {
        let func = instance.get_typed_func::<(), ()>(&mut store, name)?;
        let error = func.call(&mut store, ()).expect_err("it fails");
        assert_eq!(
            error.downcast_ref::<Trap>().copied(),
            trap,
            "{name}: {error:?}"
        );
    }
    store.set_fuel(100_000)?;
    store.engine().increment_epoch();
    let error = greet
        .call(&mut store, ())
        .expect_err("the deadline is over");
    assert_eq!(error.downcast_ref::<Trap>(), Some(&Trap::Interrupt));
    Ok(())
}
