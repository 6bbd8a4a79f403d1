//! What a guest was given: the state that all functions of WASI work on.
//!
//! It is part of the store's data, and [`add_to_linker`](crate::add_to_linker) gets a function that
//! finds it there, so that hosts can keep data of their own beside it.

use alloc::boxed::Box;
use core::any::Any;
use core::fmt;

use crate::clock::Clock;
use crate::descriptor::Descriptors;
use crate::files::FileSystem;
use crate::random::Random;
use crate::strings::Strings;

/// Arguments, environment, streams, clocks and randomness of one guest; made by
/// [`WasiCtxBuilder`](crate::WasiCtxBuilder), kept in the store's data.
pub struct WasiCtx {
    pub(crate) args: Strings,
    pub(crate) environ: Strings,
    pub(crate) clock: Option<Box<dyn Clock>>,
    pub(crate) random: Option<Box<dyn Random>>,
    pub(crate) descriptors: Descriptors,
}

impl WasiCtx {
    /// The first file system of this type that the guest was given: to see what a guest wrote into
    /// [`MemoryFiles`](crate::files::MemoryFiles), for example.
    ///
    /// Handles that were not opened by the caller are the guest's: to close one would leave it with
    /// a descriptor of nothing, or of something else.
    pub fn file_system<F: FileSystem>(&mut self) -> Option<&mut F> {
        self.descriptors.systems.iter_mut().find_map(|files| {
            let files: &mut dyn Any = files.as_mut();
            files.downcast_mut()
        })
    }
}

impl fmt::Debug for WasiCtx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WasiCtx")
            .field("args", &self.args)
            .field("environ", &self.environ)
            .finish_non_exhaustive()
    }
}
