//! Which functions of the guest were running when an error came up.
//!
//! When a call ends in an error, the run loop turns its return records into [`FrameInfo`]s: module,
//! function and offset of the call. They are attached to the error as a trace, which the room
//! `error` keeps without knowing its type; names are looked up when it is displayed.

use alloc::vec::Vec;
use core::fmt;

use crate::error::Error;
use crate::module::Module;

/// The functions that were running, innermost first.
#[derive(Clone, Debug)]
pub struct WasmBacktrace {
    frames: Vec<FrameInfo>,
}

/// One running function.
#[derive(Clone)]
pub struct FrameInfo {
    module: Module,
    func_index: u32,
    module_offset: Option<usize>,
}

impl WasmBacktrace {
    /// Innermost first.
    pub(crate) fn new(frames: Vec<FrameInfo>) -> Self {
        Self { frames }
    }

    /// Innermost first.
    pub fn frames(&self) -> &[FrameInfo] {
        &self.frames
    }
}

impl Error {
    /// The functions of the guest that were running, innermost first.
    pub fn wasm_backtrace(&self) -> Option<&WasmBacktrace> {
        self.trace()?.downcast_ref()
    }

    /// Adds the backtrace, unless an inner call has added its own.
    #[must_use]
    pub(crate) fn with_backtrace(self, backtrace: WasmBacktrace) -> Self {
        if backtrace.frames().is_empty() {
            self
        } else {
            self.with_trace(backtrace)
        }
    }
}

impl FrameInfo {
    /// A function of `module`, which had come to `module_offset`.
    pub(crate) fn new(module: Module, func_index: u32, module_offset: Option<usize>) -> Self {
        Self {
            module,
            func_index,
            module_offset,
        }
    }

    /// The module that defines the function.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// The function's index in its module.
    pub fn func_index(&self) -> u32 {
        self.func_index
    }

    /// The function's name, from the module's custom section `name`.
    pub fn func_name(&self) -> Option<&str> {
        self.module.func_name(self.func_index)
    }

    /// Where in the module the running instruction stands.
    pub fn module_offset(&self) -> Option<usize> {
        self.module_offset
    }

    /// Where in the function's body the running instruction stands.
    pub fn func_offset(&self) -> Option<usize> {
        let body = self.module.body(self.func_index)?;
        self.module_offset?.checked_sub(body.start)
    }
}

impl fmt::Display for WasmBacktrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wasm backtrace:")?;
        for (number, frame) in self.frames.iter().enumerate() {
            write!(f, "\n  {number:>3}: {frame}")?;
        }
        Ok(())
    }
}

impl fmt::Display for FrameInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(offset) = self.module_offset {
            write!(f, "{offset:#8x} - ")?;
        }
        match (self.module.name(), self.func_name()) {
            (Some(module), Some(name)) => write!(f, "{module}!{name}"),
            (None, Some(name)) => f.write_str(name),
            (_, None) => write!(f, "wasm function {}", self.func_index),
        }
    }
}

impl fmt::Debug for FrameInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl core::error::Error for WasmBacktrace {}
