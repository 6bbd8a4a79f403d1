//! Whether cells and hand-written functions name each other, in both directions.
//!
//! A cell that names no function, a function with another signature than its row asks for, and a
//! function that no row names: rustc would report the first two far from the table, and the last
//! never. Each error points at the cell and at the function.

use super::code::{self, Function};
use super::{Context, modules, place, signature};
use crate::diag::{Diagnostic, did_you_mean, nearest};
use crate::model::{CONTROL, HAND, Immediate, Meaning, NUM, Op, Origin, Unit};
use crate::names;

const RUNTIME: &str = "runtime/src/";
const EXEC: &str = "runtime/src/exec/";
const CHECK: &str = "runtime/src/validate/check.rs";

/// Files of `exec/` that rows do not name functions of.
const NOT_HAND: &[&str] = &["access", "machine", "mod"];

/// What a cell asks for.
struct Wish<'a> {
    op: &'a Op,
    file: String,
    function: String,
    at: Origin,
    kind: FunctionKind,
}

#[derive(Clone, Copy, PartialEq)]
enum FunctionKind {
    Hand,
    Primitive,
    Check,
    Control,
}

pub(super) fn check(context: &mut Context<'_>) {
    let wishes: Vec<Wish<'_>> = context
        .model
        .ops
        .iter()
        .flat_map(|op| wishes(context, op))
        .collect();
    let mut files: Vec<String> = wishes.iter().map(|wish| wish.file.clone()).collect();
    files.extend(hand_files(context));
    files.sort_unstable();
    files.dedup();
    for file in &files {
        let named = wishes.iter().filter(|wish| wish.file == *file);
        match code::functions(context.tree, file) {
            None => context.report.extend(missing(file, named.collect())),
            Some(Err(error)) => context.report.push(error),
            Some(Ok(functions)) => {
                let named: Vec<&Wish<'_>> = named.collect();
                context.report.extend(named.iter().filter_map(|wish| {
                    let rated = context.model.costs.rate(&wish.op.key).is_some();
                    grant(wish, rated, &functions)
                }));
                if context.tree.overlay().is_none() || !file.starts_with(RUNTIME) {
                    context.report.extend(unnamed(file, &functions, &named));
                }
            }
        }
    }
}

/// One error for a file that is not there, at the first row that names a function of it.
fn missing(file: &str, named: Vec<&Wish<'_>>) -> Option<Diagnostic> {
    let first = named.iter().min_by_key(|wish| &wish.at)?;
    let error = Diagnostic::error(format!("there is no file {file}"));
    let names: Vec<&str> = named.iter().map(|wish| wish.function.as_str()).collect();
    let error = error.at(&first.at, format!("`{}` named here", first.function));
    Some(error.help(format!("write it, with {}", names.join(", "))))
}

fn wishes<'a>(context: &Context<'_>, op: &'a Op) -> Vec<Wish<'a>> {
    let wish = |file: String, function: &str, column: &str, kind| Wish {
        op,
        file,
        function: names::function(function),
        at: place::word(context.tree, op.cell(column), function),
        kind,
    };
    let mut wishes = Vec::new();
    match &op.meaning {
        Meaning::Hand { module, function } => {
            wishes.push(wish(
                modules::file(context, op, HAND, module),
                function,
                "hand",
                FunctionKind::Hand,
            ));
        }
        Meaning::Control(function) => wishes.extend(
            CONTROL
                .iter()
                .map(|file| wish(file.to_string(), function, "control", FunctionKind::Control)),
        ),
        Meaning::Do(_) => {}
    }
    for path in &op.facts.primitives {
        if let Some((module, function)) = path.split_once("::") {
            wishes.push(wish(
                modules::file(context, op, NUM, module),
                function,
                "do",
                FunctionKind::Primitive,
            ));
        }
    }
    wishes.extend(
        op.check
            .iter()
            .map(|check| wish(CHECK.to_string(), check, "check", FunctionKind::Check)),
    );
    wishes
}

/// Files with functions that must be named: also those that no row names any more. Under an
/// overlay the runtime may have functions left, as the overlay may remove rows.
fn hand_files(context: &Context<'_>) -> Vec<String> {
    if context.tree.overlay().is_some() {
        let own = context.model.overlays.modules(context.tree).into_iter();
        let own = own.filter(|module| module.site == HAND);
        return own.map(|module| module.file).collect();
    }
    let is_hand = |path: &&str| {
        let name = path.trim_start_matches(EXEC).trim_end_matches(".rs");
        !NOT_HAND.contains(&name)
    };
    let files = context.tree.matching(EXEC, ".rs").map(|(path, _)| path);
    files.filter(is_hand).map(str::to_string).collect()
}

/// What is wrong with the function that a cell names; `rated` if the row has a rate.
fn grant(wish: &Wish<'_>, rated: bool, functions: &[Function]) -> Option<Diagnostic> {
    let Some(function) = functions
        .iter()
        .find(|function| function.name == wish.function)
    else {
        let known = functions.iter().map(|function| function.name.as_str());
        let hint = did_you_mean(&wish.function, known.clone(), "named here");
        let message = format!("no function `{}` in {}", wish.function, wish.file);
        let known = known.collect::<Vec<_>>().join(", ");
        return Some(
            Diagnostic::error(message)
                .at(&wish.at, hint)
                .help(format!("that file has {known}")),
        );
    };
    match wish.kind {
        FunctionKind::Hand if !wish.op.broken && !rated && works(function).is_some() => {
            Some(unpaid(wish, function))
        }
        FunctionKind::Hand
            if !wish.op.broken
                && signature::found(&function.signature) != signature::asked(wish.op, rated) =>
        {
            let module = module(&wish.file);
            let message = format!(
                "`{module}::{}` has another signature than `{}` asks for",
                function.name, wish.op.key
            );
            let error = Diagnostic::error(message).at(&function.origin, "this one");
            let error = error.with(wish.op.cell("type"), "asked for here");
            Some(error.help(format!(
                "write `{}`",
                signature::expected(wish.op, rated, &function.name)
            )))
        }
        FunctionKind::Primitive if !function.inlined => {
            let message = format!(
                "the primitive `{}` is not `#[inline(always)]`",
                function.name
            );
            let error =
                Diagnostic::error(message).at(&function.name_origin, "called by every engine");
            Some(
                error
                    .with(&wish.at, "named here")
                    .help("put `#[inline(always)]` before it"),
            )
        }
        _ => None,
    }
}

/// What tells that a function's work depends on an operand.
fn works(function: &Function) -> Option<String> {
    let rate = signature::takes_rate(&function.signature);
    let counted = signature::counts(&function.signature);
    counted.or_else(|| rate.then(|| "rate".to_string()))
}

/// A row whose function does work that nobody pays for.
fn unpaid(wish: &Wish<'_>, function: &Function) -> Diagnostic {
    let key = &wish.op.key;
    let error = Diagnostic::error(format!(
        "`{key}` has no rate, but its work depends on an operand"
    ));
    let by = works(function).unwrap_or_default();
    let error = error
        .at(&wish.op.origin, "every count costs the same")
        .with(&function.origin, format!("takes `{by}`"));
    let unit = Unit::OF_OPERANDS.iter().find(|unit| {
        let is_object = |it: &Immediate| Some(it.kind) == unit.object();
        wish.op.immediates.iter().any(is_object)
    });
    let unit = unit.copied().unwrap_or(Unit::Bytes);
    error.help(format!(
        "write `{key} = {{ {unit} = … }}` under `[rate]` of spec/costs.toml"
    ))
}

/// Functions that should be named by a row.
fn unnamed(file: &str, functions: &[Function], named: &[&Wish<'_>]) -> Vec<Diagnostic> {
    let must = |function: &&Function| {
        let always = file == CHECK || CONTROL.contains(&file);
        always || signature::takes_machine(&function.signature)
    };
    let left = functions.iter().filter(must);
    let names = || functions.iter().map(|function| function.name.as_str());
    let meant = |wish: &Wish<'_>| nearest(&wish.function, names());
    let left =
        left.filter(|function| !named.iter().any(|wish| meant(wish) == Some(&function.name)));
    left.map(|function| {
        let module = module(file);
        let message = format!("`{module}::{}` is named by no row", function.name);
        let error =
            Diagnostic::error(message).at(&function.name_origin, "not used by any instruction");
        error.help("name it in a row, make it private, or delete it")
    })
    .collect()
}

/// Path of a file's module within the crate.
fn module(file: &str) -> String {
    file.trim_start_matches(RUNTIME)
        .trim_end_matches(".rs")
        .replace('/', "::")
}
