//! What the fast engine is made of: its handlers, and those that do two instructions.
//!
//! The generator counts them, by the functions with which it keeps their number within a tier's budget.

use std::fmt::{self, Display};
use std::path::Path;

use tabwasm_codegen::emit::{fusion, operation};
use tabwasm_codegen::{Tree, diag};

use crate::Error;

/// The handlers of a tier.
pub struct Handlers {
    tier: String,
    /// All of them.
    all: usize,
    /// Those that do two instructions.
    fused: usize,
    /// The rows that these come from.
    rows: usize,
}

/// Counts the handlers of each tier that has the fast engine.
pub fn count(workspace: &Path) -> Result<Vec<Handlers>, Error> {
    let tree = Tree::read(workspace)?;
    let model = tabwasm_codegen::model(&tree)
        .map_err(|report| diag::render(&tree, &report, false).to_string())?;
    let tiers = model.forms.budgets.iter().map(|(tier, ..)| *tier);
    let count = |tier| {
        let operations = operation::operations(&model, tier);
        let pairs = fusion::pairs(&model, tier, &operations);
        Handlers {
            tier: model.tier(tier).key.clone(),
            all: operation::handlers(&model, tier),
            fused: pairs.iter().map(fusion::Pairs::count).sum(),
            rows: pairs.len(),
        }
    };
    Ok(tiers.map(count).collect())
}

impl Handlers {
    /// One object.
    pub fn json(&self) -> String {
        let (tier, [all, fused, rows]) = (&self.tier, [self.all, self.fused, self.rows]);
        format!("{{\"tier\":\"{tier}\",\"all\":{all},\"fused\":{fused},\"fused_rows\":{rows}}}")
    }
}

impl Display for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tier, [all, fused, rows]) = (&self.tier, [self.all, self.fused, self.rows]);
        write!(
            f,
            "handlers of {tier}: {all}, {fused} of them for {rows} rows of pairs"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tier_has_fused_handlers_of_rows() {
        let workspace = crate::library::workspace().unwrap();
        let counted = count(&workspace).unwrap();
        assert!(counted.len() >= 2);
        for Handlers {
            tier,
            all,
            fused,
            rows,
        } in counted
        {
            assert!(rows <= fused && fused < all, "{tier}: {rows} {fused} {all}");
        }
    }
}
