//! The outermost structure of a module: header and sections.
//!
//! Gives each section's id and span and enforces their order, which is the list `order` of
//! `spec/sections.toml` and not that of the ids: sections that came later got the next free id.
//! What a section consists of is for its reader. Standard: section 5.5, "Modules", "Sections" and
//! "Modules".

use super::types::{admit, malformed};
use super::{Reader, Span};
use crate::generated::facts::wire;
use crate::profile::Gate;
use crate::reject::Reject;
use crate::spec::{ErrorCode, SectionId};

/// A section: its id and where its body stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Section {
    /// Which it is.
    pub id: SectionId,
    /// Its body.
    pub body: Span,
}

/// The sections of a module, in the order in which they must stand.
#[derive(Clone, Debug)]
pub struct Sections<'a> {
    reader: Reader<'a>,
    /// The place of the last one in their order.
    last: u8,
}

impl<'a> Sections<'a> {
    /// The sections of a module whose header is right.
    pub fn new(module: &'a [u8]) -> Result<Self, Reject> {
        let mut reader = Reader::new(module);
        magic(&mut reader)?;
        let at = reader.position();
        let version: [u8; 4] = reader.array()?;
        if version == wire::COMPONENT_VERSION {
            return Err(Reject::new(ErrorCode::Component, at));
        }
        if version != wire::VERSION {
            return Err(Reject::new(ErrorCode::UnknownVersion, at));
        }
        Ok(Self {
            reader,
            last: SectionId::Custom.order(),
        })
    }

    /// The next section, if there is one.
    pub fn next(&mut self, gate: &impl Gate) -> Result<Option<Section>, Reject> {
        if self.reader.is_at_end() {
            return Ok(None);
        }
        let at = self.reader.position();
        let code = self.reader.u8()?;
        let Some(id) = SectionId::from_id(code) else {
            return Err(malformed(ErrorCode::MalformedSectionId, at, code));
        };
        admit(gate, id.proposal(), at, ())?;
        let length = self.reader.u32()?;
        let body = self.reader.sub(length)?;
        if id != SectionId::Custom {
            let place = order(id);
            if place <= self.last {
                return Err(malformed(ErrorCode::SectionOrder, at, code));
            }
            self.last = place;
        }
        Ok(Some(Section {
            id,
            body: Span {
                start: body.position(),
                end: body.end(),
            },
        }))
    }

    /// The offset behind the last section read.
    pub fn position(&self) -> usize {
        self.reader.position()
    }
}

/// A function, because inlined it becomes a table of jumps.
#[inline(never)]
fn order(id: SectionId) -> u8 {
    id.order()
}

/// Reads what modules and components begin with. The official scripts distinguish an input
/// without any header from one that is cut.
pub(crate) fn magic(r: &mut Reader<'_>) -> Result<(), Reject> {
    let at = r.position();
    let mut bytes = r.rest().iter().zip(wire::MAGIC);
    if bytes.any(|(byte, magic)| *byte != magic) {
        return Err(Reject::new(ErrorCode::MagicHeader, at));
    }
    r.bytes(wire::MAGIC.len()).map(drop)
}
