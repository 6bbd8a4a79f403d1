//! Values of scripts, and the patterns that results are compared with.
//!
//! From the syntax of `wast` to the kinds and bits of the encoded form; what the tier `no_alloc`
//! has no values for makes its directive be left out.

use tabwasm_player::format::PatternKind;
use wast::core::{AbstractHeapType as H, HeapType, NanPattern, WastArgCore, WastRetCore};
use wast::{WastArg, WastRet};

/// The kind and the bits, if the tier has such values.
pub(super) fn argument(arg: &WastArg<'_>) -> Option<(PatternKind, u64)> {
    let WastArg::Core(arg) = arg else {
        return None;
    };
    Some(match arg {
        WastArgCore::I32(value) => (PatternKind::I32, u64::from(*value as u32)),
        WastArgCore::I64(value) => (PatternKind::I64, *value as u64),
        WastArgCore::F32(value) => (PatternKind::F32, value.bits.into()),
        WastArgCore::F64(value) => (PatternKind::F64, value.bits),
        WastArgCore::RefNull(heap) => (null(heap)?, 0),
        WastArgCore::RefExtern(number) => (PatternKind::Extern, (*number).into()),
        WastArgCore::V128(_) | WastArgCore::RefHost(_) => return None,
    })
}

/// The kind and the bits, if the tier has such values.
pub(super) fn pattern(pattern: &WastRet<'_>) -> Option<(PatternKind, u64)> {
    let WastRet::Core(pattern) = pattern else {
        return None;
    };
    Some(match pattern {
        WastRetCore::I32(value) => (PatternKind::I32, u64::from(*value as u32)),
        WastRetCore::I64(value) => (PatternKind::I64, *value as u64),
        WastRetCore::F32(NanPattern::Value(value)) => (PatternKind::F32, value.bits.into()),
        WastRetCore::F32(NanPattern::CanonicalNan) => (PatternKind::F32Canonical, 0),
        WastRetCore::F32(NanPattern::ArithmeticNan) => (PatternKind::F32Arithmetic, 0),
        WastRetCore::F64(NanPattern::Value(value)) => (PatternKind::F64, value.bits),
        WastRetCore::F64(NanPattern::CanonicalNan) => (PatternKind::F64Canonical, 0),
        WastRetCore::F64(NanPattern::ArithmeticNan) => (PatternKind::F64Arithmetic, 0),
        WastRetCore::RefNull(None) => (PatternKind::Null, 0),
        WastRetCore::RefNull(Some(heap)) => (null(heap)?, 0),
        WastRetCore::RefFunc(None) => (PatternKind::Func, 0),
        WastRetCore::RefExtern(None) => (PatternKind::AnyExtern, 0),
        WastRetCore::RefExtern(Some(number)) => (PatternKind::Extern, (*number).into()),
        _ => return None,
    })
}

fn null(heap: &HeapType<'_>) -> Option<PatternKind> {
    match heap {
        HeapType::Abstract {
            ty: H::Func | H::NoFunc,
            ..
        }
        | HeapType::Concrete(_)
        | HeapType::Exact(_) => Some(PatternKind::NullFunc),
        HeapType::Abstract {
            ty: H::Extern | H::NoExtern,
            ..
        } => Some(PatternKind::NullExtern),
        HeapType::Abstract { .. } => None,
    }
}
