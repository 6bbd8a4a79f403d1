//! Branches that do not fit into a word of the table.
//!
//! A branch has four bytes for its distance, the operands that it drops and those that it keeps.
//! Here each of these is too large in turn, so that the longer form is taken.

use super::{Memories, store};
use tabwasm::compact::{Exit, Module, Value};
use tabwasm::profile::{Features, NoAlloc, Profile, Std};

/// What a function with this body gives for each parameter.
fn run(body: &str, cases: &[(i32, i32)]) {
    // What stands before and behind has branches of its own.
    let sign = "(if (result i32) (i32.lt_s (local.get 0) (i32.const 0))
        (then (i32.const -1)) (else (i32.const 1)))";
    let text = format!(
        "(module
            (func $sign (param i32) (result i32) {sign})
            (func (export \"f\") (param i32) (result i32) (local i32)
                (local.set 1 (call $sign (local.get 0)))
                {body}
                (i32.mul (call $sign (local.get 1))))
            (func (param i32) (result i32) {sign}))"
    );
    let wasm = wat::parse_str(&text).unwrap().leak();
    let features = Features {
        limits: Std::LIMITS,
        ..Features::of::<NoAlloc>()
    };
    let module = Module::new(wasm, &features, vec![0; 1 << 18].leak()).unwrap();
    let mut memories = Memories::new(0);
    let (mut store, _, f) = store(module, &[], &mut memories, "f");
    for (param, result) in cases {
        store.call(f, &[Value::I32(*param)]).unwrap();
        assert_eq!(store.run(&mut 1_000_000), Exit::Done);
        assert_eq!(store.results().next(), Some(Value::I32(*result)), "{param}");
    }
}

#[test]
fn with_many_operands() {
    let many = "(i32.const 1)".repeat(200);
    for (constants, keep) in [(6, 1), (7, 1), (8, 1), (200, 1), (0, 2), (1, 2), (7, 100)] {
        let below = "(i32.const 3)".repeat(constants);
        let along = "(local.get 0)".repeat(keep);
        let types = "i32 ".repeat(keep);
        let sum = "(i32.add)".repeat(keep - 1);
        let drops = "(drop)".repeat(constants);
        let body = format!(
            "(block (result {types}) {below} {along}
                (br_if 0 (i32.eqz (i32.and (local.get 0) (i32.const 1))))
                (local.set 0 (i32.const 5)) {}
                {drops} {})
            {sum}",
            "(drop)".repeat(keep),
            "(i32.const 1)".repeat(keep),
        );
        let keep = keep as i32;
        run(&body, &[(2, 2 * keep), (4, 4 * keep), (7, keep)]);
    }
    run(
        &format!("(block (result i32) {many} (br 0 (local.get 0)))"),
        &[(9, 9)],
    );
}

#[test]
fn over_many_others() {
    for arms in [10, 2046, 2047, 2048, 2049, 10_000] {
        let zeros = "0 ".repeat(arms);
        let body = format!(
            "(block (block (block (br_table {zeros} 1 2 (local.get 0)))
                (local.set 0 (i32.const 100)) (br 1))
                (local.set 0 (i32.const 200)))
            (local.get 0)"
        );
        let last = arms as i32;
        run(
            &body,
            &[
                (0, 100),
                (1, 100),
                (last - 1, 100),
                (last, 200),
                (last + 1, last + 1),
            ],
        );
    }
}

#[test]
fn over_much_code() {
    for size in [65_400, 70_000, 200_000] {
        let nops = "nop ".repeat(size);
        let body = format!(
            "(local.set 1 (i32.const 0))
            (block (br_if 0 (i32.eqz (local.get 0)))
                (loop {nops}
                    (local.set 1 (i32.add (local.get 1) (local.get 0)))
                    (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
                    (br_if 0 (local.get 0))
                    (if (i32.eq (local.get 1) (i32.const 3)) (then {nops}
                        (local.set 1 (i32.const 10))))))
            (local.get 1)"
        );
        run(&body, &[(0, 0), (1, 1), (2, 10), (3, 6)]);
    }
}
