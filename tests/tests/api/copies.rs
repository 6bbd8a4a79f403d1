//! Which of two indices is where a copy goes, and which where it comes from.
//!
//! Their address types differ here, so that code which exchanges the two takes an operand of a
//! wrong width, and the result shows it.

use super::instance;

const TEXT: &str = r#"(module
    (memory $first i64 1) (memory $second 1)
    (data (memory $first) (i64.const 0) "\01") (data (memory $second) (i32.const 0) "\02")
    (func (export "memory") (result i32 i32)
        (memory.copy $first $second (i64.const 0) (i32.const 0) (i32.const 1))
        (i32.load8_u $first (i64.const 0)) (i32.load8_u $second (i32.const 0)))
    (table $to i64 1 funcref) (table $from funcref (elem $one))
    (func $one (result i32) (i32.const 1))
    (func (export "table") (result i32 i32)
        (table.copy $to $from (i64.const 0) (i32.const 0) (i32.const 1))
        (ref.is_null (table.get $to (i64.const 0))) (ref.is_null (table.get $from (i32.const 0)))))"#;

#[test]
fn from_the_second_to_the_first() {
    let (mut store, instance) = instance(TEXT);
    for (name, expected) in [("memory", (2, 2)), ("table", (0, 0))] {
        let copy = instance.get_typed_func::<(), (i32, i32)>(&mut store, name);
        let found = copy.expect("an export").call(&mut store, ());
        assert_eq!(found.expect("within bounds"), expected, "{name}");
    }
}
