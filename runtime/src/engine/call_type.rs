//! The type of a function as calls see it.
//!
//! The registry, where types are kept, is behind a lock. A call copies parameters and results out
//! of it once, and then compares and converts values without it. The copy holds no type: the
//! function that is called does.

use alloc::vec::Vec;

use crate::allocation::OutOfMemory;
use crate::engine::Engine;
use crate::exec::slot;
use crate::types::{TypeId, ValType};

/// Parameters and results, with the numbers of an engine. It does not hold the types that these
/// numbers stand for: whoever has it also has the function.
#[derive(Clone)]
pub(crate) struct CallType {
    /// Parameters, then results.
    types: Vec<ValType>,
    param_count: usize,
}

impl CallType {
    pub(crate) fn new(params: Vec<ValType>, results: Vec<ValType>) -> Self {
        let param_count = params.len();
        let mut types = params;
        types.extend(results);
        Self { types, param_count }
    }

    /// The type with this number. There is one for every number that somebody holds.
    pub(crate) fn of(engine: &Engine, id: TypeId) -> Result<Self, OutOfMemory> {
        engine.with_types(|registry| {
            let mut types = Vec::new();
            let Some(member) = registry.get(id) else {
                return Ok(Self {
                    types,
                    param_count: 0,
                });
            };
            types
                .try_reserve_exact(member.len())
                .map_err(|_| OutOfMemory)?;
            types.extend(member.types());
            Ok(Self {
                types,
                param_count: member.param_count(),
            })
        })
    }

    /// Slots of the parameters or of the results, whichever are more.
    pub(crate) fn slots(&self) -> usize {
        slot::count(self.params()).max(slot::count(self.results()))
    }

    /// Types of the parameters.
    pub(crate) fn params(&self) -> &[ValType] {
        self.types.get(..self.param_count).unwrap_or_default()
    }

    /// Types of the results.
    pub(crate) fn results(&self) -> &[ValType] {
        self.types.get(self.param_count..).unwrap_or_default()
    }
}
