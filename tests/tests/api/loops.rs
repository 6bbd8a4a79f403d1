//! Loops that have other locals in registers than the function around them: every way out of one finds
//! each local with its value, and so does every way back in.
//!
//! The functions use `$a`, `$b` and `$x` most outside of their loops and others in them; each gives all
//! of its locals in one number, or ends as a model in Rust says.

use tabwasm::{Config, Result, TypedFunc};

use super::configured;

/// Sums up `$i + $k` in a loop that is left at its end, by a branch out of two blocks, by a table, with
/// a value, and to the function's own end; a callee uses registers of its own.
const TEXT: &str = r#"(module
  (func $mix (param $h i64) (param $v i64) (result i64)
    (i64.add (i64.mul (local.get $h) (i64.const 31)) (local.get $v)))
  (func $all (param i32 i32 i32 i32 f64 f64 f64) (result i64)
    (call $mix (call $mix (call $mix (call $mix (call $mix (call $mix (i64.extend_i32_u (local.get 0))
      (i64.extend_i32_u (local.get 1))) (i64.extend_i32_u (local.get 2))) (i64.extend_i32_u (local.get 3)))
      (i64.trunc_f64_s (local.get 4))) (i64.trunc_f64_s (local.get 5))) (i64.trunc_f64_s (local.get 6))))
  (func (export "run") (param $n i32) (param $way i32) (result i64)
    (local $a i32) (local $b i32) (local $i i32) (local $k i32) (local $c i32) (local $x f64) (local $y f64) (local $z f64)
    (local.set $a (i32.const 7)) (local.set $b (i32.const 11)) (local.set $x (f64.const 2))
    (loop $again
      (local.set $c (i32.const 3))
      (loop $churn
        (; churn ;)
        (br_if $churn (local.tee $c (i32.sub (local.get $c) (i32.const 1)))))
      (local.set $i (i32.const 10))
      (block $outer
        (block $inner
          (local.set $b (i32.add (local.get $b) (block $value (result i32)
            (loop $loop
              (local.set $k (i32.add (i32.add (local.get $k) (local.get $i)) (local.get $i)))
              (local.set $k (i32.and (i32.add (local.get $k) (local.get $i)) (i32.const 0xFFF)))
              (local.set $y (f64.add (f64.add (local.get $y) (local.get $z)) (local.get $y)))
              (local.set $z (f64.min (f64.add (local.get $y) (local.get $z)) (f64.const 99)))
              (local.set $y (f64.min (f64.add (local.get $y) (f64.const 1)) (f64.const 77)))
              (br_if $inner (i32.and (i32.eq (local.get $way) (i32.const 1)) (i32.eq (local.get $i) (i32.const 3))))
              (br_if $outer (i32.and (i32.eq (local.get $way) (i32.const 2)) (i32.eq (local.get $i) (i32.const 4))))
              (drop (br_if $value (local.get $k)
                (i32.and (i32.eq (local.get $way) (i32.const 3)) (i32.eq (local.get $i) (i32.const 5)))))
              (if (i32.and (i32.eq (local.get $way) (i32.const 4)) (i32.eq (local.get $i) (i32.const 2)))
                (then (br_table $inner $outer $again $outer
                  (i32.and (local.get $k) (i32.const 1)))))
              (if (i32.eq (local.get $way) (i32.const 5))
                (then (local.set $k (i32.wrap_i64 (call $mix (i64.extend_i32_u (local.get $k)) (i64.const 3))))
                  (br_if $outer (i32.lt_s (local.get $i) (i32.const 4)))))
              (if (i32.and (i32.eq (local.get $way) (i32.const 6)) (i32.eq (local.get $i) (i32.const 6)))
                (then (return (call $all (local.get $a) (local.get $b) (local.get $i) (local.get $k)
                  (local.get $x) (local.get $y) (local.get $z)))))
              (br_if $loop (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
            (local.get $k))))
          (local.set $a (i32.add (local.get $a) (local.get $k))))
        (local.set $b (i32.add (local.get $b) (local.get $i))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (call $all (local.get $a) (local.get $b) (local.get $i) (local.get $k)
      (local.get $x) (local.get $y) (local.get $z))))"#;

/// What the loop does that uses the function's locals, three times in each round.
const CHURN: &str = r"
        (local.set $a (i32.add (i32.mul (local.get $a) (local.get $a)) (local.get $b)))
        (local.set $b (i32.xor (i32.add (local.get $b) (local.get $a)) (i32.shl (local.get $b) (local.get $a))))
        (local.set $a (i32.and (i32.add (local.get $a) (local.get $b)) (i32.const 0xFFFF)))
        (local.set $b (i32.and (i32.add (local.get $a) (local.get $b)) (i32.const 0xFFFF)))
        (local.set $x (f64.add (f64.add (local.get $x) (local.get $x)) (local.get $x)))
        (local.set $x (f64.min (f64.add (local.get $x) (local.get $x)) (f64.const 1000)))
";

/// What `run` gives.
fn model(mut n: i32, way: i32) -> i64 {
    let (mut a, mut b, mut k) = (7_i32, 11_i32, 0_i32);
    let mut i: i32;
    let (mut x, mut y, mut z) = (2.0_f64, 0.0_f64, 0.0_f64);
    let all = |a: i32, b: i32, i: i32, k: i32, floats: [f64; 3]| {
        let parts = [b, i, k].map(|part| i64::from(part as u32));
        let parts = parts.into_iter().chain(floats.map(|part| part as i64));
        parts.fold(i64::from(a as u32), |h, v| {
            h.wrapping_mul(31).wrapping_add(v)
        })
    };
    'again: loop {
        for _ in 0..9 {
            a = a.wrapping_mul(a).wrapping_add(b);
            b = b.wrapping_add(a) ^ b.wrapping_shl(a as u32);
            a = a.wrapping_add(b) & 0xFFFF;
            b = a.wrapping_add(b) & 0xFFFF;
            x = x + x + x;
            x = (x + x).min(1000.0);
        }
        i = 10;
        'outer: {
            'inner: {
                let value = loop {
                    k = k.wrapping_add(i).wrapping_add(i);
                    k = k.wrapping_add(i) & 0xFFF;
                    y = y + z + y;
                    z = (y + z).min(99.0);
                    y = (y + 1.0).min(77.0);
                    match way {
                        1 if i == 3 => break 'inner,
                        2 if i == 4 => break 'outer,
                        3 if i == 5 => break k,
                        4 if i == 2 && k & 1 == 0 => break 'inner,
                        4 if i == 2 => break 'outer,
                        5 => {
                            k = k.wrapping_mul(31).wrapping_add(3);
                            if i < 4 {
                                break 'outer;
                            }
                        }
                        6 if i == 6 => return all(a, b, i, k, [x, y, z]),
                        _ => {}
                    }
                    i -= 1;
                    if i == 0 {
                        break k;
                    }
                };
                b = b.wrapping_add(value);
                a = a.wrapping_add(k);
            }
            b = b.wrapping_add(i);
        }
        n -= 1;
        if n == 0 {
            break 'again;
        }
    }
    all(a, b, i, k, [x, y, z])
}

fn agrees(configure: impl FnOnce(&mut Config)) -> Result<()> {
    let (mut store, instance) =
        configured(configure, &TEXT.replace("(; churn ;)", &CHURN.repeat(3)));
    let _ = store.set_fuel(u64::MAX);
    store.set_epoch_deadline(1);
    let run: TypedFunc<(i32, i32), i64> = instance.get_typed_func(&mut store, "run")?;
    for way in 0..7 {
        for n in 1..9 {
            assert_eq!(
                run.call(&mut store, (n, way))?,
                model(n, way),
                "{n} rounds, way {way}"
            );
        }
    }
    Ok(())
}

#[test]
fn all_ways_out_of_a_loop_keep_locals() -> Result<()> {
    agrees(|_| {})
}

#[test]
fn so_they_do_with_fuel_and_epochs_and_without_fused_pairs() -> Result<()> {
    agrees(|config| {
        config.consume_fuel(true).epoch_interruption(true);
    })?;
    agrees(|config| {
        config.fuse_instructions(false);
    })
}
