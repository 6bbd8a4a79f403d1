//! Which functions of the guest were running when an error came up.
//!
//! When a call ends in an error, the run loop turns its return records into [`FrameInfo`]s: module,
//! function and offset of the call. They are attached to the error as a trace, which the room
//! `error` keeps without knowing its type; names are looked up when it is displayed.

use alloc::vec::Vec;
use core::fmt;

use crate::error::Error;
use crate::module::Module;
use crate::types::MemoryIdx;

/// The functions that were running, innermost first.
#[derive(Clone, Debug, Default)]
pub struct WasmBacktrace {
    frames: Vec<FrameInfo>,
    fault: Option<MemoryFault>,
}

/// The access that trapped, because not all of its bytes lie within the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryFault {
    memory: u32,
    address: u64,
    size: u64,
    memory_size: u64,
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
        Self {
            frames,
            fault: None,
        }
    }

    /// With the access that trapped.
    pub(crate) fn with_fault(self, fault: Option<MemoryFault>) -> Self {
        Self { fault, ..self }
    }

    /// The access that trapped with [`Trap::MemoryOutOfBounds`](crate::Trap), as far as it is known:
    /// not if `memory.init` lacks bytes of its segment only. Of `memory.copy`, it is what would be
    /// written if both ranges leave their memories.
    pub fn memory_fault(&self) -> Option<&MemoryFault> {
        self.fault.as_ref()
    }

    /// Innermost first.
    pub fn frames(&self) -> &[FrameInfo] {
        &self.frames
    }
}

impl MemoryFault {
    /// An access, unless it lies within its memory.
    pub(crate) fn new(x: MemoryIdx, address: u64, size: u64, memory_size: u64) -> Option<Self> {
        let end = address.checked_add(size);
        end.is_none_or(|end| end > memory_size).then_some(Self {
            memory: x.0,
            address,
            size,
            memory_size,
        })
    }

    /// The index of the memory in the running instance.
    pub fn memory(&self) -> u32 {
        self.memory
    }

    /// The offset in the memory of the first byte, the instruction's own offset included.
    pub fn address(&self) -> u64 {
        self.address
    }

    /// How many bytes are read or written.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Bytes of the memory when it trapped.
    pub fn memory_size(&self) -> u64 {
        self.memory_size
    }
}

impl fmt::Display for MemoryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            memory,
            address,
            size,
            memory_size,
        } = self;
        write!(
            f,
            "{size} bytes at {address}, memory {memory} has {memory_size} bytes"
        )
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
        if let Some(fault) = &self.fault {
            writeln!(f, "wasm memory fault: {fault}")?;
        }
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
