//! Things of two engines and of two stores: an error or nothing, and nothing is inserted.
//!
//! - [`types`]: types of another engine, and of none;
//! - [`pairs`]: every public function that takes two things;
//! - [`search`]: that it is every one, in the sources.

mod pairs;
mod search;
mod types;

use tabwasm::{Result, UseError};

/// The wrong use that an error names.
fn of_use<T>(result: Result<T>) -> Option<UseError> {
    result.err()?.downcast_ref().cloned()
}
