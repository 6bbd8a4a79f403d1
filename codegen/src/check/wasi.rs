//! Whether types and functions of WASI fit together.
//!
//! The standard numbers values by their order, so a row that is missing, twice there or in the
//! wrong place is found by its number. Names must be different and names of Rust, and `do` cells
//! name nothing but what a function is given. Standard: `witx.md`.

use super::{Context, place};
use crate::diag::{Diagnostic, did_you_mean};
use crate::model::Origin;
use crate::model::wasi::{Errno, Field, Function, Integer, Member, Shape, Type, Wasi};
use crate::names;
use syn::Ident;

/// The constant for the size of a type.
const BYTES: &str = "bytes";

/// What `do` can name beside the parameters.
const GIVEN: [&str; 2] = ["ctx", "guest"];

pub(super) fn check(context: &mut Context<'_>) {
    let wasi = &context.model.wasi;
    for ty in &wasi.types {
        name(context, &ty.key, &ty.name, &ty.origin);
        match &ty.shape {
            Shape::Is(_) => {}
            Shape::Enum {
                repr,
                success,
                members,
            } => {
                numbers(context, ty, members, "number", greatest(*repr));
                of_old_guests(context, ty, members);
                if let Some(success) = success {
                    succeeds(context, ty, members, success);
                }
            }
            Shape::Flags { repr, members } => {
                let last = u64::from(repr.size()) * 8 - 1;
                numbers(context, ty, members, "bit", last);
            }
            Shape::Record(fields) => {
                let names = fields.iter().map(|field| (&*field.name, &field.origin));
                once(context, "fields", names);
                if let Some(field) = fields.iter().find(|field| field.name == BYTES) {
                    let error = Diagnostic::error(format!("a field is named `{BYTES}`"));
                    let label = "so is the size of the record, in Rust";
                    context.report.push(error.at(&field.origin, label));
                }
            }
            Shape::Union { tag, cases } => union(context, ty, wasi.get(*tag), cases),
        }
    }
    for limit in &wasi.limits {
        if u32::try_from(limit.number).is_err() {
            let error = Diagnostic::error(format!("the limit `{}` has no room", limit.key));
            context
                .report
                .push(error.at(&limit.cell, "at most 2^32 - 1"));
        }
    }
    reasons(context, wasi);
    for function in wasi.functions.iter().filter(|function| !function.broken) {
        names_of(context, wasi, function);
        answer(context, wasi, function);
        fails(context, wasi, function);
    }
}

/// Numbers for old guests are those of the values, in another order.
fn of_old_guests(context: &mut Context<'_>, ty: &Type, members: &[Member]) {
    let mut seen: Vec<&Member> = Vec::new();
    let number = |member: &Member| member.unstable.unwrap_or(member.number);
    for member in members {
        let first = seen.iter().find(|other| number(other) == number(member));
        if let Some(first) = first {
            let message = format!(
                "two values of `{}` are {} for old guests",
                ty.key,
                number(member)
            );
            let error = Diagnostic::error(message).at(&member.origin, "second one");
            context.report.push(error.with(&first.origin, "first one"));
        }
        if number(member) >= members.len() as u64 {
            let message = format!("`{}` has no value {}", ty.key, number(member));
            let last = members.len() - 1;
            let error = Diagnostic::error(message).at(&member.origin, format!("at most {last}"));
            context.report.push(error);
        }
        seen.push(member);
    }
}

/// Reasons name values of the type that says why a function failed, and functions name each.
fn reasons(context: &mut Context<'_>, wasi: &Wasi) {
    for (place, reason) in wasi.reasons.iter().enumerate() {
        name(context, &reason.key, &reason.key, &reason.origin);
        let errnos = reason.errnos.iter();
        once(
            context,
            "errors",
            errnos.map(|one| (&*one.key, &one.origin)),
        );
        for Errno { key, origin } in &reason.errnos {
            let members = wasi.errno().map_or(&[][..], |ty| ty.shape.members());
            // The first one says that a function did not fail.
            let keys = members.iter().skip(1).map(|member| member.key.as_str());
            if !keys.clone().any(|known| known == key) {
                let hint = did_you_mean(key, keys, "no error");
                let error = Diagnostic::error(format!("no error `{key}`"));
                context.report.push(error.at(origin, hint));
            }
        }
        let named = wasi.functions.iter().flat_map(|function| &function.reasons);
        if !named.into_iter().any(|(id, _)| id.0 == place) {
            let error = Diagnostic::error(format!("no function fails because of `{}`", reason.key));
            let error = error.at(&reason.origin, "in this row");
            let help = "name it in the column `errno` of a function, or delete the row";
            context.report.push(error.help(help));
        }
    }
}

/// A function names each reason once, and none if it does not return.
fn fails(context: &mut Context<'_>, wasi: &Wasi, function: &Function) {
    let named = function.reasons.iter();
    once(
        context,
        "reasons",
        named.map(|(id, origin)| (&*wasi.reason(*id).key, origin)),
    );
    if let (None, Some((_, origin))) = (&function.results, function.reasons.first()) {
        let error = Diagnostic::error(format!("`{}` does not return", function.key));
        context.report.push(error.at(origin, "tells nobody"));
    }
}

const fn greatest(repr: Integer) -> u64 {
    match repr {
        Integer::U8 => u8::MAX as u64,
        Integer::U16 => u16::MAX as u64,
        Integer::U32 => u32::MAX as u64,
        Integer::U64 | Integer::S64 => u64::MAX,
    }
}

/// A key that no name of Rust can be made of needs another name.
fn name(context: &mut Context<'_>, key: &str, name: &str, origin: &Origin) {
    if syn::parse_str::<Ident>(&names::variant(name)).is_err() {
        let error = Diagnostic::error(format!("`{key}` becomes no name of Rust"));
        let error = error.at(origin, "in this row");
        context.report.push(error.help("add `name = '…'`"));
    }
}

/// Values have the numbers 0, 1, 2 …, up to the last that the representation has room for.
fn numbers(context: &mut Context<'_>, ty: &Type, members: &[Member], column: &str, last: u64) {
    for (expected, member) in (0..).zip(members) {
        name(context, &member.key, &member.name, &member.origin);
        if member.number != expected {
            let message = format!(
                "`{}` has {column} {}, but place {expected} in `{}`",
                member.key, member.number, ty.key
            );
            let error = Diagnostic::error(message).at(&member.cell, "numbered in order, from 0");
            return context.report.push(error);
        }
        if member.number > last {
            let message = format!("`{}` has no room for `{}`", ty.key, member.key);
            let error = Diagnostic::error(message).at(&member.cell, format!("at most {last}"));
            let column = match ty.shape {
                Shape::Flags { .. } => "flags",
                _ => "enum",
            };
            return context
                .report
                .push(error.with(ty.cell(column), "represented so"));
        }
    }
}

/// What says that a function did not fail is a value, and 0, as all programs take it.
fn succeeds(context: &mut Context<'_>, ty: &Type, members: &[Member], success: &str) {
    let keys: Vec<&str> = members.iter().map(|member| member.key.as_str()).collect();
    let cell = ty.cell("success");
    match members.iter().find(|member| member.key == success) {
        None => {
            let hint = did_you_mean(success, keys, "not among its values");
            let error = Diagnostic::error(format!("`{}` has no value `{success}`", ty.key));
            context.report.push(error.at(cell, hint));
        }
        Some(member) if member.number != 0 => {
            let error = Diagnostic::error(format!("`{success}` is not 0"));
            let error = error.at(cell, "what is returned on success");
            context.report.push(error.with(&member.cell, "its number"));
        }
        Some(_) => {}
    }
}

/// A union has a case for each value of its tag, in their order.
fn union(context: &mut Context<'_>, ty: &Type, tag: &Type, cases: &[Field]) {
    let values = tag.shape.members();
    for (case, value) in cases.iter().zip(values) {
        if case.name != value.key {
            let message = format!("`{}` is not the next value of `{}`", case.name, tag.key);
            let label = format!("`{}` comes here", value.key);
            let error = Diagnostic::error(message).at(&case.origin, label);
            return context.report.push(error.with(&value.origin, "this one"));
        }
    }
    if let Some(case) = cases.get(values.len()) {
        let error = Diagnostic::error(format!("`{}` has no value `{}`", tag.key, case.name));
        context
            .report
            .push(error.at(&case.origin, "one case too many"));
    }
    if let Some(value) = values.get(cases.len()) {
        let error = Diagnostic::error(format!("`{}` has no case `{}`", ty.key, value.key));
        let error = error.at(ty.cell("union"), "ends too early");
        context.report.push(error.with(&value.origin, "this value"));
    }
}

fn once<'m>(
    context: &mut Context<'_>,
    what: &str,
    names: impl Iterator<Item = (&'m str, &'m Origin)>,
) {
    let mut seen: Vec<(&str, &Origin)> = Vec::new();
    for (name, origin) in names {
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == name) {
            let error = Diagnostic::error(format!("two {what} are named `{name}`"));
            let error = error.at(origin, "second one").with(first, "first one");
            context.report.push(error);
        }
        seen.push((name, origin));
    }
}

/// Core parameters have different names, and none that `do` needs for something else.
fn names_of(context: &mut Context<'_>, wasi: &Wasi, function: &Function) {
    let fields = || {
        let results = function.results.iter().flatten();
        function.params.iter().chain(results)
    };
    once(
        context,
        "parameters",
        fields().map(|field| (&*field.name, &field.origin)),
    );
    if let Some(field) = fields().find(|field| GIVEN.contains(&&*field.name)) {
        let error = Diagnostic::error(format!("a parameter is named `{}`", field.name));
        let label = "in `do`, this is something else";
        context.report.push(error.at(&field.origin, label));
    }
    let core = wasi.core(function);
    let clash = fields().find(|field| {
        let same = core.iter().filter(|(name, _)| *name == field.name);
        same.count() > 1 && fields().filter(|other| other.name == field.name).count() == 1
    });
    if let Some(field) = clash {
        let message = format!("`{}` is also the length of another parameter", field.name);
        let error = Diagnostic::error(message).at(&field.origin, "needs another name");
        context.report.push(error);
    }
}

/// `do` names parameters, and what it is given.
fn answer(context: &mut Context<'_>, wasi: &Wasi, function: &Function) {
    let Some(answer) = &function.answer else {
        return;
    };
    let core = wasi.core(function);
    let given = GIVEN.iter().filter(|_| function.results.is_some());
    let given = given.map(|word| word.to_string());
    let params = core.iter().map(|(name, _)| names::function(name));
    let known: Vec<String> = given.chain(params).collect();
    for word in answer.names.iter().filter(|word| !known.contains(word)) {
        let at = place::word(context.tree, function.cell("do"), word);
        let keys = known.iter().map(String::as_str);
        let hint = did_you_mean(word, keys, "no parameter");
        let error = Diagnostic::error(format!("`{}` has no `{word}`", function.key));
        let help = match known.as_slice() {
            [] => "it has no parameters".to_string(),
            known => format!("it has {}", known.join(", ")),
        };
        context.report.push(error.at(&at, hint).help(help));
    }
}
