//! Whether sections and wire codes are told apart by their bytes.
//!
//! Both become matches on a byte, in which a second row with the same byte would never be reached.
//! Tables: `spec/sections.toml` and `spec/types.toml`.

use super::Context;
use crate::diag::Diagnostic;

pub(super) fn check(context: &mut Context<'_>) {
    let sections = &context.model.sections;
    for (place, section) in sections.iter().enumerate() {
        if let Some(first) = sections[..place]
            .iter()
            .find(|other| other.id == section.id)
        {
            let message = format!("section id {} is already `{}`", section.id, first.key);
            let error = Diagnostic::error(message).at(section.cell("id"), "second use");
            context
                .report
                .push(error.with(first.cell("id"), "first use"));
        }
    }
    for group in &context.model.wire.groups {
        for (place, code) in group.codes.iter().enumerate() {
            let first = group.codes[..place]
                .iter()
                .find(|other| other.code == code.code);
            if let Some(first) = first.filter(|_| !code.code.is_empty()) {
                let message = format!(
                    "`{}` has the code of `{}` in `{}`",
                    code.key, first.key, group.key
                );
                let error = Diagnostic::error(message).at(code.cell("code"), "second use");
                context
                    .report
                    .push(error.with(first.cell("code"), "first use"));
            }
        }
    }
}
