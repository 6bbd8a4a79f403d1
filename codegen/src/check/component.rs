//! Whether the tables of the Component Model agree with each other.
//!
//! Keys that cells name must be rows, bytes of alternatives must tell them apart, and each group
//! must have the form that its reader can be made from. What is checked here cannot go wrong in
//! `emit/component`. Standard: Component Model, `Binary.md`.

use super::Context;
use super::place;
use crate::diag::Diagnostic;
use crate::model::{Component, Group, Origin, Production};

pub(super) fn check(context: &mut Context<'_>) {
    let component = &context.model.component;
    references(context, component);
    ids(context, component);
    let sorts = component.sorts.iter();
    codes(
        context,
        sorts.map(|sort| (sort.key.as_str(), sort.code.as_slice(), sort.cell("code"))),
    );
    for group in &component.groups {
        names(context, component, group);
        let rows = group.rows.iter().filter(|row| !row.code.is_empty());
        codes(
            context,
            rows.map(|row| (row.key.as_str(), row.code.as_slice(), row.cell("code"))),
        );
        form(context, group);
        for row in &group.rows {
            parts(context, row);
        }
    }
}

/// Keys that cells name.
fn references(context: &mut Context<'_>, component: &Component) {
    let model = context.model;
    let limits: Vec<&str> = keys(&model.limits, |limit| &limit.key);
    let errors: Vec<&str> = keys(&model.errors, |error| &error.key);
    for sort in &component.sorts {
        context.all("limit", [&sort.limit], sort.cell("limit"), &limits);
        context.all("error", [&sort.error], sort.cell("error"), &errors);
    }
    for group in &component.groups {
        if let Some((error, origin)) = &group.error {
            context.named("error", error, origin, &errors);
        }
        for row in &group.rows {
            context.all("limit", &row.bounds.limit, row.cell("limit"), &limits);
            let groups: Vec<&str> = group
                .rows
                .iter()
                .filter_map(|row| row.group.as_deref())
                .collect();
            context.all("group", &row.needs, row.cell("needs"), &groups);
        }
    }
}

fn keys<T>(rows: &[T], key: impl Fn(&T) -> &String) -> Vec<&str> {
    rows.iter().map(|row| key(row).as_str()).collect()
}

fn ids(context: &mut Context<'_>, component: &Component) {
    for (place, section) in component.sections.iter().enumerate() {
        let before = &component.sections[..place];
        if let Some(first) = before.iter().find(|other| other.id == section.id) {
            let message = format!("section id {} is already `{}`", section.id, first.key);
            let error = Diagnostic::error(message).at(section.cell("id"), "second use");
            context
                .report
                .push(error.with(first.cell("id"), "first use"));
        }
    }
}

/// No code is another one, or the beginning of it.
fn codes<'m>(
    context: &mut Context<'_>,
    rows: impl Iterator<Item = (&'m str, &'m [u8], &'m Origin)>,
) {
    let mut seen: Vec<(&str, &[u8], &Origin)> = Vec::new();
    for (key, code, origin) in rows {
        let clash = |(_, other, _): &&(&str, &[u8], &Origin)| {
            other.starts_with(code) || code.starts_with(other)
        };
        if let Some((first, _, other)) = seen.iter().find(clash) {
            let message = format!("`{key}` begins as `{first}` does");
            let error = Diagnostic::error(message).at(origin, "second use");
            context.report.push(error.with(other, "first use"));
        }
        seen.push((key, code, origin));
    }
}

/// No kind has two meanings.
fn names(context: &mut Context<'_>, component: &Component, group: &Group) {
    let own = (group.key.as_str(), &group.origin);
    let rows = group.rows.iter().map(|row| (row.key.as_str(), &row.origin));
    let sequences = rows.filter(|_| group.is_sequence());
    for (key, origin) in sequences.chain([own]) {
        if let Some(sort) = component.sort_named(key) {
            let error =
                Diagnostic::error(format!("`{key}` is a sort")).at(origin, "no kind of part");
            context.report.push(error.with(&sort.origin, "this one"));
        }
    }
}

/// Whether the columns of a group's rows fit together.
fn form(context: &mut Context<'_>, group: &Group) {
    let report = &mut context.report;
    if group.error.is_none() != group.is_sequence() {
        let message = format!("`{}` has no error for an unknown code", group.key);
        let error = Diagnostic::error(message).at(&group.origin, "not in `[error]` of this file");
        report.push(error.help(format!("add `{} = '…'` below `[error]`", group.key)));
    }
    let others = group.rows.iter().filter(|row| row.code.is_empty());
    for row in others.skip(usize::from(!group.is_sequence())) {
        if !group.is_sequence() {
            let message = format!("`{}` has no `code`", row.key);
            report
                .push(Diagnostic::error(message).at(&row.origin, "one row of a group may lack it"));
        }
    }
    if let (Some(with), Some(without)) = (
        group.rows.iter().find(|row| row.has("defines")),
        group.rows.iter().find(|row| !row.has("defines")),
    ) {
        let message = format!("`{}` does not say what it `defines`", without.key);
        let error = Diagnostic::error(message).at(&without.origin, "in this row");
        report.push(error.with(with.cell("defines"), "but here"));
    }
}

/// Whether the parts of a row have different names, and its bounds are those of a list.
fn parts(context: &mut Context<'_>, row: &Production) {
    let mut names: Vec<&str> = Vec::new();
    for name in row.parts.iter().filter_map(|part| part.name.as_deref()) {
        if names.contains(&name) {
            let at = place::word(context.tree, row.cell("imm"), name);
            let error = Diagnostic::error(format!("two parts are named `{name}`"));
            context.report.push(error.at(&at, "of this row"));
        }
        names.push(name);
    }
    let lists = row.parts.iter().filter(|part| part.is_list()).count();
    if !row.broken && (lists == 1) != row.bounds.limit.is_some() {
        let message = format!(
            "`{}` needs one list and a `limit` for it, or neither",
            row.key
        );
        context
            .report
            .push(Diagnostic::error(message).at(&row.origin, "in this row"));
    }
}
