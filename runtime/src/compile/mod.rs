//! From bytes to a [`Module`]: validated, taken apart and, if the engine is configured so, translated.
//!
//! The validator passes over the bytes once. What listens to it ([`assemble`]) keeps what instances
//! will ask for. Functions that are translated at once are validated by that pass; an engine can also be
//! configured so that both wait, for each function, until it is called. Standard: section
//! 7.1.5, "Modules": `module_decode` and `module_validate`.

mod assemble;
mod bodies;
pub(crate) mod text;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::allocation::OutOfMemory;
use crate::engine::Engine;
use crate::engine::config::CompilationMode;
use crate::engine::registry::held::ModuleTypes;
use crate::error::Result;
use crate::fast;
use crate::module::code::ModuleCode;
use crate::module::{Module, ModuleInner, SharedAsk};
use crate::platform::Platform;
use crate::spec::{Level, Trap};
use crate::validate::{self, Heap};

impl Module {
    /// Validates a module in the binary format and keeps a copy of its bytes; with
    /// [`CompilationMode::Lazy`], functions wait until they are called. With the feature `wat` it takes
    /// the text format, too, which is read without limits and without a deadline: not for text from
    /// strangers.
    ///
    /// # Errors
    /// If it is not valid ([`Error::as_reject`](crate::Error::as_reject) says where and why), or
    /// when memory is short.
    pub fn new(engine: &Engine, bytes: impl AsRef<[u8]>) -> Result<Self> {
        text::binary(bytes.as_ref().into(), None, |bytes| {
            Self::compile(engine, bytes, &|| Ok(()))
        })
    }

    /// The same, of the binary format only and unless the engine's epoch advances by `ticks` from
    /// now before it is done: then validation, and translation if that is eager, end with
    /// [`Trap::Interrupt`]. The epoch is looked at every few thousand bytes of the module. Functions
    /// that are translated at their first call count against the deadline of the store, as other
    /// code does ([`Store::set_epoch_deadline`](crate::Store::set_epoch_deadline)).
    ///
    /// Bytes that are given and not lent (a `Vec<u8>`) become those of the module, without a copy.
    ///
    /// # Errors
    /// As [`Module::new`], and at the deadline.
    pub fn new_with_epoch_deadline<'b>(
        engine: &Engine,
        bytes: impl Into<Cow<'b, [u8]>>,
        ticks: u64,
    ) -> Result<Self> {
        let deadline = engine.current_epoch().saturating_add(ticks);
        Self::compile(engine, bytes.into(), &|| {
            if engine.current_epoch() < deadline {
                Ok(())
            } else {
                Err(Trap::Interrupt.into())
            }
        })
    }

    /// Copies the bytes only if they are borrowed, and valid.
    pub(crate) fn compile(
        engine: &Engine,
        bytes: Cow<'_, [u8]>,
        ask: &SharedAsk<'_>,
    ) -> Result<Self> {
        let config = engine.config();
        let bodies = match config.mode {
            CompilationMode::Eager | CompilationMode::Lazy => Bodies::Left,
            CompilationMode::LazyTranslation => match bodies::threads(config, bytes.len()) {
                1 => Bodies::InPlace,
                _ => Bodies::Behind,
            },
        };
        Self::assembled(engine, bytes, bodies, ask)
    }

    /// The same of a module that was found valid as a part of a component: its functions need not be
    /// read again before they are translated.
    pub(crate) fn of_component(engine: &Engine, bytes: &[u8]) -> Result<Self> {
        Self::assembled(engine, bytes.into(), Bodies::Left, &|| Ok(()))
    }

    fn assembled(
        engine: &Engine,
        bytes: Cow<'_, [u8]>,
        bodies: Bodies,
        ask: &SharedAsk<'_>,
    ) -> Result<Self> {
        let assemble = |skip| assemble::assemble(&bytes, engine.features(), skip, ask);
        let (env, parts) = match assemble(bodies != Bodies::InPlace) {
            // A body before it may be wrong as well, and what is wrong first is what is told.
            Err(error) if bodies == Bodies::Behind && error.as_reject().is_some() => {
                assemble(false)
            }
            assembled => assembled,
        }?;
        let module = Self::of(ModuleInner {
            engine: engine.clone(),
            types: ModuleTypes::new(engine, &env)?,
            code: ModuleCode::new(parts.bodies.len() as u32, fast::lazy())?,
            bytes: match bytes {
                Cow::Borrowed(bytes) => copy(bytes, engine.space().platform())?,
                Cow::Owned(bytes) => bytes.into_boxed_slice(),
            },
            env,
            parts,
            images: Default::default(),
        })?;
        if engine.config().mode == CompilationMode::Eager {
            bodies::translate(&module, ask)?;
        } else if bodies == Bodies::Behind {
            bodies::validate(&module, ask)?;
        }
        Ok(module)
    }

    /// The same as [`Module::new`], of the binary format only.
    ///
    /// # Errors
    /// As there, and if it is in the text format.
    pub fn from_binary(engine: &Engine, bytes: &[u8]) -> Result<Self> {
        Self::compile(engine, bytes.into(), &|| Ok(()))
    }

    /// Validates a module that stands in a file, which is read once, into the memory that the module keeps.
    /// A mapping of the file would change with the file, after it was validated.
    ///
    /// # Errors
    /// If the file cannot be read, and as [`Module::new`].
    #[cfg(feature = "std")]
    pub fn from_file(engine: &Engine, path: impl AsRef<std::path::Path>) -> Result<Self> {
        text::file(path.as_ref(), |bytes| {
            Self::compile(engine, bytes, &|| Ok(()))
        })
    }

    /// Says whether these bytes are a valid module.
    ///
    /// # Errors
    /// If they are not.
    pub fn validate(engine: &Engine, bytes: &[u8]) -> Result<()> {
        Self::validate_at(engine, Level::Full, bytes)
    }

    /// Says whether these bytes pass a level of validation; only [`Level::Full`] makes a module.
    ///
    /// # Errors
    /// If they do not.
    pub fn validate_at(engine: &Engine, level: Level, bytes: &[u8]) -> Result<()> {
        validate::check_at(level, bytes, engine.features(), Heap)?;
        Ok(())
    }
}

/// When the bodies of functions are validated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bodies {
    /// Where they stand, in the one pass.
    InPlace,
    /// When all else was found valid, by several threads.
    Behind,
    /// They were, or will be when they are translated.
    Left,
}

/// A copy of a module's bytes, of which there may be many.
fn copy(bytes: &[u8], platform: &dyn Platform) -> Result<Box<[u8]>, OutOfMemory> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len())
        .map_err(|_| OutOfMemory)?;
    platform.enlarge_pages(copy.spare_capacity_mut());
    copy.extend_from_slice(bytes);
    Ok(copy.into_boxed_slice())
}
