//! Plays encoded test scripts on Tabwasm without an allocator.
//!
#![no_std]

pub mod format;
