//! Translation: values that wait for their use survive what is moved meanwhile.
//!
//! The translator leaves values where they are and moves them late. Each operand here is of a kind
//! that a later one could overwrite.

use tabwasm::{Result, Val};

use super::instance;

#[test]
fn operands_survive_moves_of_later_operands() -> Result<()> {
    let text = r#"(module
        (func $f (param i64) (result i64) local.get 0)
        (func $g (param i32) (result i32) local.get 0)
        (func (export "constants") (param i32) (result i32) (select
          (select (i32.const 0) (i32.const 1) (local.get 0)) (i32.const 2) (i32.const 3)))
        (func (export "calls") (param i32) (result i32) (select
          (select (call $g (i32.const 5)) (call $g (i32.const 6)) (local.get 0))
          (i32.const 2) (i32.const 3)))
        (func (export "long") (param i32) (result i64) (i64.add
          (select (call $f (i64.const 5)) (call $f (i64.const 6)) (local.get 0))
          (i64.const 0x100000000)))
        (func (export "shifted") (param i32) (result i64) (i64.sub
          (i64.shl (call $f (i64.const 5)) (i64.extend_i32_u (local.get 0)))
          (i64.const 0x100000000))))"#;
    let (mut store, instance) = instance(text);
    for (name, expected) in [
        ("constants", [Val::I32(1), Val::I32(0)]),
        ("calls", [Val::I32(6), Val::I32(5)]),
        ("long", [Val::I64(0x1_0000_0006), Val::I64(0x1_0000_0005)]),
        (
            "shifted",
            [Val::I64(5 - 0x1_0000_0000), Val::I64(10 - 0x1_0000_0000)],
        ),
    ] {
        let func = instance.get_func(&mut store, name).expect("exported");
        for (argument, expected) in (0..).zip(expected) {
            let mut results = [Val::I32(0)];
            func.call(&mut store, &[Val::I32(argument)], &mut results)?;
            assert_eq!(
                format!("{results:?}"),
                format!("[{expected:?}]"),
                "{name} {argument}"
            );
        }
    }
    Ok(())
}
