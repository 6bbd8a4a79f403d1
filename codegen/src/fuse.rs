//! `spec/fusion.toml` from counts of real programs.
//!
//! Which operations follow each other is much the same in all programs; where their operands stand is
//! not. So a pair is not weighed by its own count, but by how often its two operations follow each
//! other, joined in this way, times how often instructions of their classes stand in these places when
//! they are joined so. Then rows are chosen, each with the places that gain more than a handler is
//! worth, and what a handler is worth is such that there are as many as wanted.

use crate::check::{may_be_pair, may_pause};
use crate::emit::operation::{Operation, operations};
use crate::model::{Form, Model, Place, TierId};
use crate::names::variant;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How often instructions ran in one program: lines of a count, and of one or two instructions, with
/// tabs between.
pub struct Counts<'a> {
    /// The name of the file.
    pub name: &'a str,
    /// What it says.
    pub text: &'a str,
}

/// What joins two instructions: where the result of the first goes, as far as that matters to the
/// second, and which operands the second takes from an accumulator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Join {
    to: Option<Place>,
    taken: Vec<bool>,
}

/// An instruction that was counted: the number of its operation, and its form.
type Counted = (usize, Form);

/// Shares of forms, the largest first.
type Shares = Vec<(Form, f64)>;

/// A row in the making.
struct Row {
    key: String,
    first: String,
    then: String,
    pairs: usize,
    gain: f64,
}

/// The table, with as many pairs as wanted at most.
///
/// # Errors
/// If a line is not as a profile has it, or there are no counts.
pub fn fuse(model: &Model, counts: &[Counts<'_>], wanted: usize) -> Result<String, String> {
    let tier = widest(model).ok_or("no tier has the fast engine")?;
    let operations = operations(model, tier);
    let weights = weights(model, &operations, counts)?;
    let candidates = Candidates::new(&operations, &weights);
    // What a handler is worth is searched, from nothing to everything.
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        let pairs: usize = candidates.rows(middle).iter().map(|row| row.pairs).sum();
        if pairs > wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    let mut rows = candidates.rows(high);
    let density = |row: &Row| row.gain / row.pairs as f64;
    rows.sort_by(|a, b| density(b).total_cmp(&density(a)));
    Ok(table(&rows))
}

/// The tier with the most handlers.
fn widest(model: &Model) -> Option<TierId> {
    let budgets = model.forms.budgets.iter();
    budgets
        .max_by_key(|(_, most, _)| *most)
        .map(|(tier, _, _)| *tier)
}

/// The share of each pair that may be fused, in the mean of all programs. Those that ran with fuel, or
/// with epochs, say only how often what they have more is part of a pair.
fn weights(
    model: &Model,
    operations: &[Operation<'_>],
    counts: &[Counts<'_>],
) -> Result<BTreeMap<(Counted, Counted), f64>, String> {
    let by_name: BTreeMap<&str, usize> = operations
        .iter()
        .enumerate()
        .map(|(at, operation)| (operation.variant.as_str(), at))
        .collect();
    let pauses = |at: usize| may_pause(operations[at].key());
    let mut runs = BTreeMap::new();
    let mut weights = BTreeMap::new();
    for program in counts {
        let wrong = |line: &str| format!("{}: not a line of counts: `{line}`", program.name);
        let (mut total, mut pairs, mut more) = (0, Vec::new(), BTreeSet::new());
        for line in program.text.lines() {
            let mut fields = line.split('\t');
            let count = fields.next().and_then(|count| count.parse::<u64>().ok());
            let (Some(count), Some(first)) = (count, fields.next()) else {
                return Err(wrong(line));
            };
            match fields.next() {
                None => {
                    let (at, _) = counted(&by_name, first).ok_or_else(|| wrong(line))?;
                    more.extend(Some(at).filter(|at| pauses(*at)));
                    total += count;
                }
                Some(then) => pairs.push((first, then, count)),
            }
        }
        if total == 0 {
            return Err(format!("{}: no instruction ran", program.name));
        }
        for (first, then, count) in pairs {
            let read = |text: &str| counted(&by_name, text).ok_or_else(|| wrong(text));
            let (first, then) = (read(first)?, read(then)?);
            let [a, b] = [&operations[first.0], &operations[then.0]];
            let named = [a, b].into_iter().all(|it| variant(it.key()) == it.variant);
            let counts = more.is_empty() || pauses(first.0) || pauses(then.0);
            if counts && named && may_be_pair(model, (a.key(), &first.1), b.key()) {
                let share = count as f64 / total as f64;
                *weights.entry((more.clone(), (first, then))).or_insert(0.0) += share;
            }
        }
        *runs.entry(more).or_insert(0) += 1;
    }
    if weights.is_empty() {
        return Err("no counts of pairs".to_string());
    }
    let mut means = BTreeMap::new();
    for ((more, pair), sum) in weights {
        *means.entry(pair).or_insert(0.0) += sum / f64::from(runs[&more]);
    }
    Ok(means)
}

/// `I32Add SIA`
fn counted(by_name: &BTreeMap<&str, usize>, text: &str) -> Option<Counted> {
    let (name, form) = text.split_once(' ').unwrap_or((text, ""));
    let mut letters = [0; 4];
    let places = form
        .chars()
        .map(|letter| Place::from_word(letter.encode_utf8(&mut letters)));
    Some((*by_name.get(name)?, Form(places.collect::<Option<_>>()?)))
}

/// What may become rows.
struct Candidates<'o> {
    operations: &'o [Operation<'o>],
    /// For two operations and what joins them their share.
    pairs: BTreeMap<(usize, usize, Join), f64>,
    /// For classes of first ones, by what follows from their form, the shares of forms.
    first: BTreeMap<(Class<'o>, Option<Place>), Shares>,
    /// The same for second ones.
    then: BTreeMap<(Class<'o>, Vec<bool>), Shares>,
}

/// Operations with the same forms.
type Class<'o> = (&'o str, bool);

impl<'o> Candidates<'o> {
    fn new(
        operations: &'o [Operation<'o>],
        weights: &BTreeMap<(Counted, Counted), f64>,
    ) -> Candidates<'o> {
        let class = |at: usize| {
            (
                operations[at].class.as_str(),
                operations[at].swapped.is_some(),
            )
        };
        let mut pairs = BTreeMap::new();
        let (mut first, mut then) = (BTreeMap::new(), BTreeMap::new());
        for (((a, before), (b, behind)), weight) in weights {
            let join = Join {
                to: destination(&operations[*a], before),
                taken: taken(&operations[*b], behind),
            };
            let at = first
                .entry((class(*a), join.to))
                .or_insert_with(BTreeMap::new);
            *at.entry(before.clone()).or_insert(0.0) += weight;
            let at = then
                .entry((class(*b), join.taken.clone()))
                .or_insert_with(BTreeMap::new);
            *at.entry(behind.clone()).or_insert(0.0) += weight;
            *pairs.entry((*a, *b, join)).or_insert(0.0) += weight;
        }
        Candidates {
            operations,
            pairs,
            first: first
                .into_iter()
                .map(|(key, forms)| (key, shares(forms)))
                .collect(),
            then: then
                .into_iter()
                .map(|(key, forms)| (key, shares(forms)))
                .collect(),
        }
    }

    /// The rows, if a handler must gain more than it is worth.
    fn rows(&self, worth: f64) -> Vec<Row> {
        let rows = self.pairs.iter();
        rows.filter_map(|((a, b, join), weight)| self.row(*a, *b, join, *weight, worth))
            .collect()
    }

    fn row(&self, a: usize, b: usize, join: &Join, weight: f64, worth: f64) -> Option<Row> {
        if weight <= worth {
            return None;
        }
        let class = |at: usize| {
            let operation = &self.operations[at];
            (operation.class.as_str(), operation.swapped.is_some())
        };
        let has = |at: usize, forms: &Shares| -> Shares {
            let forms = forms.iter();
            let own = forms.filter(|(form, _)| self.operations[at].forms.contains(form));
            own.cloned().collect()
        };
        let first = has(a, self.first.get(&(class(a), join.to))?);
        let then = has(b, self.then.get(&(class(b), join.taken.clone()))?);
        // The most common forms of each; how many, is what gains most.
        let (mut best, mut gain) = ((0, 0), 0.0);
        let mut before = 0.0;
        for (m, (_, share)) in first.iter().enumerate() {
            before += share;
            let mut behind = 0.0;
            for (n, (_, share)) in then.iter().enumerate() {
                behind += share;
                let pairs = (m + 1) * (n + 1);
                let gained = weight * before * behind - worth * pairs as f64;
                if gained > gain {
                    (best, gain) = ((m + 1, n + 1), gained);
                }
            }
        }
        let (m, n) = best;
        let side = |at: usize, forms: &Shares| {
            let forms = forms.iter().map(|(form, _)| form.to_string());
            let words = [self.operations[at].key().to_string()]
                .into_iter()
                .chain(forms);
            words.collect::<Vec<_>>().join(" ").trim_end().to_string()
        };
        let (first, then) = (first[..m].to_vec(), then[..n].to_vec());
        let sum = |forms: &Shares| forms.iter().map(|(_, share)| share).sum::<f64>();
        (m > 0).then(|| Row {
            key: self.key(a, b, join),
            pairs: m * n,
            gain: weight * sum(&first) * sum(&then),
            first: side(a, &first),
            then: side(b, &then),
        })
    }

    /// `i32_add_a__i32_load8_u_a`
    fn key(&self, a: usize, b: usize, join: &Join) -> String {
        let name = |at: usize| self.operations[at].key().replace('.', "_");
        let to = join.to.map(|place| format!("_{place}")).unwrap_or_default();
        let taken = join
            .taken
            .iter()
            .map(|taken| if *taken { 'a' } else { 'x' });
        let taken: String = taken.collect();
        let taken = if taken.is_empty() {
            taken
        } else {
            format!("_{taken}")
        };
        format!("{}{to}__{}{taken}", name(a), name(b)).to_lowercase()
    }
}

/// Where a result goes; slots and pinned locals are the same to what follows.
fn destination(operation: &Operation<'_>, form: &Form) -> Option<Place> {
    let to = *form.0.get(operation.operands)?;
    Some(match to {
        Place::Pinned | Place::SecondPinned => Place::Slot,
        other => other,
    })
}

/// Which operands stand in an accumulator.
fn taken(operation: &Operation<'_>, form: &Form) -> Vec<bool> {
    let operands = form.0.iter().take(operation.operands);
    operands.map(|place| *place == Place::Accumulator).collect()
}

/// Weights as shares of their sum, the largest first.
fn shares(forms: BTreeMap<Form, f64>) -> Shares {
    let sum: f64 = forms.values().sum();
    let mut shares: Shares = forms
        .into_iter()
        .map(|(form, weight)| (form, weight / sum))
        .collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    shares
}

const HEAD: &str = "\
# Pairs of instructions that the fast engine runs as one handler: each form of the first with each of the
# second. `cargo gen fuse` writes them, from counts of the programs in `tests/training`; `gain` is how many
# instructions of a million they spare there. Those come first that gain most for each handler. A pair
# that no longer fits `forms.toml` is an error.

[fusion]
";

fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.key.len()).max().unwrap_or(0);
    let mut text = HEAD.to_string();
    for row in rows {
        let gain = (row.gain * 1e6).round();
        let _ = writeln!(
            text,
            "{:width$} = {{ first = '{}', then = '{}', gain = {gain} }}",
            row.key, row.first, row.then
        );
    }
    text
}
