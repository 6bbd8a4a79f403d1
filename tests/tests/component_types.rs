//! Types of components as the host sees them, and exports found in nested instances: what is written in
//! the text of a component comes back through the public interface.

use tabwasm::component::types::{ComponentItem, Type};
use tabwasm::component::{Component, Linker, Resource, ResourceType};
use tabwasm::{Engine, Store};

/// A type that is exported for each kind, with a function that takes and gives it.
const KINDS: &str = r#"(component
    (type $r (record (field "a" u8) (field "b" (list string))))
    (export $r' "r" (type $r))
    (type $v (variant (case "none") (case "some" $r')))
    (export "v" (type $v))
    (type $e (enum "x" "y"))
    (export "e" (type $e))
    (type $f (flags "one" "two"))
    (export "f" (type $f))
    (type $t (tuple bool s8 u16 s16 u32 s32 u64 s64 f32 f64 char))
    (export "t" (type $t))
    (type $o (option u8))
    (export "o" (type $o))
    (type $ok (result u8 (error string)))
    (export "ok" (type $ok))
    (type $bare (result))
    (export "bare" (type $bare)))"#;

fn component(engine: &Engine, text: &str) -> Component {
    Component::new(engine, wat::parse_str(text).expect("text")).expect("valid")
}

/// A type on one line, as WIT has it. The types here are small.
fn wit(ty: &Type) -> String {
    let all = |types: Vec<String>| types.join(", ");
    let maybe = |ty: Option<Type>| ty.map_or("_".to_owned(), |ty| wit(&ty));
    match ty {
        Type::List(list) => format!("list<{}>", wit(&list.ty())),
        Type::Option(some) => format!("option<{}>", wit(&some.ty())),
        Type::Result(result) => format!("result<{}, {}>", maybe(result.ok()), maybe(result.err())),
        Type::Tuple(tuple) => format!("tuple<{}>", all(tuple.types().map(|ty| wit(&ty)).collect())),
        Type::Record(record) => {
            let fields = record.fields();
            let fields = fields.map(|field| format!("{}: {}", field.name, wit(&field.ty)));
            format!("record {{ {} }}", all(fields.collect()))
        }
        Type::Variant(variant) => {
            let cases = variant.cases();
            let cases = cases.map(|case| format!("{}({})", case.name, maybe(case.ty)));
            format!("variant {{ {} }}", all(cases.collect()))
        }
        Type::Enum(names) => format!("enum {:?}", names.names().collect::<Vec<_>>()),
        Type::Flags(names) => format!("flags {:?}", names.names().collect::<Vec<_>>()),
        other => other.kind().to_owned(),
    }
}

#[test]
fn exported_types_of_each_kind() {
    let engine = Engine::default();
    let ty = component(&engine, KINDS).component_type();
    let shown: Vec<String> = ty
        .exports(&engine)
        .map(|(name, item)| match item {
            ComponentItem::Type(ty) => format!("{name}: {}", wit(&ty)),
            other => panic!("`{name}` is {other:?}"),
        })
        .collect();
    let record = "record { a: u8, b: list<string> }";
    assert_eq!(
        shown,
        [
            "bare: result<_, _>".to_owned(),
            r#"e: enum ["x", "y"]"#.to_owned(),
            r#"f: flags ["one", "two"]"#.to_owned(),
            "o: option<u8>".to_owned(),
            "ok: result<u8, string>".to_owned(),
            format!("r: {record}"),
            "t: tuple<bool, s8, u16, s16, u32, s32, u64, s64, f32, f64, char>".to_owned(),
            format!("v: variant {{ none(_), some({record}) }}"),
        ]
    );
    assert!(matches!(
        ty.get_export(&engine, "o"),
        Some(ComponentItem::Type(Type::Option(_)))
    ));
    assert!(ty.get_export(&engine, "O").is_none());
}

#[test]
fn imports_are_told_as_wholes_and_in_order() {
    let engine = Engine::default();
    let text = r#"(component
        (import "z" (func (param "x" u32) (result string)))
        (import "a:b/c@1.2.3" (instance
            (export "r" (type $r (sub resource)))
            (export "[method]r.get" (func (param "self" (borrow $r)) (result u8)))))
        (import "m" (core module)))"#;
    let ty = component(&engine, text).component_type();
    let imports: Vec<_> = ty.imports(&engine).collect();
    let names: Vec<_> = imports.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["z", "a:b/c@1.2.3", "m"]);
    let ComponentItem::ComponentFunc(func) = &imports[0].1 else {
        panic!("not a function: {imports:?}")
    };
    let params: Vec<_> = func.params().map(|(name, ty)| (name, wit(&ty))).collect();
    assert_eq!(params, [("x", "u32".to_owned())]);
    assert_eq!(
        func.results().map(|ty| wit(&ty)).collect::<Vec<_>>(),
        ["string"]
    );
    assert!(!func.async_());
    assert!(matches!(imports[2].1, ComponentItem::Module));
    let ComponentItem::ComponentInstance(instance) = &imports[1].1 else {
        panic!("not an instance: {imports:?}")
    };
    let Some(ComponentItem::Resource(resource)) = instance.get_export(&engine, "r") else {
        panic!("no resource: {instance:?}")
    };
    let names: Vec<_> = instance.exports(&engine).map(|(name, _)| name).collect();
    assert_eq!(names, ["[method]r.get", "r"]);
    let get = instance.get_export(&engine, "[method]r.get");
    let Some(ComponentItem::ComponentFunc(get)) = get else {
        panic!("no method: {instance:?}")
    };
    let (_, borrowed) = get.params().next().expect("a parameter");
    assert!(matches!(borrowed, Type::Borrow(ty) if ty == resource));
}

#[test]
fn an_instance_knows_what_resources_stand_for() {
    struct Host;
    let engine = Engine::default();
    let text = r#"(component
        (import "host" (type $h (sub resource)))
        (type $own (resource (rep i32)))
        (export $own' "own" (type $own))
        (core module $M (func (export "f") (param i32) unreachable))
        (core instance $m (instantiate $M))
        (func (export "takes") (param "h" (own $h)) (canon lift (core func $m "f")))
        (func (export "takes-own") (param "o" (own $own')) (canon lift (core func $m "f"))))"#;
    let component = component(&engine, text);
    let mut linker = Linker::<()>::new(&engine);
    let host = ResourceType::host::<Host>();
    linker
        .root()
        .resource("host", host, |_, _| Ok(()))
        .expect("defined");
    let mut store = Store::new(&engine, ());
    let instances = [(); 2].map(|()| linker.instantiate(&mut store, &component).expect("linked"));
    let mut taken = |name: &str, which: usize| {
        let func = instances[which].get_func(&mut store, name);
        let ty = func.expect("a function").ty(&store);
        match ty.params().next().expect("a parameter").1 {
            Type::Own(resource) => resource,
            other => panic!("not `own`: {other:?}"),
        }
    };
    assert_eq!(taken("takes", 0), host);
    let own = [0, 1].map(|which| taken("takes-own", which));
    assert_ne!(own[0], own[1]);
    assert_eq!(instances[0].get_resource(&mut store, "own"), Some(own[0]));
}

#[test]
fn a_function_of_the_host_is_told_what_resources_stand_for() {
    struct Host;
    let engine = Engine::default();
    let text = r#"(component
        (import "host" (type $h (sub resource)))
        (import "new" (func $new (result (own $h))))
        (import "take" (func $take (param "h" (own $h))))
        (core func $new' (canon lower (func $new)))
        (core func $take' (canon lower (func $take)))
        (core module $M
            (import "" "new" (func $new (result i32)))
            (import "" "take" (func $take (param i32)))
            (func (export "f") (call $take (call $new))))
        (core instance $m (instantiate $M
            (with "" (instance (export "new" (func $new')) (export "take" (func $take'))))))
        (func (export "f") (canon lift (core func $m "f"))))"#;
    let component = component(&engine, text);
    let mut linker = Linker::<Vec<ResourceType>>::new(&engine);
    let host = ResourceType::host::<Host>();
    let mut root = linker.root();
    root.resource("host", host, |_, _| Ok(())).expect("defined");
    root.func_wrap("new", |_, (): ()| Ok((Resource::<Host>::new(7),)))
        .expect("defined");
    root.func_new("take", |mut store, ty, _, _| {
        if let Some((_, Type::Own(resource))) = ty.params().next() {
            store.data_mut().push(resource);
        }
        Ok(())
    })
    .expect("defined");
    let mut store = Store::new(&engine, Vec::new());
    let instance = linker.instantiate(&mut store, &component).expect("linked");
    let f = instance.get_typed_func::<(), ()>(&mut store, "f");
    f.expect("a function")
        .call(&mut store, ())
        .expect("no trap");
    assert_eq!(store.data(), &[host]);
}

#[test]
fn exports_are_found_in_nested_instances_by_name_and_by_index() {
    let engine = Engine::default();
    let text = r#"(component
        (core module $M (func (export "f") (result i32) (i32.const 7)))
        (core instance $m (instantiate $M))
        (func $f (result u32) (canon lift (core func $m "f")))
        (instance $inner (export "f" (func $f)))
        (instance $outer (export "inner" (instance $inner)))
        (export "a:b/outer" (instance $outer))
        (export "f" (func $f)))"#;
    let (first, second) = (component(&engine, text), component(&engine, text));
    let outer = first
        .get_export_index(None, "a:b/outer")
        .expect("an export");
    let inner = first
        .get_export_index(Some(&outer), "inner")
        .expect("an export");
    let (item, f) = first.get_export(Some(&inner), "f").expect("an export");
    assert!(matches!(item, ComponentItem::ComponentFunc(_)));
    assert!(first.get_export_index(Some(&outer), "f").is_none());
    assert!(first.get_export_index(Some(&f), "f").is_none());
    // An index is of one component.
    assert!(second.get_export_index(Some(&outer), "inner").is_none());

    let linker = Linker::<()>::new(&engine);
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &first).expect("linked");
    let call = |store: &mut Store<()>, func: tabwasm::component::Func| {
        let func = func.typed::<(), (u32,)>(&mut *store).expect("its type");
        func.call(store, ()).expect("no trap").0
    };
    let by_index = instance.get_func(&mut store, f).expect("a function");
    assert_eq!(call(&mut store, by_index), 7);
    let by_name = instance.get_func(&mut store, "f").expect("a function");
    assert_eq!(call(&mut store, by_name), 7);
    let typed = instance.get_typed_func::<(), (u32,)>(&mut store, &f);
    assert_eq!(
        typed
            .expect("a function")
            .call(&mut store, ())
            .expect("no trap"),
        (7,)
    );
    assert!(instance.get_func(&mut store, inner).is_none());
    let other = linker.instantiate(&mut store, &second).expect("linked");
    assert!(other.get_func(&mut store, f).is_none());
    let error = other
        .get_typed_func::<(), ()>(&mut store, "none")
        .expect_err("no such");
    assert!(error.to_string().contains("none"), "{error}");
}

/// What a module exports that a component was given and names in canonical definitions.
const GIVEN: [&str; 5] = [
    r#"(memory (export "m") 1)"#,
    r#"(func (export "f") (param i32 i32) (result i32) (i32.const 8))"#,
    r#"(func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))"#,
    r#"(func (export "post") (param i32))"#,
    r#"(func (export "dtor") (param i32))"#,
];

#[test]
fn a_module_that_is_given_exports_what_its_type_says() {
    let engine = Engine::default();
    let text = r#"(component
        (import "m" (core module $m
            (export "m" (memory 1))
            (export "f" (func (param i32 i32) (result i32)))
            (export "realloc" (func (param i32 i32 i32 i32) (result i32)))
            (export "post" (func (param i32)))
            (export "dtor" (func (param i32)))))
        (core instance $i (instantiate $m))
        (type $r (resource (rep i32) (dtor (core func $i "dtor"))))
        (func (export "f") (param "x" string) (result string) (canon lift (core func $i "f")
            (memory (core memory $i "m")) (realloc (core func $i "realloc"))
            (post-return (core func $i "post")))))"#;
    let component = component(&engine, text);
    let instantiate = |exports: &[&str]| {
        let module = wat::parse_str(format!("(module {})", exports.concat())).expect("text");
        let module = tabwasm::Module::new(&engine, module).expect("valid");
        let mut linker = Linker::<()>::new(&engine);
        linker.root().module("m", &module).expect("defined");
        let instance = linker.instantiate(Store::new(&engine, ()), &component);
        instance.map(drop).map_err(|error| format!("{error:#}"))
    };
    assert_eq!(instantiate(&GIVEN), Ok(()));
    for (place, name) in ["m", "f", "realloc", "post", "dtor"].iter().enumerate() {
        for other in [
            String::new(),
            format!(r#"(func (export "{name}") (param i64))"#),
            format!(r#"(func (export "{name}"))"#),
            format!(r#"(memory (export "{name}") i64 1)"#),
            format!(r#"(global (export "{name}") i32 (i32.const 0))"#),
        ] {
            let mut exports = GIVEN.to_vec();
            exports[place] = &other;
            let said = instantiate(&exports).expect_err(&other);
            let about = said.contains(&format!("`{name}`"));
            assert!(about && !said.contains("internal error"), "{other}: {said}");
        }
    }
}
