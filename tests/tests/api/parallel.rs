//! Large modules are loaded by several threads, and nobody can tell but by the time: modules of many
//! functions, good and bad, in every mode, on one thread and on as many as there are processors.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tabwasm::{CompilationMode, Config, Engine, Error, Instance, Module, Result, Store};
use wasm_encoder::{
    CodeSection, DataSection, ExportKind, ExportSection, Function, FunctionSection, TypeSection,
    ValType,
};

/// Functions of the module.
const FUNCTIONS: u32 = 6_000;
/// Instructions that each repeats, so that all bodies have two megabytes.
const REPEATED: i32 = 70;

/// A module whose functions add their number to what they are given, except those that are to be wrong.
/// With `data`, its one data segment is for a memory that it has not.
fn module(wrong: &[u32], data: bool) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    let (mut functions, mut code, mut exports) = (
        FunctionSection::new(),
        CodeSection::new(),
        ExportSection::new(),
    );
    for number in 0..FUNCTIONS {
        functions.function(0);
        let mut function = Function::new([]);
        let mut body = function.instructions();
        body.local_get(0);
        for at in 0..REPEATED {
            body.i32_const(at).i32_add();
        }
        body.i32_const(number as i32).i32_add();
        if wrong.contains(&number) {
            body.f32_const(0.0.into());
        }
        body.end();
        code.function(&function);
        exports.export(&format!("f{number}"), ExportKind::Func, number);
    }
    let mut module = wasm_encoder::Module::new();
    module.section(&types).section(&functions);
    module.section(&exports).section(&code);
    if data {
        let mut datas = DataSection::new();
        datas.active(0, &wasm_encoder::ConstExpr::i32_const(0), [7]);
        module.section(&datas);
    }
    module.finish()
}

fn engine(mode: CompilationMode, parallel: bool, change: impl Fn(&mut Config)) -> Engine {
    let mut config = Config::new();
    config.compilation_mode(mode).parallel_compilation(parallel);
    change(&mut config);
    Engine::new(&config).expect("configuration")
}

const MODES: [CompilationMode; 3] = [
    CompilationMode::Eager,
    CompilationMode::LazyTranslation,
    CompilationMode::Lazy,
];

#[test]
fn functions_do_the_same() -> Result<()> {
    let bytes = module(&[], false);
    assert!(bytes.len() > 1 << 20);
    for mode in MODES {
        for parallel in [true, false] {
            let engine = engine(mode, parallel, |_| {});
            let module = Module::new(&engine, &bytes)?;
            let translated = module.functions().filter(|func| func.code.is_some());
            let all = FUNCTIONS as usize;
            let expected = if mode == CompilationMode::Eager {
                all
            } else {
                0
            };
            assert_eq!(translated.count(), expected);
            let mut store = Store::new(&engine, ());
            let instance = Instance::new(&mut store, &module, &[])?;
            for number in (0..FUNCTIONS).step_by(501) {
                let name = format!("f{number}");
                let func = instance.get_typed_func::<i32, i32>(&mut store, &name)?;
                let sum = REPEATED * (REPEATED - 1) / 2;
                assert_eq!(func.call(&mut store, 1)?, 1 + sum + number as i32);
            }
        }
    }
    Ok(())
}

/// What is wrong first is what is told, in the words and at the place of the validator.
#[test]
fn the_first_error_is_told() {
    let told = |error: Error| {
        let reject = error.as_reject().expect("a module that is not valid");
        (reject.offset, error.to_string())
    };
    for (wrong, data) in [
        (vec![0], false),
        (vec![FUNCTIONS - 1], false),
        (vec![17, 16, 4_000, 5_999], false),
        (vec![3_000], true),
        (vec![], true),
    ] {
        let bytes = module(&wrong, data);
        let plain = engine(CompilationMode::LazyTranslation, false, |_| {});
        let expected = told(Module::validate(&plain, &bytes).expect_err("it is not valid"));
        for mode in [CompilationMode::LazyTranslation, CompilationMode::Eager] {
            for _ in 0..5 {
                let engine = engine(mode, true, |_| {});
                let found = told(Module::new(&engine, &bytes).expect_err("it is not valid"));
                // Eager translation comes to bodies when all else is read.
                if !data || mode != CompilationMode::Eager {
                    assert_eq!(found, expected, "{wrong:?}, {data}");
                }
            }
        }
    }
}

#[test]
fn code_has_one_limit() {
    let bytes = module(&[], false);
    let sized = |most: u64, parallel| {
        let engine = engine(CompilationMode::Eager, parallel, |config| {
            let mut limits = *config.get_limits();
            limits.translated_code = most;
            config.limits(limits);
        });
        Module::new(&engine, &bytes).map(|module| {
            let sizes = module.functions().filter_map(|func| func.code);
            sizes.sum::<u64>()
        })
    };
    let size = sized(u32::MAX.into(), false).expect("no limit");
    assert_eq!(sized(u32::MAX.into(), true).expect("no limit"), size);
    for parallel in [true, false] {
        // An instruction more than there are is allowed for while a function is in the making.
        assert!(sized(size + 4_096, parallel).is_ok());
        let error = sized(size - 1, parallel).expect_err("too much code");
        assert!(error.to_string().contains("translated_code"), "{error}");
    }
}

#[test]
fn a_deadline_ends_all_threads() {
    let bytes = module(&[], false);
    for mode in [CompilationMode::LazyTranslation, CompilationMode::Eager] {
        let engine = engine(mode, true, |config| {
            config.epoch_interruption(true);
        });
        let error = Module::new_with_epoch_deadline(&engine, &bytes[..], 0).expect_err("no time");
        assert_eq!(error.as_trap_code(), Some(tabwasm::Trap::Interrupt));
        // Whenever the clock strikes, it ends in one of two ways.
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    engine.increment_epoch();
                    thread::yield_now();
                }
            });
            for ticks in [1, 10, 100, 1 << 40] {
                match Module::new_with_epoch_deadline(&engine, &bytes[..], ticks) {
                    Ok(module) => assert_eq!(module.functions().count(), FUNCTIONS as usize),
                    Err(error) => assert_eq!(error.as_trap_code(), Some(tabwasm::Trap::Interrupt)),
                }
            }
            done.store(true, Ordering::Relaxed);
        });
    }
}
