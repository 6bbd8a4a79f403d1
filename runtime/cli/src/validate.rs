//! `tabwasm validate FILE…`.

use tabwasm::reject::{Reject, Verdict};
use tabwasm::{Engine, Module};

use crate::args::Validate;
use crate::diagnostic;
use crate::exit::Exit;
use crate::input::Input;
use crate::json::Object;
use crate::output::line;

/// Validates modules; the first failure decides how the process ends.
pub fn run(args: &Validate) -> Exit {
    let engine = Engine::default();
    let mut exit = Exit::Success;
    for file in &args.files {
        let ended = validate(args, &engine, file);
        if exit == Exit::Success {
            exit = ended;
        }
    }
    exit
}

fn validate(args: &Validate, engine: &Engine, file: &str) -> Exit {
    let input = match Input::read(file) {
        Ok(input) => input,
        Err(exit) => return exit,
    };
    let error = match Module::validate_at(engine, args.level, &input.bytes) {
        Ok(()) => {
            report(args, &input, None);
            return Exit::Success;
        }
        Err(error) => error,
    };
    match error.as_reject() {
        Some(reject) => report(args, &input, Some(reject)),
        None => diagnostic::failed(&error),
    }
    Exit::InvalidModule
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
    line.text("verdict", verdict)
        .number("offset", reject.offset as u64)
        .number("code", reject.code.number())
        .text("message", &reject.to_string())
}
