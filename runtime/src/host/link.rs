//! Functions of the host for linkers: the same [`Host`] for the engine with an allocator.
//!
//! A host is written once, against values and one memory. Here each of its functions becomes a
//! definition of a linker, which reads the caller's exported memory and converts values. References
//! are refused: those of the compact engine are numbers without meaning in a store.

use alloc::vec::Vec;

use super::{Host, Memory};
use crate::allocation;
use crate::api::caller::Caller;
use crate::api::externs::Extern;
use crate::api::linker::Linker;
use crate::api::val::Val;
use crate::compact::Value;
use crate::engine::scoped::ValType;
use crate::engine::scoped::func::FuncType;
use crate::error::{Error, Result};
use crate::store::context::AsContextMut;

/// Defines all functions of a host, which is a part of the stores' data.
///
/// The memory that they see is the one that the caller exports as `memory`.
///
/// # Errors
/// If a name is defined already.
pub fn link<T: 'static, H: Host + 'static>(
    linker: &mut Linker<T>,
    host: impl Fn(&mut T) -> &mut H + Copy + Send + Sync + 'static,
) -> Result<()> {
    for (place, function) in H::FUNCTIONS.iter().enumerate() {
        let unpack = |types: &[_]| {
            let types = types.iter().map(|ty| ValType::try_from(*ty));
            types.collect::<Result<Vec<_>, _>>()
        };
        let ty = FuncType::new(unpack(function.params)?, unpack(function.results)?);
        let call = move |mut caller: Caller<'_, T>, params: &[Val], results: &mut [Val]| {
            let mut arguments = Vec::new();
            allocation::reserve(&mut arguments, params.len())?;
            for param in params {
                arguments.push(value(param)?);
            }
            let mut given = allocation::boxed_list(results.iter().map(|_| Value::I32(0)))?;
            let memory = match caller.get_export("memory") {
                Some(Extern::Memory(memory)) => Some(memory),
                _ => None,
            };
            match memory {
                Some(memory) => {
                    let (bytes, data) = memory.data_and_store_mut(caller.as_context_mut());
                    host(data).call(place, Memory::new(bytes), &arguments, &mut given)?;
                }
                None => {
                    let none = Memory::new(&mut []);
                    host(caller.data_mut()).call(place, none, &arguments, &mut given)?;
                }
            }
            for (result, value) in results.iter_mut().zip(given) {
                *result = val(value)?;
            }
            Ok(())
        };
        linker.func_new(function.module, function.name, ty, call)?;
    }
    Ok(())
}

fn value(val: &Val) -> Result<Value> {
    match val {
        Val::I32(value) => Ok(Value::I32(*value)),
        Val::I64(value) => Ok(Value::I64(*value)),
        Val::F32(bits) => Ok(Value::F32(*bits)),
        Val::F64(bits) => Ok(Value::F64(*bits)),
        Val::V128(value) => Ok(Value::V128(*value)),
        _ => Err(Error::msg(REFERENCES)),
    }
}

fn val(value: Value) -> Result<Val> {
    match value {
        Value::I32(value) => Ok(Val::I32(value)),
        Value::I64(value) => Ok(Val::I64(value)),
        Value::F32(bits) => Ok(Val::F32(bits)),
        Value::F64(bits) => Ok(Val::F64(bits)),
        Value::V128(value) => Ok(Val::V128(value)),
        Value::FuncRef(_) | Value::ExternRef(_) => Err(Error::msg(REFERENCES)),
    }
}

const REFERENCES: &str = "references of the compact engine have no meaning here";
