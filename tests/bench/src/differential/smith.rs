//! Modules of `wasm-smith`.
//!

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};

use super::random::Random;
use crate::Error;

/// Random bytes of which a module is made.
const ENTROPY: usize = 8192;

/// A module with all that both engines know.
pub fn module(random: &mut Random) -> Result<Vec<u8>, Error> {
    let bytes: Vec<u8> = (0..ENTROPY).map(|_| random.next() as u8).collect();
    let config = Config {
        export_everything: true,
        canonicalize_nans: true,
        max_imports: 0,
        max_tags: 0,
        max_instructions: 300,
        max_memories: 3,
        max_tables: 3,
        max_memory32_bytes: 1 << 20,
        max_memory64_bytes: 1 << 20,
        max_table_elements: 1000,
        memory_max_size_required: true,
        table_max_size_required: true,
        exceptions_enabled: false,
        gc_enabled: false,
        simd_enabled: false,
        relaxed_simd_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        ..Config::default()
    };
    let module = Module::new(config, &mut Unstructured::new(&bytes))?;
    Ok(module.to_bytes())
}
