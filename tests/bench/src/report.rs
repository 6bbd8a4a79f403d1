//! Results for people and for programs: a table of medians and ratios, or one JSON object.
//!
//! Ratios are taken within a round and then averaged, since times of different rounds on a shared
//! machine cannot be compared.

use std::fmt::Write;

use crate::measure::{Cell, Results, Row};

/// A table of medians and ratios; the last line is the geometric mean over wasmi.
pub fn text(results: &Results) -> String {
    let mut out = format!("{:<12}", "kernel");
    for engine in &results.engines {
        write!(out, "{:>14}", engine.title).expect("a string grows");
    }
    let peers = peers(results);
    for &column in &peers {
        write!(
            out,
            "{:>16}",
            format!("vs {}", results.engines[column].name)
        )
        .expect("grows");
    }
    out.push('\n');
    for row in &results.rows {
        line(&mut out, results, row, &peers);
    }
    for row in &results.rows {
        for (engine, cell) in results.engines.iter().zip(&row.cells) {
            if let Some(failure) = &cell.failure {
                writeln!(
                    out,
                    "failed: {} on {}: {failure}",
                    row.kernel.name, engine.title
                )
                .expect("a string grows");
            }
        }
    }
    writeln!(out, "medians of {} rounds", results.rounds).expect("a string grows");
    for column in peers {
        if let Some(mean) = results.mean_speedup(column) {
            writeln!(
                out,
                "geomean vs {}: {mean:.2}",
                results.engines[column].title
            )
            .expect("a string grows");
        }
    }
    out
}

/// The columns to compare ours with; none if ours did not run.
fn peers(results: &Results) -> Vec<usize> {
    let Some(ours) = results.ours() else {
        return Vec::new();
    };
    (0..results.engines.len())
        .filter(|&column| column != ours)
        .collect()
}

fn line(out: &mut String, results: &Results, row: &Row, peers: &[usize]) {
    write!(out, "{:<12}", row.kernel.name).expect("a string grows");
    for cell in &row.cells {
        let time = cell
            .median()
            .map_or("failed".into(), |s| format!("{:.2} ms", s * 1e3));
        write!(out, "{time:>14}").expect("a string grows");
    }
    for &column in peers {
        let ratio = results
            .speedup(row, column)
            .map_or("-".into(), |r| format!("{r:.2}"));
        write!(out, "{ratio:>16}").expect("a string grows");
    }
    out.push('\n');
}

/// One object with every sample.
pub fn json(results: &Results) -> String {
    let rows: Vec<String> = results
        .rows
        .iter()
        .map(|row| json_row(results, row))
        .collect();
    let means: Vec<String> = peers(results)
        .into_iter()
        .filter_map(|column| {
            let mean = results.mean_speedup(column)?;
            Some(format!("\"{}\":{mean:.4}", results.engines[column].name))
        })
        .collect();
    format!(
        "{{\"schema\":1,\"rounds\":{},\"geomean\":{{{}}},\"kernels\":[{}]}}",
        results.rounds,
        means.join(","),
        rows.join(",")
    )
}

fn json_row(results: &Results, row: &Row) -> String {
    let cells: Vec<String> = results
        .engines
        .iter()
        .zip(&row.cells)
        .map(|(engine, cell)| format!("\"{}\":{}", engine.name, json_cell(cell)))
        .collect();
    let kernel = row.kernel;
    format!(
        "{{\"name\":\"{}\",\"n\":{},\"seconds\":{{{}}}}}",
        kernel.name,
        kernel.n,
        cells.join(",")
    )
}

fn json_cell(cell: &Cell) -> String {
    let samples: Vec<String> = cell.seconds.iter().map(|s| format!("{s:.7}")).collect();
    format!("[{}]", samples.join(","))
}
