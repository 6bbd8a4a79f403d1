//! Every prefix and every change of one byte of small modules.
//!
//! What is valid is instantiated and all its functions are called, with little fuel and memory:
//! whatever happens, it is a result, an error or a trap.

use tabwasm::{
    Config, Engine, Extern, Linker, Module, Store, StoreLimits, StoreLimitsBuilder, Val,
};

/// Instructions that each call may run.
const FUEL: u64 = 2_000;

macro_rules! modules {
    ($($name:ident: $text:expr;)*) => {$(
        #[test]
        fn $name() {
            exhaust($text);
        }
    )*};
}

modules! {
    arithmetic: r#"(module (func (export "f") (param i32 i64) (result i32)
        (i32.div_s (i32.rotl (local.get 0) (i32.const 3)) (i32.wrap_i64 (local.get 1)))))"#;
    floats: r#"(module (func (export "f") (param f32 f64) (result f64)
        (f64.add (f64.promote_f32 (f32.sqrt (local.get 0))) (f64.min (local.get 1) (f64.const 0.5)))))"#;
    loops: r#"(module (func (export "f") (param i32) (result i32) (local i32)
        (loop (local.set 1 (i32.add (local.get 1) (local.get 0)))
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (local.get 1)))"#;
    branches: r#"(module (func (export "f") (param i32) (result i32)
        (block (result i32) (block (block (block (br_table 0 1 2 0 (local.get 0)))
            (return (i32.const 1))) (br 1 (i32.const 2)))
            (if (result i32) (local.get 0) (then (i32.const 3)) (else (i32.const 4))))))"#;
    memory: r#"(module (memory 1) (data (i32.const 8) "abcd")
        (func (export "f") (param i32) (result i32)
            (i64.store16 offset=2 (local.get 0) (i64.const 7))
            (i32.add (i32.load8_s offset=8 (local.get 0)) (memory.grow (i32.const 1)))))"#;
    bulk: r#"(module (memory 1) (data $d "xyz") (table 4 funcref) (elem $e func 0)
        (func (export "f") (memory.init $d (i32.const 0) (i32.const 1) (i32.const 2)) (data.drop $d)
            (memory.copy (i32.const 4) (i32.const 0) (i32.const 9))
            (memory.fill (i32.const 1) (i32.const 2) (i32.const 3))
            (table.init $e (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop $e)))"#;
    calls: r#"(module (type $t (func (param i32) (result i32)))
        (import "h" "h" (func $h (param i32))) (table 2 funcref) (elem (i32.const 0) $g $f)
        (func $g (export "g") (type $t) (call $h (local.get 0)) (local.get 0))
        (func $f (export "f") (type $t)
            (return_call_indirect (type $t) (local.get 0) (i32.const 0))))"#;
    references: r#"(module (type $t (func (result i32))) (table 3 externref) (elem declare func $g)
        (func $g (type $t) (i32.const 5))
        (func (export "f") (param externref) (result i32) (local (ref $t))
            (table.set (i32.const 1) (local.get 0)) (local.set 1 (ref.func $g))
            (i32.add (ref.is_null (table.get (i32.const 2))) (call_ref $t (local.get 1)))))"#;
    globals: r#"(module (global $g (export "g") (mut i64) (i64.const 3)) (global i32 (i32.add (i32.const 1) (i32.const 2)))
        (start $s) (func $s (global.set $g (i64.add (global.get $g) (i64.const 1))))
        (func (export "f") (result i64 i32) (global.get $g) (global.get 1)))"#;
    wide_memories: r#"(module (memory i64 1 2) (memory $m 1) (table i64 2 funcref)
        (func (export "f") (param i64) (result i32)
            (i32.store $m (i32.wrap_i64 (local.get 0)) (i32.load offset=4 (local.get 0)))
            (memory.copy 0 $m (local.get 0) (i32.const 1) (i32.const 2))
            (i32.wrap_i64 (table.size 0))))"#;
}

fn exhaust(text: &str) {
    let bytes = wat::parse_str(text).expect("a module");
    assert!(bytes.len() <= 300, "{} bytes", bytes.len());
    let mut config = Config::new();
    config.consume_fuel(true);
    let engine = Engine::new(&config).expect("an engine");
    assert!(run(&engine, &bytes), "the module itself runs");
    for size in 0..bytes.len() {
        run(&engine, &bytes[..size]);
    }
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        for byte in 0..=u8::MAX {
            changed[at] = byte;
            run(&engine, &changed);
        }
    }
}

/// Compiles, instantiates and calls; says whether all of it went well.
fn run(engine: &Engine, bytes: &[u8]) -> bool {
    let module = match Module::new(engine, bytes) {
        Ok(module) => module,
        Err(error) => {
            let reject = error.as_reject().expect("a module is refused by a rule");
            assert!(reject.offset <= bytes.len(), "{reject}");
            return false;
        }
    };
    let limits = StoreLimitsBuilder::new()
        .memory_size(1 << 18)
        .table_elements(1_000)
        .build();
    let mut store = Store::new(engine, limits);
    store.limiter(|limits: &mut StoreLimits| limits);
    store.set_fuel(FUEL).expect("fuel is on");
    let mut linker = Linker::new(engine);
    // Imports of functions trap; there are no others.
    if linker.define_unknown_imports_as_traps(&module).is_err() {
        return false;
    }
    let Ok(instance) = linker.instantiate(&mut store, &module) else {
        return false;
    };
    let functions: Vec<_> = module
        .exports()
        .filter_map(
            |export| match instance.get_export(&mut store, export.name()) {
                Some(Extern::Func(func)) => Some(func),
                _ => None,
            },
        )
        .collect();
    for func in functions {
        let ty = func.ty(&store);
        let params: Option<Vec<Val>> = ty.params().map(|ty| Val::default_for_ty(&ty)).collect();
        let Some(params) = params else { continue };
        let mut results: Vec<Val> = ty.results().map(|_| Val::I32(0)).collect();
        store.set_fuel(FUEL).expect("fuel is on");
        // A trap is as good as a result.
        let _ = func.call(&mut store, &params, &mut results);
    }
    true
}
