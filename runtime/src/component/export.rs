//! Where an export is found: by name, or by where it was found before.
//!
//! Names are looked up in the component itself, or in one of its instances, which was looked up by
//! name before it. What is found is an index, with which instances find the export without its name.

use core::fmt;

use super::Component;
use super::plan::Item;

/// Where an export of a component is; made by [`Component::get_export_index`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComponentExportIndex {
    /// The component's own number.
    component: u64,
    pub(super) item: Item,
}

/// What exports of components are looked up by: a name, or a [`ComponentExportIndex`].
///
/// A type of another crate cannot be one.
pub trait ExportLookup: sealed::Sealed {
    /// Where it is: in an instance that was found before, or in the component itself.
    #[doc(hidden)]
    fn lookup(
        &self,
        component: &Component,
        instance: Option<&ComponentExportIndex>,
    ) -> Option<ComponentExportIndex>;

    /// How to speak of it.
    #[doc(hidden)]
    fn shown(&self) -> impl fmt::Display + '_;
}

impl ExportLookup for str {
    fn lookup(
        &self,
        component: &Component,
        instance: Option<&ComponentExportIndex>,
    ) -> Option<ComponentExportIndex> {
        let place = match instance {
            None => 0,
            Some(index) if index.component != component.id() => return None,
            Some(index) => match index.item {
                Item::Instance(place) => place,
                _ => return None,
            },
        };
        let exports = component.plan().exports.get(place as usize)?;
        Some(ComponentExportIndex {
            component: component.id(),
            item: *exports.get(self)?,
        })
    }

    fn shown(&self) -> impl fmt::Display + '_ {
        self
    }
}

impl ExportLookup for alloc::string::String {
    fn lookup(
        &self,
        component: &Component,
        instance: Option<&ComponentExportIndex>,
    ) -> Option<ComponentExportIndex> {
        self.as_str().lookup(component, instance)
    }

    fn shown(&self) -> impl fmt::Display + '_ {
        self
    }
}

impl ExportLookup for ComponentExportIndex {
    fn lookup(
        &self,
        component: &Component,
        _: Option<&ComponentExportIndex>,
    ) -> Option<ComponentExportIndex> {
        (self.component == component.id()).then_some(*self)
    }

    fn shown(&self) -> impl fmt::Display + '_ {
        "(by its index)"
    }
}

impl<L: ExportLookup + ?Sized> ExportLookup for &L {
    fn lookup(
        &self,
        component: &Component,
        instance: Option<&ComponentExportIndex>,
    ) -> Option<ComponentExportIndex> {
        L::lookup(self, component, instance)
    }

    fn shown(&self) -> impl fmt::Display + '_ {
        L::shown(self)
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for str {}
    impl Sealed for alloc::string::String {}
    impl Sealed for super::ComponentExportIndex {}
    impl<S: Sealed + ?Sized> Sealed for &S {}
}
