//! `tabwasm validate FILE…`: what is wrong with modules and components, and where.
//!
//! Each file is validated at the level asked for (`spec/levels.toml`) and by the proposals asked for:
//! modules by an engine, components with the features that a release of WASI has, and each core
//! module in them at the same level. One line a file, or one JSON object.

use std::path::Path;

#[cfg(not(feature = "std"))]
use tabwasm::profile::Alloc as Tier;
use tabwasm::profile::Features;
#[cfg(feature = "std")]
use tabwasm::profile::Std as Tier;
use tabwasm::reject::{Reject, Verdict};
use tabwasm::spec::Level;
use tabwasm::validate::{Heap, Scope, check_at, check_component, check_component_at};
use tabwasm::view::View;
use tabwasm::{Config, Engine, Module, Result};

use crate::args::Validate;
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::input::Input;
use crate::json::Object;
use crate::lacks;
use crate::origin::Origin;
use crate::output::line;
use crate::progress::Work;

/// Validates modules; the first failure decides how the process ends.
pub fn run(args: &Validate) -> ExitStatus {
    let mut config = Config::new();
    args.features.admit(&mut config);
    let engine = match Engine::new(&config) {
        Ok(engine) => engine,
        Err(error) => {
            diagnostic::failed(&error);
            return ExitStatus::Usage;
        }
    };
    let mut exit = ExitStatus::Success;
    for file in &args.files {
        let ended = validate(args, &engine, file);
        if exit == ExitStatus::Success {
            exit = ended;
        }
    }
    exit
}

fn validate(args: &Validate, engine: &Engine, file: &Path) -> ExitStatus {
    let validating = Work::begin(format_args!("validating {}", file.display()));
    let input = Input::read(file);
    let result = input.map(|input| {
        let verdict = judge(args, engine, &input.bytes);
        (input, verdict)
    });
    drop(validating);
    let (input, verdict) = match result {
        Ok(judged) => judged,
        Err(unread) if args.json => return unread.report_json(),
        Err(unread) => return unread.report(),
    };
    let error = match verdict {
        Ok(()) => {
            report(args, &input, None);
            return ExitStatus::Success;
        }
        Err(error) => error,
    };
    match error.as_reject() {
        Some(reject) => report(args, &input, Some(reject)),
        None if args.json => {
            let line = Object::line().text("file", &input.name);
            let line = line.text("verdict", "out_of_budget");
            line!("{}", line.text("message", &error.to_string()));
        }
        None => diagnostic::failed(&error),
    }
    ExitStatus::InvalidModule
}

/// Whether a module or component is valid at a level.
fn judge(args: &Validate, engine: &Engine, bytes: &[u8]) -> Result<()> {
    match View::new(bytes) {
        Ok(View::Component(_)) => Ok(component(args, bytes)?),
        _ => Module::validate_at(engine, args.level, bytes),
    }
}

/// Validates a component, and the core modules in it, at a level.
fn component(args: &Validate, bytes: &[u8]) -> Result<(), Reject> {
    let mut features = Features::of::<Tier>();
    features.proposals = args.features.proposals();
    let (features, level) = (features.with_components(), args.level);
    if level == Level::Full {
        return check_component(bytes, &features, Heap);
    }
    let depth = usize::try_from(features.limits.component_nesting).unwrap_or(usize::MAX);
    let mut scopes = vec![Scope::default(); depth.min(bytes.len())];
    check_component_at(level, bytes, &features, &mut scopes, |module| {
        check_at(level, module, &features, Heap)
    })
}

fn report(args: &Validate, input: &Input, reject: Option<&Reject>) {
    if args.json {
        line!("{}", line(input, reject));
        return;
    }
    match reject {
        None => line!("{}: valid", input.name),
        Some(reject) => diagnostic::rejected(input, reject),
    }
}

fn line(input: &Input, reject: Option<&Reject>) -> Object {
    let line = Object::line().text("file", &input.name);
    let Some(reject) = reject else {
        return line.text("verdict", "valid");
    };
    let verdict = match Verdict::from(*reject) {
        Verdict::Valid => "valid",
        Verdict::Invalid { .. } => "invalid",
        Verdict::OutOfBudget { .. } => "out_of_budget",
    };
    let line = line.text("verdict", verdict);
    let line = match Origin::of(input, reject.offset) {
        Some(origin) => line
            .number("line", origin.line as u64)
            .number("column", origin.column as u64),
        None => line,
    };
    line.number("offset", reject.offset as u64)
        .number("code", reject.code().number())
        .text("message", &reject.to_string())
        .texts(
            "missing_proposals",
            lacks::of(&input.bytes, reject).into_iter(),
        )
}
