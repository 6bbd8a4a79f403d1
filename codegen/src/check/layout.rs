//! Whether the Canonical ABI fits the types, the options and itself.
//!
//! Layouts are numbers that rustc cannot doubt, so this asks what must hold among them: sizes are
//! multiples of alignments, joining two core types loses nothing in either order, discriminants can
//! tell all cases apart. Standard: Component Model, `CanonicalABI.md`.

use super::Context;
use crate::diag::{Diagnostic, did_you_mean};
use crate::model::{Encoding, FlatType, Layout, Measure, Origin, ValueLayout, ValueShape};

/// Types that are not primitive but have a size whatever they are made of.
const DEFINED: &[&str] = &["list", "map", "own", "borrow", "stream", "future"];
/// Bounds that the runtime names.
const BOUNDS: &[&str] = &[
    "flat_params",
    "flat_async_params",
    "flat_results",
    "string_byte_length",
    "list_byte_length",
    "context_words",
];

pub(super) fn check(context: &mut Context<'_>) {
    let layout = &context.model.component.layout;
    flats(context, layout);
    values(context, layout);
    addresses(context, layout);
    let bits = |size: u32| u64::from(size) * 8;
    packing(context, layout, &layout.discriminants, "cases", |size| {
        1u64.checked_shl(bits(size) as u32).unwrap_or(u64::MAX)
    });
    packing(context, layout, &layout.flags, "labels", bits);
    labels(context, layout);
    encodings(context, layout);
    bounds(context, layout);
}

/// Carrying either of two types does not depend on their order, and loses nothing.
fn flats(context: &mut Context<'_>, layout: &Layout) {
    let keys: Vec<&str> = layout.flats.iter().map(|flat| flat.key.as_str()).collect();
    for (place, flat) in layout.flats.iter().enumerate() {
        for (with, join) in flat.joins.iter().filter(|(_, join)| !join.is_empty()) {
            context.all("core type", [join], flat.cell(with), &keys);
        }
        let joined = flat.join(&flat.key);
        if joined.is_some_and(|joined| joined != flat.key && keys.contains(&joined)) {
            let message = format!("`{}` with itself is not `{}`", flat.key, flat.key);
            let at = flat.cell(&flat.key);
            let error = Diagnostic::error(message).at(at, "must be the type itself");
            context.report.push(error);
        }
        for other in &layout.flats[..place] {
            pair(context, layout, other, flat);
        }
    }
}

fn pair(context: &mut Context<'_>, layout: &Layout, one: &FlatType, other: &FlatType) {
    let (Some(forth), Some(back)) = (one.join(&other.key), other.join(&one.key)) else {
        return;
    };
    let Some(join) = layout.flats.iter().find(|flat| flat.key == forth) else {
        return;
    };
    if forth != back {
        let message = format!(
            "`{}` with `{}` is `{forth}`, the other way round `{back}`",
            one.key, other.key
        );
        let error = Diagnostic::error(message).at(other.cell(&one.key), "here");
        context
            .report
            .push(error.with(one.cell(&other.key), "and here"));
    }
    if let Some(wide) = [one, other].into_iter().find(|flat| flat.size > join.size) {
        let message = format!("`{forth}` cannot carry `{}`", wide.key);
        let label = format!("{} bytes", join.size);
        let error = Diagnostic::error(message).at(one.cell(&other.key), label);
        let label = format!("{} bytes", wide.size);
        context.report.push(error.with(wide.cell("size"), label));
    }
}

fn values(context: &mut Context<'_>, layout: &Layout) {
    let component = &context.model.component;
    let rows = |key: &str| {
        let group = component.group(key);
        group.map_or(&[][..], |group| group.rows.as_slice())
    };
    let primitives = rows("primitive").iter();
    let defined = rows("defined_type").iter();
    let types = primitives.chain(defined.filter(|row| DEFINED.contains(&row.key.as_str())));
    let types: Vec<(&str, &Origin)> = types.map(|row| (row.key.as_str(), &row.origin)).collect();
    let laid: Vec<(&str, &Origin)> = layout
        .values
        .iter()
        .map(|value| named(&value.key, &value.origin))
        .collect();
    both_ways(context, "type", "[value]", &types, &laid);
    for value in &layout.values {
        scalar(context, layout, value);
    }
}

fn named<'m>(key: &'m str, origin: &'m Origin) -> (&'m str, &'m Origin) {
    (key, origin)
}

/// Every one has a row, and every row is about one.
fn both_ways(
    context: &mut Context<'_>,
    noun: &str,
    table: &str,
    known: &[(&str, &Origin)],
    rows: &[(&str, &Origin)],
) {
    let keys = || known.iter().map(|(key, _)| *key);
    for (key, origin) in rows {
        if !keys().any(|known| known == *key) {
            let hint = did_you_mean(key, keys(), "not among them");
            let error = Diagnostic::error(format!("no {noun} `{key}`")).at(origin, hint);
            context.report.push(error);
        }
    }
    for (key, origin) in known {
        if !rows.iter().any(|(row, _)| row == key) {
            let message = format!("the {noun} `{key}` has no layout");
            let error = Diagnostic::error(message).at(origin, "this one");
            let help = format!("add a row `{key}` to `{table}` in spec/component/layout.toml");
            context.report.push(error.help(help));
        }
    }
}

fn scalar(context: &mut Context<'_>, layout: &Layout, value: &ValueLayout) {
    let ValueShape::Scalar { size, align, flat } = &value.shape else {
        return;
    };
    let keys: Vec<&str> = layout.flats.iter().map(|flat| flat.key.as_str()).collect();
    if !flat.is_empty() {
        context.all("core type", [flat], value.cell("flat"), &keys);
    }
    aligned(context, &value.key, *align, value.cell("align"));
    if *align > 0 && !size.is_multiple_of(*align) {
        let message = format!("`{}` in a list would not be aligned", value.key);
        let label = format!("not a multiple of {align}");
        let error = Diagnostic::error(message).at(value.cell("size"), label);
        let report = &mut context.report;
        report.push(error.with(value.cell("align"), "the alignment"));
    }
    let carrier = layout.flats.iter().find(|known| known.key == *flat);
    if let Some(carrier) = carrier.filter(|carrier| carrier.size < *size) {
        let message = format!("`{flat}` cannot carry `{}`", value.key);
        let error = Diagnostic::error(message).at(value.cell("size"), format!("{size} bytes"));
        let label = format!("{} bytes", carrier.size);
        context.report.push(error.with(carrier.cell("size"), label));
    }
}

fn aligned(context: &mut Context<'_>, key: &str, align: u32, at: &Origin) {
    if !align.is_power_of_two() {
        let message = format!("`{key}` is aligned to {align} bytes");
        let error = Diagnostic::error(message).at(at, "not a power of two");
        context.report.push(error);
    }
}

/// Address types are core types of the same size.
fn addresses(context: &mut Context<'_>, layout: &Layout) {
    let keys: Vec<&str> = layout.flats.iter().map(|flat| flat.key.as_str()).collect();
    for address in &layout.addresses {
        context.named("core type", &address.key, &address.origin, &keys);
        let flat = layout.flats.iter().find(|flat| flat.key == address.key);
        if let Some(flat) = flat.filter(|flat| u64::from(flat.size) != address.number) {
            let message = format!("`{}` has two sizes", flat.key);
            let label = format!("{} bytes", address.number);
            let error = Diagnostic::error(message).at(&address.cell, label);
            let label = format!("{} bytes", flat.size);
            context.report.push(error.with(flat.cell("size"), label));
        }
    }
}

/// What tells cases or labels apart: values of the table, each with room for more than the one
/// before, and for no more than it can hold.
fn packing(
    context: &mut Context<'_>,
    layout: &Layout,
    rows: &[Measure],
    noun: &str,
    room: impl Fn(u32) -> u64,
) {
    let values: Vec<&str> = layout
        .values
        .iter()
        .map(|value| value.key.as_str())
        .collect();
    for (place, row) in rows.iter().enumerate() {
        context.named("type", &row.key, &row.origin, &values);
        let Some(size) = layout.size(&row.key) else {
            continue;
        };
        if row.number > room(size) {
            let message = format!("`{}` cannot tell {} {noun} apart", row.key, row.number);
            let label = format!("at most {}", room(size));
            let error = Diagnostic::error(message).at(&row.cell, label);
            context.report.push(error);
        }
        let before = rows[..place].last();
        if let Some(before) = before.filter(|before| before.number >= row.number) {
            let message = format!("`{}` is never used for {noun}", row.key);
            let error = Diagnostic::error(message).at(&row.cell, "no room for more");
            let report = &mut context.report;
            report.push(error.with(&before.cell, "than the one before"));
        }
    }
}

/// The last of the flags has room for as many as a type may have.
fn labels(context: &mut Context<'_>, layout: &Layout) {
    let group = context.model.component.group("defined_type");
    let flags = group.and_then(|group| group.rows.iter().find(|row| row.key == "flags"));
    let (Some(flags), Some(last)) = (flags, layout.flags.last()) else {
        return;
    };
    if let Some(most) = flags.bounds.most
        && u64::from(most) != last.number
    {
        let message = format!(
            "flags have {most} labels at most, their layout {}",
            last.number
        );
        let error = Diagnostic::error(message).at(&last.cell, "the most");
        context
            .report
            .push(error.with(flags.cell("most"), "the rule"));
    }
}

fn encodings(context: &mut Context<'_>, layout: &Layout) {
    let group = context.model.component.group("canon_option");
    let options = group.map_or(&[][..], |group| group.rows.as_slice());
    let options = options
        .iter()
        .filter(|row| row.group.as_deref() == Some("string-encoding"));
    let options: Vec<(&str, &Origin)> =
        options.map(|row| (row.key.as_str(), &row.origin)).collect();
    let rows: Vec<(&str, &Origin)> = layout
        .encodings
        .iter()
        .map(|row| named(&row.key, &row.origin))
        .collect();
    both_ways(context, "string encoding", "[encoding]", &options, &rows);
    let keys: Vec<&str> = rows.iter().map(|(key, _)| *key).collect();
    for row in &layout.encodings {
        aligned(context, &row.key, row.align, row.cell("align"));
        context.all("encoding", &row.tagged, row.cell("tagged"), &keys);
        let tagged = layout
            .encodings
            .iter()
            .find(|other| Some(&other.key) == row.tagged.as_ref());
        if let Some(tagged) = tagged {
            fits_tagged(context, row, tagged);
        }
    }
}

/// A string whose length says that it is in another encoding is aligned for it.
fn fits_tagged(context: &mut Context<'_>, row: &Encoding, tagged: &Encoding) {
    if row.align < tagged.align {
        let message = format!(
            "strings in `{}` are not aligned for `{}`",
            row.key, tagged.key
        );
        let error = Diagnostic::error(message).at(row.cell("align"), "less");
        context
            .report
            .push(error.with(tagged.cell("align"), "than this"));
    }
}

fn bounds(context: &mut Context<'_>, layout: &Layout) {
    for bound in &layout.bounds {
        context.named("bound", &bound.key, &bound.origin, BOUNDS);
    }
    let document = layout.bounds.first();
    for key in BOUNDS {
        if !layout.bounds.iter().any(|bound| bound.key == *key)
            && let Some(first) = document
        {
            let message = format!("there is no bound `{key}`");
            let error = Diagnostic::error(message).at(&first.origin, "not among these");
            context
                .report
                .push(error.help(format!("add `{key} = {{ max = … }}`")));
        }
    }
}
