//! Whether the limits of the tiers stay below the most that can be asked for, and fit each other.
//!
//! Code is written for the maximum of a limit, for instance a number in 16 bits; a tier above it
//! would be wrong without any error. The column `above` says which limit must not be below which.

use super::Context;
use crate::diag::Diagnostic;
use crate::emit::limits::grouped;
use crate::model::Limit;

pub(super) fn check(context: &mut Context<'_>) {
    maxima(context);
    relations(context);
}

fn maxima(context: &mut Context<'_>) {
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

/// Limits that are below others which they must not be below.
fn relations(context: &mut Context<'_>) {
    let model = context.model;
    let named = |key: &String| model.limits.iter().find(|limit| limit.key == *key);
    for limit in &model.limits {
        for other in limit.above.iter().filter_map(named) {
            let pairs = limit.tiers.iter().zip(&other.tiers);
            for (tier, (value, least)) in model.tiers.iter().zip(pairs) {
                if value < least {
                    let value = Value(limit, &tier.key, *value);
                    let error = value.below(&Value(other, &tier.key, *least));
                    context.report.push(error);
                }
            }
        }
    }
}

/// A limit, a tier, and the value of the one in the other.
struct Value<'a>(&'a Limit, &'a str, u64);

impl Value<'_> {
    fn below(&self, other: &Value<'_>) -> Diagnostic {
        let Value(limit, tier, value) = self;
        let message = format!(
            "limit `{}`: tier `{tier}` has {}, which is below `{}`",
            limit.key,
            grouped(*value),
            other.0.key
        );
        let label = format!("has {}", grouped(other.2));
        Diagnostic::error(message)
            .at(limit.cell(tier), format!("at least {}", grouped(other.2)))
            .with(other.0.cell(tier), label)
            .with(limit.cell("above"), "because of this")
    }
}
