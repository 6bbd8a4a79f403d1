//! Element and data segments, and initial values of tables, as they stand in the binary format.
//!
//! The validator reads the same parts and judges between them. Standard: sections 5.5.12, 5.5.14.

use super::types::{admit, malformed};
use super::{ConstExpr, DataSegment, ElementItems, ElementSegment, Reader, SegmentMode, Span};
use crate::generated::shared::wire;
use crate::profile::Gate;
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Limit, Proposal};
use crate::types::{HeapType, MemoryIdx, RefType, TableIdx, TableType};

/// How an element segment is written.
#[derive(Clone, Copy)]
pub(crate) struct ElementForm {
    /// Passive or declarative.
    pub(crate) inactive: bool,
    /// Active: names its table; inactive: declarative.
    pub(crate) explicit: bool,
    /// Has expressions instead of functions.
    pub(crate) expressions: bool,
}

impl Reader<'_> {
    /// The form of an element segment.
    pub(crate) fn element_form(&mut self, gate: &impl Gate) -> Result<ElementForm, Reject> {
        let at = self.position();
        let flags = self.u32()?;
        let [inactive, explicit, expressions] = [
            wire::ElementFlag::Inactive,
            wire::ElementFlag::Explicit,
            wire::ElementFlag::Expressions,
        ]
        .map(|flag| flags & u32::from(flag.code()) != 0);
        let known = wire::ElementFlag::ALL;
        if known
            .iter()
            .fold(flags, |left, flag| left & !u32::from(flag.code()))
            != 0
        {
            let detail = Detail::Number(flags.into());
            return Err(Reject::with(ErrorCode::MalformedElementSegment, at, detail));
        }
        if inactive || explicit || expressions {
            gate.admit(Proposal::BulkMemory, at, ())?;
        }
        Ok(ElementForm {
            inactive,
            explicit,
            expressions,
        })
    }

    /// The type of elements that are written as a list of functions, which are never null.
    pub(crate) fn element_kind(&mut self) -> Result<RefType, Reject> {
        let at = self.position();
        let code = self.u8()?;
        match wire::ElementKind::from_code(code) {
            Some(wire::ElementKind::Func) => Ok(RefType::new(false, HeapType::Func)),
            None => Err(malformed(ErrorCode::MalformedElementKind, at, code)),
        }
    }

    /// An element segment.
    pub(crate) fn element_segment(&mut self, gate: &impl Gate) -> Result<ElementSegment, Reject> {
        let form = self.element_form(gate)?;
        let mode = match (form.inactive, form.explicit) {
            (true, false) => SegmentMode::Passive,
            (true, true) => SegmentMode::Declarative,
            (false, _) => SegmentMode::Active {
                target: TableIdx(if form.explicit { self.u32()? } else { 0 }),
                offset: self.expression()?,
            },
        };
        let element = match (form.inactive || form.explicit, form.expressions) {
            (true, true) => self.ref_type(gate)?,
            (true, false) => self.element_kind()?,
            (false, true) => RefType::FUNCREF,
            (false, false) => RefType::new(false, HeapType::Func),
        };
        let count = self.count(Limit::ElementItems, gate.limits().element_items)?;
        let start = self.position();
        for _ in 0..count {
            if form.expressions {
                self.expression()?;
            } else {
                self.u32()?;
            }
        }
        let span = Span {
            start,
            end: self.position(),
        };
        Ok(ElementSegment {
            mode,
            element,
            items: ElementItems {
                count,
                expressions: form.expressions,
                span,
            },
        })
    }

    /// When a data segment is copied, and whether it names its memory.
    pub(crate) fn data_kind(&mut self, gate: &impl Gate) -> Result<wire::DataKind, Reject> {
        let at = self.position();
        let flags = self.u32()?;
        let kind = u8::try_from(flags).ok().and_then(wire::DataKind::from_code);
        let Some(kind) = kind else {
            let detail = Detail::Number(flags.into());
            return Err(Reject::with(ErrorCode::MalformedDataSegment, at, detail));
        };
        admit(gate, kind.proposal(), at, kind)
    }

    /// The bytes of a data segment.
    pub(crate) fn data_bytes(&mut self) -> Result<Span, Reject> {
        let length = self.u32()?;
        let start = self.position();
        self.counted(length)?;
        Ok(Span {
            start,
            end: self.position(),
        })
    }

    /// A data segment.
    pub(crate) fn data_segment(&mut self, gate: &impl Gate) -> Result<DataSegment, Reject> {
        let mode = match self.data_kind(gate)? {
            wire::DataKind::Passive => SegmentMode::Passive,
            wire::DataKind::Active => SegmentMode::Active {
                target: MemoryIdx(0),
                offset: self.expression()?,
            },
            wire::DataKind::ActiveExplicit => SegmentMode::Active {
                target: MemoryIdx(self.u32()?),
                offset: self.expression()?,
            },
        };
        Ok(DataSegment {
            mode,
            bytes: self.data_bytes()?,
        })
    }

    /// Whether a table has an initial value, which follows its type.
    pub(crate) fn has_initial_value(&mut self, gate: &impl Gate) -> Result<bool, Reject> {
        let at = self.position();
        let [initialised, reserved] = wire::INITIALISED;
        if self.peek() != Some(initialised) {
            return Ok(false);
        }
        self.u8()?;
        gate.admit(Proposal::FunctionReferences, at, ())?;
        if self.u8()? != reserved {
            return Err(Reject::new(ErrorCode::MalformedTable, at));
        }
        Ok(true)
    }

    /// A table and its initial value.
    pub(crate) fn table(
        &mut self,
        gate: &impl Gate,
    ) -> Result<(TableType, Option<ConstExpr>), Reject> {
        let explicit = self.has_initial_value(gate)?;
        let ty = self.table_type(gate)?;
        let init = if explicit {
            Some(self.expression()?)
        } else {
            None
        };
        Ok((ty, init))
    }
}
