//! A second opinion on the modules that are made of rows: wasmparser's.
//!
//! It knows nothing of the tables, so that a row that is wrong does not go unnoticed because its
//! modules are wrong in the same way.

use tabwasm::spec::Proposal;
use wasmparser::{Validator, WasmFeatures};

/// Proposals that are a feature of wasmparser, too.
pub(crate) const FEATURES: [(Proposal, WasmFeatures); 13] = [
    (Proposal::Floats, WasmFeatures::FLOATS),
    (
        Proposal::SaturatingFloatToInt,
        WasmFeatures::SATURATING_FLOAT_TO_INT,
    ),
    (Proposal::SignExtension, WasmFeatures::SIGN_EXTENSION),
    (Proposal::ReferenceTypes, WasmFeatures::REFERENCE_TYPES),
    (Proposal::BulkMemory, WasmFeatures::BULK_MEMORY),
    (Proposal::TailCall, WasmFeatures::TAIL_CALL),
    (
        Proposal::FunctionReferences,
        WasmFeatures::FUNCTION_REFERENCES,
    ),
    (Proposal::ExtendedConst, WasmFeatures::EXTENDED_CONST),
    (Proposal::MultiMemory, WasmFeatures::MULTI_MEMORY),
    (Proposal::Memory64, WasmFeatures::MEMORY64),
    (Proposal::Simd, WasmFeatures::SIMD),
    (Proposal::RelaxedSimd, WasmFeatures::RELAXED_SIMD),
    (Proposal::WideArithmetic, WasmFeatures::WIDE_ARITHMETIC),
];

/// What all of these modules may use. Typed references to functions are part of `gc` there.
fn features() -> WasmFeatures {
    let always = WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::CUSTOM_PAGE_SIZES
        | WasmFeatures::GC_TYPES;
    FEATURES
        .iter()
        .fold(always, |all, (_, feature)| all | *feature)
}

/// Whether it takes the module to be valid; otherwise why not.
pub(crate) fn validate(bytes: &[u8]) -> Result<(), String> {
    validate_without(WasmFeatures::empty(), bytes)
}

/// The same without a feature.
pub(crate) fn validate_without(feature: WasmFeatures, bytes: &[u8]) -> Result<(), String> {
    let mut validator = Validator::new_with_features(features() - feature);
    let result = validator.validate_all(bytes);
    result.map(drop).map_err(|error| error.to_string())
}

/// Proposals without which it does not know an instruction of the module.
pub(crate) fn needed(bytes: &[u8]) -> Vec<Proposal> {
    let refuses = |feature: WasmFeatures| {
        let words = ["not enabled", "disabled", "disallowed"];
        validate_without(feature, bytes)
            .is_err_and(|message| words.iter().any(|word| message.contains(word)))
    };
    let needed = FEATURES.iter().filter(|(_, feature)| refuses(*feature));
    needed.map(|(proposal, _)| *proposal).collect()
}
