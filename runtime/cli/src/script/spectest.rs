//! The host module `spectest` that official scripts import.

use tabwasm::{
    Error, Extern, Func, FuncType, Global, GlobalType, Linker, Memory, MemoryType, Mutability, Ref,
    RefType, Store, Table, TableType, Val, ValType,
};

const MODULE: &str = "spectest";

/// Defines it; what is printed is discarded.
pub(super) fn define(store: &mut Store<()>, linker: &mut Linker<()>) -> Result<(), Error> {
    use ValType as T;
    let prints: [(&str, &[ValType]); 7] = [
        ("print", &[]),
        ("print_i32", &[T::I32]),
        ("print_i64", &[T::I64]),
        ("print_f32", &[T::F32]),
        ("print_f64", &[T::F64]),
        ("print_i32_f32", &[T::I32, T::F32]),
        ("print_f64_f64", &[T::F64, T::F64]),
    ];
    for (name, params) in prints {
        let ty = FuncType::new(params.iter().copied(), []);
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
