//! Memories whose pages have one byte: sizes and limits in bytes, imports with the right page size.
//!
//! With the usual pages a mistake between pages and bytes may go unnoticed, because sizes are
//! multiples of 64 KiB; here it does not.

use tabwasm::spec::Proposal;
use tabwasm::{
    Engine, Instance, LimitError, LinkError, Memory, MemoryType, MemoryTypeBuilder, Module, Result,
    Store,
};

use super::{configured, instance, module};

const SMALL: &str = r#"(module (memory (export "memory") 10 (pagesize 1))
    (func (export "size") (result i32) memory.size)
    (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;

#[test]
fn sizes_are_bytes() -> Result<()> {
    let (mut store, instance) = instance(SMALL);
    let memory = instance.get_memory(&mut store, "memory").expect("exported");
    assert_eq!(
        (memory.page_size(&store), memory.page_size_log2(&store)),
        (1, 0)
    );
    assert_eq!((memory.size(&store), memory.data_size(&store)), (10, 10));
    let load = instance.get_typed_func::<i32, i32>(&mut store, "load")?;
    assert_eq!(load.call(&mut store, 6)?, 0);
    assert!(load.call(&mut store, 7).is_err());
    assert_eq!(memory.grow(&mut store, 1)?, 10);
    assert_eq!(load.call(&mut store, 7)?, 0);
    let size = instance.get_typed_func::<(), i32>(&mut store, "size")?;
    assert_eq!(size.call(&mut store, ())?, 11);
    Ok(())
}

#[test]
fn limits_count_bytes() -> Result<()> {
    let pages = |config: &mut tabwasm::Config| {
        let mut limits = *config.get_limits();
        limits.memory_pages = 1;
        config.limits(limits);
    };
    let (mut store, instance) = configured(pages, SMALL);
    let grow = instance.get_typed_func::<i32, i32>(&mut store, "grow")?;
    let all = 1 << 16;
    assert_eq!(grow.call(&mut store, all - 9)?, -1);
    assert_eq!(grow.call(&mut store, all - 10)?, 10);
    assert_eq!(grow.call(&mut store, 1)?, -1);
    let large = MemoryType::builder()
        .page_size_log2(0)
        .min(all as u64 + 1)
        .build()?;
    let error = Memory::new(&mut store, large).expect_err("too large");
    // In pages of 64 KiB, as the limit counts.
    let limit = error.downcast_ref::<LimitError>();
    assert_eq!(limit.map(|error| (error.limit, error.wanted)), Some((1, 2)));
    Ok(())
}

#[test]
fn growth_stops_where_sizes_end() -> Result<()> {
    let (mut store, instance) = instance(SMALL);
    let grow = instance.get_typed_func::<i32, i32>(&mut store, "grow")?;
    // 2^32 bytes have addresses, but their number is no `i32`.
    assert_eq!(grow.call(&mut store, -10)?, -1);
    assert_eq!(grow.call(&mut store, 0)?, 10);
    Ok(())
}

#[test]
fn imports_have_the_page_size() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let buffer: &'static mut [u8] = Vec::leak(vec![7; 5]);
    let ty = MemoryTypeBuilder::new().page_size_log2(0).min(3).build()?;
    let memory = Memory::new_static(&mut store, ty, buffer)?;
    assert_eq!(memory.grow(&mut store, 2)?, 3);
    assert_eq!(memory.data(&store), [7, 7, 7, 0, 0]);
    assert!(memory.grow(&mut store, 1).is_err());
    let bytes = module(
        &engine,
        r#"(module (import "" "m" (memory 1 (pagesize 1))))"#,
    );
    Instance::new(&mut store, &bytes, &[memory.into()])?;
    let pages = module(&engine, r#"(module (import "" "m" (memory 1)))"#);
    let error = Instance::new(&mut store, &pages, &[memory.into()]).expect_err("another size");
    assert!(error.is::<LinkError>());
    let text = format!("{error:#}");
    assert!(
        text.contains("memory 5.. bytes") && text.contains("memory 1.. pages"),
        "{text}"
    );
    Ok(())
}

#[test]
fn off_when_not_admitted() -> Result<()> {
    let mut config = tabwasm::Config::new();
    config.wasm_proposal(Proposal::CustomPageSizes, false);
    let engine = Engine::new(&config)?;
    let wasm = wat::parse_str(SMALL).expect("text");
    let error = Module::new(&engine, &wasm).expect_err("not admitted");
    assert!(error.to_string().contains("custom_page_sizes"), "{error}");
    Ok(())
}
