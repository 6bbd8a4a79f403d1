//! Memories, tables, globals, and instantiation, as the host makes and uses them.
//!
//! What the host does must have the bounds and types that the guest's own instructions have, and
//! both must see the same bytes and elements.

use tabwasm::{
    Engine, Func, Global, GlobalType, Instance, Memory, MemoryType, Mutability, Ref, RefType,
    Result, Store, Table, TableType, Trap, Val, ValType,
};

use super::{instance, module};

#[test]
fn static_memories() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let buffer: &'static mut [u8] = Vec::leak(vec![7; 3 << 16]);
    let memory = Memory::new_static(&mut store, MemoryType::new(2, None), buffer)?;
    assert_eq!(memory.data(&store).len(), 2 << 16);
    assert_eq!(memory.grow(&mut store, 1)?, 2);
    assert_eq!(memory.data(&store).last(), Some(&0));
    assert!(memory.grow(&mut store, 1).is_err());
    let text = r#"(module (import "" "" (memory 1))
        (func (export "load") (result i32) (i32.load8_u (i32.const 3))))"#;
    let instance = Instance::new(&mut store, &module(&engine, text), &[memory.into()])?;
    let load = instance.get_typed_func::<(), i32>(&mut store, "load")?;
    assert_eq!(load.call(&mut store, ())?, 7);
    memory.write(&mut store, 3, &[9])?;
    assert_eq!(load.call(&mut store, ())?, 9);
    let short: &'static mut [u8] = Vec::leak(vec![0; 10]);
    assert!(Memory::new_static(&mut store, MemoryType::new(1, None), short).is_err());
    Ok(())
}

#[test]
fn memory_access_is_checked() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let memory = Memory::new(&mut store, MemoryType::new(1, Some(1)))?;
    let mut buffer = [0; 4];
    assert!(memory.read(&store, (1 << 16) - 4, &mut buffer).is_ok());
    assert!(memory.read(&store, (1 << 16) - 3, &mut buffer).is_err());
    assert!(memory.write(&mut store, usize::MAX, &buffer).is_err());
    assert!(Memory::new(&mut store, MemoryType::new(2, Some(1))).is_err());
    assert!(Memory::new(&mut store, MemoryType::new(1 << 20, None)).is_err());
    assert!(Memory::new(&mut store, MemoryType::new64(1 << 48, None)).is_err());
    Ok(())
}

#[test]
fn tables() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let func = Func::wrap(&mut store, || 1);
    let ty = TableType::new(RefType::FUNCREF, 2, Some(4));
    let table = Table::new(&mut store, ty, Ref::Func(None))?;
    assert_eq!(table.grow(&mut store, 2, func.into())?, 2);
    assert!(table.grow(&mut store, 1, func.into()).is_err());
    table.fill(&mut store, 0, func.into(), 1)?;
    assert!(table.fill(&mut store, 3, func.into(), 2).is_err());
    assert!(table.set(&mut store, 4, func.into()).is_err());
    assert!(table.set(&mut store, 0, Ref::Extern(None)).is_err());
    Table::copy(&mut store, &table, 0, &table, 1, 3)?;
    assert!(Table::copy(&mut store, &table, 2, &table, 0, 3).is_err());
    let nulls: Vec<_> = (0..4)
        .filter_map(|at| table.get(&mut store, at))
        .map(|it| it.is_null())
        .collect();
    assert_eq!(nulls, [true, false, false, false]);
    assert!(table.get(&mut store, 4).is_none());
    Ok(())
}

#[test]
fn globals() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let ty = GlobalType::new(ValType::F32, Mutability::Var);
    let global = Global::new(&mut store, ty.clone(), 1.5f32.into())?;
    assert_eq!(global.get(&mut store).f32(), Some(1.5));
    assert!(global.set(&mut store, Val::I32(0)).is_err());
    let constant = Global::new(
        &mut store,
        GlobalType::new(ValType::I32, Mutability::Const),
        Val::I32(1),
    )?;
    assert!(constant.set(&mut store, Val::I32(0)).is_err());
    assert!(Global::new(&mut store, ty, Val::I64(0)).is_err());
    Ok(())
}

#[test]
fn constant_expressions() -> Result<()> {
    let (mut store, instance) = instance(
        r#"(module
            (global $a i32 (i32.const 20))
            (global (export "b") i32
              (i32.add (global.get $a) (i32.mul (i32.const 2) (i32.sub (i32.const 12) (i32.const 1)))))
            (global (export "c") i64 (i64.const -1))
            (global (export "d") f64 (f64.const 0.5))
            (global (export "e") funcref (ref.func $f))
            (global (export "f") externref (ref.null extern))
            (func $f (export "g")))"#,
    );
    let mut global = |name| {
        instance
            .get_global(&mut store, name)
            .map(|global| global.get(&mut store))
    };
    assert_eq!(global("b").and_then(|value| value.i32()), Some(42));
    assert_eq!(global("c").and_then(|value| value.i64()), Some(-1));
    assert_eq!(global("d").and_then(|value| value.f64()), Some(0.5));
    let func = global("e").and_then(|value| value.func_ref()).flatten();
    assert!(matches!(global("f"), Some(Val::ExternRef(None))));
    assert_eq!(func, instance.get_func(&mut store, "g"));
    Ok(())
}

#[test]
fn earlier_segments_stay_when_a_later_one_traps() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let memory = Memory::new(&mut store, MemoryType::new(1, None))?;
    let table = Table::new(
        &mut store,
        TableType::new(RefType::FUNCREF, 2, None),
        Ref::Func(None),
    )?;
    let text = r#"(module (import "" "m" (memory 1)) (import "" "t" (table 2 funcref))
        (func $f (result i32) (i32.const 5))
        (elem (i32.const 0) $f)
        (data (i32.const 0) "seen") (data (i32.const 65535) "too far"))"#;
    let module = module(&engine, text);
    let error = Instance::new(&mut store, &module, &[memory.into(), table.into()]);
    assert_eq!(
        error.expect_err("it traps").as_trap_code(),
        Some(Trap::MemoryOutOfBounds)
    );
    assert_eq!(&memory.data(&store)[..4], b"seen");
    let func = table
        .get(&mut store, 0)
        .and_then(|it| it.as_func().flatten())
        .expect("copied");
    assert_eq!(func.typed::<(), i32>(&store)?.call(&mut store, ())?, 5);
    Ok(())
}

#[test]
fn start_functions_run() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let text = r#"(module (global $g (export "g") (mut i32) (i32.const 0))
        (func $start (global.set $g (i32.const 1))) (start $start))"#;
    let instance = Instance::new(&mut store, &module(&engine, text), &[])?;
    let global = instance.get_global(&mut store, "g").expect("exported");
    assert_eq!(global.get(&mut store).i32(), Some(1));
    let text = "(module (func $start unreachable) (start $start))";
    assert!(Instance::new(&mut store, &module(&engine, text), &[]).is_err());
    Ok(())
}
