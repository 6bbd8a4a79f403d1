//! Whether each tier has a profile in the runtime.
//!
//! A profile is a hand-written type that names its tier; a new row of `spec/tiers.toml` without one
//! would generate constants that nothing uses.

use super::{Context, place};
use crate::diag::Diagnostic;
use crate::names::variant;

const FILE: &str = "runtime/src/profile/mod.rs";

pub(super) fn check(context: &mut Context<'_>) {
    let Some(text) = context.tree.get(FILE) else {
        return;
    };
    for tier in &context.model.tiers {
        if place::find(text, &format!("Tier::{}", variant(&tier.key))).is_none() {
            let message = format!("tier `{}` has no profile", tier.key);
            let error = Diagnostic::error(message).at(
                &tier.origin,
                format!("no `Tier::{}` in {FILE}", variant(&tier.key)),
            );
            context
                .report
                .push(error.help("change one of the tiers that are there"));
        }
    }
}
