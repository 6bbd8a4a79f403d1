//! Snapshots: the state of a store as bytes, the same on every machine.
//!
