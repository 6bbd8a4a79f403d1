//! Locals that are read before they are set are zero, however control got there.
//!
//! The stack is full of what another function left, and each function reads `$x` where some ways lead past
//! the place that sets it to seven. What comes out is seven on these ways, and zero on the others.

use std::fmt::Write as _;

use super::instance;

/// A body that leaves `$x`, and what that is where `$c` is 0, 1 and 2.
const BODIES: [(&str, [i64; 3]); 18] = [
    ("", [0; 3]),
    ("(local.set $x (i64.const 7))", [7; 3]),
    ("(if (local.get $c) (then (local.set $x (i64.const 7))))", [0, 7, 7]),
    (
        "(if (local.get $c) (then (local.set $x (i64.const 7))) (else (nop)))",
        [0, 7, 7],
    ),
    (
        "(if (local.get $c) (then (nop)) (else (local.set $x (i64.const 7))))",
        [7, 0, 0],
    ),
    (
        "(if (local.get $c) (then (local.set $x (i64.const 7))) (else (local.set $x (i64.const 7))))",
        [7; 3],
    ),
    ("(block (local.set $x (i64.const 7)))", [7; 3]),
    (
        "(block (br_if 0 (local.get $c)) (local.set $x (i64.const 7)))",
        [7, 0, 0],
    ),
    (
        "(block (local.set $x (i64.const 7)) (br_if 0 (local.get $c)))",
        [7; 3],
    ),
    (
        "(block (block (br_if 1 (local.get $c)) (local.set $x (i64.const 7))))",
        [7, 0, 0],
    ),
    (
        "(block (block (br_if 0 (local.get $c)) (br 1)) (local.set $x (i64.const 7)))",
        [0, 7, 7],
    ),
    (
        "(block (block (br_table 0 1 0 (local.get $c))) (local.set $x (i64.const 7)))",
        [7, 0, 7],
    ),
    (
        "(loop (local.set $x (i64.const 7)) (br_if 0 (local.tee $c (i32.shr_u (local.get $c) (i32.const 1)))))",
        [7; 3],
    ),
    (
        "(block (loop (br_if 1 (i32.eqz (local.get $c))) (local.set $x (i64.const 7))
            (br_if 0 (local.tee $c (i32.sub (local.get $c) (i32.const 1))))))",
        [0, 7, 7],
    ),
    (
        "(loop (local.set $y (i64.add (local.get $y) (local.get $x))) (local.set $x (i64.const 7))
            (br_if 0 (i32.ge_s (local.tee $c (i32.sub (local.get $c) (i32.const 1))) (i32.const 0))))
         (local.set $x (local.get $y))",
        [0, 7, 14],
    ),
    (
        "(block (loop (if (local.get $c) (then (local.set $c (i32.sub (local.get $c) (i32.const 2)))
            (br_if 2 (i32.eqz (local.get $c))) (local.set $x (i64.const 7))
            (br_if 1 (i32.gt_s (local.get $c) (i32.const 0)))))))",
        [0, 7, 0],
    ),
    (
        "(block (br_if 0 (i32.eqz (local.get $c))) (block (local.set $x (i64.const 7)) (br_if 1 (local.get $c))))",
        [0, 7, 7],
    ),
    (
        "(block $out (block (loop (br_if 1 (i32.eq (local.get $c) (i32.const 1))) (br_if $out (local.get $c))
            (local.set $x (i64.const 7)))))",
        [7, 0, 0],
    ),
];

#[test]
fn what_is_read_before_it_is_set_is_zero() {
    let mut text = String::from("(module (func (export \"fill\")");
    for local in 0..64 {
        let _ = write!(text, "(local $l{local} i64)");
    }
    for local in 0..64 {
        let _ = write!(text, "(local.set $l{local} (i64.const -{local}1))");
    }
    text.push(')');
    // With and without pinned locals: these are the ones that are used most.
    for (number, (body, _)) in BODIES.iter().enumerate() {
        let others = "(drop (i64.mul (local.get $z) (local.get $z)))".repeat(9);
        let _ = write!(
            text,
            "(func (export \"{number} 0\") (param $c i32) (result i64) (local $y i64) (local $x i64)
                {body} (local.get $x))
             (func (export \"{number} 1\") (param $c i32) (result i64)
                (local $z i64) (local $v v128) (local $y i64) (local $x i64)
                {body} {others} (i64.add (local.get $x) (i64x2.extract_lane 1 (local.get $v))))"
        );
    }
    text.push(')');
    let (mut store, instance) = instance(&text);
    let fill = instance.get_typed_func::<(), ()>(&mut store, "fill");
    let fill = fill.expect("an export");
    for (number, (body, expected)) in BODIES.iter().enumerate() {
        for kind in 0..2 {
            let name = format!("{number} {kind}");
            let run = instance.get_typed_func::<i32, i64>(&mut store, &name);
            let run = run.expect("an export");
            for (c, expected) in (0..).zip(expected) {
                fill.call(&mut store, ()).expect("no trap");
                let found = run.call(&mut store, c).expect("no trap");
                assert_eq!(found, *expected, "{kind}: {body} with {c}");
            }
        }
    }
}
