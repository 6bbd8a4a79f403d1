//! Calls between host and guest: values of all types, references, recursion, panics, threads.
//!
//! What crosses the border must come out as it went in, whichever registers carry it, and a host
//! function that fails or panics must leave a store that can be used again.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tabwasm::{
    Caller, CompilationMode, Config, Engine, ExternRef, Func, Instance, Linker, Result, Store,
    Trap, Val,
};

use super::{configured, instance, module};

#[test]
fn sixteen_parameters_of_every_kind() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, 1i64);
    let mut linker = Linker::new(&engine);
    linker.func_wrap(
        "host",
        "sum",
        |caller: Caller<'_, i64>,
         a: i32,
         b: i64,
         c: f32,
         d: f64,
         e: u32,
         f: u64,
         g: i32,
         h: i32,
         i: i32,
         j: i32,
         k: i32,
         l: i32,
         m: i32,
         n: i32,
         o: i32,
         p: i64| {
            let floats = f64::from(c) + d;
            let small = i64::from(a) + i64::from(e) + i64::from(g + h + i + j + k + l + m + n + o);
            (caller.data() + small + b + f as i64 + p, floats)
        },
    )?;
    let types = "i32 i64 f32 f64 i32 i64 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64";
    let constants: Vec<_> = types
        .split(' ')
        .map(|ty| format!("({ty}.const 2)"))
        .collect();
    let text = format!(
        r#"(module (import "host" "sum" (func $sum (param {types}) (result i64 f64)))
           (func (export "run") (result i64 f64) (call $sum {})))"#,
        constants.join(" "),
    );
    let instance = linker.instantiate(&mut store, &module(&engine, &text))?;
    let run = instance.get_typed_func::<(), (i64, f64)>(&mut store, "run")?;
    assert_eq!(run.call(&mut store, ())?, (29, 4.0));
    Ok(())
}

#[test]
fn wrong_arguments_are_errors() -> Result<()> {
    let text = r#"(module (func (export "f") (param i32) (result i32) local.get 0))"#;
    let (mut store, instance) = instance(text);
    let f = instance.get_func(&mut store, "f").expect("exported");
    let mut one = [Val::I32(0)];
    assert!(f.call(&mut store, &[], &mut one).is_err());
    assert!(f.call(&mut store, &[Val::I64(1)], &mut one).is_err());
    assert!(f.call(&mut store, &[Val::I32(1)], &mut []).is_err());
    f.call(&mut store, &[Val::I32(1)], &mut one)?;
    assert_eq!(one[0].i32(), Some(1));
    assert!(f.typed::<i64, i32>(&store).is_err());
    assert!(f.typed::<i32, ()>(&store).is_err());
    assert!(
        instance
            .get_typed_func::<i32, i32>(&mut store, "g")
            .is_err()
    );
    Ok(())
}

#[test]
fn references_keep_their_identity() -> Result<()> {
    let text = r#"(module
        (func (export "extern") (param externref) (result externref) local.get 0)
        (func (export "func") (param funcref) (result funcref) local.get 0))"#;
    let (mut store, instance) = instance(text);
    let value = ExternRef::new(&mut store, "value")?;
    let id =
        instance.get_typed_func::<Option<ExternRef>, Option<ExternRef>>(&mut store, "extern")?;
    assert_eq!(id.call(&mut store, Some(value))?, Some(value));
    assert_eq!(id.call(&mut store, None)?, None);
    assert_eq!(value.data(&store)?.downcast_ref::<&str>(), Some(&"value"));
    let id = instance.get_typed_func::<Option<Func>, Option<Func>>(&mut store, "func")?;
    let func = *id.func();
    assert_eq!(id.call(&mut store, Some(func))?, Some(func));
    Ok(())
}

const CALLBACK: &str = r#"(module
    (import "host" "call" (func $call (param i32) (result i32)))
    (func (export "recurse") (param i32) (result i32)
      (i32.add (i32.const 1) (call $call (local.get 0)))))"#;

#[test]
fn host_and_guest_recurse_up_to_the_limit() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    linker.func_wrap(
        "host",
        "call",
        |mut caller: Caller<'_, ()>, n: i32| -> Result<i32> {
            if n == 0 {
                return Ok(0);
            }
            let back = caller
                .get_export("recurse")
                .and_then(|it| it.into_func())
                .expect("exported");
            back.typed::<i32, i32>(&caller)?.call(&mut caller, n - 1)
        },
    )?;
    let instance = linker.instantiate(&mut store, &module(&engine, CALLBACK))?;
    let recurse = instance.get_typed_func::<i32, i32>(&mut store, "recurse")?;
    assert_eq!(recurse.call(&mut store, 20)?, 21);
    let error = recurse.call(&mut store, 1_000_000).expect_err("too deep");
    assert_eq!(error.as_trap_code(), Some(Trap::StackOverflow));
    assert_eq!(recurse.call(&mut store, 20)?, 21);
    Ok(())
}

#[test]
fn a_panic_of_the_host_leaves_the_store_usable() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, 0u32);
    let mut linker = Linker::new(&engine);
    linker.func_wrap(
        "host",
        "call",
        |mut caller: Caller<'_, u32>, n: i32| -> i32 {
            *caller.data_mut() += 1;
            assert!(n != 13, "unlucky");
            n
        },
    )?;
    let instance = linker.instantiate(&mut store, &module(&engine, CALLBACK))?;
    let recurse = instance.get_typed_func::<i32, i32>(&mut store, "recurse")?;
    for _ in 0..1_000 {
        let call = || recurse.call(&mut store, 13);
        assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
    }
    assert_eq!(recurse.call(&mut store, 1)?, 2);
    assert_eq!(*store.data(), 1_001);
    Ok(())
}

#[test]
fn stores_of_borrowed_data() -> Result<()> {
    let engine = Engine::default();
    let text = String::from("borrowed");
    let mut store = Store::new(&engine, text.as_str());
    let length = Func::wrap(&mut store, |caller: Caller<'_, &str>| {
        caller.data().len() as u32
    });
    assert_eq!(length.typed::<(), u32>(&store)?.call(&mut store, ())?, 8);
    Ok(())
}

#[test]
fn one_module_in_many_threads() -> Result<()> {
    let engine = Engine::new(&Config::new())?;
    let text = r#"(module (func $f (export "f") (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0)) (else
          (i32.add (local.get 0) (call $f (i32.sub (local.get 0) (i32.const 1))))))))"#;
    let module = module(&engine, text);
    let run = || -> Result<i32> {
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[])?;
        instance
            .get_typed_func::<i32, i32>(&mut store, "f")?
            .call(&mut store, 100)
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(run)).collect();
        for thread in threads {
            assert_eq!(thread.join().expect("no panic").ok(), Some(5050));
        }
    });
    Ok(())
}

#[test]
fn translated_before_the_first_call() -> Result<()> {
    let eager = |config: &mut Config| _ = config.compilation_mode(CompilationMode::Eager);
    let text = r#"(module (func $g (result i32) (i32.const 7))
        (func (export "f") (result i32) (call $g)))"#;
    let (mut store, instance) = configured(eager, text);
    assert_eq!(
        instance
            .get_typed_func::<(), i32>(&mut store, "f")?
            .call(&mut store, ())?,
        7
    );
    Ok(())
}
