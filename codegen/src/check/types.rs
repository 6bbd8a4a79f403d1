//! Whether the columns `type` and `where` name types, functions and immediates that exist.

use super::{Context, place};
use crate::diag::{Diagnostic, did_you_mean};
use crate::model::{Immediate, Op, Origin, TypeItem};

/// Functions from immediates to types, with the kinds of immediates that each argument can be.
const FUNCTIONS: &[(&str, &[&[&str]])] = &[
    ("at", &[&["memory", "table", "memarg", "atomic"]]),
    ("min_at", &[&["memory", "table"], &["memory", "table"]]),
    ("local", &[&["local"]]),
    ("global", &[&["global"]]),
    ("elem", &[&["table", "elem", "type"]]),
    ("elems", &[&["type"], &["u32"]]),
    ("field", &[&["type"], &["field"]]),
    ("fields", &[&["type"]]),
    ("params", &[&["func", "type", "block"]]),
    ("results", &[&["func", "type", "block"]]),
    ("return", &[]),
    ("label", &[&["label"]]),
    ("tag", &[&["tag"]]),
];

/// Conditions, with the number of their arguments.
const PREDICATES: &[(&str, usize)] = &[
    ("mutable", 1),
    ("initialized", 1),
    ("initializes", 1),
    ("declared", 1),
    ("data_count", 0),
    ("sub", 2),
    ("packed", 1),
    ("unpacked", 1),
    ("numeric", 1),
    ("defaultable", 1),
];

pub(super) fn check(context: &mut Context<'_>) {
    for op in context.model.ops.iter().filter(|op| !op.broken) {
        let values = values(context);
        let mut errors = Vec::new();
        for item in op.params().iter().chain(op.results()) {
            errors.extend(check_item(context, op, item, "type", &values));
        }
        for predicate in &op.predicates {
            errors.extend(check_predicate(
                context,
                op,
                &predicate.name,
                predicate.arguments.len(),
            ));
            for item in &predicate.arguments {
                if let TypeItem::Value(name) = item
                    && predicate.name != "sub"
                {
                    let at = place::word(context.tree, op.cell("where"), name);
                    errors.push(no_immediate(op, name, &at));
                    continue;
                }
                errors.extend(check_item(context, op, item, "where", &values));
            }
        }
        if errors.is_empty() {
            errors.extend(arity(op));
            errors.extend(commutes(op));
        }
        context.report.extend(errors);
    }
}

/// Names of value types: numbers, vectors, and `funcref` for the heap type `func`.
fn values(context: &Context<'_>) -> Vec<String> {
    let codes = |key: &str| {
        let group = context
            .model
            .wire
            .groups
            .iter()
            .find(|group| group.key == key);
        group
            .map(|group| group.codes.as_slice())
            .unwrap_or_default()
    };
    let plain = codes("number")
        .iter()
        .chain(codes("vector"))
        .map(|code| code.key.clone());
    plain
        .chain(codes("heap").iter().map(|code| format!("{}ref", code.key)))
        .collect()
}

fn check_item(
    context: &Context<'_>,
    op: &Op,
    item: &TypeItem,
    column: &str,
    values: &[String],
) -> Option<Diagnostic> {
    let at = |word: &str| place::word(context.tree, op.cell(column), word);
    match item {
        TypeItem::Value(name) if values.contains(name) => None,
        TypeItem::Value(name) => Some(no_type(name, &at(name), values)),
        TypeItem::AnyReference => None,
        TypeItem::Reference { heap, .. } => check_heap(context, op, heap, &at(heap)),
        TypeItem::Function { name, arguments }
            if arguments.is_empty() && op.immediate(name).is_some() =>
        {
            None
        }
        TypeItem::Function { name, arguments } => {
            let Some((_, kinds)) = FUNCTIONS.iter().find(|(known, _)| known == name) else {
                return Some(no_type(name, &at(name), values));
            };
            if kinds.len() != arguments.len() {
                let message = format!("`{name}` takes {} immediates", kinds.len());
                return Some(
                    Diagnostic::error(message).at(&at(name), format!("has {}", arguments.len())),
                );
            }
            let mut pairs = arguments.iter().zip(*kinds);
            pairs.find_map(|(argument, kinds)| check_argument(op, argument, kinds, &at(argument)))
        }
    }
}

fn no_type(name: &str, at: &Origin, values: &[String]) -> Diagnostic {
    let functions = || FUNCTIONS.iter().map(|(name, _)| *name);
    let hint = did_you_mean(
        name,
        values.iter().map(String::as_str).chain(functions()),
        "",
    );
    let plain = values
        .iter()
        .filter(|name| !name.ends_with("ref"))
        .cloned()
        .collect::<Vec<_>>()
        .join(" ");
    let functions = functions().collect::<Vec<_>>().join(" ");
    let note = format!("value types are {plain} and references; functions are {functions}");
    Diagnostic::error(format!("no type `{name}`"))
        .at(at, hint)
        .note(note)
}

fn check_argument(op: &Op, name: &str, kinds: &[&str], at: &Origin) -> Option<Diagnostic> {
    match op.immediate(name) {
        None => Some(no_immediate(op, name, at)),
        Some(Immediate { kind, .. }) if kinds.contains(&kind.as_str()) => None,
        Some(Immediate { kind, .. }) => {
            let message = format!("`{name}` is a `{kind}`");
            Some(Diagnostic::error(message).at(at, format!("expected {}", kinds.join(" or "))))
        }
    }
}

fn check_heap(context: &Context<'_>, op: &Op, heap: &str, at: &Origin) -> Option<Diagnostic> {
    let name = heap
        .strip_prefix("top(")
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or(heap);
    let group = context
        .model
        .wire
        .groups
        .iter()
        .find(|group| group.key == "heap");
    let is_abstract = group.is_some_and(|group| group.codes.iter().any(|code| code.key == name));
    if is_abstract && op.immediate(name).is_none() {
        return None;
    }
    check_argument(op, name, &["heap", "type", "func"], at)
}

fn no_immediate(op: &Op, name: &str, at: &Origin) -> Diagnostic {
    let names: Vec<&str> = op
        .immediates
        .iter()
        .map(|immediate| immediate.name.as_str())
        .collect();
    let label = match names.len() {
        0 => "this row has none".to_string(),
        _ => format!("it has {}", names.join(", ")),
    };
    Diagnostic::error(format!("`{}` has no immediate `{name}`", op.key)).at(at, label)
}

fn check_predicate(
    context: &Context<'_>,
    op: &Op,
    name: &str,
    arguments: usize,
) -> Option<Diagnostic> {
    let at = place::word(context.tree, op.cell("where"), name);
    match PREDICATES.iter().find(|(known, _)| *known == name) {
        None => {
            let hint = did_you_mean(name, PREDICATES.iter().map(|(known, _)| *known), "");
            Some(Diagnostic::error(format!("no condition `{name}`")).at(&at, hint))
        }
        Some((_, count)) if *count != arguments => {
            let message = format!("the condition `{name}` takes {count} arguments");
            Some(Diagnostic::error(message).at(&at, format!("has {arguments}")))
        }
        Some(_) => None,
    }
}

/// `do` and `hand` rows become functions: at most four operands, at most one result.
fn arity(op: &Op) -> Option<Diagnostic> {
    op.expression()?;
    let fits = op.params().len() <= 4 && op.results().len() <= 1;
    let single = op
        .params()
        .iter()
        .chain(op.results())
        .all(|item| item.rust().is_some());
    if fits && single {
        return None;
    }
    let message = format!("`do` of `{}` is a function of too many values", op.key);
    let error = Diagnostic::error(message).at(
        op.cell("type"),
        "at most four operands and one result, each one value",
    );
    Some(error.help("use `hand`, or `control` in each engine"))
}

fn commutes(op: &Op) -> Option<Diagnostic> {
    let two_alike = op.params().len() == 2 && op.params()[0] == op.params()[1];
    (op.commutes && !two_alike).then(|| {
        let message = format!("the operands of `{}` cannot be exchanged", op.key);
        Diagnostic::error(message).at(op.cell("type"), "not two of the same type")
    })
}
