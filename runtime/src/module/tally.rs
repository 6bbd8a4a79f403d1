//! How often the instructions of a function ran, in engines that count.
//!
//! Instructions that run equally often, since nothing jumps between them, share a counter, which the
//! code increments by its address: each stands in a box of its own.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::allocation::{OutOfMemory, boxed, reserve};
use crate::engine::counter::Counter;

/// The instructions of a function, and their counters.
#[derive(Default)]
#[allow(clippy::vec_box, reason = "code has the addresses of counters")]
pub(crate) struct Tally {
    counters: Vec<Box<Counter>>,
    laid: Vec<Tallied>,
}

/// An instruction that is counted.
#[derive(Clone, Copy)]
pub(crate) struct Tallied {
    /// The number of its handler.
    pub(crate) handler: u16,
    /// Whether the one before it ran right before it, each time.
    pub(crate) joins: bool,
    /// The place of its counter.
    counter: u32,
}

impl Tally {
    /// Begins instructions with a counter of their own, and gives its address.
    pub(crate) fn begin(&mut self) -> Result<u64, OutOfMemory> {
        reserve(&mut self.counters, 1)?;
        let counter = boxed(Counter::new())?;
        let address = core::ptr::from_ref(&*counter) as u64;
        self.counters.push(counter);
        Ok(address)
    }

    /// Whether there is a counter.
    pub(crate) fn is_begun(&self) -> bool {
        !self.counters.is_empty()
    }

    /// Adds an instruction, counted by the last counter; before there is one, by the first.
    pub(crate) fn add(&mut self, handler: u16, joins: bool) -> Result<(), OutOfMemory> {
        reserve(&mut self.laid, 1)?;
        let counter = self.counters.len().saturating_sub(1) as u32;
        self.laid.push(Tallied {
            handler,
            joins,
            counter,
        });
        Ok(())
    }

    /// The instructions in order, each with how often it ran.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (Tallied, u64)> {
        self.laid.iter().map(|one| {
            let counter = self.counters.get(one.counter as usize);
            // Counters begin at one.
            (*one, counter.map_or(0, |counter| counter.now() - 1))
        })
    }
}
