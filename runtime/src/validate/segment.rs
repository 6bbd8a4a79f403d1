//! Element and data segments.
//!
//! A segment is read and checked part by part: its mode, the offset as a constant expression, the
//! type, and each item. Items stay in the bytes, so that what is given back is a few words;
//! functions that they name become ones that `ref.func` may name. Standard: section 3.5, "Modules",
//! "Element Segments" and "Data Segments".

use super::constant::expression;
use super::environment::{Environment, unknown};
use super::module::Pass;
use super::storage::{List, Storage};
use super::subtype::is_ref_subtype;
use crate::generated::facts::wire;
use crate::profile::Gate;
use crate::read::{DataSegment, ElementItems, ElementSegment, Reader, SegmentMode, Span};
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Limit, Proposal};
use crate::types::{FuncIdx, MemoryIdx, RefType, TableIdx, ValType};

impl<G: Gate, S: Storage> Pass<'_, '_, G, S> {
    /// Reads and validates an element segment.
    pub(crate) fn element_segment(
        &mut self,
        reader: &mut Reader<'_>,
    ) -> Result<ElementSegment, Reject> {
        let form = reader.element_form(self.gate)?;
        let mode = match (form.active, form.explicit) {
            (false, false) => SegmentMode::Passive,
            (false, true) => SegmentMode::Declarative,
            (true, explicit) => {
                let at = reader.position();
                let target = TableIdx(if explicit { reader.u32()? } else { 0 });
                let Some(table) = self.env.table(target) else {
                    let count = self.env.tables.len();
                    return Err(unknown(ErrorCode::UnknownTable, target.0, count, at));
                };
                let offset = self.constant(reader, table.index_type())?;
                SegmentMode::Active { target, offset }
            }
        };
        let at = reader.position();
        let element = reader.element_type(self.gate, form)?;
        let element = self.env.resolve_ref::<G>(element, at)?;
        if G::may(Proposal::ReferenceTypes)
            && let SegmentMode::Active { target, .. } = mode
        {
            let table = self
                .env
                .table(target)
                .map_or(element, |table| table.element);
            if !is_ref_subtype(element, table) {
                let (expected, found) = (table.into(), element.into());
                let detail = Detail::Types { expected, found };
                return Err(Reject::with(ErrorCode::TypeMismatch, at, detail));
            }
        }
        let items = self.element_items(reader, element, form.expressions)?;
        Ok(ElementSegment {
            mode,
            element,
            items,
        })
    }

    fn element_items(
        &mut self,
        reader: &mut Reader<'_>,
        element: RefType,
        expressions: bool,
    ) -> Result<ElementItems, Reject> {
        let count = reader.count(Limit::ElementItems, self.gate.limits().element_items)?;
        let start = reader.position();
        for _ in 0..count {
            if expressions {
                self.constant(reader, ValType::reference(element))?;
            } else {
                let at = reader.position();
                let func = FuncIdx(reader.u32()?);
                self.declare(func, at)?;
            }
        }
        Ok(ElementItems {
            count,
            expressions,
            span: Span {
                start,
                end: reader.position(),
            },
        })
    }

    /// Reads and validates a data segment.
    pub(crate) fn data_segment(&mut self, reader: &mut Reader<'_>) -> Result<DataSegment, Reject> {
        let mut at = reader.position();
        let kind = reader.data_kind(self.gate)?;
        let mode = if kind == wire::DataKind::Passive {
            SegmentMode::Passive
        } else {
            let mut target = MemoryIdx(0);
            if kind == wire::DataKind::ActiveExplicit {
                at = reader.position();
                target = MemoryIdx(reader.u32()?);
            }
            self.data_target(reader, target, at)?
        };
        let length = reader.u32()?;
        let start = reader.position();
        reader.counted(length)?;
        Ok(DataSegment {
            mode,
            bytes: Span {
                start,
                end: reader.position(),
            },
        })
    }

    fn data_target(
        &mut self,
        reader: &mut Reader<'_>,
        target: MemoryIdx,
        at: usize,
    ) -> Result<SegmentMode<MemoryIdx>, Reject> {
        let Some(memory) = self.env.memory(target) else {
            let count = self.env.memories.len();
            return Err(unknown(ErrorCode::UnknownMemory, target.0, count, at));
        };
        let offset = self.constant(reader, memory.index_type())?;
        Ok(SegmentMode::Active { target, offset })
    }

    /// Reads and validates a constant expression; a function in it may be referred to elsewhere.
    pub(crate) fn constant(
        &mut self,
        reader: &mut Reader<'_>,
        ty: ValType,
    ) -> Result<crate::read::ConstExpr, Reject> {
        let at = reader.position();
        let constant = expression(reader, self.gate, &self.env, &mut self.scratch, ty)?;
        if let Some(func) = constant.func {
            self.declare(func, at)?;
        }
        Ok(constant.expr)
    }

    /// Lets bodies refer to a function that must exist.
    pub(crate) fn declare(&mut self, func: FuncIdx, at: usize) -> Result<(), Reject> {
        let Environment {
            funcs, declared, ..
        } = &mut self.env;
        if func.0 as usize >= funcs.len() {
            return Err(unknown(ErrorCode::UnknownFunction, func.0, funcs.len(), at));
        }
        if !G::may(Proposal::ReferenceTypes) {
            return Ok(());
        }
        let word = (func.0 / u32::BITS) as usize;
        while declared.len() <= word {
            let full = |full: super::Full| full.reject(Limit::Functions, funcs.len(), at);
            declared.push(0, u64::MAX).map_err(full)?;
        }
        if let Some(bits) = declared.get(word) {
            declared.set(word, bits | 1 << (func.0 % u32::BITS));
        }
        Ok(())
    }
}
