//! Translated code, and the cells by which calls find it.
//!
//! Invariants: code never changes once it is published and lives as long as its [`ModuleCode`];
//! a cell's `entry` is either the entry of its published code or the instruction that has the function translated,
//! which whoever makes a [`ModuleCode`] hands in.

use alloc::boxed::Box;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicPtr, Ordering};

use super::origin::Origins;
use super::tally::Tally;
use crate::allocation::{OutOfMemory, boxed, boxed_list};
use crate::engine::lock::Lock;
use crate::error::Result;
use crate::error::cause::LimitError;
use crate::spec::Limit;

/// A 64-bit value in two words, low half first.
///
/// # Safety
/// `words` points at two words.
#[inline(always)]
pub(crate) unsafe fn long(words: *const u32) -> u64 {
    // SAFETY: the caller promises that two words are there.
    let (low, high) = unsafe { (*words, *words.add(1)) };
    u64::from(low) | u64::from(high) << u32::BITS
}

/// The two words of a 64-bit value.
pub(crate) const fn halves(value: u64) -> [u32; 2] {
    [value as u32, (value >> u32::BITS) as u32]
}

/// The code of one function.
pub(crate) struct Code {
    /// Instructions: 8-byte aligned pairs of words.
    pub(crate) words: Box<[u64]>,
    /// For instructions that can trap or call.
    pub(crate) origins: Origins,
    /// How often its instructions ran, if that is counted.
    pub(crate) tally: Option<Tally>,
}

impl Code {
    /// The first instruction.
    pub(crate) fn entry(&self) -> *const u32 {
        self.words.as_ptr().cast()
    }

    /// The offset in the module of the instruction that `ip` points at or into.
    fn place(&self, ip: *const u32) -> Option<u32> {
        let start = self.entry() as usize;
        let word = (ip as usize).checked_sub(start)? / size_of::<u32>();
        if word >= 2 * self.words.len() {
            return None;
        }
        self.origins.find(word as u32)
    }

    /// Bytes that it takes.
    pub(crate) fn size(&self) -> u64 {
        (size_of_val(&*self.words) + self.origins.size()) as u64
    }
}

/// Where calls find a function's code.
pub(crate) struct Cell {
    entry: AtomicPtr<u32>,
    code: AtomicPtr<Code>,
    /// Index among the functions that the module defines.
    pub(crate) index: u32,
}

impl Cell {
    /// What a call jumps to.
    #[inline(always)]
    pub(crate) fn entry(&self) -> *const u32 {
        self.entry.load(Ordering::Acquire)
    }

    /// Publishes code, unless another thread was faster, and gives the entry that counts.
    fn publish(&self, code: Box<Code>) -> *const u32 {
        let new = Box::into_raw(code);
        let order = Ordering::AcqRel;
        match self
            .code
            .compare_exchange(ptr::null_mut(), new, order, Ordering::Acquire)
        {
            Ok(_) => {
                // SAFETY: `new` is published and never freed before the cell.
                let entry = unsafe { (*new).entry() };
                self.entry.store(entry.cast_mut(), Ordering::Release);
                entry
            }
            Err(winner) => {
                // SAFETY: `new` came from a box and nobody else saw it; `winner` is published.
                unsafe {
                    drop(Box::from_raw(new));
                    (*winner).entry()
                }
            }
        }
    }

    /// The published code.
    pub(crate) fn code(&self) -> Option<&Code> {
        // SAFETY: published code lives as long as the cell.
        unsafe { self.code.load(Ordering::Acquire).as_ref() }
    }
}

impl Drop for Cell {
    fn drop(&mut self) {
        if let Some(code) = NonNull::new(*self.code.get_mut()) {
            // SAFETY: the pointer came from a box in `publish`, and the cell owned it.
            drop(unsafe { Box::from_raw(code.as_ptr()) });
        }
    }
}

/// The code of a module's functions, shared by its instances.
pub(crate) struct ModuleCode {
    cells: Box<[Cell]>,
    /// Bytes of all code that was published.
    size: Lock<u64>,
}

/// How much code a module may have yet.
#[derive(Clone, Copy)]
pub(crate) struct Allowance {
    /// Bytes that there are.
    used: u64,
    /// The limit.
    most: u64,
}

impl Allowance {
    /// Whether this many bytes more are allowed.
    pub(crate) fn admits(self, bytes: u64) -> Result<(), LimitError> {
        let wanted = self.used.saturating_add(bytes);
        LimitError::check(Limit::TranslatedCode.name(), self.most, wanted)
    }
}

impl ModuleCode {
    /// Cells for this many functions, none of them translated: calls come to `lazy`.
    pub(crate) fn new(functions: u32, lazy: *const u32) -> Result<Self, OutOfMemory> {
        let cell = |index| Cell {
            entry: AtomicPtr::new(lazy.cast_mut()),
            code: AtomicPtr::new(ptr::null_mut()),
            index,
        };
        Ok(Self {
            cells: boxed_list((0..functions).map(cell))?,
            size: Lock::default(),
        })
    }

    /// How much code there may be yet, within a limit in bytes.
    pub(crate) fn allowance(&self, most: u64) -> Allowance {
        let used = *self.size.lock();
        Allowance { used, most }
    }

    /// Publishes the code of a cell of this module, counts it, and gives the entry that counts.
    ///
    /// # Errors
    /// If there would be more code than `most` bytes, or when memory is short.
    pub(crate) fn publish(&self, cell: &Cell, code: Code, most: u64) -> Result<*const u32> {
        let bytes = code.size();
        let code = boxed(code)?;
        let mut size = self.size.lock();
        if cell.code().is_none() {
            let used = *size;
            Allowance { used, most }.admits(bytes)?;
            *size += bytes;
        }
        Ok(cell.publish(code))
    }

    /// The cell of a defined function.
    pub(crate) fn cell(&self, index: u32) -> Option<&Cell> {
        self.cells.get(index as usize)
    }

    /// Those of all defined functions.
    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The code of all functions that have some.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Code> {
        self.cells.iter().filter_map(Cell::code)
    }

    /// Which function's code `ip` points into, and the module offset of its instruction.
    pub(crate) fn locate(&self, ip: *const u32) -> Option<(u32, u32)> {
        self.cells
            .iter()
            .find_map(|cell| Some((cell.index, cell.code()?.place(ip)?)))
    }
}
