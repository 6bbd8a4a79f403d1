//! What is called in a module, with which arguments, and what is looked at afterwards.
//!
//! Made once for a module from the seed, so that each engine does the same in the same order and
//! answers can be compared one by one.

use wasmparser::{ExternalKind, Parser, Payload, ValType, Validator};

use crate::Error;
use tabwasm_generator::Random;

/// The plan for a module.
#[derive(Default)]
pub struct Plan {
    /// In this order.
    pub calls: Vec<Call>,
    /// Names of exported memories.
    pub memories: Vec<String>,
    /// Names of exported globals.
    pub globals: Vec<String>,
    /// Names of exported tables.
    pub tables: Vec<String>,
}

/// A call.
pub struct Call {
    /// Of the export.
    pub name: String,
    /// As many as the function wants.
    pub arguments: Vec<Value>,
    /// Number of results.
    pub results: usize,
}

/// A value that can be compared between engines; NaN is always the same one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// `i32`.
    I32(i32),
    /// `i64`.
    I64(i64),
    /// Bits of an `f32`.
    F32(u32),
    /// Bits of an `f64`.
    F64(u64),
    /// Bits of a `v128`.
    V128(u128),
    /// A function; whether there is one.
    Func(bool),
    /// A reference to something of the host; whether there is one.
    Extern(bool),
}

/// Times that each function is called.
const CALLS: usize = 3;

impl Plan {
    /// The plan for a module, with arguments that depend on a seed.
    pub fn new(wasm: &[u8], seed: u64) -> Result<Self, Error> {
        let types = Validator::new_with_features(wasmparser::WasmFeatures::all())
            .validate_all(wasm)
            .map_err(|error| format!("seed {seed} makes an invalid module: {error}"))?;
        let (mut plan, mut random) = (Self::default(), Random::new(!seed));
        for payload in Parser::new(0).parse_all(wasm) {
            let Payload::ExportSection(exports) = payload? else {
                continue;
            };
            for export in exports {
                let export = export?;
                let name = export.name.to_owned();
                match export.kind {
                    ExternalKind::Memory => plan.memories.push(name),
                    ExternalKind::Global => plan.globals.push(name),
                    ExternalKind::Table => plan.tables.push(name),
                    ExternalKind::Func => {
                        let ty = types[types.as_ref().core_function_at(export.index)].unwrap_func();
                        for _ in 0..CALLS {
                            let params = ty.params().iter();
                            plan.calls.push(Call {
                                name: name.clone(),
                                arguments: params.map(|&ty| argument(ty, &mut random)).collect(),
                                results: ty.results().len(),
                            });
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(plan)
    }
}

fn argument(ty: ValType, random: &mut Random) -> Value {
    match ty {
        ValType::I32 => Value::I32(random.integer() as i32),
        ValType::I64 => Value::I64(random.integer()),
        ValType::F32 => Value::f32(random.float() as f32),
        ValType::F64 => Value::f64(random.float()),
        ValType::V128 => {
            let [low, high] = [random.integer(), random.integer()].map(|half| half as u64);
            Value::V128(u128::from(high) << 64 | u128::from(low))
        }
        ValType::EXTERNREF => Value::Extern(false),
        _ => Value::Func(false),
    }
}

impl Value {
    /// An `f32`.
    pub fn f32(value: f32) -> Self {
        Self::F32(if value.is_nan() { f32::NAN } else { value }.to_bits())
    }

    /// An `f64`.
    pub fn f64(value: f64) -> Self {
        Self::F64(if value.is_nan() { f64::NAN } else { value }.to_bits())
    }
}
