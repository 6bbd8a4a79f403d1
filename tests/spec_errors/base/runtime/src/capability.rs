//! What this build can do.

pub(crate) const SQUARE_ROOT: bool = true;
