//! Memories whose pages have one byte: a small machine has no 64 KiB to give.
//!
//! Ten bytes of the guest take ten bytes of the store, and growth is by single bytes.

use super::{Memories, module, store};
use tabwasm::Trap;
use tabwasm::compact::{Error, Exit, Growth, Store, Value};
use tabwasm::profile::NoAlloc;

const SMALL: &str = r#"(module
    (memory (export "memory") 10 (pagesize 1))
    (data (i32.const 6) "\01\02\03\04")
    (func (export "size") (result i32) memory.size)
    (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;

fn call(
    store: &mut Store<'static, '_, NoAlloc>,
    name: &str,
    params: &[Value],
) -> Result<Option<Value>, Exit> {
    let instance = store.instantiate(module(SMALL), &[]).unwrap();
    let func = store.func(instance, name).unwrap();
    store.call(func, params).unwrap();
    match store.run(&mut 1_000) {
        Exit::Done => Ok(store.results().next()),
        exit => Err(exit),
    }
}

#[test]
fn ten_bytes_are_ten_bytes() {
    assert_eq!(module(SMALL).needs().memory, 10);
    let run = |name, param: Option<i32>| {
        let mut memories = Memories::new(10);
        let mut store = Store::new(memories.ram());
        call(&mut store, name, param.map(Value::I32).as_slice())
    };
    assert_eq!(run("size", None), Ok(Some(Value::I32(10))));
    assert_eq!(run("load", Some(6)), Ok(Some(Value::I32(0x0403_0201))));
    let beyond = Err(Exit::Trap(Trap::MemoryOutOfBounds));
    assert_eq!(run("load", Some(7)), beyond);
}

#[test]
fn growth_counts_bytes() {
    let mut memories = Memories::new(16);
    let (mut store, instance, grow) = store(module(SMALL), &[], &mut memories, "grow");
    let grow = |store: &mut Store<'static, '_, NoAlloc>, bytes| {
        store.call(grow, &[Value::I32(bytes)]).unwrap();
        let exit = store.run(&mut 1_000);
        if exit != Exit::Done {
            store.refuse();
            assert_eq!(store.run(&mut 1_000), Exit::Done);
        }
        (exit, store.results().next())
    };
    assert_eq!(grow(&mut store, 4), (Exit::Done, Some(Value::I32(10))));
    let what = Growth::Memory;
    let lacking = Exit::Grow { what, missing: 3 };
    assert_eq!(grow(&mut store, 5), (lacking, Some(Value::I32(-1))));
    assert_eq!(grow(&mut store, 2), (Exit::Done, Some(Value::I32(14))));
    // 2^32 bytes have addresses, but no size.
    assert_eq!(grow(&mut store, -16), (Exit::Done, Some(Value::I32(-1))));
    let size = store.func(instance, "size").unwrap();
    store.call(size, &[]).unwrap();
    assert_eq!(store.run(&mut 1_000), Exit::Done);
    assert_eq!(store.results().next(), Some(Value::I32(16)));
}

#[test]
fn imports_have_the_page_size() {
    let mut memories = Memories::new(16);
    let (mut store, instance, _) = store(module(SMALL), &[], &mut memories, "size");
    let memory = store.export(instance, "memory").unwrap();
    let pages = module(r#"(module (import "" "" (memory 0)))"#);
    let error = store.instantiate(pages, &[memory]).unwrap_err();
    assert_eq!(error, Error::Import { index: 0 });
    let bytes = module(r#"(module (import "" "" (memory 10 (pagesize 1))))"#);
    assert!(store.instantiate(bytes, &[memory]).is_ok());
}
