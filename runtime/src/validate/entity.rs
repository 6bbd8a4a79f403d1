//! What the indices of an instruction refer to.
//!
//! The generated rules resolve each immediate first, and an index that does not exist is rejected
//! here with the size of its space; what the column `type` says of it ([`type_fn`](super::type_fn))
//! is then read from the entity. Only what rules ask for is read: a build whose profile has one
//! kind of memory never looks at its type.

use super::environment::{Signature, unknown};
use super::storage::{List, Storage};
use super::validator::Validator;
use crate::profile::Gate;
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Proposal};
use crate::types::{
    DataIdx, ElemIdx, FuncIdx, GlobalIdx, GlobalType, HeapType, LocalIdx, MemArg, MemoryIdx,
    RefType, TableIdx, TableType, TypeIdx, ValType,
};

/// What rules ask of a memory.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    /// The type of its addresses.
    pub(crate) address: ValType,
}

/// What rules ask of a table.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    /// The type of its indices.
    pub(crate) index: ValType,
    /// The type of its elements.
    pub(crate) element: RefType,
}

impl<G: Gate, S: Storage> Validator<'_, G, S> {
    /// The type of a local.
    #[cfg_attr(not(small), inline(always))]
    pub(crate) fn local(&self, local: LocalIdx) -> Result<ValType, Reject> {
        self.locals.get(self.scratch, local, self.at)
    }

    /// A global.
    #[inline]
    pub(crate) fn global(&self, global: GlobalIdx) -> Result<GlobalType, Reject> {
        let count = self.env.globals.len();
        let found = self.env.global(global);
        found.ok_or_else(|| unknown(ErrorCode::UnknownGlobal, global.0, count, self.at))
    }

    /// The type of a function.
    #[inline]
    pub(crate) fn func(&self, func: FuncIdx) -> Result<Signature, Reject> {
        let count = self.env.funcs.len();
        let found = self.env.signature_of(func);
        found.ok_or_else(|| unknown(ErrorCode::UnknownFunction, func.0, count, self.at))
    }

    /// A function type.
    #[inline]
    pub(crate) fn type_(&self, ty: TypeIdx) -> Result<Signature, Reject> {
        let count = self.env.types.len();
        let found = self.env.signature(ty);
        found.ok_or_else(|| unknown(ErrorCode::UnknownType, ty.0, count, self.at))
    }

    /// A table.
    #[cfg_attr(small, inline(always))]
    pub(crate) fn table(&self, table: TableIdx) -> Result<Table, Reject> {
        let (index, count) = (table.0, self.env.tables.len());
        self.known(index, count, ErrorCode::UnknownTable)?;
        let ty = match G::may(Proposal::ReferenceTypes) || G::may(Proposal::Memory64) {
            true => self.env.table(table).unwrap_or_default(),
            false => TableType::default(),
        };
        Ok(Table {
            index: ty.index_type(),
            element: ty.element,
        })
    }

    /// A memory.
    #[cfg_attr(not(small), inline)]
    #[cfg_attr(small, inline(always))]
    pub(crate) fn memory(&self, memory: MemoryIdx) -> Result<Memory, Reject> {
        let (index, count) = (memory.0, self.env.memories.len());
        self.known(index, count, ErrorCode::UnknownMemory)?;
        let address = match G::may(Proposal::Memory64) {
            true => self.env.memory(memory).unwrap_or_default().index_type(),
            false => ValType::I32,
        };
        Ok(Memory { address })
    }

    /// An index must be in its space.
    #[cfg_attr(not(small), inline(always))]
    #[cfg_attr(small, inline(never))]
    fn known(&self, index: u32, count: usize, code: ErrorCode) -> Result<(), Reject> {
        if (index as usize) < count {
            return Ok(());
        }
        Err(unknown(code, index, count, self.at))
    }

    /// The memory of an access of this many bytes.
    #[cfg_attr(not(small), inline(always))]
    pub(crate) fn memarg(&self, memarg: MemArg, width: u32) -> Result<Memory, Reject> {
        let memory = self.memory(memarg.memory)?;
        if memarg.align > width.trailing_zeros() {
            let detail = Detail::AtMost(u64::from(memarg.align), u64::from(width.trailing_zeros()));
            return Err(Reject::with(ErrorCode::Alignment, self.at, detail));
        }
        if G::may(Proposal::Memory64)
            && memory.address == ValType::I32
            && memarg.offset > u64::from(u32::MAX)
        {
            let detail = Detail::Number(memarg.offset);
            return Err(Reject::with(ErrorCode::OffsetOutOfRange, self.at, detail));
        }
        Ok(memory)
    }

    /// Judges a lane of a vector that has this many.
    #[inline]
    pub(crate) fn lane(&self, lane: u8, count: u8) -> Result<(), Reject> {
        if lane < count {
            return Ok(());
        }
        let detail = Detail::AtMost(lane.into(), count.saturating_sub(1).into());
        Err(Reject::with(ErrorCode::InvalidLane, self.at, detail))
    }

    /// Judges sixteen lanes of vectors that have this many.
    pub(crate) fn lanes(&self, lanes: [u8; 16], count: u8) -> Result<(), Reject> {
        lanes
            .into_iter()
            .try_for_each(|lane| self.lane(lane, count))
    }

    /// The type of the elements of a segment.
    #[inline]
    pub(crate) fn elem(&self, elem: ElemIdx) -> Result<RefType, Reject> {
        let count = self.env.elements.len();
        let found = self.env.element(elem);
        found.ok_or_else(|| unknown(ErrorCode::UnknownElementSegment, elem.0, count, self.at))
    }

    /// Checks that a data segment exists, if the module has announced how many do.
    pub(crate) fn data(&self, data: DataIdx) -> Result<(), Reject> {
        match self.env.counts.data {
            Some(count) if data.0 >= count => Err(unknown(
                ErrorCode::UnknownDataSegment,
                data.0,
                count as usize,
                self.at,
            )),
            _ => Ok(()),
        }
    }

    /// A heap type, canonical.
    pub(crate) fn heap(&self, heap: HeapType) -> Result<HeapType, Reject> {
        self.env.resolve_heap::<G>(heap, self.at)
    }

    /// The heap type of references to this type.
    pub(crate) fn type_heap(&self, ty: TypeIdx) -> Result<HeapType, Reject> {
        self.heap(HeapType::Concrete(ty.0))
    }

    /// The heap type of references to this function.
    pub(crate) fn func_heap(&self, func: FuncIdx) -> Result<HeapType, Reject> {
        let count = self.env.funcs.len();
        let found = self
            .env
            .func_type_index(func)
            .map(|ty| HeapType::Concrete(ty.0));
        found.ok_or_else(|| unknown(ErrorCode::UnknownFunction, func.0, count, self.at))
    }
}
