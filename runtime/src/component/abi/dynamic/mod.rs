//! Values of any type: [`Val`](crate::component::Val) from a guest and to it, by the table of types.
//!
//! The counterpart of `Lift` and `Lower` for types that the host's program does not know. A value
//! is walked from its outermost part on; what is not yet complete stands in a list of open parts on
//! the heap, so that no depth of a type costs native stack. Handles belong to whoever has the
//! tables: [`Handles`]. Standard: Component Model, `CanonicalABI.md`, "Loading" to "Flat Lowering".

mod call;
mod lift;
mod lower;
mod mismatch;
#[cfg(all(test, feature = "std"))]
mod oracle;
mod primitive;
#[cfg(all(test, feature = "std"))]
pub(in crate::component) mod tests;

pub(crate) use lift::Lifting;
pub(crate) use lower::Lowering;

use super::{CanonicalAbiInfo, CanonicalOptions, shape};
use crate::component::resource::ResourceAny;
use crate::component::types::{Defined, ResourceId, TypeTable};
use crate::spec::Trap;

/// Tables of handles: of the guest that values come from or go to, and of the host.
pub(crate) trait Handles {
    /// Takes an own handle out of the guest's table.
    fn lift_own(&mut self, resource: ResourceId, handle: u32) -> Result<ResourceAny, Trap>;

    /// Lends a handle of the guest's table for the call.
    fn lift_borrow(&mut self, resource: ResourceId, handle: u32) -> Result<ResourceAny, Trap>;

    /// Puts a resource of the host into the guest's table, which owns it then.
    fn lower_own(&mut self, resource: ResourceId, value: ResourceAny) -> Result<u32, Trap>;

    /// Lends a resource of the host to the guest for the call.
    fn lower_borrow(&mut self, resource: ResourceId, value: ResourceAny) -> Result<u32, Trap>;
}

/// Where a value is.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// The core values that come next.
    Flat,
    /// At this address.
    Memory(u64),
}

/// Where the parts of a value are that come next.
#[derive(Clone, Copy, Debug)]
enum Parts {
    /// The core values that come next, up to this one.
    Flat(usize),
    /// In memory, behind what ends here.
    Memory(u64),
}

impl Parts {
    /// Those of a value that begins here and has fields.
    fn of(at: Place, flat: usize, info: &CanonicalAbiInfo) -> Self {
        match at {
            Place::Flat => Self::Flat(flat + info.flat.count() as usize),
            Place::Memory(at) => Self::Memory(at),
        }
    }

    /// The value of a case; it begins here, and its number is before the next core value.
    fn of_case(at: Place, flat: usize, info: &CanonicalAbiInfo) -> Self {
        match at {
            Place::Flat => Self::Flat(flat + info.flat.count() as usize - 1),
            Place::Memory(at) => Self::Memory(at.saturating_add(shape::payload(info).into())),
        }
    }

    /// Where the next one is.
    fn next(
        &mut self,
        (types, options): (&TypeTable, CanonicalOptions),
        (whole, index): (&Defined, usize),
        part: &CanonicalAbiInfo,
    ) -> Place {
        let Self::Memory(end) = self else {
            return Place::Flat;
        };
        if let Defined::Map(..) = whole
            && index.is_multiple_of(2)
        {
            // A key begins where a pair does.
            let pair = shape::element(types, whole, options.address);
            let align = pair.map_or(1, |pair| u64::from(pair.align));
            *end = end.checked_next_multiple_of(align).unwrap_or(u64::MAX);
        }
        Place::Memory(part.place(end))
    }
}
