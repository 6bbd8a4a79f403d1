//! What became of a program for wasmi, `tests/bench/examples/wasmi.rs`.
//!
//! Here it is built with Tabwasm by the name of wasmi. The lines that are not the same are counted.

use wasmi::errors::ErrorKind;
use wasmi::{
    Caller, Config, Engine, Error, Extern, Func, Global, Instance, Linker, Memory, MemoryType,
    Module, Mutability, Ref, Store, StoreLimits, StoreLimitsBuilder, TrapCode, TypedResumableCall,
    Val,
};

struct Host {
    limits: StoreLimits,
    seen: Vec<i32>,
}

const PROGRAM: &str = r#"(module
    (import "host" "show" (func $show (param i32)))
    (import "host" "ask" (func $ask (param i32) (result i32)))
    (import "host" "base" (global $base (mut i32)))
    (memory (export "memory") 1)
    (table (export "table") 2 funcref)
    (elem (i32.const 1) $add)
    (data (i32.const 4) "\2a")
    (func $add (export "add") (param i32 i32) (result i32)
      (i32.add (global.get $base) (i32.add (local.get 0) (local.get 1))))
    (func (export "show") (call $show (i32.load (i32.const 4))))
    (func (export "ask") (param i32) (result i32)
      (i32.add (call $ask (local.get 0)) (i32.const 1)))
    (func (export "grow") (result i32) (memory.grow (i32.const 3)))
    (func (export "forever") (loop (br 0)))
    (func (export "trap") unreachable))"#;

fn start() -> Result<(Store<Host>, Instance, Global), Error> {
    let mut config = Config::default();
    config.consume_fuel(true);
    let engine = Engine::new(&config)?;
    let module = Module::new(&engine, wat::parse_str(PROGRAM).expect("text"))?;
    let limits = StoreLimitsBuilder::new().memory_size(3 << 16).build();
    let seen = Vec::new();
    let mut store = Store::new(&engine, Host { limits, seen });
    store.limiter(|host| &mut host.limits);
    store.set_fuel(100_000)?;
    let ty = wasmi::GlobalType::new(wasmi::ValType::I32, Mutability::Var);
    let base = Global::new(&mut store, ty, Val::I32(0))?;
    let mut linker = <Linker<Host>>::new(&engine);
    linker.func_wrap(
        "host",
        "show",
        |mut caller: Caller<'_, Host>, value: i32| {
            let memory = caller.get_export("memory").and_then(Extern::into_memory);
            assert!(memory.is_some_and(|memory| memory.data(&caller)[4] == 42));
            caller.data_mut().seen.push(value);
        },
    )?;
    linker.func_wrap("host", "ask", |value: i32| -> Result<i32, Error> {
        if value < 0 {
            Err(Error::i32_exit(value))
        } else {
            Ok(value)
        }
    })?;
    linker.define(&store, "host", "base", base)?;
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    Ok((store, instance, base))
}

pub(crate) fn main() -> Result<(), Error> {
    let (mut store, instance, base) = start()?;
    let add = instance.get_typed_func::<(i32, i32), i32>(&store, "add")?;
    assert_eq!(add.call(&mut store, (40, 2))?, 42);
    base.set(&mut store, Val::I32(100))?;
    assert!(matches!(base.get(&store), Val::I32(100)));
    let add = instance.get_func(&store, "add").expect("exported");
    let mut results = [Val::I32(0)];
    add.call(&mut store, &[Val::I32(1), Val::I32(2)], &mut results)?;
    assert_eq!(results[0].i32(), Some(103));

    instance
        .get_typed_func::<(), ()>(&store, "show")?
        .call(&mut store, ())?;
    assert_eq!(store.data().seen, [42]);

    let grow = instance.get_typed_func::<(), i32>(&store, "grow")?;
    assert_eq!(grow.call(&mut store, ())?, -1);
    let memory = instance.get_memory(&store, "memory").expect("exported");
    assert_eq!(memory.grow(&mut store, 1)?, 1);
    assert!(memory.grow(&mut store, 1 << 20).is_err());
    assert_eq!(memory.size(&store), 2);
    memory.write(&mut store, 0, b"abc").expect("in bounds");
    let mut bytes = [0; 3];
    memory.read(&store, 0, &mut bytes).expect("in bounds");
    assert_eq!((&bytes, &memory.data(&store)[..3]), (b"abc", &b"abc"[..]));
    assert_eq!(
        Memory::new(&mut store, MemoryType::new(1, None))?.size(&store),
        1
    );

    let table = instance.get_table(&store, "table").expect("exported");
    assert!(table.get(&store, 0).is_some_and(|found| found.is_null()));
    let double = Func::wrap(&mut store, |x: i64| x * 2);
    table.set(&mut store, 0, Ref::Func(Some(double)))?;
    assert!(table.get(&store, 0).is_some_and(|found| !found.is_null()));
    assert_eq!(double.typed::<i64, i64>(&store)?.call(&mut store, 21)?, 42);

    let ask = instance.get_typed_func::<i32, i32>(&store, "ask")?;
    let TypedResumableCall::HostTrap(call) = ask.call_resumable(&mut store, -7)? else {
        panic!("the host function fails");
    };
    assert_eq!(call.host_error().i32_exit_status(), Some(-7));
    let TypedResumableCall::Finished(answer) = call.resume(&mut store, &[Val::I32(5)])? else {
        panic!("nothing else fails");
    };
    assert_eq!(answer, 6);
    let error = ask
        .call(&mut store, -7)
        .expect_err("the host function fails");
    assert!(matches!(error.kind(), ErrorKind::I32ExitStatus(-7)));

    for (name, trap) in [
        ("trap", TrapCode::UnreachableCodeReached),
        ("forever", TrapCode::OutOfFuel),
    ] {
        let func = instance.get_typed_func::<(), ()>(&store, name)?;
        let error = func.call(&mut store, ()).expect_err("it traps");
        assert_eq!(error.as_trap_code(), Some(trap));
        assert!(matches!(error.kind(), ErrorKind::TrapCode(code) if *code == trap));
    }
    Ok(())
}
