//! Turns the tables in `spec/` into the sources of the Tabwasm runtime.
//!
//! `load → lower → check → emit`: each step is a function from values to values, and only the
//! binary touches the disk.

pub mod emit;
pub mod model;
pub mod names;
