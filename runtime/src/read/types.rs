//! Types as they stand in the binary format: codes, limits, value types, block types.
//!
//! All codes are rows of `spec/types.toml`; a code of a proposal that is not admitted is refused by
//! its name. Type indices stay as written; the validator checks and canonicalises them. Standard:
//! section 5.3, "Types".

use super::Reader;
use crate::generated::facts::heap_type::heap_types;
use crate::generated::facts::wire;
use crate::profile::Gate;
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Proposal, Proposals};
use crate::types::{
    BlockType, GlobalType, HeapType, MemoryType, RefType, TableType, TagType, TypeIdx, ValType,
};

/// Single bytes with this bit set and the one above clear are negative numbers: codes.
const NEGATIVE: u8 = 1 << 6;
const CONTINUES: u8 = 1 << 7;

/// Flags that the limits of tables can have.
const TABLE_FLAGS: u8 = wire::LimitsFlag::Maximum.code() | wire::LimitsFlag::Address64.code();

/// Flags that the limits of memories can have.
const MEMORY_FLAGS: u8 = limits_flags(None);

/// All flags of limits, or those that need nothing but such proposals.
const fn limits_flags(known: Option<Proposals>) -> u8 {
    let mut flags = 0;
    let mut left: &[wire::LimitsFlag] = &wire::LimitsFlag::ALL;
    while let [flag, rest @ ..] = left {
        let can_be = match (known, flag.proposal()) {
            (Some(known), Some(proposal)) => known.contains(proposal),
            _ => true,
        };
        if can_be {
            flags |= flag.code();
        }
        left = rest;
    }
    flags
}

impl Reader<'_> {
    /// A value type.
    pub(crate) fn val_type(&mut self, gate: &impl Gate) -> Result<ValType, Reject> {
        let at = self.position();
        let code = self.u8()?;
        if let Some(number) = wire::Number::from_code(code) {
            let ty = match number {
                wire::Number::I32 => ValType::I32,
                wire::Number::I64 => ValType::I64,
                wire::Number::F32 => ValType::F32,
                wire::Number::F64 => ValType::F64,
            };
            return admit(gate, number.proposal(), at, ty);
        }
        if let Some(vector @ wire::Vector::V128) = wire::Vector::from_code(code) {
            return admit(gate, vector.proposal(), at, ValType::V128);
        }
        match self.reference(gate, at, code)? {
            // A function reference is a value only since there are references.
            Some(ty) => gate.admit(Proposal::ReferenceTypes, at, ValType::reference(ty)),
            None => Err(malformed(ErrorCode::MalformedValueType, at, code)),
        }
    }

    /// A reference type.
    pub(crate) fn ref_type(&mut self, gate: &impl Gate) -> Result<RefType, Reject> {
        let at = self.position();
        let code = self.u8()?;
        match self.reference(gate, at, code)? {
            Some(ty) => Ok(ty),
            None => Err(malformed(ErrorCode::MalformedReferenceType, at, code)),
        }
    }

    /// The reference type that begins with this code, if one does.
    fn reference(
        &mut self,
        gate: &impl Gate,
        at: usize,
        code: u8,
    ) -> Result<Option<RefType>, Reject> {
        if let Some(reference) = wire::Reference::from_code(code) {
            admit(gate, reference.proposal(), at, ())?;
            let nullable = reference == wire::Reference::RefNull;
            return Ok(Some(RefType::new(nullable, self.heap_type(gate)?)));
        }
        match wire::Heap::from_code(code) {
            Some(heap) => abstract_heap(gate, heap, at).map(|heap| Some(RefType::new(true, heap))),
            None => Ok(None),
        }
    }

    /// A heap type: an abstract one or a type index.
    pub(crate) fn heap_type(&mut self, gate: &impl Gate) -> Result<HeapType, Reject> {
        let at = self.position();
        if let Some(code) = self.peek()
            && let Some(heap) = wire::Heap::from_code(code)
        {
            self.u8()?;
            return abstract_heap(gate, heap, at);
        }
        match u32::try_from(self.i33()?) {
            Ok(index) => gate.admit(Proposal::FunctionReferences, at, HeapType::Concrete(index)),
            Err(_) => Err(Reject::new(ErrorCode::MalformedHeapType, at)),
        }
    }

    /// The type of a block.
    #[inline]
    pub(crate) fn block_type(&mut self, gate: &impl Gate) -> Result<BlockType, Reject> {
        let at = self.position();
        let Some(code) = self.peek() else {
            self.u8()?;
            return Ok(BlockType::Empty);
        };
        if wire::Block::from_code(code) == Some(wire::Block::Empty) {
            self.u8()?;
            return Ok(BlockType::Empty);
        }
        if code & (NEGATIVE | CONTINUES) == NEGATIVE {
            return self.val_type(gate).map(BlockType::Value);
        }
        match u32::try_from(self.i33()?) {
            Ok(index) => gate.admit(Proposal::MultiValue, at, BlockType::Func(TypeIdx(index))),
            Err(_) => Err(Reject::new(ErrorCode::MalformedBlockType, at)),
        }
    }

    /// The type of a table.
    pub(crate) fn table_type(&mut self, gate: &impl Gate) -> Result<TableType, Reject> {
        let element = self.ref_type(gate)?;
        let MemoryType {
            min, max, is_64, ..
        } = self.limits(gate, TABLE_FLAGS)?;
        Ok(TableType {
            element,
            min,
            max,
            is_64,
        })
    }

    /// The type of a memory.
    pub(crate) fn memory_type(&mut self, gate: &impl Gate) -> Result<MemoryType, Reject> {
        self.limits(gate, MEMORY_FLAGS)
    }

    /// The type of a global.
    pub(crate) fn global_type(&mut self, gate: &impl Gate) -> Result<GlobalType, Reject> {
        Ok(GlobalType {
            content: self.val_type(gate)?,
            mutable: self.mutability()?,
        })
    }

    /// Whether a global, field or element can be written.
    pub(crate) fn mutability(&mut self) -> Result<bool, Reject> {
        let at = self.position();
        let code = self.u8()?;
        match wire::Mutability::from_code(code) {
            Some(mutability) => Ok(mutability == wire::Mutability::Variable),
            None => Err(malformed(ErrorCode::MalformedMutability, at, code)),
        }
    }

    /// The type of a tag.
    pub(crate) fn tag_type(&mut self, _: &impl Gate) -> Result<TagType, Reject> {
        let at = self.position();
        let code = self.u8()?;
        match wire::Tag::from_code(code) {
            Some(wire::Tag::Exception) => self.u32().map(|func| TagType {
                func: TypeIdx(func),
            }),
            None => Err(malformed(ErrorCode::MalformedTag, at, code)),
        }
    }

    /// Limits with such flags: those of a memory, of which a table has fewer.
    #[inline(never)]
    fn limits<G: Gate>(&mut self, gate: &G, known: u8) -> Result<MemoryType, Reject> {
        let at = self.position();
        let flags = self.u8()?;
        if flags & !known != 0 {
            return Err(malformed(ErrorCode::MalformedLimitsFlags, at, flags));
        }
        for flag in &wire::LimitsFlag::ALL {
            if flags & flag.code() != 0 {
                admit(gate, flag.proposal(), at, ())?;
            }
        }
        // What no proposal admits is absent, and the compiler is to know.
        let flags = flags & const { limits_flags(G::KNOWN) };
        let has = |flag: wire::LimitsFlag| flags & flag.code() != 0;
        let is_64 = has(wire::LimitsFlag::Address64);
        // Since 64-bit addresses all bounds are written alike; smaller ones are a matter of
        // validation.
        let wide = gate.has(Proposal::Memory64);
        let min = self.bound(wide)?;
        let max = if has(wire::LimitsFlag::Maximum) {
            Some(self.bound(wide)?)
        } else {
            None
        };
        let page_size_log2 = if has(wire::LimitsFlag::PageSize) {
            self.page_size_log2()?
        } else {
            wire::PageSize::Standard.code()
        };
        Ok(MemoryType {
            min,
            max,
            is_64,
            shared: has(wire::LimitsFlag::Shared),
            page_size_log2,
        })
    }

    fn page_size_log2(&mut self) -> Result<u8, Reject> {
        let at = self.position();
        let log2 = self.u32()?;
        match u8::try_from(log2) {
            Ok(small) if log2 < u64::BITS => Ok(small),
            _ => {
                let detail = Detail::AtMost(log2.into(), u64::from(u64::BITS) - 1);
                Err(Reject::with(ErrorCode::MalformedPageSize, at, detail))
            }
        }
    }

    fn bound(&mut self, wide: bool) -> Result<u64, Reject> {
        if wide {
            self.u64()
        } else {
            self.u32().map(u64::from)
        }
    }
}

/// The value, if its wire code belongs to no proposal or to an admitted one.
#[inline]
pub(crate) fn admit<T>(
    gate: &impl Gate,
    proposal: Option<Proposal>,
    at: usize,
    value: T,
) -> Result<T, Reject> {
    match proposal {
        Some(proposal) => gate.admit(proposal, at, value),
        None => Ok(value),
    }
}

/// A code that the standard does not have.
#[cold]
pub(crate) fn malformed(error: ErrorCode, at: usize, code: u8) -> Reject {
    Reject::with(error, at, Detail::Number(u64::from(code)))
}

macro_rules! abstract_heap {
    ($($name:ident $text:literal $doc:literal;)*) => {
        fn abstract_heap<G: Gate>(
            gate: &G,
            heap: wire::Heap,
            at: usize,
        ) -> Result<HeapType, Reject> {
            admit(gate, heap.proposal(), at, ())?;
            // What no proposal admits is absent, and the compiler is to know.
            let may = |heap: wire::Heap| heap.proposal().is_none_or(G::may);
            Ok(match heap {
                $(wire::Heap::$name if may(wire::Heap::$name) => HeapType::$name,)*
                _ => HeapType::Func,
            })
        }
    };
}

heap_types!(abstract_heap);
