//! Results for people and for programs: a table of medians and ratios, or one JSON object.
//!
//! Ratios are taken within a round and then averaged, since times of different rounds on a shared
//! machine cannot be compared. What was built is said, too: engines, features, and the library.

use std::fmt::Write;

use crate::library::Library;
use crate::measure::{Cell, Comparison, Results, Row};

/// The version of the JSON object.
const SCHEMA: u32 = 2;

/// The width of a column, if its head is not wider.
const WIDTH: usize = 12;

/// A table of medians and ratios; the means follow, the one over wasmi last, and then the library.
pub fn text(results: &Results, library: &Library) -> String {
    let comparisons = results.comparisons();
    let titles = results.engines.iter().map(|engine| engine.title());
    let heads = comparisons.iter().map(|&both| head(results, both));
    let heads: Vec<String> = titles.chain(heads).collect();
    let mut out = String::new();
    line(&mut out, "kernel", &heads, heads.iter().map(String::as_str));
    for row in &results.rows {
        let times = row.cells.iter().map(time);
        let ratios = comparisons.iter().map(|&both| ratio(row.speedup(both)));
        let cells: Vec<String> = times.chain(ratios).collect();
        line(
            &mut out,
            row.kernel.name,
            &heads,
            cells.iter().map(String::as_str),
        );
    }
    for row in &results.rows {
        for (engine, cell) in results.engines.iter().zip(&row.cells) {
            if let Some(failure) = &cell.failure {
                let (kernel, engine) = (row.kernel.name, engine.title());
                writeln!(out, "failed: {kernel} on {engine}: {failure}").expect("a string grows");
            }
        }
    }
    writeln!(out, "medians of {} rounds", results.rounds).expect("a string grows");
    let apart = results.rows.iter().filter(|row| row.kernel.stands_apart());
    for row in apart {
        writeln!(out, "not in the means: {}", row.kernel.name).expect("a string grows");
    }
    for both in comparisons {
        if let Some(mean) = results.mean_speedup(both) {
            writeln!(out, "geomean {}: {mean:.2}", head(results, both)).expect("a string grows");
        }
    }
    write!(out, "{library}").expect("a string grows");
    out
}

/// `vs wasmi`, or `tabwasm-fuel vs wasmi-fuel` if there are several of ours.
fn head(results: &Results, both: Comparison) -> String {
    let [ours, theirs] = [both.ours, both.theirs].map(|column| results.engines[column].name);
    let all = results.engines.iter().filter(|engine| engine.is_ours());
    match all.count() {
        1 => format!("vs {theirs}"),
        _ => format!("{ours} vs {theirs}"),
    }
}

fn line<'a>(out: &mut String, name: &str, heads: &[String], cells: impl Iterator<Item = &'a str>) {
    write!(out, "{name:<12}").expect("a string grows");
    for (head, cell) in heads.iter().zip(cells) {
        let width = head.len().max(WIDTH);
        write!(out, "  {cell:>width$}").expect("a string grows");
    }
    out.push('\n');
}

fn time(cell: &Cell) -> String {
    match (cell.median(), &cell.failure) {
        (_, Some(_)) => "failed".into(),
        (Some(seconds), None) => format!("{:.2} ms", seconds * 1e3),
        (None, None) => "-".into(),
    }
}

fn ratio(ratio: Option<f64>) -> String {
    ratio.map_or("-".into(), |ratio| format!("{ratio:.2}"))
}

/// One object with every sample, and the ratios.
pub fn json(results: &Results, library: &Library) -> String {
    let engines = results.engines.iter().map(|engine| {
        let (name, title, version) = (engine.name, engine.title(), engine.version());
        format!("{{\"name\":\"{name}\",\"title\":\"{title}\",\"version\":\"{version}\"}}")
    });
    let ratios = results.comparisons().into_iter();
    let ratios = ratios.map(|both| json_ratios(results, both));
    let rows = results.rows.iter().map(|row| json_row(results, row));
    format!(
        "{{\"schema\":{SCHEMA},\"library\":{},\"rounds\":{},\"engines\":[{}],\"ratios\":[{}],\"kernels\":[{}]}}",
        library.json(),
        results.rounds,
        join(engines),
        join(ratios),
        join(rows)
    )
}

fn json_ratios(results: &Results, both: Comparison) -> String {
    let [ours, theirs] = [both.ours, both.theirs].map(|column| results.engines[column].name);
    let rows = results.rows.iter().filter_map(|row| {
        let ratio = row.speedup(both)?;
        Some(format!("\"{}\":{ratio:.4}", row.kernel.name))
    });
    let mean = results.mean_speedup(both);
    let mean = mean.map_or("null".into(), |mean| format!("{mean:.4}"));
    format!(
        "{{\"ours\":\"{ours}\",\"theirs\":\"{theirs}\",\"geomean\":{mean},\"kernels\":{{{}}}}}",
        join(rows)
    )
}

fn json_row(results: &Results, row: &Row) -> String {
    let cells = results.engines.iter().zip(&row.cells);
    let cells = cells.map(|(engine, cell)| format!("\"{}\":{}", engine.name, json_cell(cell)));
    let (name, n, apart) = (row.kernel.name, row.kernel.n, row.kernel.stands_apart());
    format!(
        "{{\"name\":\"{name}\",\"n\":{n},\"apart\":{apart},\"seconds\":{{{}}}}}",
        join(cells)
    )
}

fn json_cell(cell: &Cell) -> String {
    format!("[{}]", join(cell.seconds.iter().map(|s| format!("{s:.7}"))))
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(",")
}
