//! Whether the limits of the tiers stay below the most that can be asked for.

use super::Context;
use crate::diag::Diagnostic;
use crate::emit::limits::grouped;

pub(super) fn check(context: &mut Context<'_>) {
    for limit in &context.model.limits {
        for (tier, value) in context.model.tiers.iter().zip(&limit.tiers) {
            if *value > limit.max {
                let message = format!(
                    "limit `{}`: tier `{}` has {}, the implementation maximum is {}",
                    limit.key,
                    tier.key,
                    grouped(*value),
                    grouped(limit.max),
                );
                let error =
                    Diagnostic::error(message).at(limit.cell(&tier.key), "more than the maximum");
                context
                    .report
                    .push(error.with(limit.cell("max"), "the maximum"));
            }
        }
    }
}
