//! Tags of exceptions, which modules import and export.
//!
//! A tag is its type and its identity: two tags of one type are different tags. Hosts can make
//! them, and linking compares them; modules that declare one need the proposal `exceptions`, which
//! is a row of `spec/proposals.toml` and not supported yet. Standard: section 7.1, "Embedding",
//! "Tags".

use crate::engine::scoped::func::FuncType;
use crate::engine::use_error::UseError;
use crate::error::Result;
use crate::store::context::{AsContext, AsContextMut};
use crate::store::entity::TagEntity;
use crate::store::inner::Handle;

/// A tag of a store. Copies name the same tag.
#[derive(Clone, Copy, Debug)]
pub struct Tag(pub(crate) Handle);

impl Tag {
    /// A new tag; exceptions with it carry the parameters of `ty`.
    ///
    /// # Errors
    /// When memory is short, and if the type has results or is one of another engine.
    pub fn new(mut store: impl AsContextMut, ty: FuncType) -> Result<Self> {
        let (expected, found) = (0, ty.results().len());
        if expected != found {
            return Err(UseError::ResultCount { expected, found }.into());
        }
        let mut store = store.as_context_mut();
        let inner = store.inner_mut();
        let ty = ty.registered(&inner.engine)?;
        inner.types.hold(ty.id())?;
        let number = inner.tags.push(TagEntity { ty: ty.id() })?;
        Ok(Self(inner.handle(number)))
    }

    /// The type of its exceptions; the empty one if the tag belongs to another store.
    pub fn ty(&self, store: impl AsContext) -> FuncType {
        let inner = store.as_context().inner();
        match inner.tag(self.0) {
            Ok(tag) => FuncType::of(&inner.engine, tag.ty),
            Err(_) => FuncType::new([], []),
        }
    }
}
