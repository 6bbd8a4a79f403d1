//! Vectors through the API, and where the fast engine has two slots for a value.
//!
//! What instructions compute is the business of the official scripts, but where they would not notice
//! another one in its place. Here vectors stand between
//! other values: among locals, arguments and results, in globals, in what branches carry, in what a
//! host function gets and gives, and in what a suspended call keeps.

use tabwasm::{
    Caller, Config, Engine, Error, Func, FuncType, Global, GlobalType, Instance, Linker,
    Mutability, Result, ResumableCall, Store, V128, Val, ValType,
};

use super::{configured, instance, module};

/// Numbers that are told apart by each of their bytes.
const A: u128 = 0x0F0E_0D0C_0B0A_0908_0706_0504_0302_0100;
const B: u128 = 0x1F1E_1D1C_1B1A_1918_1716_1514_1312_1110;

fn v(bits: u128) -> V128 {
    bits.into()
}

#[test]
fn vectors_stand_between_other_values() -> Result<()> {
    let text = r#"(module
        (func (export "turn") (param i32 v128 i64 v128 f64) (result f64 v128 i64 v128 i32)
            (local $x v128) (local $n i32) (local $y v128)
            (local.set $y (local.get 1))
            (local.set $x (local.get 3))
            (local.set $n (i32.add (local.get 0) (i32.const 1)))
            (local.get 4) (local.get $x) (i64.add (local.get 2) (i64.const 1)) (local.get $y) (local.get $n))
        (func (export "zero") (result v128 i32)
            (local i32 v128 i32) (local.get 1) (local.get 2)))"#;
    let (mut store, instance) = instance(text);
    type Args = (i32, V128, i64, V128, f64);
    type Results = (f64, V128, i64, V128, i32);
    let turn = instance.get_typed_func::<Args, Results>(&mut store, "turn")?;
    let turned = turn.call(&mut store, (1, v(A), 2, v(B), 0.5))?;
    assert_eq!(turned, (0.5, v(B), 3, v(A), 2));
    let turn = turn.func();
    let args = [1.into(), v(A).into(), 2i64.into(), v(B).into(), 0.5.into()];
    let mut results = [Val::I32(0); 5];
    turn.call(&mut store, &args, &mut results)?;
    assert_eq!(results[1].unwrap_v128(), v(B));
    assert_eq!(results[3].v128().map(u128::from), Some(A));
    assert_eq!(results[4].unwrap_i32(), 2);
    let wrong = [1.into(), Val::I64(0), 2i64.into(), v(B).into(), 0.5.into()];
    assert!(turn.call(&mut store, &wrong, &mut results).is_err());
    let zero = instance.get_typed_func::<(), (V128, i32)>(&mut store, "zero")?;
    assert_eq!(zero.call(&mut store, ())?, (V128::default(), 0));
    Ok(())
}

#[test]
fn branches_carry_vectors_over_values_of_both_widths() -> Result<()> {
    let text = r#"(module
        (func (export "over") (param i32 v128 v128) (result v128 i32)
            (block (result v128 i32)
                (i32.const 7) (local.get 2) (i64.const 9)
                (local.get 1) (i32.const 5)
                (br_if 0 (local.get 0))
                (drop) (drop) (drop) (drop) (drop)
                (local.get 2) (i32.const 6)))
        (func (export "table") (param i32 v128) (result v128)
            (block $a (result v128) (i32.const 1)
                (block $b (result v128) (i32.const 2)
                    (br_table $a $b (local.get 1) (local.get 0)))
                (drop) (drop) (drop) (v128.not (local.get 1))))
        (func (export "if") (param i32 v128) (result v128)
            (i64.const 3)
            (if (param i64) (result v128) (local.get 0)
                (then (drop) (local.get 1))
                (else (i64x2.splat)))
            )
        (func (export "loop") (param i32 v128) (result v128)
            (local.get 1)
            (loop (param v128) (result v128)
                (i32x4.add (local.get 1))
                (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
        (func (export "select") (param i32 v128 v128) (result v128)
            (select (local.get 1) (local.get 2) (local.get 0))))"#;
    let text = text.replace("(drop) (drop) (drop) (v128.not", "(drop) (drop) (v128.not");
    for fuel in [false, true] {
        let (mut store, instance) = configured(|config| _ = config.consume_fuel(fuel), &text);
        if fuel {
            store.set_fuel(10_000)?;
        }
        let over = instance.get_typed_func::<(i32, V128, V128), (V128, i32)>(&mut store, "over")?;
        assert_eq!(over.call(&mut store, (1, v(A), v(B)))?, (v(A), 5));
        assert_eq!(over.call(&mut store, (0, v(A), v(B)))?, (v(B), 6));
        let table = instance.get_typed_func::<(i32, V128), V128>(&mut store, "table")?;
        assert_eq!(table.call(&mut store, (0, v(A)))?, v(A));
        assert_eq!(table.call(&mut store, (9, v(A)))?, v(!A));
        let either = instance.get_typed_func::<(i32, V128), V128>(&mut store, "if")?;
        assert_eq!(either.call(&mut store, (1, v(A)))?, v(A));
        assert_eq!(either.call(&mut store, (0, v(A)))?, v(3 << 64 | 3));
        let times = instance.get_typed_func::<(i32, V128), V128>(&mut store, "loop")?;
        assert_eq!(
            times.call(&mut store, (3, v(1 << 96 | 5)))?,
            v(4 << 96 | 20)
        );
        let select = instance.get_typed_func::<(i32, V128, V128), V128>(&mut store, "select")?;
        assert_eq!(select.call(&mut store, (1, v(A), v(B)))?, v(A));
        assert_eq!(select.call(&mut store, (0, v(A), v(B)))?, v(B));
    }
    Ok(())
}

#[test]
fn calls_pass_vectors() -> Result<()> {
    let text = r#"(module
        (type $f (func (param i32 v128 v128) (result v128 i32)))
        (table funcref (elem $swap $tail))
        (func $swap (type $f) (local.get 2) (local.get 0))
        (func $tail (type $f)
            (return_call $swap (i32.add (local.get 0) (i32.const 1)) (local.get 2) (local.get 1)))
        (func $deep (export "deep") (param i32 v128) (result v128)
            (if (result v128) (local.get 0)
                (then (i8x16.add (local.get 1)
                    (call $deep (i32.sub (local.get 0) (i32.const 1)) (local.get 1))))
                (else (local.get 1))))
        (func (export "call") (param i32 v128 v128) (result v128 i32)
            (call_indirect (type $f) (local.get 0) (local.get 1) (local.get 2) (local.get 0))))"#;
    let (mut store, instance) = instance(text);
    let call = instance.get_typed_func::<(i32, V128, V128), (V128, i32)>(&mut store, "call")?;
    assert_eq!(call.call(&mut store, (0, v(A), v(B)))?, (v(B), 0));
    assert_eq!(call.call(&mut store, (1, v(A), v(B)))?, (v(A), 2));
    let deep = instance.get_typed_func::<(i32, V128), V128>(&mut store, "deep")?;
    let tens = u128::from_le_bytes(A.to_le_bytes().map(|byte| byte.wrapping_mul(10)));
    assert_eq!(deep.call(&mut store, (9, v(A)))?, v(tens));
    Ok(())
}

#[test]
fn functions_of_the_host_take_and_give_vectors() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, 0);
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "typed", |x: i32, a: V128, y: f32| {
        (y, V128::from(!a.as_u128()), x)
    })?;
    let ty = FuncType::new([ValType::V128, ValType::I64], [ValType::I64, ValType::V128]);
    linker.func_new(
        "host",
        "untyped",
        ty,
        |mut caller: Caller<'_, i32>, args, results| {
            *caller.data_mut() += 1;
            results[0] = args[1];
            results[1] = args[0];
            Ok(())
        },
    )?;
    let text = r#"(module
        (import "host" "typed" (func $typed (param i32 v128 f32) (result f32 v128 i32)))
        (import "host" "untyped" (func $untyped (param v128 i64) (result i64 v128)))
        (export "typed" (func $typed))
        (func (export "both") (param v128) (result v128)
            (local i64) (local v128)
            (call $typed (i32.const 1) (local.get 0) (f32.const 2))
            (drop) (local.set 2) (drop)
            (call $untyped (local.get 2) (i64.const 4))
            (local.set 2) (local.set 1)
            (i64x2.add (local.get 2) (i64x2.splat (local.get 1)))))"#;
    let instance = linker.instantiate(&mut store, &module(&engine, text))?;
    let both = instance.get_typed_func::<V128, V128>(&mut store, "both")?;
    let four = |lane: u64| u128::from(lane.wrapping_add(4));
    let expected = four((!A >> 64) as u64) << 64 | four(!A as u64);
    assert_eq!(both.call(&mut store, v(A))?, v(expected));
    assert_eq!(*store.data(), 1);
    let typed =
        instance.get_typed_func::<(i32, V128, f32), (f32, V128, i32)>(&mut store, "typed")?;
    assert_eq!(typed.call(&mut store, (3, v(A), 0.5))?, (0.5, v(!A), 3));
    Ok(())
}

#[test]
fn globals_hold_vectors() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let ty = GlobalType::new(ValType::V128, Mutability::Var);
    let global = Global::new(&mut store, ty, v(A).into())?;
    let text = r#"(module
        (import "" "g" (global $g (mut v128)))
        (global $c (export "c") v128 (v128.const i64x2 1 2))
        (global $d (export "d") (mut v128) (global.get $c))
        (func (export "swap") (result v128)
            (global.get $g) (global.set $g (global.get $d)) (global.set $d (i32x4.splat (i32.const 3)))))"#;
    let instance = Instance::new(&mut store, &module(&engine, text), &[global.into()])?;
    let swap = instance.get_typed_func::<(), V128>(&mut store, "swap")?;
    assert_eq!(swap.call(&mut store, ())?, v(A));
    assert_eq!(global.get(&store).unwrap_v128(), v(2 << 64 | 1));
    let d = instance.get_global(&mut store, "d").expect("exported");
    assert_eq!(
        d.get(&store).unwrap_v128(),
        v(0x0000_0003_0000_0003_0000_0003_0000_0003)
    );
    d.set(&mut store, v(B).into())?;
    assert_eq!(swap.call(&mut store, ())?, v(2 << 64 | 1));
    assert_eq!(global.get(&store).unwrap_v128(), v(B));
    assert!(d.set(&mut store, Val::I64(0)).is_err());
    Ok(())
}

#[test]
fn a_suspended_call_keeps_vectors() -> Result<()> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let ty = FuncType::new([ValType::V128], [ValType::I32, ValType::V128]);
    let host = Func::new(&mut store, ty, |_, _, _| Err(Error::msg("later")));
    let text = r#"(module
        (import "" "" (func $host (param v128) (result i32 v128)))
        (func (export "run") (param v128 v128) (result v128)
            (local $n i32) (local $given v128)
            (local.get 1)
            (call $host (v128.xor (local.get 0) (local.get 1)))
            (local.set $given) (local.set $n)
            (v128.or (v128.and (local.get $given)) (i32x4.splat (local.get $n)))))"#;
    let instance = Instance::new(&mut store, &module(&engine, text), &[host.into()])?;
    let run = instance.get_func(&mut store, "run").expect("exported");
    let mut results = [Val::I32(0)];
    let args = [v(A).into(), v(B).into()];
    let ResumableCall::HostTrap(call) = run.call_resumable(&mut store, &args, &mut results)? else {
        panic!("the host fails");
    };
    let inputs = [Val::I32(0), v(A).into()];
    let ended = call.resume(&mut store, &inputs, &mut results)?;
    assert!(matches!(ended, ResumableCall::Finished));
    assert_eq!(results[0].unwrap_v128(), v(A & B));
    Ok(())
}

/// NaNs with signs and payloads, as numbers of 32 and 64 bits.
const NAN_32: u32 = 0xFFA1_2345;
const NAN_64: u64 = 0xFFF4_5678_9ABC_DEF0;

#[test]
fn nans_are_canonical_in_the_deterministic_profile() -> Result<()> {
    let text = r#"(module
        (func (export "f32") (param f32) (result f32) (f32.mul (local.get 0) (f32.const 2)))
        (func (export "f64") (param f64) (result f64) (f64.sqrt (local.get 0)))
        (func (export "demote") (param f64) (result f32) (f32.demote_f64 (local.get 0)))
        (func (export "abs") (param f32) (result f32) (f32.abs (local.get 0)))
        (func (export "vector") (param v128) (result v128)
            (f32x4.add (local.get 0) (v128.const f32x4 1 1 1 1)))
        (func (export "chain") (param f64) (result f64) (local f64)
            (local.set 1 (f64.add (f64.mul (local.get 0) (f64.const 2)) (f64.const 1)))
            (f64.neg (local.get 1))))"#;
    let of = |deterministic: bool| {
        let config = |config: &mut Config| _ = config.deterministic_profile(deterministic);
        configured(config, text)
    };
    let (mut store, instance) = of(true);
    let single = instance.get_typed_func::<f32, f32>(&mut store, "f32")?;
    let result = single.call(&mut store, f32::from_bits(NAN_32))?;
    assert_eq!(result.to_bits(), 0x7FC0_0000);
    assert_eq!(single.call(&mut store, 1.5)?, 3.0);
    let double = instance.get_typed_func::<f64, f64>(&mut store, "f64")?;
    for argument in [f64::from_bits(NAN_64), -1.0] {
        let result = double.call(&mut store, argument)?;
        assert_eq!(result.to_bits(), 0x7FF8_0000_0000_0000);
    }
    let demote = instance.get_typed_func::<f64, f32>(&mut store, "demote")?;
    let result = demote.call(&mut store, f64::from_bits(NAN_64))?;
    assert_eq!(result.to_bits(), 0x7FC0_0000);
    // Bits are moved as they are.
    let abs = instance.get_typed_func::<f32, f32>(&mut store, "abs")?;
    let result = abs.call(&mut store, f32::from_bits(NAN_32))?;
    assert_eq!(result.to_bits(), NAN_32 & !(1 << 31));
    let vector = instance.get_typed_func::<V128, V128>(&mut store, "vector")?;
    let lanes = u128::from(NAN_32) << 32 | u128::from(1.0f32.to_bits());
    let expected = u128::from(1.0f32.to_bits()) << 96
        | u128::from(1.0f32.to_bits()) << 64
        | 0x7FC0_0000 << 32
        | u128::from(2.0f32.to_bits());
    assert_eq!(vector.call(&mut store, v(lanes))?, v(expected));
    let chain = instance.get_typed_func::<f64, f64>(&mut store, "chain")?;
    let result = chain.call(&mut store, f64::from_bits(NAN_64))?;
    assert_eq!(
        result.to_bits(),
        0xFFF8_0000_0000_0000,
        "the negated canonical one"
    );
    let (mut store, instance) = of(false);
    let single = instance.get_typed_func::<f32, f32>(&mut store, "f32")?;
    let result = single.call(&mut store, f32::from_bits(NAN_32))?;
    assert!(result.is_nan());
    Ok(())
}

/// A vector of these lanes.
fn lanes<const N: usize>(lanes: [u32; N]) -> V128 {
    v(lanes
        .iter()
        .rev()
        .fold(0, |bits, lane| bits << 32 | u128::from(*lane)))
}

fn singles(numbers: [f32; 4]) -> V128 {
    lanes(numbers.map(f32::to_bits))
}

fn doubles([first, second]: [f64; 2]) -> V128 {
    v(u128::from(second.to_bits()) << 64 | u128::from(first.to_bits()))
}

/// Lanes of which each way of rounding makes another number, of which one is the larger, or which only
/// numbers with a sign, or without one, can have.
#[test]
fn what_official_scripts_do_not_tell_apart() -> Result<()> {
    let (single, double) = ([0.75, -1.5, 2.5, -3.75], [1.75, -2.5]);
    // Beyond what has a sign, and below what has none.
    let (large, small) = (3_000_000_000_u32, -5_i32 as u32);
    let unary = [
        (
            "f32x4.trunc",
            singles(single),
            singles(single.map(f32::trunc)),
        ),
        (
            "f32x4.nearest",
            singles(single),
            singles(single.map(f32::round_ties_even)),
        ),
        (
            "f64x2.trunc",
            doubles(double),
            doubles(double.map(f64::trunc)),
        ),
        (
            "f64x2.nearest",
            doubles(double),
            doubles(double.map(f64::round_ties_even)),
        ),
        (
            "i32x4.relaxed_trunc_f32x4_s",
            singles([-5.5, 7.5, 0.0, -1e9]),
            lanes([small, 7, 0, -1_000_000_000_i32 as u32]),
        ),
        (
            "i32x4.relaxed_trunc_f32x4_u",
            singles([3e9, 7.5, 0.0, 1e9]),
            lanes([large, 7, 0, 1_000_000_000]),
        ),
        (
            "i32x4.relaxed_trunc_f64x2_s_zero",
            doubles([-5.5, 7.5]),
            lanes([small, 7, 0, 0]),
        ),
        (
            "i32x4.relaxed_trunc_f64x2_u_zero",
            doubles([3e9, 7.5]),
            lanes([large, 7, 0, 0]),
        ),
    ];
    let binary = [
        (
            "f32x4.relaxed_max",
            singles([1.0, 2.0, -3.0, -4.0]),
            singles([2.0, 1.0, -4.0, -3.0]),
            singles([2.0, 2.0, -3.0, -3.0]),
        ),
        (
            "f64x2.relaxed_max",
            doubles([1.0, 2.0]),
            doubles([2.0, 1.0]),
            doubles([2.0, 2.0]),
        ),
    ];
    for (name, given, expected) in unary {
        let text = format!(
            r#"(module (func (export "f") (param v128) (result v128) ({name} (local.get 0))))"#
        );
        let (mut store, instance) = instance(&text);
        let func = instance.get_typed_func::<V128, V128>(&mut store, "f")?;
        assert_eq!(func.call(&mut store, given)?, expected, "{name}");
    }
    for (name, a, b, expected) in binary {
        let text = format!(
            r#"(module (func (export "f") (param v128 v128) (result v128)
                ({name} (local.get 0) (local.get 1))))"#
        );
        let (mut store, instance) = instance(&text);
        let func = instance.get_typed_func::<(V128, V128), V128>(&mut store, "f")?;
        assert_eq!(func.call(&mut store, (a, b))?, expected, "{name}");
    }
    Ok(())
}
