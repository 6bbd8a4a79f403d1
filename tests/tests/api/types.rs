//! Types across modules, and proposals that are switched on and off.
//!
//! Equal types of two modules must be one type of their engine, also when they are recursive;
//! otherwise functions of one could not be imported by the other.

use tabwasm::spec::{Proposal, Proposals};
use tabwasm::{
    Config, Engine, Extern, ExternType, FuncType, Instance, Module, Result, Store, ValType,
};

use super::module;

const RECURSIVE: &str = r#"(module
    (type $other (func (param i32)))
    (type $f (func (param (ref null $f)) (result i32)))
    (func (export "f") (type $f) (i32.const 1)))"#;

#[test]
fn recursive_types_of_two_modules_are_equal() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let provider = Instance::new(&mut store, &module(&engine, RECURSIVE), &[])?;
    let f = provider.get_export(&mut store, "f").expect("exported");
    let text = r#"(module (type $f (func (param (ref null $f)) (result i32)))
        (import "" "" (func $import (type $f)))
        (func (export "run") (result i32) (call $import (ref.func $import)))
        (elem declare func $import))"#;
    let user = Instance::new(&mut store, &module(&engine, text), &[f])?;
    let run = user.get_typed_func::<(), i32>(&mut store, "run")?;
    assert_eq!(run.call(&mut store, ())?, 1);
    let text = r#"(module (type $g (func (param (ref null func)) (result i32)))
        (import "" "" (func (type $g))))"#;
    assert!(Instance::new(&mut store, &module(&engine, text), &[f]).is_err());
    Ok(())
}

#[test]
fn module_types() {
    let engine = Engine::default();
    let text = r#"(module (import "a" "b" (memory 1 2)) (import "a" "c" (global (mut i64)))
        (func (export "f") (param i32) (result f64) (f64.const 0))
        (table (export "t") 3 externref) (@custom "extra" "content"))"#;
    let module = module(&engine, text);
    let shown: Vec<_> = module
        .imports()
        .map(|it| format!("{} {}: {}", it.module(), it.name(), it.ty()))
        .collect();
    assert_eq!(shown, ["a b: memory 1..2 pages", "a c: global (mut i64)"]);
    let ty = FuncType::new([ValType::I32], [ValType::F64]);
    assert_eq!(module.get_export("f"), Some(ExternType::Func(ty)));
    assert_eq!(
        module.get_export("t").map(|ty| ty.to_string()).as_deref(),
        Some("table 3.. externref")
    );
    assert_eq!(module.get_export("g"), None);
    assert_eq!(
        module.custom_sections("extra").next(),
        Some(&b"content"[..])
    );
    assert_eq!(module.custom_sections("none").count(), 0);
}

#[test]
fn proposals_can_be_switched() -> Result<()> {
    let bytes =
        wat::parse_str("(module (func (param i32) (result i32) (i32.extend8_s (local.get 0))))")?;
    assert!(Module::validate(&Engine::default(), &bytes).is_ok());
    let engine = Engine::new(Config::new().wasm_proposal(Proposal::SignExtension, false))?;
    let error = Module::validate(&engine, &bytes).expect_err("it is off");
    assert!(error.to_string().contains("sign_extension"), "{error}");
    assert!(Engine::new(Config::new().wasm_sign_extension(false)).is_ok());
    assert!(Engine::new(Config::new().wasm_gc(true)).is_err());
    let error = Engine::new(Config::new().wasm_reference_types(false)).expect_err("others need it");
    assert!(
        error.to_string().contains("requires `reference_types`"),
        "{error}"
    );
    assert!(Engine::new(Config::new().wasm_proposals(Proposals::ALL)).is_err());
    Ok(())
}

#[test]
fn handles_and_modules_cross_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Engine>();
    shared::<Module>();
    shared::<Store<u32>>();
    shared::<tabwasm::Linker<u32>>();
    shared::<tabwasm::Error>();
    shared::<tabwasm::ResumableCall>();
    shared::<Extern>();
}
