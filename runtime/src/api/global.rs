//! Global variables of a store, as the host makes, reads and writes them.
//!
//! Values pass through slots, as in the guest; a reference is compared with the store first, and a
//! type that the global mentions is held in the engine's registry for as long as the store lives.
//! Standard: section 7.1, "Embedding", "Globals".

use super::func::wasm_type::{SlotReader, SlotWriter};
use super::val::Val;
use crate::engine::scoped::GlobalType;
use crate::engine::use_error::UseError;
use crate::error::Result;
use crate::store::context::{AsContext, AsContextMut};
use crate::store::entity::GlobalEntity;
use crate::store::inner::Handle;

/// A global variable of a store. Copies name the same variable.
#[derive(Clone, Copy, Debug)]
pub struct Global(pub(crate) Handle);

impl Global {
    /// A new global.
    ///
    /// # Errors
    /// If the type is one of another engine, if the value is not of the type or of another store,
    /// or when memory is short.
    pub fn new(mut store: impl AsContextMut, ty: GlobalType, value: Val) -> Result<Self> {
        let mut store = store.as_context_mut();
        let inner = store.inner_mut();
        let ty = ty.pack(&inner.engine)?;
        let mut slots = [0; 2];
        value.put(ty.content, &mut SlotWriter::new(&mut slots, inner))?;
        inner.admit_more("globals of the store", inner.globals.len(), 1)?;
        inner.types.hold_for(ty.content)?;
        let number = inner.globals.push(GlobalEntity { value: slots, ty })?;
        Ok(Self(inner.handle(number)))
    }

    /// Its type; a constant `i32` if the global belongs to another store.
    pub fn ty(&self, store: impl AsContext) -> GlobalType {
        let inner = store.as_context().inner();
        let ty = inner.global(self.0).map(|global| global.ty);
        GlobalType::unpack(ty.unwrap_or_default(), &inner.engine)
    }

    /// Its value; a null reference if the global belongs to another store.
    pub fn get(&self, store: impl AsContext) -> Val {
        let inner = store.as_context().inner();
        match inner.global(self.0) {
            Ok(global) => {
                let mut from = SlotReader::new(&global.value, inner);
                Val::take(global.ty.content, &mut from).unwrap_or(Val::ExternRef(None))
            }
            Err(_) => Val::ExternRef(None),
        }
    }

    /// Assigns a value.
    ///
    /// # Errors
    /// If the global is constant, or the value not of its type, or either of another store.
    pub fn set(&self, mut store: impl AsContextMut, value: Val) -> Result<()> {
        let mut store = store.as_context_mut();
        let inner = store.inner_mut();
        let ty = inner.global(self.0)?.ty;
        if !ty.mutable {
            return Err(UseError::Immutable.into());
        }
        let mut slots = [0; 2];
        value.put(ty.content, &mut SlotWriter::new(&mut slots, inner))?;
        inner.global_mut(self.0)?.value = slots;
        Ok(())
    }
}
