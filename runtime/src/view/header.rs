//! The preamble of a component, and how many entries its sections have.
//!
//! Version and layer tell a component from a module, before anything else is read. Counting entries
//! is for tools and for whoever sizes memory beforehand: it reads the counts that the sections
//! claim, not the entries. Standard: Component Model, `Binary.md`, "Component Definitions".

use super::ComponentView;
use crate::generated::facts::wire;
use crate::read::component::ComponentSectionId;
use crate::read::{Reader, magic};
use crate::reject::Reject;
use crate::spec::ErrorCode;

/// What a component says first, and how many entries its sections have together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ComponentHeader {
    /// The version of the format.
    pub version: u16,
    /// The layer: of components, not of core WebAssembly.
    pub layer: u16,
    counts: [u32; ComponentSectionId::ALL.len()],
}

impl ComponentHeader {
    /// How many entries there are in the sections of this kind; how many sections, if they are no
    /// lists.
    pub fn count(&self, id: ComponentSectionId) -> u32 {
        self.counts.get(id as usize).copied().unwrap_or(0)
    }

    pub(super) fn of(component: &ComponentView<'_>) -> Result<Self, Reject> {
        let mut reader = Reader::new(component.bytes());
        let (version, layer) = preamble(&mut reader)?;
        let mut counts = [0_u32; ComponentSectionId::ALL.len()];
        for section in component.sections() {
            let section = section?;
            let entries = section.items()?.left();
            if let Some(count) = counts.get_mut(section.id as usize) {
                *count = count.saturating_add(entries);
            }
        }
        Ok(Self {
            version,
            layer,
            counts,
        })
    }
}

/// Reads the preamble: version and layer.
pub(crate) fn preamble(r: &mut Reader<'_>) -> Result<(u16, u16), Reject> {
    magic(r)?;
    let at = r.position();
    let version: [u8; 4] = r.array()?;
    if version == wire::VERSION {
        return Err(Reject::new(ErrorCode::Module, at));
    }
    if version != wire::COMPONENT_VERSION {
        return Err(Reject::new(ErrorCode::UnknownVersion, at));
    }
    let [v0, v1, l0, l1] = version;
    Ok((u16::from_le_bytes([v0, v1]), u16::from_le_bytes([l0, l1])))
}
