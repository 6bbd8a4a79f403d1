//! Looking into modules and components without memory.
//!
//! A view borrows the bytes and reads what it is asked for, again each time: its iterators hold a
//! few numbers, nothing recurses, and nothing is allocated. What is read is well formed; whether it
//! is valid is for [`validate`](crate::validate). Every item is a result, and after an error there
//! is nothing more.
//!
//! ```
//! use tabwasm::view::ModuleView;
//!
//! let wasm = b"\0asm\x01\0\0\0\x05\x03\x01\0\x01\x07\x0a\x01\x06memory\x02\0";
//! let module = ModuleView::new(wasm)?;
//! for export in module.exports() {
//!     assert_eq!(export?.name, "memory");
//! }
//! # Ok::<(), tabwasm::reject::Reject>(())
//! ```
#![forbid(unsafe_code)]

mod component;
mod custom;
mod entry;
mod header;
mod module;
mod names;

pub use component::{ComponentSection, ComponentSections, ComponentView, Definition, Definitions};
pub use custom::CustomSection;
pub use entry::{ComponentEntries, Entries};
pub use header::ComponentHeader;
pub use module::{FunctionBody, GlobalEntry, ModuleView, TableEntry};
pub use names::{ComponentNames, SortNames};

pub(crate) use component::section;
pub(crate) use header::preamble;

use crate::reject::Reject;
use crate::spec::ErrorCode;

/// A module or a component.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A module.
    Module(ModuleView<'a>),
    /// A component.
    Component(ComponentView<'a>),
}

impl<'a> View<'a> {
    /// A view of bytes that begin with the header of either.
    ///
    /// # Errors
    /// If they do not.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Reject> {
        match ModuleView::new(bytes) {
            Ok(module) => Ok(Self::Module(module)),
            Err(reject) if reject.code() == ErrorCode::Component => {
                ComponentView::new(bytes).map(Self::Component)
            }
            Err(reject) => Err(reject),
        }
    }
}
