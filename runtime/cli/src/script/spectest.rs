//! The host module `spectest` that official scripts import.
//!
//! Functions that print, globals with known values, a table and memories, as the specification's
//! `interpreter/host/spectest.ml` has them; the names are part of the scripts' language. What is
//! printed is discarded.

use tabwasm::{
    Error, Extern, Func, FuncType, Global, GlobalType, Linker, Memory, MemoryType, Mutability, Ref,
    RefType, Store, Table, TableType, Val, ValType, types,
};

/// The name by which scripts import it.
pub(super) const MODULE: &str = "spectest";

/// Its functions and their parameters; what is printed is discarded.
pub(super) const PRINTS: [(&str, &[types::ValType]); 7] = {
    use types::ValType as T;
    [
        ("print", &[]),
        ("print_i32", &[T::I32]),
        ("print_i64", &[T::I64]),
        ("print_f32", &[T::F32]),
        ("print_f64", &[T::F64]),
        ("print_i32_f32", &[T::I32, T::F32]),
        ("print_f64_f64", &[T::F64, T::F64]),
    ]
};

/// The module as text, for places without an engine's objects.
pub const TEXT: &str = r#"(module
    (func (export "print"))
    (func (export "print_i32") (param i32))
    (func (export "print_i64") (param i64))
    (func (export "print_f32") (param f32))
    (func (export "print_f64") (param f64))
    (func (export "print_i32_f32") (param i32 f32))
    (func (export "print_f64_f64") (param f64 f64))
    (global (export "global_i32") i32 (i32.const 666))
    (global (export "global_i64") i64 (i64.const 666))
    (global (export "global_f32") f32 (f32.const 666.6))
    (global (export "global_f64") f64 (f64.const 666.6))
    (table (export "table") 10 20 funcref)
    (table (export "table64") i64 10 20 funcref)
    (memory (export "memory") 1 2))"#;

/// Defines it for an engine.
pub(super) fn define(store: &mut Store<()>, linker: &mut Linker<()>) -> Result<(), Error> {
    use ValType as T;
    for (name, params) in PRINTS {
        let params = params.iter().map(|ty| ValType::try_from(*ty));
        let ty = FuncType::new(params.collect::<Result<Vec<_>, _>>()?, []);
        let func = Func::new(&mut *store, ty, |_, _, _| Ok(()));
        linker.define(&*store, MODULE, name, func)?;
    }
    let globals = [
        ("global_i32", T::I32, Val::I32(666)),
        ("global_i64", T::I64, Val::I64(666)),
        ("global_f32", T::F32, Val::F32(666.6f32.to_bits())),
        ("global_f64", T::F64, Val::F64(666.6f64.to_bits())),
    ];
    for (name, ty, value) in globals {
        let global = Global::new(&mut *store, GlobalType::new(ty, Mutability::Const), value)?;
        linker.define(&*store, MODULE, name, global)?;
    }
    let table = Table::new(
        &mut *store,
        TableType::new(RefType::FUNCREF, 10, Some(20)),
        Ref::Func(None),
    )?;
    linker.define(&*store, MODULE, "table", table)?;
    let table64 = Table::new(
        &mut *store,
        TableType::new64(RefType::FUNCREF, 10, Some(20)),
        Ref::Func(None),
    )?;
    linker.define(&*store, MODULE, "table64", table64)?;
    let memory = Memory::new(&mut *store, MemoryType::new(1, Some(2)))?;
    linker.define(&*store, MODULE, "memory", Extern::from(memory))?;
    Ok(())
}
