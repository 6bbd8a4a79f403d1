//! Immediates of instructions: one function a kind, called by the generated decoder.
//!
//! The column `imm` of a row names kinds, and `kind` in a cell is the function `kind` here. It
//! reads and bounds what the bytes say; whether an index exists is for the validator. Kinds that a
//! later proposal widened (a memory index where there was a zero byte) ask the gate which form is
//! meant. Standard: section 5.4, "Instructions".

use super::Reader;
use crate::generated::facts::wire;
use crate::profile::Gate;
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Limit, Proposal};
use crate::types::{
    BlockType, DataIdx, ElemIdx, FuncIdx, GlobalIdx, HeapType, LabelIdx, Labels, LocalIdx, MemArg,
    MemoryIdx, TableIdx, TypeIdx, V128, ValTypes,
};

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident: $index:ident;)*) => {$(
        $(#[$doc])*
        #[inline(always)]
        pub(crate) fn $name(r: &mut Reader<'_>, _: &impl Gate) -> Result<$index, Reject> {
            r.u32().map($index)
        }
    )*};
}

index! {
    /// A label.
    label: LabelIdx;
    /// A local.
    local: LocalIdx;
    /// A global.
    global: GlobalIdx;
    /// A function.
    func: FuncIdx;
    /// A type.
    type_: TypeIdx;
    /// A data segment.
    data: DataIdx;
    /// An element segment.
    elem: ElemIdx;
}

/// A table; a zero byte before there were several.
#[cfg_attr(not(small), inline(always))]
pub(crate) fn table(r: &mut Reader<'_>, gate: &impl Gate) -> Result<TableIdx, Reject> {
    if gate.has(Proposal::CallIndirectOverlong) {
        r.u32().map(TableIdx)
    } else {
        zero(r).map(|()| TableIdx(0))
    }
}

/// A memory; a zero byte before there were several.
#[cfg_attr(not(small), inline(always))]
pub(crate) fn memory(r: &mut Reader<'_>, gate: &impl Gate) -> Result<MemoryIdx, Reject> {
    if gate.has(Proposal::MultiMemory) {
        r.u32().map(MemoryIdx)
    } else {
        zero(r).map(|()| MemoryIdx(0))
    }
}

#[inline(never)]
fn zero(r: &mut Reader<'_>) -> Result<(), Reject> {
    let at = r.position();
    match r.u8()? {
        0 => Ok(()),
        _ => Err(Reject::new(ErrorCode::ZeroByteExpected, at)),
    }
}

/// The targets of a `br_table`.
pub(crate) fn labels<'a>(r: &mut Reader<'a>, gate: &impl Gate) -> Result<Labels<'a>, Reject> {
    let start = r.position();
    let count = r.count(Limit::BrTableTargets, gate.limits().br_table_targets)?;
    for _ in 0..count {
        r.u32()?;
    }
    r.u32()?;
    Ok(Labels {
        bytes: r.since(start),
    })
}

/// The type of a block.
#[cfg_attr(not(small), inline(always))]
pub(crate) fn block(r: &mut Reader<'_>, gate: &impl Gate) -> Result<BlockType, Reject> {
    r.block_type(gate)
}

/// A heap type.
pub(crate) fn heap(r: &mut Reader<'_>, gate: &impl Gate) -> Result<HeapType, Reject> {
    r.heap_type(gate)
}

/// The types of a `select`.
pub(crate) fn valtypes<'a>(r: &mut Reader<'a>, gate: &impl Gate) -> Result<ValTypes<'a>, Reject> {
    r.val_types(gate, Limit::SelectTypes, gate.limits().select_types)
}

/// Alignment, memory and offset. Whether the alignment suits the access is for the validator.
#[cfg_attr(not(small), inline(always))]
pub(crate) fn memarg(r: &mut Reader<'_>, gate: &impl Gate, _: u32) -> Result<MemArg, Reject> {
    let at = r.position();
    let mut align = r.u32()?;
    let mut memory = MemoryIdx(0);
    if align >= u32::from(wire::MemargFlag::Memory.code()) {
        align = flags(gate, align, at)?;
        memory = r.u32().map(MemoryIdx)?;
    }
    let offset = if gate.has(Proposal::Memory64) {
        r.u64()?
    } else {
        r.u32().map(u64::from)?
    };
    Ok(MemArg {
        align,
        offset,
        memory,
    })
}

/// The alignment from flags that say that a memory follows.
#[cold]
fn flags(gate: &impl Gate, flags: u32, at: usize) -> Result<u32, Reject> {
    let bit = u32::from(wire::MemargFlag::Memory.code());
    if flags >= bit << 1 || !gate.has(Proposal::MultiMemory) {
        let detail = Detail::Number(u64::from(flags));
        return Err(Reject::with(ErrorCode::MalformedMemarg, at, detail));
    }
    Ok(flags & !bit)
}

/// A number of 32 bits.
#[inline(always)]
pub(crate) fn i32(r: &mut Reader<'_>, _: &impl Gate) -> Result<i32, Reject> {
    r.i32()
}

/// A number of 64 bits.
#[inline(always)]
pub(crate) fn i64(r: &mut Reader<'_>, _: &impl Gate) -> Result<i64, Reject> {
    r.i64()
}

/// The bits of an `f32`.
#[inline(always)]
pub(crate) fn f32(r: &mut Reader<'_>, _: &impl Gate) -> Result<f32, Reject> {
    r.f32()
}

/// The bits of an `f64`.
#[inline(always)]
pub(crate) fn f64(r: &mut Reader<'_>, _: &impl Gate) -> Result<f64, Reject> {
    r.f64()
}

/// A lane. Whether the vector has as many is for the validator.
#[inline(always)]
pub(crate) fn lane(r: &mut Reader<'_>, _: &impl Gate, _: u32) -> Result<u8, Reject> {
    r.u8()
}

/// Sixteen lanes.
pub(crate) fn lanes(r: &mut Reader<'_>, _: &impl Gate, _: u32) -> Result<[u8; 16], Reject> {
    r.array()
}

/// A vector.
pub(crate) fn v128(r: &mut Reader<'_>, _: &impl Gate) -> Result<V128, Reject> {
    r.array().map(V128::from_le_bytes)
}
