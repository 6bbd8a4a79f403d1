//! What the memory of a module's instances begins with, kept as an image.
//!
//! The first instance copies its data segments, as if there were no images: most modules have one instance.
//! For the second the image is made, and this one and all later ones begin with it: one call of the
//! system instead of a copy, and what an instance never writes is not its own. Whether a memory began with
//! an image nobody can tell but by the time.

use alloc::vec::Vec;

use super::Module;
use crate::exec::constant;
use crate::platform::{Image, Part};
use crate::shared::Shared;
use crate::types::MemoryIdx;

/// Data segments of fewer bytes than this are copied: that takes less time than to map an image and to
/// have its pages copied when they are written.
const LEAST: usize = 1 << 16;

/// The image of one of the memories that a module defines.
pub(crate) struct MemoryImage {
    /// Which memory.
    pub(crate) memory: MemoryIdx,
    /// What it begins with.
    pub(crate) image: Image,
}

/// What was made of a module's data segments until now.
#[derive(Default)]
pub(crate) enum Images {
    /// There was no instance yet.
    #[default]
    Unused,
    /// There was one.
    Copied,
    /// There were more; no image, if that is not possible or not worth it.
    Kept(Option<Shared<MemoryImage>>),
}

impl Module {
    /// The image that the memory of one more instance begins with. It holds what all active data segments
    /// write.
    pub(crate) fn image(&self) -> Option<Shared<MemoryImage>> {
        if !self.engine().config().images {
            return None;
        }
        let mut images = self.0.images.lock();
        match &*images {
            Images::Unused => {
                *images = Images::Copied;
                None
            }
            Images::Copied => {
                let image = self.make_image().and_then(|image| Shared::new(image).ok());
                *images = Images::Kept(image.clone());
                image
            }
            Images::Kept(image) => image.clone(),
        }
    }

    /// An image of all active data segments. There is none, if they are for several memories or one that is
    /// imported, if where one goes depends on the instance or is beyond the memory, or if they are short or
    /// lie far from each other.
    fn make_image(&self) -> Option<MemoryImage> {
        let env = self.env();
        let mut parts: Vec<Part<'_>> = Vec::new();
        parts.try_reserve_exact(self.parts().datas.len()).ok()?;
        let (mut memory, mut size) = (None, 0);
        let (mut begin, mut end, mut filled) = (usize::MAX, 0, 0usize);
        for segment in self.active_datas() {
            let (target, bytes) = (segment.target, segment.bytes);
            if memory.is_none() {
                let ty = env.memory(target)?;
                memory = Some(target);
                size = ty.bytes(ty.min)?;
            }
            let literal = constant::literal(self.bytes(), segment.offset)?;
            let start = usize::try_from(literal).ok()?;
            let behind = start.checked_add(bytes.len())?;
            if memory != Some(target) || behind as u64 > size {
                return None;
            }
            (begin, end) = (begin.min(start), end.max(behind));
            filled = filled.saturating_add(bytes.len());
            parts.push((start, bytes));
        }
        let memory = memory.filter(|memory| memory.0 >= env.imported_memories())?;
        if filled < LEAST || (end - begin) / 4 > filled {
            return None;
        }
        let platform = self.engine().space().platform();
        let image = Image::new(platform, begin..end, parts.into_iter())?;
        Some(MemoryImage { memory, image })
    }
}
