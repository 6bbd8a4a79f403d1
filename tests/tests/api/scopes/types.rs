//! Types of another engine, and of none.
//!
//! A type that refers to others belongs to one engine, in whose registry its number has a meaning.
//! With another engine it must be an error, and it must stay valid when what it came from is gone.

use tabwasm::{
    Caller, Engine, ExternType, Func, FuncType, Global, GlobalType, HeapType, Linker, Mutability,
    Ref, RefType, Result, Store, Table, TableType, Tag, UseError, Val, ValType,
};

use super::super::module;
use super::of_use;

/// A function whose type has many results, in a linker of one engine; in another engine its number
/// is that of a function without results.
#[test]
fn functions_of_a_linker_of_another_engine() -> Result<()> {
    let (here, there) = (Engine::default(), Engine::default());
    let mut linker = Linker::<()>::new(&here);
    let many = FuncType::new([], vec![ValType::I64; 200_000]);
    linker.func_new("m", "f", many, |_, _, results| {
        results.fill(Val::I64(-1));
        Ok(())
    })?;
    let mut store = Store::new(&there, ());
    Func::wrap(&mut store, || ());
    assert!(linker.get(&mut store, "m", "f").is_none());
    let wanting = r#"(module (import "m" "f" (func)) (func (export "run") (call 0)))"#;
    let module = module(&here, wanting);
    let import = module.imports().next().expect("there is one");
    assert!(linker.get_by_import(&mut store, &import).is_none());
    linker.allow_shadowing(true).func_wrap("m", "f", || ())?;
    let ready = linker.instantiate_pre(&module)?;
    assert_eq!(
        of_use(ready.instantiate(&mut store)),
        Some(UseError::OtherEngine)
    );
    Ok(())
}

/// Tries a type that does not belong to the engine wherever one can be given.
fn refused(engine: &Engine, heap: &HeapType, wanted: UseError) {
    let mut store = Store::new(engine, ());
    let ty = RefType::new(true, heap.clone());
    let func = FuncType::new([ValType::Ref(ty.clone())], []);
    let nothing = |_: Caller<'_, ()>, _: &[Val], _: &mut [Val]| Ok(());
    let made = Func::new(&mut store, func.clone(), nothing);
    assert_eq!(made.ty(&store).params().len(), 0);
    let called = made.call(&mut store, &[Val::FuncRef(None)], &mut []);
    assert_eq!(of_use(called), Some(UseError::OtherStore));
    let mut linker = Linker::<()>::new(engine);
    let wanted = Some(wanted);
    assert_eq!(
        of_use(linker.func_new("m", "f", func.clone(), nothing)),
        wanted
    );
    assert_eq!(of_use(func.register(engine)), wanted);
    assert_eq!(of_use(Tag::new(&mut store, func)), wanted);
    let table = TableType::new(ty.clone(), 1, None);
    assert_eq!(
        of_use(Table::new(&mut store, table, Ref::Func(None))),
        wanted
    );
    let global = GlobalType::new(ty.clone().into(), Mutability::Var);
    assert_eq!(
        of_use(Global::new(&mut store, global, Val::FuncRef(None))),
        wanted
    );
    let matches = Val::FuncRef(None).matches_ty(&store, &ty.into());
    assert_eq!(of_use(matches), wanted);
}

#[test]
fn concrete_types_of_another_engine_or_of_none() -> Result<()> {
    let (here, there) = (Engine::default(), Engine::default());
    let plain = FuncType::new([ValType::I32], []);
    refused(
        &here,
        &HeapType::ConcreteFunc(plain.clone()),
        UseError::NotRegistered,
    );
    let theirs = HeapType::ConcreteFunc(plain.register(&there)?);
    refused(&here, &theirs, UseError::OtherEngine);
    // The same things with a type of this engine.
    let ours = HeapType::ConcreteFunc(plain.register(&here)?);
    let mut store = Store::new(&here, ());
    let func = Func::wrap(&mut store, |_: i32| ());
    let ty = RefType::new(false, ours);
    let table = Table::new(&mut store, TableType::new(ty.clone(), 1, None), func.into())?;
    assert_eq!(table.ty(&store).element(), &ty);
    assert!(Val::from(func).matches_ty(&store, &ty.into())?);
    Ok(())
}

/// Types that modules and stores give keep their engine, and what they refer to.
#[test]
fn types_outlive_what_they_came_from() -> Result<()> {
    let text = r#"(module
        (rec (type $f (func (param (ref null $g)) (result i64))) (type $g (func (result (ref $f)))))
        (func (export "f") (type $f) (i64.const 0))
        (table (export "t") 1 (ref null $g)))"#;
    let engine = Engine::default();
    let module = module(&engine, text);
    let export = |name| module.get_export(name).expect("exported");
    let (Some(f), Some(table)) = (export("f").func().cloned(), export("t").table().cloned()) else {
        panic!("a function and a table");
    };
    drop(module);
    let concrete = |ty: Option<ValType>| match ty?.as_ref_type()?.heap_type() {
        HeapType::ConcreteFunc(ty) => Some(ty.clone()),
        _ => None,
    };
    let g = concrete(f.param(0)).expect("concrete");
    assert_eq!(Some(&f), concrete(g.result(0)).as_ref());
    assert_eq!(table.element().heap_type(), &HeapType::ConcreteFunc(g));
    // What was registered meanwhile has other numbers.
    for count in 0..100 {
        FuncType::new(vec![ValType::F32; count], []).register(&engine)?;
    }
    drop(table);
    assert_eq!(f.result(0), Some(ValType::I64));
    assert!(matches!(f.param(0), Some(ValType::Ref(_))));
    Ok(())
}

#[test]
fn equality_of_types() -> Result<()> {
    let (here, there) = (Engine::default(), Engine::default());
    let plain = FuncType::new([ValType::I32], [ValType::F64]);
    let [ours, theirs] = [plain.register(&here)?, plain.register(&there)?];
    assert_eq!([&plain, &ours, &ours], [&ours, &plain, &theirs]);
    let refers = |ty: &FuncType| FuncType::new([HeapType::ConcreteFunc(ty.clone()).into()], []);
    assert_ne!(refers(&ours), refers(&theirs));
    assert_eq!(refers(&ours), refers(&ours).register(&here)?);
    // Two types with the same parameters, of which the group says more.
    let text = "(module (rec (type $a (func)) (type $b (func)))
        (type $c (func)) (func (export \"a\") (type $a)) (func (export \"b\") (type $b))
        (func (export \"c\") (type $c)))";
    let module = module(&here, text);
    let types: Vec<ExternType> = module.exports().map(|export| export.ty()).collect();
    let empty = ExternType::Func(FuncType::new([], []));
    let equal: Vec<bool> = types.iter().map(|ty| *ty == empty).collect();
    assert_eq!(equal, [false, false, true]);
    assert_ne!(types[0], types[1]);
    Ok(())
}
