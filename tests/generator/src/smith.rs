//! Modules of `wasm-smith`: everything that the format allows, in the sizes that tests want.
//!
//! Its configuration leaves out what the library does not support yet, and bounds what would only
//! cost time.

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};

use crate::random::Random;

/// How large modules become.
pub struct Size {
    /// Random bytes of which a module is made.
    entropy: usize,
    /// Instructions of a function at most.
    instructions: usize,
    /// With relaxed SIMD, of which each runtime may choose other results.
    relaxed: bool,
}

/// Much in one module, which means the same to all runtimes.
pub const LARGE: Size = Size {
    entropy: 8192,
    instructions: 300,
    relaxed: false,
};

/// Many modules in little time, for the engines of this library.
pub const SMALL: Size = Size {
    entropy: 1024,
    instructions: 60,
    relaxed: true,
};

/// A module with all that the engines know.
///
/// # Errors
/// If `wasm-smith` has none for these numbers.
pub fn module(random: &mut Random, size: &Size) -> arbitrary::Result<Vec<u8>> {
    let bytes: Vec<u8> = (0..size.entropy).map(|_| random.next() as u8).collect();
    of(&bytes, size)
}

/// The same made of the bytes of a fuzzer.
///
/// # Errors
/// As there.
pub fn of(bytes: &[u8], size: &Size) -> arbitrary::Result<Vec<u8>> {
    let config = Config {
        export_everything: true,
        canonicalize_nans: true,
        max_imports: 0,
        max_tags: 0,
        max_instructions: size.instructions,
        max_memories: 3,
        max_tables: 3,
        max_memory32_bytes: 1 << 20,
        max_memory64_bytes: 1 << 20,
        max_table_elements: 1000,
        memory_max_size_required: true,
        table_max_size_required: true,
        exceptions_enabled: false,
        gc_enabled: false,
        simd_enabled: true,
        relaxed_simd_enabled: size.relaxed,
        threads_enabled: false,
        wide_arithmetic_enabled: true,
        ..Config::default()
    };
    let module = Module::new(config, &mut Unstructured::new(bytes))?;
    Ok(module.to_bytes())
}
