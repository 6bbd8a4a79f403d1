//! Tables, element and data segments, as they stand in the binary format.
//!
//! What is read here is well formed, not valid: the validator reads the same parts and judges
//! between them. Standard: sections 5.5.7, 5.5.12 and 5.5.14.

use super::{ConstExpr, DataSegment, ElementItems, ElementSegment, Reader, SegmentMode, Span};
use crate::generated::facts::wire;
use crate::profile::Gate;
use crate::reject::Reject;
use crate::spec::Limit;
use crate::types::{MemoryIdx, TableIdx, TableType};

impl Reader<'_> {
    /// A table and its initial value.
    pub(crate) fn table(
        &mut self,
        gate: &impl Gate,
    ) -> Result<(TableType, Option<ConstExpr>), Reject> {
        let initialised = self.table_form(gate)?;
        let ty = self.table_type(gate)?;
        let init = if initialised {
            Some(self.constant(gate)?)
        } else {
            None
        };
        Ok((ty, init))
    }

    /// An element segment.
    pub(crate) fn element_segment(&mut self, gate: &impl Gate) -> Result<ElementSegment, Reject> {
        let form = self.element_form(gate)?;
        let mode = match (form.active, form.explicit) {
            (false, false) => SegmentMode::Passive,
            (false, true) => SegmentMode::Declarative,
            (true, explicit) => SegmentMode::Active {
                target: TableIdx(if explicit { self.u32()? } else { 0 }),
                offset: self.constant(gate)?,
            },
        };
        let element = self.element_type(gate, form)?;
        let count = self.count(Limit::ElementItems, gate.limits().element_items)?;
        let start = self.position();
        for _ in 0..count {
            if form.expressions {
                self.skim(gate)?;
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

    /// A data segment.
    pub(crate) fn data_segment(&mut self, gate: &impl Gate) -> Result<DataSegment, Reject> {
        let mode = match self.data_kind(gate)? {
            wire::DataKind::Passive => SegmentMode::Passive,
            wire::DataKind::Active => SegmentMode::Active {
                target: MemoryIdx(0),
                offset: self.constant(gate)?,
            },
            wire::DataKind::ActiveExplicit => SegmentMode::Active {
                target: MemoryIdx(self.u32()?),
                offset: self.constant(gate)?,
            },
        };
        let length = self.u32()?;
        let start = self.position();
        self.counted(length)?;
        Ok(DataSegment {
            mode,
            bytes: Span {
                start,
                end: self.position(),
            },
        })
    }

    /// A constant expression.
    pub(crate) fn constant(&mut self, gate: &impl Gate) -> Result<ConstExpr, Reject> {
        self.skim(gate).map(|span| ConstExpr { span })
    }
}
