//! The level `basic`: a module's bytes, read without keeping any of them.
//!
//! Sections, entries and instructions go through the readers and the decoder of the other levels;
//! what they mean is not asked, but for the counts of sections that must agree. Rules: the rows of
//! `spec/levels.toml` for this level. Standard: chapter 5, "Binary Format".

use super::module::{agree, sections};
use crate::profile::Gate;
use crate::read::Reader;
use crate::reject::Reject;
use crate::spec::{ErrorCode, Limit, SectionId};

/// Reads a module.
pub(super) fn module<G: Gate>(bytes: &[u8], gate: &G) -> Result<(), Reject> {
    let mut frame = Frame {
        gate,
        funcs: 0,
        bodies: 0,
        announced: None,
        segments: 0,
    };
    let end = sections(bytes, gate, |id, reader| frame.section(id, reader))?;
    agree(ErrorCode::CodeCount, frame.bodies, frame.funcs, end)?;
    match frame.announced {
        Some(announced) => agree(ErrorCode::DataCount, frame.segments, announced, end),
        None => Ok(()),
    }
}

/// Reads a body: declarations of locals, and instructions up to its end.
pub(super) fn body(r: &mut Reader<'_>, gate: &impl Gate) -> Result<(), Reject> {
    let mut total = 0;
    for _ in 0..r.u32()? {
        r.local_run(gate, &mut total)?;
    }
    r.skim(gate)?;
    r.complete()
}

/// All that is known about a module.
struct Frame<'g, G> {
    gate: &'g G,
    /// Functions that need a body.
    funcs: u32,
    bodies: u32,
    /// The announced number of data segments.
    announced: Option<u32>,
    segments: u32,
}

impl<G: Gate> Frame<'_, G> {
    fn section(&mut self, id: SectionId, r: &mut Reader<'_>) -> Result<(), Reject> {
        match id {
            SectionId::Custom => r.name(self.gate).map(drop),
            SectionId::Start => r.u32().map(drop),
            SectionId::DataCount => {
                self.announced = Some(r.u32()?);
                Ok(())
            }
            SectionId::Code => self.code(r),
            id => {
                let limit = id.limit().unwrap_or(Limit::ModuleSize);
                for _ in 0..r.count(limit, self.gate.limits().get(limit))? {
                    self.entry(id, r)?;
                }
                Ok(())
            }
        }
    }

    /// An entry of a section that is a list of such.
    fn entry(&mut self, id: SectionId, r: &mut Reader<'_>) -> Result<(), Reject> {
        let gate = self.gate;
        match id {
            SectionId::Type => r.core_types(gate).map(drop),
            SectionId::Import => r.import(gate).map(drop),
            SectionId::Function => {
                self.funcs += 1;
                r.u32().map(drop)
            }
            SectionId::Table => r.table(gate).map(drop),
            SectionId::Memory => r.memory_type(gate).map(drop),
            SectionId::Tag => r.tag_type(gate).map(drop),
            SectionId::Global => {
                r.global_type(gate)?;
                r.skim(gate).map(drop)
            }
            SectionId::Export => r.export(gate).map(drop),
            SectionId::Element => r.element_segment(gate).map(drop),
            SectionId::Data => {
                self.segments += 1;
                r.data_segment(gate).map(drop)
            }
            SectionId::Custom | SectionId::Start | SectionId::DataCount | SectionId::Code => Ok(()),
        }
    }

    fn code(&mut self, r: &mut Reader<'_>) -> Result<(), Reject> {
        let at = r.position();
        let count = r.u32()?;
        agree(ErrorCode::CodeCount, count, self.funcs, at)?;
        for _ in 0..count {
            let length = r.u32()?;
            body(&mut r.sub(length)?, self.gate)?;
            self.bodies += 1;
        }
        Ok(())
    }
}
