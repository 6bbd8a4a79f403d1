//! Where full validation of components keeps its lists.
//!
//! They lie in the same storage as those of a module: vectors, or bytes of the caller. A core module
//! inside is validated in what the lists of the component leave free.

use crate::profile::Gate;
use crate::reject::{Detail, Reject};
use crate::spec::{Level, Limit};
#[cfg(feature = "alloc")]
use crate::validate::Heap;
use crate::validate::{Arena, Item, Storage, check_at};

/// Gives lists for a component, and room for the modules in it.
pub trait ComponentStorage: Storage + Copy {
    /// An empty list, which lies at this place.
    fn list<T: Item, const PLACE: u8>(self) -> Self::List<T, PLACE>;

    /// Validates a core module, fully; what is wrong is told with its offset in the module.
    ///
    /// # Errors
    /// The first rule that is broken.
    fn module(self, bytes: &[u8], gate: &impl Gate) -> Result<(), Reject>;
}

#[cfg(feature = "alloc")]
impl ComponentStorage for Heap {
    fn list<T: Item, const PLACE: u8>(self) -> Self::List<T, PLACE> {
        Self::List::<T, PLACE>::new()
    }

    fn module(self, bytes: &[u8], gate: &impl Gate) -> Result<(), Reject> {
        check_at(Level::Full, bytes, gate, self)
    }
}

impl<'s> ComponentStorage for &'s Arena<'s> {
    fn list<T: Item, const PLACE: u8>(self) -> Self::List<T, PLACE> {
        Arena::list(self)
    }

    fn module(self, bytes: &[u8], gate: &impl Gate) -> Result<(), Reject> {
        let result = self.aside(|free| check_at(Level::Full, bytes, gate, free));
        result.map_err(|reject| match reject.detail() {
            // What the component's lists take is needed, too.
            Detail::Limit {
                limit: Limit::Arena,
                at_least,
            } => Reject::limit(Limit::Arena, at_least + self.used() as u64, reject.offset),
            _ => reject,
        })
    }
}

/// The places of the lists. One number is none: it separates the two ends of the memory.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(super) enum Place {
    // At the front: what stays.
    Definitions,
    Closed,
    Members,
    Interfaces,
    Substitutions,
    Pairs,
    // The index spaces of the open scopes.
    CoreFuncs,
    CoreTables,
    CoreMemories,
    CoreGlobals,
    CoreTags,
    CoreTypes,
    CoreModules,
    CoreInstances,
    // At the back.
    Funcs = 15,
    Values,
    Types,
    Components,
    Instances,
    Scopes,
    OpenMembers,
    Named,
    Goals,
    Sorted,
}
