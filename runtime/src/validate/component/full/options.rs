//! Options of canonical definitions: where they may stand, and what they name.
//!
//! They are looked at once, into a small value that lifting, lowering and built-in functions ask for
//! what they need. Standard: Component Model, `Explainer.md`, "Canonical ABI".

use super::Full;
use super::signature::Signature;
use super::storage::ComponentStorage;
use crate::profile::{Everything, Gate};
use crate::read::Reader;
use crate::read::component::{CanonOption, Options, Sort};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Proposal};
use crate::types::ValType;

/// Whether a function is lifted, or lowered or built in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Lift,
    Lower,
}

/// The options of a definition.
#[derive(Clone, Copy)]
pub(super) struct CanonOptions {
    pub(super) side: Side,
    /// The type of addresses of the memory, if there is one.
    memory: Option<ValType>,
    pub(super) realloc: Option<u32>,
    pub(super) post_return: Option<u32>,
    pub(super) callback: Option<u32>,
    pub(super) is_async: bool,
}

impl CanonOptions {
    /// The type of addresses.
    pub(super) fn address(&self) -> ValType {
        self.memory.unwrap_or(ValType::I32)
    }

    /// There is a memory.
    pub(super) fn memory(&self, at: usize) -> Result<(), Reject> {
        match self.memory {
            Some(_) => Ok(()),
            None => Err(Reject::new(ErrorCode::MissingOption, at)),
        }
    }

    /// There is a function that makes room in the memory.
    pub(super) fn realloc(&self, at: usize) -> Result<(), Reject> {
        self.memory(at)?;
        match self.realloc {
            Some(_) => Ok(()),
            None => Err(Reject::new(ErrorCode::MissingOption, at)),
        }
    }

    /// The memory is there, and room can be made if something is put there.
    pub(super) fn reach(&self, puts: bool, at: usize) -> Result<(), Reject> {
        match puts {
            true => self.realloc(at),
            false => self.memory(at),
        }
    }

    /// The definition is not asynchronous.
    pub(super) fn sync(&self, at: usize) -> Result<(), Reject> {
        match self.is_async {
            true => Err(Reject::new(ErrorCode::MisplacedOption, at)),
            false => Ok(()),
        }
    }
}

impl<G: Gate, S: ComponentStorage> Full<'_, '_, G, S> {
    /// The options of a definition, if they are sound. That each stands once, and with those that
    /// it needs, was asked when they were read.
    pub(super) fn options(
        &mut self,
        list: &Options<'_>,
        side: Side,
        at: usize,
    ) -> Result<CanonOptions, Reject> {
        let mut options = CanonOptions {
            side,
            memory: None,
            realloc: None,
            post_return: None,
            callback: None,
            is_async: false,
        };
        for option in list.iter() {
            match option {
                CanonOption::Utf8 | CanonOption::Utf16 | CanonOption::Latin1Utf16 => {}
                CanonOption::Memory { memory } => {
                    options.memory = Some(self.abi_memory(memory.0, at)?);
                }
                CanonOption::Realloc { func } => options.realloc = Some(func.0),
                CanonOption::PostReturn { func } => options.post_return = Some(func.0),
                CanonOption::Async => options.is_async = true,
                CanonOption::Callback { func } => options.callback = Some(func.0),
            }
        }
        let lowered = side == Side::Lower;
        if options.post_return.is_some() && (lowered || options.is_async)
            || options.callback.is_some() && lowered
        {
            return Err(Reject::new(ErrorCode::MisplacedOption, at));
        }
        if let Some(realloc) = options.realloc {
            let address = options.address();
            self.has_signature(realloc, Signature::of([address; 4], [address]), at)?;
        }
        Ok(options)
    }

    /// A memory that values can lie in; gives the type of its addresses.
    pub(super) fn abi_memory(&mut self, index: u32, at: usize) -> Result<ValType, Reject> {
        let memory = self.entity(Sort::CoreMemory, index);
        let place = memory.second as usize;
        let mut reader = Reader::range(self.bytes, place..self.bytes.len());
        let memory = reader.memory_type(&Everything)?;
        if memory.is_64 {
            self.gate.admit(Proposal::ComponentModelMemory64, at, ())?;
        }
        match memory.shared {
            true => Err(Reject::new(ErrorCode::SharedMemory, at)),
            false => Ok(ValType::address(memory.is_64)),
        }
    }
}
