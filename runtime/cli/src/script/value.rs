//! Values in scripts: arguments, and the patterns that results are compared with.
//!
//! Values of components are those of [`tabwasm::component::Val`]; a script writes them out.
//!
//! A pattern can allow several values (a NaN of some kind, any function), so results are compared
//! with it and not for equality. Floats are compared by their bits. Language:
//! `interpreter/README.md` of the specification's repository, "Scripts".

use tabwasm::V128;
use tabwasm::component::Val;
use wast::component::WastVal;
use wast::core::{AbstractHeapType, HeapType, NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wast::token::{F32, F64};
use wast::{WastArg, WastRet};

use crate::value::v128;

/// A value, in so far as scripts can tell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    I32(i32),
    I64(i64),
    /// Its bits.
    F32(u32),
    /// Its bits.
    F64(u64),
    V128(V128),
    /// A reference to no function.
    Null,
    /// A reference to some function.
    Func,
    /// The number inside a `ref.extern`, if it is not null.
    Extern(Option<u32>),
    /// One of a component.
    Component(Val),
}

/// The value, or the proposal that it needs.
pub(super) fn argument(arg: &WastArg<'_>) -> Result<Value, &'static str> {
    let arg = match arg {
        WastArg::Core(arg) => arg,
        WastArg::Component(arg) => return Ok(Value::Component(val(arg))),
        _ => return Err("values of an unknown kind"),
    };
    Ok(match arg {
        WastArgCore::I32(value) => Value::I32(*value),
        WastArgCore::I64(value) => Value::I64(*value),
        WastArgCore::F32(value) => Value::F32(value.bits),
        WastArgCore::F64(value) => Value::F64(value.bits),
        WastArgCore::V128(vector) => Value::V128(v128(vector)),
        WastArgCore::RefNull(heap) => null(heap)?,
        WastArgCore::RefExtern(number) => Value::Extern(Some(*number)),
        WastArgCore::RefHost(_) => return Err("gc"),
    })
}

fn null(heap: &HeapType<'_>) -> Result<Value, &'static str> {
    use AbstractHeapType as H;
    match heap {
        HeapType::Abstract {
            ty: H::Func | H::NoFunc,
            ..
        }
        | HeapType::Concrete(_)
        | HeapType::Exact(_) => Ok(Value::Null),
        HeapType::Abstract {
            ty: H::Extern | H::NoExtern,
            ..
        } => Ok(Value::Extern(None)),
        HeapType::Abstract {
            ty: H::Exn | H::NoExn,
            ..
        } => Err("exceptions"),
        HeapType::Abstract { .. } => Err("gc"),
    }
}

/// Whether results are as expected; otherwise how they differ.
pub(super) fn compare(expected: &[WastRet<'_>], found: &[Value]) -> Result<(), String> {
    if expected.len() != found.len() {
        return Err(format!(
            "expected {} results, found {}",
            expected.len(),
            found.len()
        ));
    }
    for (expected, found) in expected.iter().zip(found) {
        let fits = match (expected, found) {
            (WastRet::Core(pattern), found) => matches(pattern, found),
            // Zeros are told apart by how they are shown, and all NaN look the same.
            (WastRet::Component(expected), Value::Component(found)) => {
                format!("{:?}", val(expected)) == format!("{found:?}")
            }
            _ => false,
        };
        if !fits {
            return Err(format!("expected {expected:?}, found {found:?}"));
        }
    }
    Ok(())
}

/// What a script writes out.
fn val(value: &WastVal<'_>) -> Val {
    let boxed =
        |value: &Option<Box<WastVal<'_>>>| value.as_deref().map(|value| Box::new(val(value)));
    let all = |values: &[WastVal<'_>]| values.iter().map(val).collect();
    match value {
        WastVal::Bool(value) => Val::Bool(*value),
        WastVal::U8(value) => Val::U8(*value),
        WastVal::S8(value) => Val::S8(*value),
        WastVal::U16(value) => Val::U16(*value),
        WastVal::S16(value) => Val::S16(*value),
        WastVal::U32(value) => Val::U32(*value),
        WastVal::S32(value) => Val::S32(*value),
        WastVal::U64(value) => Val::U64(*value),
        WastVal::S64(value) => Val::S64(*value),
        WastVal::F32(value) => Val::Float32(f32::from_bits(value.bits)),
        WastVal::F64(value) => Val::Float64(f64::from_bits(value.bits)),
        WastVal::Char(value) => Val::Char(*value),
        WastVal::String(value) => Val::String((*value).to_owned()),
        WastVal::List(values) => Val::List(all(values)),
        WastVal::Tuple(values) => Val::Tuple(all(values)),
        WastVal::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| (val(key), val(value)));
            Val::Map(entries.collect())
        }
        WastVal::Record(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(name, value)| ((*name).to_owned(), val(value)));
            Val::Record(fields.collect())
        }
        WastVal::Variant(name, value) => Val::Variant((*name).to_owned(), boxed(value)),
        WastVal::Enum(name) => Val::Enum((*name).to_owned()),
        WastVal::Option(value) => Val::Option(boxed(value)),
        WastVal::Result(Ok(value)) => Val::Result(Ok(boxed(value))),
        WastVal::Result(Err(value)) => Val::Result(Err(boxed(value))),
        WastVal::Flags(names) => Val::Flags(names.iter().map(|name| (*name).to_owned()).collect()),
    }
}

fn matches(pattern: &WastRetCore<'_>, found: &Value) -> bool {
    match (pattern, found) {
        (WastRetCore::I32(expected), Value::I32(found)) => expected == found,
        (WastRetCore::I64(expected), Value::I64(found)) => expected == found,
        (WastRetCore::F32(expected), Value::F32(found)) => f32_matches(expected, *found),
        (WastRetCore::F64(expected), Value::F64(found)) => f64_matches(expected, *found),
        (WastRetCore::V128(expected), Value::V128(found)) => v128_matches(expected, *found),
        (WastRetCore::RefNull(None), Value::Null | Value::Extern(None)) => true,
        (WastRetCore::RefNull(Some(heap)), found) => null(heap).as_ref() == Ok(found),
        (WastRetCore::RefFunc(None), Value::Func) => true,
        (WastRetCore::RefExtern(None), Value::Extern(Some(_))) => true,
        (WastRetCore::RefExtern(Some(expected)), Value::Extern(Some(found))) => expected == found,
        (WastRetCore::Either(patterns), found) => {
            patterns.iter().any(|pattern| matches(pattern, found))
        }
        _ => false,
    }
}

fn v128_matches(pattern: &V128Pattern, found: V128) -> bool {
    let bytes = found.to_le_bytes();
    let lane = |at: usize, size: usize| {
        let bytes = bytes.iter().skip(at * size).take(size).rev();
        bytes.fold(0, |bits, byte| bits << 8 | u64::from(*byte))
    };
    match pattern {
        V128Pattern::I8x16(lanes) => (0..).zip(lanes).all(|(at, it)| lane(at, 1) as i8 == *it),
        V128Pattern::I16x8(lanes) => (0..).zip(lanes).all(|(at, it)| lane(at, 2) as i16 == *it),
        V128Pattern::I32x4(lanes) => (0..).zip(lanes).all(|(at, it)| lane(at, 4) as i32 == *it),
        V128Pattern::I64x2(lanes) => (0..).zip(lanes).all(|(at, it)| lane(at, 8) as i64 == *it),
        V128Pattern::F32x4(lanes) => (0..)
            .zip(lanes)
            .all(|(at, it)| f32_matches(it, lane(at, 4) as u32)),
        V128Pattern::F64x2(lanes) => (0..)
            .zip(lanes)
            .all(|(at, it)| f64_matches(it, lane(at, 8))),
    }
}

fn f32_matches(pattern: &NanPattern<F32>, bits: u32) -> bool {
    const QUIET: u32 = f32::NAN.to_bits();
    const SIGN: u32 = (-0.0f32).to_bits();
    match pattern {
        NanPattern::CanonicalNan => bits & !SIGN == QUIET,
        NanPattern::ArithmeticNan => bits & QUIET == QUIET,
        NanPattern::Value(expected) => expected.bits == bits,
    }
}

fn f64_matches(pattern: &NanPattern<F64>, bits: u64) -> bool {
    const QUIET: u64 = f64::NAN.to_bits();
    const SIGN: u64 = (-0.0f64).to_bits();
    match pattern {
        NanPattern::CanonicalNan => bits & !SIGN == QUIET,
        NanPattern::ArithmeticNan => bits & QUIET == QUIET,
        NanPattern::Value(expected) => expected.bits == bits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_patterns() {
        assert!(f32_matches(&NanPattern::CanonicalNan, 0x7FC0_0000));
        assert!(f32_matches(&NanPattern::CanonicalNan, 0xFFC0_0000));
        assert!(!f32_matches(&NanPattern::CanonicalNan, 0x7FC0_0001));
        assert!(f32_matches(&NanPattern::ArithmeticNan, 0x7FC0_0001));
        assert!(!f32_matches(&NanPattern::ArithmeticNan, 0x7FA0_0000));
        assert!(f64_matches(
            &NanPattern::CanonicalNan,
            0xFFF8_0000_0000_0000
        ));
        assert!(!f64_matches(
            &NanPattern::ArithmeticNan,
            0x7FF4_0000_0000_0000
        ));
        let zero = NanPattern::Value(F32 { bits: 0 });
        assert!(!f32_matches(&zero, 0x8000_0000));
    }
}
