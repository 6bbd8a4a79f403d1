//! Handles of another store: an error or nothing, never a panic.
//!
//! Each kind of object is made in one store and used with a second one. Functions that can fail say
//! which mistake it was; those that cannot give what their documentation says.

use tabwasm::{
    Engine, ExternRef, Func, Global, GlobalType, Instance, Linker, Memory, MemoryType, Mutability,
    Ref, RefType, Result, Store, Table, TableType, Tag, UseError, Val, ValType,
};

use super::module;

#[test]
fn of_another_store() -> Result<()> {
    let engine = Engine::default();
    let mut home = Store::new(&engine, ());
    let mut away = Store::new(&engine, ());
    let of = |error: tabwasm::Error| error.downcast_ref::<UseError>().cloned();

    let func = Func::wrap(&mut home, || ());
    let error = func
        .call(&mut away, &[], &mut [])
        .expect_err("another store");
    assert_eq!(of(error), Some(UseError::OtherStore));
    assert!(func.typed::<(), ()>(&away).is_err());
    assert!(func.ty(&away).params().len() == 0);

    let memory = Memory::new(&mut home, MemoryType::new(1, None))?;
    assert!(memory.grow(&mut away, 1).is_err());
    assert!(memory.write(&mut away, 0, b"x").is_err());
    assert!(memory.data(&away).is_empty());
    assert_eq!(memory.size(&away), 0);

    let ty = TableType::new(RefType::FUNCREF, 1, None);
    let table = Table::new(&mut home, ty.clone(), Ref::Func(None))?;
    assert!(table.set(&mut away, 0, Ref::Func(None)).is_err());
    assert!(table.get(&mut away, 0).is_none());
    assert!(Table::new(&mut away, ty, Ref::Func(Some(func))).is_err());

    let ty = GlobalType::new(ValType::FUNCREF, Mutability::Var);
    let global = Global::new(&mut home, ty.clone(), Val::FuncRef(None))?;
    assert!(global.set(&mut away, Val::FuncRef(None)).is_err());
    assert!(global.set(&mut home, Val::FuncRef(None)).is_ok());
    assert!(Global::new(&mut away, ty, Val::FuncRef(Some(func))).is_err());
    let _ = global.get(&mut away);

    let value = ExternRef::new(&mut home, 1)?;
    assert!(value.data(&away).is_err());
    let tag = Tag::new(&mut home, tabwasm::FuncType::new([], []))?;
    assert!(tag.ty(&away).params().len() == 0);
    assert!(Linker::new(&engine).define(&away, "a", "b", func).is_err());

    let module = module(
        &engine,
        r#"(module (import "" "" (func)) (func (export "f")))"#,
    );
    assert!(Instance::new(&mut away, &module, &[func.into()]).is_err());
    let instance = Instance::new(&mut home, &module, &[func.into()])?;
    assert!(instance.get_func(&mut away, "f").is_none());
    assert_eq!(instance.exports(&away).len(), 0);
    assert!(instance.module(&away).is_err());
    Ok(())
}

#[test]
fn of_values_that_were_taken_out() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let module = module(
        &engine,
        r#"(module (global (export "held") (mut externref) (ref.null extern))
            (func (export "pass") (param externref) (result externref) (local.get 0)))"#,
    );
    let instance = Instance::new(&mut store, &module, &[])?;
    let held = instance.get_global(&mut store, "held").expect("exported");
    let pass =
        instance.get_typed_func::<Option<ExternRef>, Option<ExternRef>>(&mut store, "pass")?;
    let is_dropped = |error: tabwasm::Error| error.downcast_ref() == Some(&UseError::Dropped);

    let value = ExternRef::new(&mut store, 7)?;
    held.set(&mut store, Some(value).into())?;
    let other = ExternRef::new(&mut store, 8)?;
    assert_eq!(pass.call(&mut store, Some(value))?, Some(value));
    assert_eq!(value.take(&mut store)?.downcast_ref(), Some(&7));
    assert!(value.take(&mut store).is_err_and(is_dropped));

    // The next value takes the place, but not the name.
    let next = ExternRef::new(&mut store, 9)?;
    assert_ne!(next, value);
    assert!(value.data(&store).is_err_and(is_dropped));
    assert!(pass.call(&mut store, Some(value)).is_err_and(is_dropped));
    assert!(Val::from(value).ty(&store).is_err_and(is_dropped));
    let old = held.get(&mut store).unwrap_extern_ref().expect("not null");
    assert!(old == value && old.data(&store).is_err_and(is_dropped));
    assert_eq!(other.data(&store)?.downcast_ref(), Some(&8));
    assert_eq!(next.data(&store)?.downcast_ref(), Some(&9));

    // Room is found again and again, and no name comes twice.
    let mut seen = std::collections::HashSet::from([value, other, next]);
    for number in 0..1_000 {
        let value = ExternRef::new(&mut store, number)?;
        assert!(seen.insert(value));
        value.take(&mut store)?;
    }
    Ok(())
}

#[test]
fn of_another_engine() {
    let module = module(&Engine::default(), "(module)");
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    assert!(Instance::new(&mut store, &module, &[]).is_err());
    assert!(
        Linker::new(&engine)
            .instantiate(&mut store, &module)
            .is_err()
    );
}

#[test]
fn returned_by_host_functions() -> Result<()> {
    let engine = Engine::default();
    let mut home = Store::new(&engine, ());
    let mut away = Store::new(&engine, ());
    let foreign = Func::wrap(&mut away, || ());
    let give = Func::wrap(&mut home, move || Some(foreign));
    let error = give
        .typed::<(), Option<Func>>(&home)?
        .call(&mut home, ())
        .expect_err("foreign");
    assert_eq!(error.downcast_ref(), Some(&UseError::OtherStore));
    Ok(())
}
