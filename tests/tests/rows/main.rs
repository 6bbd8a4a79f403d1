//! The validator, row by row.
//!
//! Modules are made from the column `type` of each row and go through [`module`]. What
//! is right and wrong here follows from the row; that the row itself is right is the business of
//! the oracles, and of wasmparser, which is asked about each of the modules ([`peer`]). Rows with a `check` instead of a `type` are covered by the official suites.

mod peer;
mod program;

use std::fmt::Display;

use program::{Program, operands};
use tabwasm::profile::{Features, Std};
use tabwasm::reject::Reject;
use tabwasm::spec::{ErrorCode, Proposal};
use tabwasm::validate::{Heap, module};
use tabwasm_codegen::model::{ImmediateKind, Model, Op};
use tabwasm_tests::tables;
use wasmparser::WasmFeatures;

/// Runs a test on all rows and reports those that fail.
fn each(at_least: usize, mut test: impl FnMut(&Model, &Op, &mut Cases)) {
    let model = tables();
    let mut cases = Cases::default();
    for op in &model.ops {
        test(&model, op, &mut cases);
    }
    println!("{} modules validated", cases.count);
    assert!(cases.wrong.is_empty(), "{}", cases.wrong.join("\n"));
    assert!(cases.count >= at_least, "only {} modules", cases.count);
}

/// What was tried.
#[derive(Default)]
struct Cases {
    count: usize,
    wrong: Vec<String>,
}

impl Cases {
    fn valid(&mut self, op: &Op, case: impl Display, program: &Program) {
        self.count += 1;
        let bytes = program.module();
        if let Err(reject) = validate(&bytes, &Features::of::<Std>()) {
            self.wrong
                .push(format!("row `{}`, {case}: {reject}", op.key));
        }
        if let Err(message) = peer::validate(&bytes) {
            self.wrong.push(format!(
                "row `{}`, {case}: wasmparser says {message}",
                op.key
            ));
        }
    }

    fn invalid(&mut self, op: &Op, case: impl Display, program: &Program, code: ErrorCode) {
        self.count += 1;
        let bytes = program.module();
        if peer::validate(&bytes).is_ok() {
            self.wrong
                .push(format!("row `{}`, {case}: wasmparser accepts it", op.key));
        }
        let found = match validate(&bytes, &Features::of::<Std>()) {
            Ok(()) => "it is valid".to_string(),
            Err(reject) if reject.code() == code => return,
            Err(reject) => reject.to_string(),
        };
        self.wrong.push(format!(
            "row `{}`, {case}: not `{}`, but {found}",
            op.key,
            code.text()
        ));
    }
}

#[test]
fn operands_of_the_right_type() {
    each(190, |_, op, cases| {
        if op.signature.is_some() {
            cases.valid(op, "all right", &Program::of(op));
        }
    });
}

#[test]
fn an_operand_of_the_wrong_type() {
    each(200, |_, op, cases| {
        for place in 0..operands(op).len() {
            let program = Program::of(op).with_wrong_operand(place);
            cases.invalid(
                op,
                format!("operand {place} wrong"),
                &program,
                ErrorCode::TypeMismatch,
            );
        }
    });
}

#[test]
fn an_operand_too_few() {
    each(150, |_, op, cases| {
        if !operands(op).is_empty() {
            let program = Program::of(op).with_operand_missing();
            cases.invalid(op, "operand missing", &program, ErrorCode::TypeMismatch);
        }
    });
}

#[test]
fn in_dead_code() {
    each(350, |_, op, cases| {
        if op.signature.is_none() {
            return;
        }
        cases.valid(op, "dead", &Program::of(op).dead());
        if let Some(last) = operands(op).len().checked_sub(1) {
            let program = Program::of(op).dead().with_only_operand(last);
            cases.valid(op, "dead, one operand", &program);
            let program = program.with_wrong_operand(0);
            cases.invalid(op, "dead, operand wrong", &program, ErrorCode::TypeMismatch);
        }
    });
}

#[test]
fn without_the_proposal() {
    each(30, |model, op, cases| {
        let key = &model.proposal(op.proposal).key;
        let Some(proposal) = proposal(key).filter(|&proposal| proposal != Proposal::Mvp) else {
            return;
        };
        let features = without(model, key);
        let (bytes, offset) = program::alone(op);
        let named = Reject::proposal(proposal, offset);
        cases.count += 1;
        match validate(&bytes, &features) {
            Err(reject) if reject == named => {}
            Err(reject) => cases
                .wrong
                .push(format!("row `{}`: {reject}, not {named}", op.key)),
            Ok(()) => cases
                .wrong
                .push(format!("row `{}` is valid without its proposal", op.key)),
        }
    });
}

#[test]
fn the_proposal_is_that_of_wasmparser() {
    each(190, |model, op, cases| {
        let key = &model.proposal(op.proposal).key;
        let (bytes, _) = program::alone(op);
        // It has all of bulk memory or nothing; LLVM's `bulk-memory-opt` has two instructions of it.
        let own = match op.mnemonic.as_str() {
            "memory.copy" | "memory.fill" if key == "bulk_memory_opt" => "bulk_memory",
            "memory.copy" | "memory.fill" => "not bulk_memory_opt",
            _ => key,
        };
        let own: Vec<Proposal> = proposal(own).into_iter().collect();
        // It does not refuse what takes a float, since without floats there is none to take.
        let floats = ["f32", "f64"]
            .iter()
            .any(|float| op.mnemonic.contains(float));
        let needed = match peer::needed(&bytes) {
            none if none.is_empty() && floats => vec![Proposal::Floats],
            none if none.is_empty() => vec![Proposal::Mvp],
            // Vectors require them.
            mut needed if needed.len() > 1 => {
                needed.retain(|proposal| *proposal != Proposal::Floats);
                needed
            }
            needed => needed,
        };
        cases.count += 1;
        if own != needed {
            cases.wrong.push(format!(
                "row `{}` is of {own:?}, and wasmparser needs {needed:?} for it",
                op.key
            ));
        }
    });
}

#[test]
fn alignment() {
    each(40, |_, op, cases| {
        if op
            .immediates
            .iter()
            .any(|immediate| immediate.kind == ImmediateKind::MemArg)
        {
            cases.valid(op, "natural alignment", &Program::of(op));
            let program = Program::of(op).with_immediate(0, 1);
            cases.invalid(
                op,
                "twice the natural alignment",
                &program,
                ErrorCode::Alignment,
            );
        }
    });
}

#[test]
fn an_index_too_far() {
    each(30, |_, op, cases| {
        for (place, immediate) in op.immediates.iter().enumerate() {
            let Some(code) = unknown(immediate.kind) else {
                continue;
            };
            if op.signature.is_some() {
                let program = Program::of(op).with_immediate(place, 1);
                cases.invalid(op, format!("`{}` too far", immediate.name), &program, code);
            }
        }
    });
}

#[test]
fn in_a_constant_expression() {
    each(190, |_, op, cases| {
        if op.signature.is_none() {
            return;
        }
        let program = Program::of(op).constant();
        if op.constant.is_some() {
            cases.valid(op, "constant", &program);
        } else {
            cases.invalid(op, "constant", &program, ErrorCode::ConstantRequired);
        }
    });
}

#[test]
fn what_a_constant_expression_needs_is_what_wasmparser_needs() {
    each(120, |model, op, cases| {
        if op.signature.is_none() || op.constant.is_none() {
            return;
        }
        let bytes = program::constant_alone(op);
        for (proposal, _) in peer::FEATURES {
            cases.count += 1;
            let needless = dependents(model, proposal.name());
            let features = peer::FEATURES.iter();
            let feature = features
                .filter(|(proposal, _)| needless.contains(proposal))
                .fold(WasmFeatures::empty(), |all, (_, feature)| all | *feature);
            let ours =
                validate(&bytes, &without(model, proposal.name())).map_err(|e| e.to_string());
            let theirs = peer::validate_without(feature, &bytes);
            if ours.is_ok() != theirs.is_ok() {
                cases.wrong.push(format!(
                    "row `{}`, constant, without {proposal:?}: {ours:?}, and wasmparser says {theirs:?}",
                    op.key
                ));
            }
        }
    });
}

fn validate(bytes: &[u8], features: &Features) -> Result<(), Reject> {
    module(bytes, features, Heap, &mut ()).map(drop)
}

/// The error for an index of this kind that nothing has.
fn unknown(kind: ImmediateKind) -> Option<ErrorCode> {
    match kind {
        ImmediateKind::Label => Some(ErrorCode::UnknownLabel),
        ImmediateKind::Local => Some(ErrorCode::UnknownLocal),
        ImmediateKind::Global => Some(ErrorCode::UnknownGlobal),
        ImmediateKind::Func => Some(ErrorCode::UnknownFunction),
        ImmediateKind::Type => Some(ErrorCode::UnknownType),
        ImmediateKind::Table => Some(ErrorCode::UnknownTable),
        ImmediateKind::Memory => Some(ErrorCode::UnknownMemory),
        ImmediateKind::Data => Some(ErrorCode::UnknownDataSegment),
        ImmediateKind::Elem => Some(ErrorCode::UnknownElementSegment),
        ImmediateKind::Lane | ImmediateKind::Lanes => Some(ErrorCode::InvalidLane),
        // Without rows until there are exceptions and structures.
        ImmediateKind::Tag | ImmediateKind::Field => None,
        ImmediateKind::Labels
        | ImmediateKind::Block
        | ImmediateKind::Catches
        | ImmediateKind::Heap
        | ImmediateKind::ValTypes
        | ImmediateKind::MemArg
        | ImmediateKind::Atomic
        | ImmediateKind::I32
        | ImmediateKind::I64
        | ImmediateKind::F32
        | ImmediateKind::F64
        | ImmediateKind::V128
        | ImmediateKind::U32 => None,
    }
}

fn proposal(key: &str) -> Option<Proposal> {
    Proposal::ALL
        .into_iter()
        .find(|proposal| proposal.name() == key)
}

/// All proposals but this one and what builds on it.
fn without(model: &Model, key: &str) -> Features {
    let mut features = Features::of::<Std>();
    for needless in dependents(model, key) {
        features.proposals = features.proposals.without(needless);
    }
    features
}

/// A proposal and all that build on it.
fn dependents(model: &Model, key: &str) -> Vec<Proposal> {
    let mut found: Vec<&str> = vec![key];
    let mut next = 0;
    while let Some(&key) = found.get(next) {
        next += 1;
        for other in &model.proposals {
            if model.proposal_keys(&other.requires).contains(&key)
                && !found.contains(&other.key.as_str())
            {
                found.push(&other.key);
            }
        }
    }
    found.into_iter().filter_map(proposal).collect()
}
