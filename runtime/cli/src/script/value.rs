//! Values in scripts: arguments, and the patterns that results are compared with.

use tabwasm::{Error, ExternRef, Store, Val};
use wast::core::{AbstractHeapType, HeapType, NanPattern, WastArgCore, WastRetCore};
use wast::token::{F32, F64};
use wast::{WastArg, WastRet};

/// The number inside a `ref.extern` of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct HostNumber(u32);

/// The value, or the proposal that it needs.
pub(super) fn argument(store: &mut Store<()>, arg: &WastArg<'_>) -> Result<Val, Missing> {
    let WastArg::Core(arg) = arg else {
        return Err(Missing::Proposal("component model"));
    };
    let value = match arg {
        WastArgCore::I32(value) => Val::I32(*value),
        WastArgCore::I64(value) => Val::I64(*value),
        WastArgCore::F32(value) => Val::F32(value.bits),
        WastArgCore::F64(value) => Val::F64(value.bits),
        WastArgCore::V128(_) => return Err(Missing::Proposal("simd")),
        WastArgCore::RefNull(heap) => null(heap)?,
        WastArgCore::RefExtern(number) => {
            Val::ExternRef(Some(ExternRef::new(store, HostNumber(*number))?))
        }
        WastArgCore::RefHost(_) => return Err(Missing::Proposal("gc")),
    };
    Ok(value)
}

/// Why there is no value.
#[derive(Debug)]
pub(super) enum Missing {
    Proposal(&'static str),
    Error(Error),
}

impl From<Error> for Missing {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

fn null(heap: &HeapType<'_>) -> Result<Val, Missing> {
    use AbstractHeapType as H;
    match heap {
        HeapType::Abstract {
            ty: H::Func | H::NoFunc,
            ..
        }
        | HeapType::Concrete(_)
        | HeapType::Exact(_) => Ok(Val::FuncRef(None)),
        HeapType::Abstract {
            ty: H::Extern | H::NoExtern,
            ..
        } => Ok(Val::ExternRef(None)),
        HeapType::Abstract {
            ty: H::Exn | H::NoExn,
            ..
        } => Err(Missing::Proposal("exceptions")),
        HeapType::Abstract { .. } => Err(Missing::Proposal("gc")),
    }
}

/// Whether results are as expected; otherwise how they differ.
pub(super) fn compare(
    store: &Store<()>,
    expected: &[WastRet<'_>],
    found: &[Val],
) -> Result<(), String> {
    if expected.len() != found.len() {
        return Err(format!(
            "expected {} results, found {}",
            expected.len(),
            found.len()
        ));
    }
    for (expected, found) in expected.iter().zip(found) {
        let WastRet::Core(pattern) = expected else {
            return Err("expected a value of the component model".to_owned());
        };
        if !matches(store, pattern, found) {
            return Err(format!("expected {pattern:?}, found {found:?}"));
        }
    }
    Ok(())
}

fn matches(store: &Store<()>, pattern: &WastRetCore<'_>, found: &Val) -> bool {
    match (pattern, found) {
        (WastRetCore::I32(expected), Val::I32(found)) => expected == found,
        (WastRetCore::I64(expected), Val::I64(found)) => expected == found,
        (WastRetCore::F32(expected), Val::F32(found)) => f32_matches(expected, *found),
        (WastRetCore::F64(expected), Val::F64(found)) => f64_matches(expected, *found),
        (WastRetCore::RefNull(None), Val::FuncRef(found)) => found.is_none(),
        (WastRetCore::RefNull(None), Val::ExternRef(found)) => found.is_none(),
        (WastRetCore::RefNull(Some(heap)), found) => match (null(heap), found) {
            (Ok(Val::FuncRef(_)), Val::FuncRef(found)) => found.is_none(),
            (Ok(Val::ExternRef(_)), Val::ExternRef(found)) => found.is_none(),
            _ => false,
        },
        (WastRetCore::RefFunc(None), Val::FuncRef(found)) => found.is_some(),
        (WastRetCore::RefExtern(None), Val::ExternRef(found)) => found.is_some(),
        (WastRetCore::RefExtern(Some(number)), Val::ExternRef(Some(found))) => {
            host_number(store, found) == Some(HostNumber(*number))
        }
        (WastRetCore::Either(patterns), found) => patterns
            .iter()
            .any(|pattern| matches(store, pattern, found)),
        _ => false,
    }
}

fn host_number(store: &Store<()>, found: &ExternRef) -> Option<HostNumber> {
    found.data(store).ok()?.downcast_ref().copied()
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
