//! What the library says of itself is what the tables say.
//!
//! Facts of the standard have better judges, the official suites and the oracles. Limits, costs,
//! numbers and texts are ours, and stand nowhere but in the tables: here each is asked for where a
//! program would ask.

use std::fmt::Debug;

use tabwasm::Config;
use tabwasm::profile::{Alloc, Features, NoAlloc, Std};
use tabwasm::spec::{
    ErrorCode, FUEL_SCHEDULE, Limit, Limits, Misuse, Opcode, Proposal, Rate, SectionId, Tier, Trap,
};
use tabwasm_codegen::model::{Model, Op, ProposalId};
use tabwasm_tests::tables;

#[test]
fn limits_of_tiers() {
    let model = tables();
    for (place, tier) in model.tiers.iter().enumerate() {
        let own = member(Tier::ALL, Tier::name, &tier.key);
        let in_force = match own {
            Tier::NoAlloc => Features::of::<NoAlloc>().limits,
            Tier::Alloc => Features::of::<Alloc>().limits,
            Tier::Std => Features::of::<Std>().limits,
        };
        for row in &model.limits {
            let limit = member(Limit::ALL, Limit::name, &row.key);
            let context = format!("{} of {}", row.key, tier.key);
            assert_eq!(own.limits().get(limit), row.tiers[place], "{context}");
            assert_eq!(in_force.get(limit), row.tiers[place], "{context}, in force");
        }
    }
}

#[test]
fn the_most_that_can_be_asked_for() {
    let model = tables();
    for row in &model.limits {
        let limit = member(Limit::ALL, Limit::name, &row.key);
        let most = Limits::MAX.with(limit, u64::MAX).get(limit);
        assert_eq!(most, row.max, "{}", row.key);
        assert_eq!(names(limit.above().iter(), |above| above.name()), row.above);
        assert_eq!(
            limit.several().map(Proposal::name),
            key(&model, row.several)
        );
    }
}

#[test]
fn an_engine_has_the_limits_of_its_tier() {
    let model = tables();
    let config = Config::new();
    let place = model.tiers.iter().position(|tier| tier.key == "std");
    for row in &model.limits {
        let limit = member(Limit::ALL, Limit::name, &row.key);
        let expected = place.and_then(|place| row.tiers.get(place));
        assert_eq!(
            Some(&config.get_limits().get(limit)),
            expected,
            "{}",
            row.key
        );
    }
}

#[test]
fn costs() {
    let model = tables();
    assert_eq!(FUEL_SCHEDULE, model.costs.schedule);
    for op in &model.ops {
        assert_eq!(opcode(op).fuel(), cost(&model, op), "{}", op.key);
        let rate = model.costs.rate(&op.key).map(|rate| u64::from(rate.per));
        assert_eq!(opcode(op).rate().map(Rate::count), rate, "{}", op.key);
    }
}

#[test]
fn opcodes() {
    let model = tables();
    for op in &model.ops {
        let opcode = opcode(op);
        assert_eq!(opcode.code(), (op.code.prefix, op.code.value), "{}", op.key);
        assert_eq!(opcode.mnemonic(), op.mnemonic, "{}", op.key);
        let proposal = &model.proposal(op.proposal).key;
        assert_eq!(opcode.proposal().name(), proposal, "{}", op.key);
    }
}

#[test]
fn what_needs_a_capability() {
    for op in &tables().ops {
        let square_root = op.mnemonic.ends_with(".sqrt").then_some("square_root");
        assert_eq!(op.needs.as_deref(), square_root, "{}", op.key);
    }
}

#[test]
fn sections() {
    let model = tables();
    for row in &model.sections {
        let section = member(SectionId::ALL, SectionId::name, &row.key);
        assert_eq!(section.id(), row.id, "{}", row.key);
        assert_eq!(SectionId::from_id(row.id), Some(section), "{}", row.key);
        assert_eq!(section.order(), row.order, "{}", row.key);
        assert_eq!(
            section.limit().map(Limit::name),
            row.limit.as_deref(),
            "{}",
            row.key
        );
        let proposal = section.proposal().map(Proposal::name);
        assert_eq!(proposal, key(&model, row.proposal), "{}", row.key);
    }
}

/// As the standard's history of changes has it; no peer asks before it reads a section.
#[test]
fn proposals_of_sections() {
    let model = tables();
    for row in &model.sections {
        let expected = match row.key.as_str() {
            "data_count" => Some("bulk_memory"),
            "tag" => Some("exceptions"),
            _ => None,
        };
        assert_eq!(key(&model, row.proposal), expected, "{}", row.key);
    }
}

#[test]
fn traps_and_errors() {
    let model = tables();
    for row in &model.traps {
        let trap = variant(Trap::ALL, &row.key);
        assert_eq!(trap.number(), row.number, "{}", row.key);
        assert_eq!(Trap::from_number(row.number), Some(trap), "{}", row.key);
        assert_eq!(trap.to_string(), row.text, "{}", row.key);
        assert_eq!(trap.also(), row.also, "{}", row.key);
    }
    for row in &model.misuses {
        let misuse = variant(Misuse::ALL, &row.key);
        assert_eq!(misuse.number(), row.number, "{}", row.key);
        assert_eq!(Misuse::from_number(row.number), Some(misuse), "{}", row.key);
        assert_eq!(misuse.text(), row.text, "{}", row.key);
    }
    for row in &model.errors {
        let error = variant(ErrorCode::ALL, &row.key);
        assert_eq!(error.number(), row.number, "{}", row.key);
        assert_eq!(
            ErrorCode::from_number(row.number),
            Some(error),
            "{}",
            row.key
        );
        assert_eq!(error.text(), row.text, "{}", row.key);
        assert_eq!(error.also(), row.also, "{}", row.key);
        assert_eq!(
            camel(row.class.word()),
            format!("{:?}", error.class()),
            "{}",
            row.key
        );
    }
}

/// What an instruction costs by the tables.
fn cost(model: &Model, op: &Op) -> u32 {
    let own = model
        .costs
        .exceptions
        .iter()
        .find(|(key, ..)| *key == op.key);
    let class = op.meaning.class();
    let mut classes = model.costs.classes.iter();
    let of_class = classes.find(|(known, _)| *known == class);
    own.map(|(_, cost, _)| *cost)
        .or(of_class.map(|(_, cost)| *cost))
        .expect("a cost")
}

/// The key of a proposal.
fn key(model: &Model, id: Option<ProposalId>) -> Option<&str> {
    id.map(|id| model.proposal(id).key.as_str())
}

fn opcode(op: &Op) -> Opcode {
    let found = Opcode::ALL
        .into_iter()
        .find(|opcode| format!("{opcode:?}") == op.variant);
    found.unwrap_or_else(|| panic!("no opcode `{}`", op.variant))
}

/// The member with this name.
fn member<T: Copy, const N: usize>(all: [T; N], name: fn(T) -> &'static str, key: &str) -> T {
    let found = all.into_iter().find(|one| name(*one) == key);
    found.unwrap_or_else(|| panic!("nothing is called `{key}`"))
}

/// The member whose variant a key becomes.
fn variant<T: Copy + Debug, const N: usize>(all: [T; N], key: &str) -> T {
    let found = all.into_iter().find(|one| format!("{one:?}") == camel(key));
    found.unwrap_or_else(|| panic!("no variant is made of `{key}`"))
}

fn camel(key: &str) -> String {
    tabwasm_codegen::names::variant(key)
}

fn names<'a, T: 'a>(
    all: impl Iterator<Item = &'a T>,
    name: fn(&T) -> &'static str,
) -> Vec<&'static str> {
    all.map(name).collect()
}
