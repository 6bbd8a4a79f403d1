//! Types of functions, and the core functions that stand for them.
//!
//! What has more core values than a core function can have goes through memory: parameters as one
//! address, the result at an address that the caller gives when it lowers, and that the callee
//! returns when it lifts. Standard: Component Model, `CanonicalABI.md`, "Flattening".

use alloc::vec::Vec;

use super::{Named, TypeTable, ValueType};
use crate::component::abi::CanonicalAbiInfo;
use crate::component::layout::{AddressType, FlatType, MAX_FLAT_PARAMS, MAX_FLAT_RESULTS};

/// A type of functions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FuncType {
    /// Parameters with their names.
    pub(crate) params: Named,
    /// The result, if it has one.
    pub(crate) result: Option<ValueType>,
    /// Whether it may block.
    pub(crate) is_async: bool,
}

/// How a synchronous call of a function passes its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    /// Core parameters of a function that is lifted: without the address of a result.
    pub(crate) params: Vec<FlatType>,
    /// Core results of a function that is lifted.
    pub(crate) results: Vec<FlatType>,
    /// Where the parameters are, if they are in memory: size and alignment of all together.
    pub(crate) spilled_params: Option<(u32, u32)>,
    /// Where the result is, if it is in memory: its size and alignment.
    pub(crate) spilled_result: Option<(u32, u32)>,
}

impl FuncType {
    /// Its parameters as one record: how it lies in memory.
    pub(crate) fn params_info(&self, types: &TypeTable, address: AddressType) -> CanonicalAbiInfo {
        let mut params = self.params.iter().map(|(_, ty)| types.info(*ty, address));
        let whole = params.try_fold(CanonicalAbiInfo::EMPTY, |all, param| all.with(Some(param)));
        // The validator rules out what is beyond all memories; such a record traps when it is used.
        whole
            .and_then(CanonicalAbiInfo::padded)
            .unwrap_or(CanonicalAbiInfo {
                size: u32::MAX,
                ..CanonicalAbiInfo::EMPTY
            })
    }

    /// How many core parameters stand for its parameters.
    pub(crate) fn core_params(&self, types: &TypeTable, address: AddressType) -> usize {
        let flat = self.params_info(types, address).flat;
        flat.types().map_or(1, <[FlatType]>::len)
    }

    /// The core function that stands for it in a memory with these addresses.
    pub(crate) fn signature(&self, types: &TypeTable, address: AddressType) -> Signature {
        let place = |info: &CanonicalAbiInfo| (info.size, info.align);
        let fits = |info: &CanonicalAbiInfo, most: usize| {
            let flat = info.flat.types().filter(|flat| flat.len() <= most);
            flat.map(<[FlatType]>::to_vec)
        };
        let all = self.params_info(types, address);
        let (params, spilled_params) = match fits(&all, MAX_FLAT_PARAMS) {
            Some(flat) => (flat, None),
            None => (Vec::from([address.flat()]), Some(place(&all))),
        };
        let result = self.result.map(|ty| types.info(ty, address));
        let (results, spilled_result) = match result {
            None => (Vec::new(), None),
            Some(info) => match fits(&info, MAX_FLAT_RESULTS) {
                Some(flat) => (flat, None),
                None => (Vec::from([address.flat()]), Some(place(&info))),
            },
        };
        Signature {
            params,
            results,
            spilled_params,
            spilled_result,
        }
    }
}

impl Signature {
    /// Core parameters and results of the function as a lowered one: the address for a result in
    /// memory is the last parameter.
    pub(crate) fn lowered(&self, address: AddressType) -> (Vec<FlatType>, Vec<FlatType>) {
        let mut params = self.params.clone();
        match self.spilled_result {
            None => (params, self.results.clone()),
            Some(_) => {
                params.push(address.flat());
                (params, Vec::new())
            }
        }
    }
}
