//! What modules and hosts notice when one set of tables takes the place of another.
//!
//! A change is breaking if a module that was valid may be refused, or does something else, or if a
//! host that worked may not: what is taken away, lowered, or means something else. Forms and
//! fused sequences are the engine's business and not compared.

use std::fmt::Display;

use tabwasm_codegen::emit::index;
use tabwasm_codegen::model::{
    ComponentSection, Costs, Group, Model, Op, Production, Proposal, ProposalId, Section, Sort,
    Tier,
};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// Whether something that worked may not any more.
    pub(super) breaking: bool,
    /// The table.
    pub(super) table: &'static str,
    /// Key of the row.
    pub(super) row: String,
    /// What is different.
    pub(super) what: String,
}

/// All changes, breaking ones first.
pub(super) fn diff(before: &Model, after: &Model) -> Vec<Change> {
    let mut report = Report::default();
    report.instructions(before, after);
    report.proposals(before, after);
    report.tiers(before, after);
    report.limits(before, after);
    report.sections(before, after);
    report.codes(before, after);
    report.component(before, after);
    report.failures(before, after);
    report.costs(before, after);
    report.changes.sort_by_key(|change| !change.breaking);
    report.changes
}

#[derive(Default)]
struct Report {
    changes: Vec<Change>,
}

impl Report {
    fn add(&mut self, breaking: bool, table: &'static str, row: &str, what: impl Into<String>) {
        self.changes.push(Change {
            breaking,
            table,
            row: row.to_owned(),
            what: what.into(),
        });
    }

    /// Says what one fact was and is, if it is different.
    fn fact<T: PartialEq + Display>(
        &mut self,
        breaking: bool,
        (table, row): (&'static str, &str),
        name: &str,
        (before, after): (T, T),
    ) {
        if before != after {
            let shown = |fact: T| match fact.to_string() {
                empty if empty.is_empty() => "none".to_owned(),
                text => format!("`{text}`"),
            };
            let what = format!("{name} was {}, is {}", shown(before), shown(after));
            self.add(breaking, table, row, what);
        }
    }

    /// Rows that are in one of two tables only, and pairs of those in both.
    fn rows<'m, T>(
        &mut self,
        table: &'static str,
        key: impl Fn(&T) -> &str,
        before: &'m [T],
        after: &'m [T],
    ) -> Vec<(&'m T, &'m T)> {
        let mut pairs = Vec::new();
        for old in before {
            match after.iter().find(|new| key(new) == key(old)) {
                Some(new) => pairs.push((old, new)),
                None => self.add(true, table, key(old), "removed"),
            }
        }
        for new in after {
            if !before.iter().any(|old| key(old) == key(new)) {
                self.add(false, table, key(new), "added");
            }
        }
        pairs
    }

    /// Keys that are in one of two lists only; the loss is breaking, or the gain.
    fn members(
        &mut self,
        loss: bool,
        (table, row): (&'static str, &str),
        name: &str,
        (before, after): (&[&str], &[&str]),
    ) {
        for lost in before.iter().filter(|key| !after.contains(key)) {
            self.add(loss, table, row, format!("{name} `{lost}` no more"));
        }
        for gained in after.iter().filter(|key| !before.contains(key)) {
            self.add(!loss, table, row, format!("{name} `{gained}` now"));
        }
    }

    fn instructions(&mut self, before: &Model, after: &Model) {
        for (old, new) in self.rows("op", |op: &Op| &op.key, &before.ops, &after.ops) {
            let at = ("op", old.key.as_str());
            let olds = index::columns(before, old);
            let news = index::columns(after, new);
            for (name, pair) in index::COLUMNS.iter().zip(olds.into_iter().zip(news)) {
                // `const` may be gained; since when something is standard changes nothing.
                let breaking = match *name {
                    "const" => !pair.0.is_empty(),
                    "since" => false,
                    _ => true,
                };
                self.fact(breaking, at, name, pair);
            }
            let conditions = |op: &Op| {
                let names = op.predicates.iter().map(|it| it.condition.word());
                names.collect::<Vec<_>>().join(" ")
            };
            self.fact(true, at, "where", (conditions(old), conditions(new)));
            let needs = |op: &Op| op.needs.clone().unwrap_or_default();
            self.fact(new.needs.is_some(), at, "needs", (needs(old), needs(new)));
        }
    }

    fn proposals(&mut self, before: &Model, after: &Model) {
        let pairs = self.rows(
            "proposal",
            |it: &Proposal| &it.key,
            &before.proposals,
            &after.proposals,
        );
        for (old, new) in pairs {
            let at = ("proposal", old.key.as_str());
            self.fact(
                old.supported,
                at,
                "supported",
                (old.supported, new.supported),
            );
            let requires = (
                &*before.proposal_keys(&old.requires),
                &*after.proposal_keys(&new.requires),
            );
            self.members(false, at, "requires", requires);
            let needs = (&*words(&old.needs), &*words(&new.needs));
            self.members(false, at, "needs", needs);
        }
    }

    fn tiers(&mut self, before: &Model, after: &Model) {
        for (old, new) in self.rows("tier", |tier: &Tier| &tier.key, &before.tiers, &after.tiers) {
            let at = ("tier", old.key.as_str());
            let carries = (
                &*before.proposal_keys(&old.proposals),
                &*after.proposal_keys(&new.proposals),
            );
            self.members(true, at, "carries", carries);
            let provides = (&*words(&old.provides), &*words(&new.provides));
            self.members(true, at, "provides", provides);
            let feature = |tier: &Tier| tier.feature.clone().unwrap_or_default();
            self.fact(true, at, "feature", (feature(old), feature(new)));
        }
    }

    fn limits(&mut self, before: &Model, after: &Model) {
        for (old, new) in self.rows(
            "limit",
            |limit| limit.key.as_str(),
            &before.limits,
            &after.limits,
        ) {
            let at = ("limit", old.key.as_str());
            self.fact(new.max < old.max, at, "max", (old.max, new.max));
            self.fact(true, at, "constant", (&old.constant, &new.constant));
            for (tier, old_value) in before.tiers.iter().zip(&old.tiers) {
                let place = after.tiers.iter().position(|it| it.key == tier.key);
                if let Some(new_value) = place.and_then(|place| new.tiers.get(place)) {
                    let lower = new_value < old_value;
                    self.fact(lower, at, &tier.key, (old_value, new_value));
                }
            }
        }
    }

    fn sections(&mut self, before: &Model, after: &Model) {
        let pairs = self.rows(
            "section",
            |it: &Section| &it.key,
            &before.sections,
            &after.sections,
        );
        for (old, new) in pairs {
            let at = ("section", old.key.as_str());
            let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
            self.fact(true, at, "id", (old.id, new.id));
            self.fact(true, at, "order", (old.order, new.order));
            self.fact(true, at, "body", (&old.body, &new.body));
            self.fact(
                new.proposal.is_some(),
                at,
                "proposal",
                (
                    proposal(before, old.proposal),
                    proposal(after, new.proposal),
                ),
            );
            self.fact(
                new.limit.is_some(),
                at,
                "limit",
                (text(&old.limit), text(&new.limit)),
            );
        }
    }

    fn codes(&mut self, before: &Model, after: &Model) {
        let groups = self.rows(
            "types",
            |group| group.key.as_str(),
            &before.wire.groups,
            &after.wire.groups,
        );
        for (old_group, new_group) in groups {
            let codes = self.rows(
                "types",
                |code| code.key.as_str(),
                &old_group.codes,
                &new_group.codes,
            );
            for (old, new) in codes {
                let row = format!("{}.{}", old_group.key, old.key);
                let at = ("types", row.as_str());
                self.fact(true, at, "code", (hex(&old.code), hex(&new.code)));
                let facts = |facts: &[(String, String)]| format!("{facts:?}");
                self.fact(true, at, "facts", (facts(&old.facts), facts(&new.facts)));
            }
        }
    }

    fn component(&mut self, before: &Model, after: &Model) {
        let (before, after) = (&before.component, &after.component);
        let sections = self.rows(
            "component",
            |section: &ComponentSection| &section.key,
            &before.sections,
            &after.sections,
        );
        for (old, new) in sections {
            let at = ("component", old.key.as_str());
            self.fact(true, at, "id", (old.id, new.id));
            self.fact(true, at, "body", (&old.body, &new.body));
        }
        let sorts = self.rows(
            "component",
            |it: &Sort| &it.key,
            &before.sorts,
            &after.sorts,
        );
        for (old, new) in sorts {
            let codes = (hex(&old.code), hex(&new.code));
            self.fact(true, ("component", &old.key), "code", codes);
        }
        let groups = self.rows(
            "component",
            |it: &Group| &it.key,
            &before.groups,
            &after.groups,
        );
        for (old_group, new_group) in groups {
            let rows = self.rows(
                "component",
                |row: &Production| &row.key,
                &old_group.rows,
                &new_group.rows,
            );
            for (old, new) in rows {
                let row = format!("{}.{}", old_group.key, old.key);
                let codes = (hex(&old.code), hex(&new.code));
                self.fact(true, ("component", &row), "code", codes);
            }
        }
    }

    fn failures(&mut self, before: &Model, after: &Model) {
        for (old, new) in self.rows(
            "trap",
            |trap| trap.key.as_str(),
            &before.traps,
            &after.traps,
        ) {
            self.fact(false, ("trap", &old.key), "text", (&old.text, &new.text));
        }
        for (old, new) in self.rows(
            "error",
            |error| error.key.as_str(),
            &before.errors,
            &after.errors,
        ) {
            let at = ("error", old.key.as_str());
            self.fact(true, at, "class", (old.class, new.class));
            self.fact(false, at, "text", (&old.text, &new.text));
        }
    }

    /// Other costs are breaking, unless the schedule has another version and says so.
    fn costs(&mut self, before: &Model, after: &Model) {
        let (old, new) = (&before.costs, &after.costs);
        let silent = old.schedule == new.schedule;
        self.fact(
            false,
            ("costs", "schedule"),
            "version",
            (old.schedule, new.schedule),
        );
        let costs = |costs: &Costs| -> Vec<(String, String)> {
            let own = costs.exceptions.iter();
            let own = own.map(|(key, cost, _)| (key.as_str(), *cost));
            let classes = costs.classes.iter();
            let classes = classes.map(|(class, cost)| (class.word(), *cost));
            let host = costs.host.iter().map(|(key, cost)| (key.as_str(), *cost));
            let all = classes.chain(host).chain(own);
            all.map(|(key, cost)| (key.to_owned(), cost.to_string()))
                .collect()
        };
        let rates = |costs: &Costs| -> Vec<(String, String)> {
            let all = costs.rates.iter().chain(&costs.work);
            all.map(|rate| (rate.key.clone(), format!("{} {}", rate.per, rate.unit)))
                .collect()
        };
        for (column, old, new) in [
            ("cost", costs(old), costs(new)),
            ("rate", rates(old), rates(new)),
        ] {
            let cell = |cells: &[(String, String)], key: &str| {
                let found = cells.iter().find(|(other, _)| other == key);
                found.map_or(String::new(), |(_, cell)| cell.clone())
            };
            let mut keys: Vec<&str> = old
                .iter()
                .chain(&new)
                .map(|(key, _)| key.as_str())
                .collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                let added = before.op(key).is_none() && after.op(key).is_some();
                let cells = (cell(&old, key), cell(&new, key));
                self.fact(silent && !added, ("costs", key), column, cells);
            }
        }
    }
}

fn words(keys: &[String]) -> Vec<&str> {
    keys.iter().map(String::as_str).collect()
}

/// The key of a proposal, empty without one.
fn proposal(model: &Model, id: Option<ProposalId>) -> &str {
    id.map_or("", |id| &model.proposal(id).key)
}

fn hex(code: &[u8]) -> String {
    code.iter().map(|byte| format!("{byte:02X}")).collect()
}
