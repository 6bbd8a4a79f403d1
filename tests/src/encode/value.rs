//! Values of scripts, and the patterns that results are compared with.
//!
//! From the syntax of `wast` to the kinds and bits of the encoded form; what the tier `no_alloc`
//! has no values for makes its directive be left out.

use tabwasm_player::format::Kind;
use wast::core::{AbstractHeapType as H, HeapType, NanPattern, WastArgCore, WastRetCore};
use wast::{WastArg, WastRet};

/// The kind and the bits, if the tier has such values.
pub(super) fn argument(arg: &WastArg<'_>) -> Option<(Kind, u64)> {
    let WastArg::Core(arg) = arg else {
        return None;
    };
    Some(match arg {
        WastArgCore::I32(value) => (Kind::I32, u64::from(*value as u32)),
        WastArgCore::I64(value) => (Kind::I64, *value as u64),
        WastArgCore::F32(value) => (Kind::F32, value.bits.into()),
        WastArgCore::F64(value) => (Kind::F64, value.bits),
        WastArgCore::RefNull(heap) => (null(heap)?, 0),
        WastArgCore::RefExtern(number) => (Kind::Extern, (*number).into()),
        WastArgCore::V128(_) | WastArgCore::RefHost(_) => return None,
    })
}

/// The kind and the bits, if the tier has such values.
pub(super) fn pattern(pattern: &WastRet<'_>) -> Option<(Kind, u64)> {
    let WastRet::Core(pattern) = pattern else {
        return None;
    };
    Some(match pattern {
        WastRetCore::I32(value) => (Kind::I32, u64::from(*value as u32)),
        WastRetCore::I64(value) => (Kind::I64, *value as u64),
        WastRetCore::F32(NanPattern::Value(value)) => (Kind::F32, value.bits.into()),
        WastRetCore::F32(NanPattern::CanonicalNan) => (Kind::F32Canonical, 0),
        WastRetCore::F32(NanPattern::ArithmeticNan) => (Kind::F32Arithmetic, 0),
        WastRetCore::F64(NanPattern::Value(value)) => (Kind::F64, value.bits),
        WastRetCore::F64(NanPattern::CanonicalNan) => (Kind::F64Canonical, 0),
        WastRetCore::F64(NanPattern::ArithmeticNan) => (Kind::F64Arithmetic, 0),
        WastRetCore::RefNull(None) => (Kind::Null, 0),
        WastRetCore::RefNull(Some(heap)) => (null(heap)?, 0),
        WastRetCore::RefFunc(None) => (Kind::Func, 0),
        WastRetCore::RefExtern(None) => (Kind::AnyExtern, 0),
        WastRetCore::RefExtern(Some(number)) => (Kind::Extern, (*number).into()),
        _ => return None,
    })
}

fn null(heap: &HeapType<'_>) -> Option<Kind> {
    match heap {
        HeapType::Abstract {
            ty: H::Func | H::NoFunc,
            ..
        }
        | HeapType::Concrete(_)
        | HeapType::Exact(_) => Some(Kind::NullFunc),
        HeapType::Abstract {
            ty: H::Extern | H::NoExtern,
            ..
        } => Some(Kind::NullExtern),
        HeapType::Abstract { .. } => None,
    }
}
