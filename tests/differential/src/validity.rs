//! The verdict of this library on any bytes, beside that of `wasmparser` with the same features.
//!
//! Both are asked the same question (section "Validation" of the core specification); an answer of
//! "out of budget" is ours alone, and differs from nothing.

use tabwasm::reject::Verdict;
use tabwasm::spec::ErrorClass;
use wasmparser::{Validator, WasmFeatures};

/// How `wasmparser` judges bytes otherwise than `verdict`, which is this library's on them.
pub fn difference(bytes: &[u8], verdict: &Verdict) -> Option<String> {
    let with_gc = SAME.union(WasmFeatures::GC);
    match verdict {
        Verdict::Valid => {
            let error = peer(bytes, with_gc).err()?;
            Some(format!("valid here; wasmparser: {error}"))
        }
        Verdict::Invalid { rule, .. } => {
            let unsupported = rule.class() == ErrorClass::Unsupported;
            let features = if unsupported { SAME } else { with_gc };
            peer(bytes, features).ok()?;
            Some(format!("valid for wasmparser; here {verdict}"))
        }
        Verdict::OutOfBudget { .. } => None,
    }
}

/// What this library supports. Recursion groups and reading earlier globals in constant
/// expressions are part of `gc` there and of smaller proposals here.
const SAME: WasmFeatures = WasmFeatures::WASM2
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::MULTI_MEMORY)
    .union(WasmFeatures::MEMORY64)
    .union(WasmFeatures::FUNCTION_REFERENCES)
    .union(WasmFeatures::CUSTOM_PAGE_SIZES)
    .union(WasmFeatures::RELAXED_SIMD)
    .union(WasmFeatures::WIDE_ARITHMETIC)
    .union(WasmFeatures::GC_TYPES);

fn peer(bytes: &[u8], features: WasmFeatures) -> Result<(), String> {
    let result = Validator::new_with_features(features).validate_all(bytes);
    result.map(drop).map_err(|error| error.to_string())
}
