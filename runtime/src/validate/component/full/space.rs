//! The index spaces of the scopes that are open, one list a sort.
//!
//! A scope's part of a list begins where it was opened: what is nested in it has ended, and given its
//! part back, before the scope goes on. Standard: Component Model, `Explainer.md`, "Index Spaces".

use super::record::Entity;
use super::storage::{ComponentStorage, Place};
use crate::read::component::Sort;
use crate::reject::Reject;
use crate::validate::List;

/// How many sorts there are.
pub(super) const SORTS: usize = Sort::ALL.len();

macro_rules! spaces {
    ($($sort:ident $list:ident $place:ident;)*) => {
        /// The lists.
        pub(super) struct Spaces<S: ComponentStorage> {
            $($list: S::List<Entity, { Place::$place as u8 }>,)*
        }

        impl<S: ComponentStorage> Spaces<S> {
            pub(super) fn new(storage: S) -> Self {
                Self { $($list: storage.list(),)* }
            }

            /// How much there is of a sort, in all scopes.
            pub(super) fn len(&self, sort: Sort) -> usize {
                match sort {
                    $(Sort::$sort => self.$list.len(),)*
                }
            }

            pub(super) fn get(&self, sort: Sort, place: usize) -> Option<Entity> {
                match sort {
                    $(Sort::$sort => self.$list.get(place),)*
                }
            }

            pub(super) fn set(&mut self, sort: Sort, place: usize, entity: Entity) {
                match sort {
                    $(Sort::$sort => self.$list.set(place, entity),)*
                }
            }

            /// Adds something, in the innermost scope; how much there may be was asked before.
            pub(super) fn push(&mut self, sort: Sort, entity: Entity, at: usize) -> Result<(), Reject> {
                match sort {
                    $(Sort::$sort => self.$list.add(entity, sort.limit(), u64::MAX, at),)*
                }
            }

            pub(super) fn truncate(&mut self, sort: Sort, len: usize) {
                match sort {
                    $(Sort::$sort => self.$list.truncate(len),)*
                }
            }
        }
    };
}

spaces! {
    CoreFunc core_funcs CoreFuncs;
    CoreTable core_tables CoreTables;
    CoreMemory core_memories CoreMemories;
    CoreGlobal core_globals CoreGlobals;
    CoreTag core_tags CoreTags;
    CoreType core_types CoreTypes;
    CoreModule core_modules CoreModules;
    CoreInstance core_instances CoreInstances;
    Func funcs Funcs;
    Value values Values;
    Type types Types;
    Component components Components;
    Instance instances Instances;
}
