//! The fused pairs of a tier.
//!
//! `spec/fusion.toml` lists them by what they gain; a tier takes rows in this order as long as its
//! budget of fused handlers lasts, and of each row the forms that it has.

use super::operation::{Operation, instruction};
use super::source::Source;
use crate::model::{Form, Fused, Model, TierId};
use crate::names::variant;

/// The pairs of a row.
pub struct Pairs<'m> {
    /// What comes first.
    pub first: Side<'m>,
    /// What follows.
    pub then: Side<'m>,
}

/// One instruction of the pairs.
pub struct Side<'m> {
    /// Its operation.
    operation: &'m Operation<'m>,
    /// The number of that.
    number: usize,
    forms: Vec<&'m Form>,
}

impl Pairs<'_> {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.first.forms.len() * self.then.forms.len()
    }
}

/// The pairs of a tier, in the order of the operations.
pub fn pairs<'m>(
    model: &'m Model,
    tier: TierId,
    operations: &'m [Operation<'m>],
) -> Vec<Pairs<'m>> {
    let (mut taken, mut left) = (Vec::new(), model.forms.most_fused(tier) as usize);
    for fusion in &model.forms.fusions {
        let sides = [&fusion.first, &fusion.then].map(|fused| side(operations, fused));
        let [Some(first), Some(then)] = sides else {
            continue;
        };
        let pairs = Pairs { first, then };
        let Some(fewer) = left.checked_sub(pairs.count()) else {
            break;
        };
        left = fewer;
        taken.push(pairs);
    }
    taken.sort_by_key(|pairs| (pairs.first.number, pairs.then.number));
    taken
}

/// What a tier has of one side; nothing, if it has no such form.
fn side<'m>(operations: &'m [Operation<'m>], fused: &'m Fused) -> Option<Side<'m>> {
    let variant = variant(&fused.key);
    let has = |operation: &Operation<'_>| operation.variant == variant;
    let number = operations.iter().position(has)?;
    let operation = &operations[number];
    let forms = fused.forms.iter().map(|(form, _)| form);
    let forms: Vec<&Form> = forms.filter(|it| operation.forms.contains(it)).collect();
    (!forms.is_empty()).then_some(Side {
        operation,
        number,
        forms,
    })
}

/// The pairs and their handlers.
pub fn emit(source: &mut Source, pairs: &[Pairs<'_>]) {
    let numbers = |side: &Side<'_>| {
        let forms: Vec<String> = side.forms.iter().map(|it| format!("\"{it}\"")).collect();
        format!("{} {}", side.operation.variant, forms.join(" "))
    };
    let rows: Vec<Vec<String>> = pairs
        .iter()
        .map(|row| {
            vec![
                format!("{},", numbers(&row.first)),
                format!("{};", numbers(&row.then)),
            ]
        })
        .collect();
    source.table(
        "Pairs that one handler does: each form of the first with each of the second.",
        &format!(
            "pub(crate) static PAIRS: [Pairs; {}] = pairs! [",
            pairs.len()
        ),
        &rows,
        "];",
    );
    let types = |side: &Side<'_>| {
        let types = side
            .forms
            .iter()
            .map(|form| instruction(side.operation, form));
        format!("[{}]", types.collect::<Vec<_>>().join(", "))
    };
    let rows: Vec<Vec<String>> = pairs
        .iter()
        .map(|row| vec![format!("{} {};", types(&row.first), types(&row.then))])
        .collect();
    source.table(
        "The handlers of these pairs.",
        &format!(
            "pub(crate) static FUSED: [Fused; {}] = fused! [",
            pairs.len()
        ),
        &rows,
        "];",
    );
}
