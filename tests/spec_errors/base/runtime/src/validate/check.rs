//! Rules that are no signature.

pub(crate) fn br_table(v: &mut Validator, l: Labels<'_>) {}
