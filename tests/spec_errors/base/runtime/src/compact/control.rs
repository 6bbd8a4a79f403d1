//! Control.

pub(crate) fn br_if() {}

pub(crate) fn br_table() {}

pub(crate) fn return_() {}
