//! Modules whose instructions do much work at once.
//!
//! Each exported function takes how much, so that tests of both engines can ask what the work
//! costs.

/// The limits of a memory, in pages, and of a table.
pub type Sizes = [&'static str; 2];

/// Room for 131,072 bytes and 4,096 elements, and for growth.
pub const LARGE: Sizes = ["2 100", "4096 100000"];

/// A function for each instruction whose work has a size, which is its parameter.
pub fn bulk([memory, table]: Sizes) -> String {
    format!(
        r#"(module
    (memory (export "memory") {memory})
    (table $t (export "table") {table} funcref)
    (data $bytes "0123456789012345678901234567890123456789012345678901234567890123")
    (elem $functions func $none $none $none $none $none $none $none $none)
    (func $none)
    (func (export "memory.fill") (param i32) (memory.fill (i32.const 0) (i32.const 7) (local.get 0)))
    (func (export "memory.copy") (param i32) (memory.copy (i32.const 1) (i32.const 0) (local.get 0)))
    (func (export "memory.init") (param i32)
        (memory.init $bytes (i32.const 0) (i32.const 0) (local.get 0)))
    (func (export "memory.grow") (param i32)
        (drop (memory.grow (i32.shr_u (local.get 0) (i32.const 16)))))
    (func (export "table.fill") (param i32)
        (table.fill $t (i32.const 0) (ref.func $none) (local.get 0)))
    (func (export "table.copy") (param i32) (table.copy (i32.const 1) (i32.const 0) (local.get 0)))
    (func (export "table.init") (param i32)
        (table.init $t $functions (i32.const 0) (i32.const 0) (local.get 0)))
    (func (export "table.grow") (param i32)
        (drop (table.grow $t (ref.null func) (local.get 0)))))"#
    )
}

/// Functions that differ only in how many values they move or set to zero.
pub fn moving(count: usize) -> String {
    let (types, zeros) = (times(count, " i64"), times(count, " (i64.const 1)"));
    let (gets, drops) = (
        (0..count)
            .map(|at| format!(" (local.get {at})"))
            .collect::<String>(),
        times(count, " drop"),
    );
    format!(
        r#"(module
            (type $many (func (result{types})))
            (import "host" "take" (func $take (param{types})))
            (table funcref (elem $tail $taken))
            (elem declare func $tail)
            (func $locals (local{types}))
            (func (export "zeroed") (call $locals))
            (func $results (type $many){zeros})
            (func (export "returned") (call $results){drops})
            (func $early (type $many) (return{zeros}))
            (func (export "returned early") (call $early){drops})
            (func $late (type $many)
                i32.const 0{zeros} (br 0))
            (func (export "branched out") (call $late){drops})
            (func (export "branched")
                (block (type $many) (i32.const 0){zeros} (br 0)){drops})
            (func (export "branched if")
                (block (type $many) (i32.const 0){zeros} (br_if 0 (i32.const 1)) unreachable){drops})
            (func (export "not branched")
                (block (type $many) (i32.const 0){zeros} (br_if 0 (i32.const 0)){drops} drop{zeros}){drops})
            (func (export "branched by table") (param i32)
                (block (type $many)
                    (block (type $many) (i32.const 0){zeros} (br_table 0 1 (local.get 0))){drops}{zeros}){drops})
            (func (export "branched on null")
                (block (type $many) (i32.const 0){zeros} (br_on_null 0 (ref.null func)) unreachable){drops})
            (func $tail (param{types}))
            (func $taken (param{types}))
            (func $calling (param{types}) (return_call $tail{gets}))
            (func (export "tail") (call $calling{zeros}))
            (func $calling2 (param{types})
                (return_call_indirect (param{types}){gets} (i32.const 0)))
            (func (export "tail by table") (call $calling2{zeros}))
            (func $calling3 (param{types}) (return_call_ref $takes{gets} (ref.func $tail)))
            (func (export "tail by reference") (call $calling3{zeros}))
            (type $takes (func (param{types})))
            (func (export "passed") (call $take{zeros})))"#
    )
}

/// Text with `count` times a part.
fn times(count: usize, part: &str) -> String {
    part.repeat(count)
}
