//! Whole calls: all parameters, the result.
//!
//! What is too much for core values lies in memory: parameters one behind the other like the fields
//! of a record, which whoever lowers them allocates; the result where the caller says, or where the
//! callee says when it is lifted. Standard: Component Model, `CanonicalABI.md`, `lift_flat_values`
//! and `lower_flat_values`.

use alloc::vec::Vec;

use super::{Handles, Lifting, Lowering, Parts, Place};
use crate::component::abi::{FlatReader, FlatWriter, Realloc, list};
use crate::component::types::FuncType;
use crate::component::val::Val;
use crate::component::{MAX_FLAT_PARAMS, MAX_FLAT_RESULTS};
use crate::error::Error;
use crate::spec::Trap;

impl<H: Handles + ?Sized> Lifting<'_, H> {
    /// The parameters of a call, which core values are or lead to.
    pub(crate) fn params(&mut self, ty: &FuncType, slots: &[u64]) -> Result<Vec<Val>, Trap> {
        let mut flat = FlatReader::new(slots);
        let all = ty.params_info(self.types, self.cx.options().address);
        let mut parts = Parts::Flat(0);
        if all.flat.count() as usize > MAX_FLAT_PARAMS {
            let at = self.cx.address(&mut flat)?;
            parts = Parts::Memory(self.checked(at, all.size, all.align)?);
        }
        self.charge(ty.params.len(), size_of::<Val>())?;
        let mut values = list::reserved(ty.params.len())?;
        for (_, param) in &ty.params {
            let at = match &mut parts {
                Parts::Flat(_) => Place::Flat,
                Parts::Memory(end) => {
                    let info = self.types.info(*param, self.cx.options().address);
                    Place::Memory(info.place(end))
                }
            };
            values.push(self.value(*param, &mut flat, at)?);
        }
        Ok(values)
    }

    /// The result of a call, which the core value is or leads to.
    pub(crate) fn result(&mut self, ty: &FuncType, slots: &[u64]) -> Result<Option<Val>, Trap> {
        let Some(result) = ty.result else {
            return Ok(None);
        };
        let mut flat = FlatReader::new(slots);
        let info = self.types.info(result, self.cx.options().address);
        let value = match info.flat.count() as usize <= MAX_FLAT_RESULTS {
            true => self.value(result, &mut flat, Place::Flat),
            false => {
                let at = self.cx.address(&mut flat)?;
                self.load(result, at)
            }
        };
        value.map(Some)
    }
}

impl<R: Realloc + Handles + ?Sized> Lowering<'_, R> {
    /// The parameters of a call as core values, and how many these are: one, an address, if they
    /// are more than a function can have. As many values as parameters.
    pub(crate) fn params(
        &mut self,
        ty: &FuncType,
        values: &[Val],
        slots: &mut [u64; MAX_FLAT_PARAMS],
    ) -> Result<usize, Error> {
        let mut flat = FlatWriter::new(slots);
        let all = ty.params_info(self.types, self.cx.options().address);
        let mut parts = Parts::Flat(0);
        if all.flat.count() as usize > MAX_FLAT_PARAMS {
            let (size, outside) = (all.size.into(), Trap::MemoryOutOfBounds);
            let at = self.cx.reserve(all.align, size, outside)?;
            flat.push(at)?;
            parts = Parts::Memory(at);
        }
        for ((_, param), value) in ty.params.iter().zip(values) {
            let at = match &mut parts {
                Parts::Flat(_) => Place::Flat,
                Parts::Memory(end) => {
                    let info = self.types.info(*param, self.cx.options().address);
                    Place::Memory(info.place(end))
                }
            };
            self.value(*param, value, &mut flat, at)?;
        }
        Ok(flat.position())
    }

    /// The result of a call: a core value, or at the address that the caller gave if it is more
    /// than one. How many core values there are.
    pub(crate) fn result(
        &mut self,
        ty: &FuncType,
        value: Option<&Val>,
        given: u64,
        slots: &mut [u64; MAX_FLAT_PARAMS],
    ) -> Result<usize, Error> {
        let (Some(result), Some(value)) = (ty.result, value) else {
            return Ok(0);
        };
        let info = self.types.info(result, self.cx.options().address);
        if info.flat.count() as usize > MAX_FLAT_RESULTS {
            self.store(result, value, given)?;
            return Ok(0);
        }
        let mut flat = FlatWriter::new(slots);
        self.value(result, value, &mut flat, Place::Flat)?;
        Ok(flat.position())
    }
}
