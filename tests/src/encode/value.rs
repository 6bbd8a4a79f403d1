//! Values of scripts, and the patterns that results are compared with.
//!
//! From the syntax of `wast` to the kinds and bits of the encoded form; what the tier `no_alloc`
//! has no values for makes its directive be left out.

use tabwasm_player::format::PatternKind;
use wast::core::{
    AbstractHeapType as H, HeapType, NanPattern, V128Pattern, WastArgCore, WastRetCore,
};
use wast::token::{F32, F64};
use wast::{WastArg, WastRet};

use super::record::Record;

/// The record with an argument behind it, if the tier has such values.
pub(super) fn argument(record: Record, arg: &WastArg<'_>) -> Option<Record> {
    let WastArg::Core(arg) = arg else {
        return None;
    };
    let (kind, bits) = match arg {
        WastArgCore::I32(value) => (PatternKind::I32, u64::from(*value as u32)),
        WastArgCore::I64(value) => (PatternKind::I64, *value as u64),
        WastArgCore::F32(value) => (PatternKind::F32, value.bits.into()),
        WastArgCore::F64(value) => (PatternKind::F64, value.bits),
        WastArgCore::V128(value) => return Some(record.vector(value.to_le_bytes())),
        WastArgCore::RefNull(heap) => (null(heap)?, 0),
        WastArgCore::RefExtern(number) => (PatternKind::Extern, (*number).into()),
        WastArgCore::RefHost(_) => return None,
    };
    Some(record.value(kind, bits))
}

/// The record with a pattern behind it, if the tier has such values.
pub(super) fn pattern(record: Record, pattern: &WastRet<'_>) -> Option<Record> {
    let WastRet::Core(pattern) = pattern else {
        return None;
    };
    let WastRetCore::Either(patterns) = pattern else {
        return one(record, pattern);
    };
    let record = record.value(PatternKind::Either, patterns.len() as u64);
    patterns.iter().try_fold(record, one)
}

/// Of a pattern that is no choice.
fn one(record: Record, pattern: &WastRetCore<'_>) -> Option<Record> {
    let (kind, bits) = match pattern {
        WastRetCore::I32(value) => (PatternKind::I32, u64::from(*value as u32)),
        WastRetCore::I64(value) => (PatternKind::I64, *value as u64),
        WastRetCore::F32(value) => single(value),
        WastRetCore::F64(value) => double(value),
        WastRetCore::V128(pattern) => return Some(vector(record, pattern)),
        WastRetCore::RefNull(None) => (PatternKind::Null, 0),
        WastRetCore::RefNull(Some(heap)) => (null(heap)?, 0),
        WastRetCore::RefFunc(None) => (PatternKind::Func, 0),
        WastRetCore::RefExtern(None) => (PatternKind::AnyExtern, 0),
        WastRetCore::RefExtern(Some(number)) => (PatternKind::Extern, (*number).into()),
        _ => return None,
    };
    Some(record.value(kind, bits))
}

fn vector(record: Record, pattern: &V128Pattern) -> Record {
    match pattern {
        V128Pattern::I8x16(lanes) => record.vector(bytes(lanes.map(i8::to_le_bytes))),
        V128Pattern::I16x8(lanes) => record.vector(bytes(lanes.map(i16::to_le_bytes))),
        V128Pattern::I32x4(lanes) => record.vector(bytes(lanes.map(i32::to_le_bytes))),
        V128Pattern::I64x2(lanes) => record.vector(bytes(lanes.map(i64::to_le_bytes))),
        V128Pattern::F32x4(lanes) => floats(record, lanes.iter().map(single)),
        V128Pattern::F64x2(lanes) => floats(record, lanes.iter().map(double)),
    }
}

fn bytes<const LANE: usize, const COUNT: usize>(lanes: [[u8; LANE]; COUNT]) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(lanes.as_flattened());
    bytes
}

fn floats(record: Record, lanes: impl ExactSizeIterator<Item = (PatternKind, u64)>) -> Record {
    let record = record.value(PatternKind::Lanes, lanes.len() as u64);
    lanes.fold(record, |record, (kind, bits)| record.value(kind, bits))
}

fn single(pattern: &NanPattern<F32>) -> (PatternKind, u64) {
    match pattern {
        NanPattern::Value(value) => (PatternKind::F32, value.bits.into()),
        NanPattern::CanonicalNan => (PatternKind::F32Canonical, 0),
        NanPattern::ArithmeticNan => (PatternKind::F32Arithmetic, 0),
    }
}

fn double(pattern: &NanPattern<F64>) -> (PatternKind, u64) {
    match pattern {
        NanPattern::Value(value) => (PatternKind::F64, value.bits),
        NanPattern::CanonicalNan => (PatternKind::F64Canonical, 0),
        NanPattern::ArithmeticNan => (PatternKind::F64Arithmetic, 0),
    }
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
