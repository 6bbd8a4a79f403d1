//! Memories that begin with an image: the second and all later instances of a module are as the first.
//!
//! With and without images everything is the same but the time, whatever makes data segments those of one
//! instance: where they go, to which memory, and what is left of them. Where there are no images, these
//! tests compare copies with copies.

use tabwasm::{
    Config, Engine, Extern, Global, GlobalType, Instance, Linker, Memory, MemoryType, Mutability,
    Result, Store, Val, ValType,
};

use super::module;

/// What can be seen of an instance that was made, or the error.
type Seen = std::result::Result<Vec<Vec<u8>>, String>;

/// Five instances of a module with the imports that it asks for, each in a store of its own: an offset,
/// which is another each time, and a memory.
fn seen(images: bool, text: &str) -> Result<Vec<Seen>> {
    let mut config = Config::new();
    config.memory_init_cow(images);
    let engine = Engine::new(&config)?;
    let module = module(&engine, text);
    let see = |number: i32| {
        let mut store = Store::new(&engine, ());
        let ty = GlobalType::new(ValType::I32, Mutability::Const);
        let offset = Global::new(&mut store, ty, Val::I32(number * 1_000))?;
        let memory = Memory::new(&mut store, MemoryType::new(3, None))?;
        let mut linker: Linker<()> = Linker::new(&engine);
        linker.define(&mut store, "host", "offset", offset)?;
        linker.define(&mut store, "host", "memory", memory)?;
        let instance = match linker.instantiate(&mut store, &module) {
            Ok(instance) => instance,
            // The memory that was imported keeps what was copied before the error.
            Err(error) => return Ok(Err(format!("{error:?} {:?}", memory.data(&store)))),
        };
        let mut memories: Vec<Memory> = vec![memory];
        let exports = instance.exports(&mut store);
        memories.extend(exports.filter_map(|export| match export.into_extern() {
            Extern::Memory(memory) => Some(memory),
            _ => None,
        }));
        let contents = memories.iter().map(|memory| memory.data(&store).to_vec());
        let mut contents: Vec<Vec<u8>> = contents.collect();
        if let Ok(left) = instance.get_typed_func::<i32, ()>(&mut store, "left") {
            // Whether bytes of a segment are there yet.
            let left = left.call(&mut store, number);
            contents.push(vec![left.is_ok().into()]);
        }
        for memory in memories {
            memory.data_mut(&mut store).fill(0xA5);
        }
        Ok(Ok(contents))
    };
    (0..5).map(see).collect()
}

#[test]
fn later_instances_are_as_the_first() -> Result<()> {
    let long = |byte: &str| byte.repeat(70_000);
    let (a, b) = (long("a"), long("b"));
    let modules = [
        (
            "one segment",
            format!(r#"(memory (export "m") 3) (data (i32.const 5) "{a}")"#),
            1,
        ),
        (
            "segments over each other, the last one short",
            format!(
                r#"(memory (export "m") 3) (data (i32.const 5) "{a}") (data (i32.const 70000) "{b}")
                (data (i32.const 100) "short")"#
            ),
            1,
        ),
        (
            "an offset that an import gives",
            format!(
                r#"(import "host" "offset" (global $offset i32)) (memory (export "m") 3)
                (data (global.get $offset) "{a}")"#
            ),
            5,
        ),
        (
            "an offset that is computed",
            format!(
                r#"(memory (export "m") 3) (data (i32.add (i32.const 5) (i32.const 6)) "{a}")"#
            ),
            1,
        ),
        (
            "two memories",
            format!(
                r#"(memory (export "m") 3) (memory $n (export "n") 3) (data (i32.const 5) "{a}")
                (data (memory $n) (i32.const 9) "{b}")"#
            ),
            1,
        ),
        (
            "the second of two memories",
            format!(
                r#"(memory (export "m") 3) (memory $n (export "n") 3)
                (data (memory $n) (i32.const 9) "{b}")"#
            ),
            1,
        ),
        (
            "an imported memory",
            format!(
                r#"(import "host" "memory" (memory 1)) (memory $n (export "n") 3)
                (data (i32.const 5) "{a}")"#
            ),
            1,
        ),
        (
            "a memory with addresses of 64 bits",
            format!(r#"(memory (export "m") i64 3) (data (i64.const 5) "{a}")"#),
            1,
        ),
        (
            "what is left of segments",
            format!(
                r#"(memory (export "m") 3) (data $active (i32.const 5) "{a}") (data $passive "{b}")
                (func (export "left") (param i32)
                  (if (local.get 0)
                    (then (memory.init $active (i32.const 0) (i32.const 0) (i32.const 1)))
                    (else (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 70000)))))"#
            ),
            // The first one asks for the passive segment.
            2,
        ),
        (
            "beyond the memory",
            format!(
                r#"(memory (export "m") 3) (data (i32.const 5) "{a}") (data (i32.const 130000) "{b}")"#
            ),
            1,
        ),
        (
            "beyond an imported memory",
            format!(
                r#"(import "host" "memory" (memory 1)) (data (i32.const 5) "{a}")
                (data (i32.const 130000) "{b}")"#
            ),
            1,
        ),
    ];
    for (name, text, kinds) in modules {
        let text = format!("(module {text})");
        let (with, without) = (seen(true, &text)?, seen(false, &text)?);
        assert!(with == without, "{name}");
        let different: std::collections::BTreeSet<&Seen> = with.iter().collect();
        assert_eq!(different.len(), kinds, "{name}");
    }
    Ok(())
}

/// One instance writes while another reads what both began with.
#[test]
fn instances_write_for_themselves() -> Result<()> {
    let engine = Engine::default();
    let bytes = "x".repeat(100_000);
    let text = format!(r#"(module (memory (export "m") 2) (data (i32.const 1) "{bytes}"))"#);
    let module = module(&engine, &text);
    let mut stores: Vec<Store<()>> = (0..8).map(|_| Store::new(&engine, ())).collect();
    let mut memories = Vec::new();
    for store in &mut stores {
        let instance = Instance::new(&mut *store, &module, &[])?;
        memories.extend(instance.get_memory(&mut *store, "m"));
    }
    for (number, (store, memory)) in stores.iter_mut().zip(&memories).enumerate() {
        memory.write(&mut *store, 10_000 * number, &[number as u8; 20_000])?;
    }
    for (number, (store, memory)) in stores.iter().zip(&memories).enumerate() {
        let data = memory.data(store);
        let own = 10_000 * number..10_000 * number + 20_000;
        for (at, byte) in data.iter().enumerate() {
            let expected = match at {
                at if own.contains(&at) => number as u8,
                1..=100_000 => b'x',
                _ => 0,
            };
            assert_eq!(*byte, expected, "instance {number}, byte {at}");
        }
    }
    Ok(())
}
