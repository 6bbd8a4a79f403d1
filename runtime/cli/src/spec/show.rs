//! `tabwasm spec show INSTRUCTION`: one row and all that follows from it.
//!
//! For people who read the standard or a disassembly beside it: encoding, type, meaning, traps,
//! fuel, and which tier has it. Everything is read from the model of the generator, nothing is
//! known here.

use clap::builder::styling::Style;
use tabwasm_codegen::diag::did_you_mean;
use tabwasm_codegen::emit::index;
use tabwasm_codegen::model::{Immediate, ImmediateKind, Model, NUM, Op};
use tabwasm_codegen::names;

use super::args::Show;
use super::tables::Tables;
use super::to_terminal;
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::json::Object;
use crate::output::{line, styled_line};

/// Prints what the tables say of an instruction.
pub(super) fn run(args: &Show) -> Result<ExitStatus, ExitStatus> {
    let tables = Tables::read(&args.tables.name)?;
    let Some(op) = tables.model.op(&args.instruction) else {
        let keys = tables.model.ops.iter().map(|op| op.key.as_str());
        diagnostic::error(format_args!("no instruction `{}`", args.instruction));
        let hint = did_you_mean(&args.instruction, keys, "`tabwasm spec list` has them all");
        diagnostic::help(hint);
        return Err(ExitStatus::Usage);
    };
    let facts = facts(&tables, op);
    if args.json {
        let object = Object::line().text("instruction", &op.key);
        let facts = facts.iter();
        line!(
            "{}",
            facts.fold(object, |object, (name, text)| object.text(name, text))
        );
        return Ok(ExitStatus::Success);
    }
    let bold = if to_terminal() {
        Style::new().bold()
    } else {
        Style::new()
    };
    styled_line(bold, &op.key, format_args!(""));
    for (name, text) in facts {
        for (place, part) in text.lines().enumerate() {
            line!("  {:<11} {part}", if place == 0 { name } else { "" });
        }
    }
    Ok(ExitStatus::Success)
}

/// What is known of an instruction; lines where it is several things.
fn facts(tables: &Tables, op: &Op) -> Vec<(&'static str, String)> {
    let model = &tables.model;
    let [
        bytes,
        _,
        mnemonic,
        _,
        signature,
        check,
        constant,
        ..,
        meaning,
    ] = index::columns(model, op);
    let rule = if signature.is_empty() {
        format!("the rule `{check}`")
    } else {
        signature
    };
    let conditions = op.predicates.iter().map(|it| {
        let arguments: Vec<String> = it.arguments.iter().map(ToString::to_string).collect();
        format!("{}({})", it.condition, arguments.join(", "))
    });
    let immediates = op.immediates.iter().map(immediate);
    let facts = [
        ("text", op.text.clone().unwrap_or(mnemonic)),
        ("encoding", bytes),
        ("immediates", lines(immediates)),
        ("type", rule),
        ("where", lines(conditions)),
        ("semantics", meaning),
        ("traps", lines(traps(tables, op))),
        ("constant", proposal_of(&constant)),
        ("fuel", fuel(model, op)),
        ("proposal", proposal(model, op)),
        ("tiers", tiers(model, op)),
        ("row", place(model, op)),
        ("tests", lines(tests(model, op))),
        ("doc", op.doc.clone().unwrap_or_default()),
    ];
    facts
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

fn lines(texts: impl IntoIterator<Item = String>) -> String {
    texts.into_iter().collect::<Vec<_>>().join("\n")
}

fn immediate(immediate: &Immediate) -> String {
    let Immediate { name, kind, number } = immediate;
    match (kind, number) {
        (ImmediateKind::MemArg, Some(most)) => {
            format!("{name}: alignment of at most {most}, offset, memory")
        }
        (ImmediateKind::Atomic, Some(size)) => {
            format!("{name}: alignment of {size}, offset, memory")
        }
        (ImmediateKind::Lane, Some(lanes)) => format!("{name}: a lane below {lanes}"),
        (_, Some(number)) => format!("{name}: {kind}<{number}>"),
        (_, None) => format!("{name}: {kind}"),
    }
}

/// With what it traps: what the row says, what `m.load` and `m.store` do, and what the primitives
/// of the row say in their sources.
fn traps(tables: &Tables, op: &Op) -> Vec<String> {
    let mut keys = op.traps.clone();
    let known = &tables.model.traps;
    if op.facts.loads || op.facts.stores {
        let beyond = known.iter().find(|trap| trap.key == "memory_out_of_bounds");
        keys.extend(beyond.map(|trap| trap.key.clone()));
    }
    for primitive in &op.facts.primitives {
        let source = sources(tables, primitive);
        let named = |key: &str| source.contains(&format!("Trap::{}", names::variant(key)));
        keys.extend(
            known
                .iter()
                .map(|trap| trap.key.clone())
                .filter(|key| named(key)),
        );
    }
    keys.dedup();
    let with_text = |key: String| {
        let text = known
            .iter()
            .find(|trap| trap.key == key)
            .map(|trap| &trap.text);
        text.map_or(key.clone(), |text| format!("{key}: {text}"))
    };
    let mut lines: Vec<String> = keys.into_iter().map(with_text).collect();
    if lines.is_empty() && op.facts.may_trap {
        lines.push(format!("as {} does", op.facts.primitives.join(", ")));
    }
    lines
}

/// The sources of all functions with the name of a primitive, such as `int::div_s`.
fn sources(tables: &Tables, primitive: &str) -> String {
    let Some((module, function)) = primitive.split_once("::") else {
        return String::new();
    };
    let file = tables.model.overlays.file(&tables.tree, NUM, module);
    let text = file
        .and_then(|file| tables.tree.get(&file))
        .unwrap_or_default();
    let begins = |rest: &&str| rest.starts_with(['(', '<']);
    let name = format!("fn {function}");
    let parts = text.split(&name).skip(1).filter(begins);
    parts.map(body).collect()
}

/// A function from its parameters to the end of its body, if it has one.
fn body(rest: &str) -> &str {
    let mut depth = 0;
    for (at, letter) in rest.char_indices() {
        match letter {
            ';' if depth == 0 => return "",
            '{' => depth += 1,
            '}' if depth <= 1 => return &rest[..at],
            '}' => depth -= 1,
            _ => {}
        }
    }
    rest
}

fn proposal_of(constant: &str) -> String {
    match constant {
        "" => "no".to_owned(),
        proposal => format!("yes, with `{proposal}`"),
    }
}

fn fuel(model: &Model, op: &Op) -> String {
    let class = op.meaning.class();
    let costs = &model.costs;
    let own = costs.exceptions.iter().find(|(key, ..)| *key == op.key);
    let of_class = costs.classes.iter().find(|(known, _)| *known == class);
    let (cost, why) = match (own, of_class) {
        (Some((_, cost, _)), _) => (*cost, "its own".to_owned()),
        (None, Some((_, cost))) => (*cost, format!("of its class `{class}`")),
        (None, None) => (0, "none".to_owned()),
    };
    let more = costs.rate(&op.key).map_or(String::new(), |rate| {
        format!(", and 1 per {} {}", rate.per, rate.unit)
    });
    format!("{cost}, {why}{more}; schedule {}", costs.schedule)
}

fn proposal(model: &Model, op: &Op) -> String {
    let proposal = model.proposal(op.proposal);
    match &proposal.since {
        Some(since) => format!("{}, in the standard since {since}", proposal.key),
        None => format!("{}, in no released standard", proposal.key),
    }
}

/// The tiers that have it.
fn tiers(model: &Model, op: &Op) -> String {
    let having = model
        .tiers
        .iter()
        .filter(|tier| tier.proposals.contains(&op.proposal));
    let names: Vec<&str> = having.map(|tier| tier.key.as_str()).collect();
    let needs = op
        .needs
        .iter()
        .map(|need| format!(", where the build has `{need}`"));
    names.join(", ") + &needs.collect::<String>()
}

/// Where its row stands, and what overlays do to it.
fn place(model: &Model, op: &Op) -> String {
    let changes = model.overlays.changes("op", &op.key);
    let changed = changes.map(|edit| format!("\nchanged by {}", edit.at.file));
    op.origin.file.clone() + &changed.collect::<String>()
}

/// The tests that try the row: of the project, or of a runtime that is made of an overlay.
fn tests(model: &Model, op: &Op) -> Vec<String> {
    let examples = model.examples.iter().filter(|it| it.key == op.key).count();
    let own = model.overlays.rank(&op.origin.file) > 0;
    if own || examples > 0 {
        let tests = format!("tests/rows.rs of the vendored runtime, with {examples} examples");
        return vec![tests];
    }
    let base = model.proposal(op.proposal).is_base();
    let accesses = op.immediates.iter().any(|it| it.kind.is_accessor());
    let typed = op.signature.is_some();
    let indexed = op.immediates.iter().any(|it| !it.kind.is_numbered());
    [
        (
            true,
            "oracle: opcode, immediates, type, constness and traps as in the standard",
        ),
        (true, "suite: the official scripts that use it"),
        (
            typed,
            "rows: operands_of_the_right_type, in_dead_code, in_a_constant_expression",
        ),
        (
            typed && !op.params().is_empty(),
            "rows: an_operand_of_the_wrong_type, an_operand_too_few",
        ),
        (!base, "rows: without_the_proposal"),
        (accesses, "rows: alignment"),
        (typed && indexed, "rows: an_index_too_far"),
    ]
    .into_iter()
    .filter(|(tried, _)| *tried)
    .map(|(_, test)| test.to_owned())
    .collect()
}
