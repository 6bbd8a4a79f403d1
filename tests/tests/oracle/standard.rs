//! Extracts of SpecTec, of the appendix of the standard and of wasmparser's sources.
//!
//! They were made by programs from what others wrote, so that the tables are compared with facts
//! that nobody here typed. They are no part of the project; without them these tests say that they
//! are skipped.

use std::collections::BTreeMap;
use std::fs;

use tabwasm_codegen::model::{Facts, Heap, ImmediateKind, Model, Op, TypeFunction, TypeItem};
use tabwasm_tests::{shared, tables};

use super::{Report, bytes, proposal, reserved};

/// Proposals of the extract that no table mentions: not part of any standard.
const UNKNOWN: &[&str] = &[
    "custom_descriptors",
    "memory_control",
    "shared_everything_threads",
    "stack_switching",
];

#[test]
fn instructions() {
    let Some(rows) = extract("oracle.tsv") else {
        return;
    };
    let model = tables();
    let mut rows: BTreeMap<String, Row> = rows
        .into_iter()
        .map(|row| (row["bytes"].clone(), row))
        .collect();
    let mut report = Report::default();
    for op in &model.ops {
        match rows.remove(&hex(&bytes(op.code))) {
            Some(row) => instruction(&mut report, &model, op, &row),
            None => report.lacks(format!("row `{}` has an opcode that is none", op.key)),
        }
    }
    for (code, proposal) in reserved(&model) {
        let bytes = hex(&bytes(code));
        match rows.remove(&bytes) {
            Some(row) => report.compare(&bytes, "reserved", proposal, &row["proposal"]),
            None => report.lacks(format!("`{proposal}` reserves {bytes}, which is no opcode")),
        }
    }
    for (bytes, row) in rows {
        if !UNKNOWN.contains(&row["proposal"].as_str()) && row["proposal"] != "proposal" {
            report.lacks(format!(
                "no row and no proposal has {bytes} `{}`",
                row["mnemonic"]
            ));
        }
    }
    report.finish(1_500);
}

fn instruction(report: &mut Report, model: &Model, op: &Op, row: &Row) {
    let mut compare = |column: &str, table: &str, oracle: &str| {
        report.compare(&op.key, column, table, oracle);
    };
    let immediates: Vec<&str> = op
        .immediates
        .iter()
        .map(|one| immediate(one.kind))
        .collect();
    compare("key", &op.mnemonic, &row["mnemonic"]);
    compare("imm", &immediates.join(" "), &row["immediates"]);
    compare("file", proposal(model, op), &row["proposal"]);
    let alignment = op
        .immediates
        .iter()
        .find(|one| one.kind == ImmediateKind::MemArg)
        .and_then(|one| one.number);
    let alignment = alignment
        .map(|number| number.to_string())
        .unwrap_or_default();
    compare("imm (alignment)", &alignment, &row["natural_align"]);
    compare("const", flag(op.constant.is_some(), "const"), &row["const"]);
    compare("traps", flag(may_trap(op), "trap"), &row["trap"]);
    if !row["since"].is_empty() {
        let since = model.proposal(op.proposal).since.as_deref();
        compare("since", since.unwrap_or_default(), &row["since"]);
    }
    // Of what is in no standard, the extract has no types.
    if op.signature.is_some() && !row["since"].is_empty() {
        let (params, results) = signature(op);
        let (official_params, official_results) = official(op, row);
        compare("type (params)", &params, &official_params);
        compare("type (results)", &results, &official_results);
    }
}

fn may_trap(op: &Op) -> bool {
    let Facts {
        may_trap,
        loads,
        stores,
        ..
    } = op.facts;
    may_trap || loads || stores || !op.traps.is_empty()
}

/// A kind of immediate as the extract calls it.
fn immediate(kind: ImmediateKind) -> &'static str {
    match kind {
        ImmediateKind::Label => "labelidx",
        ImmediateKind::Labels => "list(labelidx) labelidx",
        ImmediateKind::Local => "localidx",
        ImmediateKind::Global => "globalidx",
        ImmediateKind::Func => "funcidx",
        ImmediateKind::Type => "typeidx",
        ImmediateKind::Table => "tableidx",
        ImmediateKind::Memory => "memidx",
        ImmediateKind::Data => "dataidx",
        ImmediateKind::Elem => "elemidx",
        ImmediateKind::Tag => "tagidx",
        ImmediateKind::Block => "blocktype",
        ImmediateKind::Heap => "heaptype",
        ImmediateKind::ValTypes => "list(valtype)",
        ImmediateKind::Lane => "laneidx",
        ImmediateKind::Lanes => "laneidx[16]",
        ImmediateKind::V128 => "byte[16]",
        ImmediateKind::Field
        | ImmediateKind::Catches
        | ImmediateKind::MemArg
        | ImmediateKind::Atomic
        | ImmediateKind::I32
        | ImmediateKind::I64
        | ImmediateKind::F32
        | ImmediateKind::F64
        | ImmediateKind::U32 => kind.word(),
    }
}

/// The column `type` as the extract writes it.
fn signature(op: &Op) -> (String, String) {
    let write = |items: &[TypeItem]| {
        let words: Vec<String> = items.iter().map(word).collect();
        words.join(" ")
    };
    let params = write(op.params());
    // Where two address types meet, the extract numbers them.
    let params = match params.strip_prefix("at at minat") {
        Some(rest) => format!("at_1 at_2 minat(at_1,at_2){rest}"),
        None => params,
    };
    (params, write(op.results()))
}

fn word(item: &TypeItem) -> String {
    match item {
        TypeItem::Value(value) => value.to_string(),
        TypeItem::AnyReference => "(ref null ht)".to_string(),
        TypeItem::Reference { nullable, heap } => {
            let null = if *nullable { "null " } else { "" };
            match heap {
                Heap::Type(_) => format!("(ref {null}(_IDX x))"),
                Heap::Func(_) => format!("(ref {null}dt)"),
                Heap::Immediate(_) | Heap::Top(_) => format!("(ref {null}ht)"),
                Heap::Abstract(heap) => format!("(ref {null}{heap})"),
            }
        }
        TypeItem::Function { function, .. } => match function {
            TypeFunction::MinAt => "minat",
            TypeFunction::Elem => "rt",
            TypeFunction::Local | TypeFunction::Global => "t",
            TypeFunction::Label | TypeFunction::Return => "t*",
            TypeFunction::Params => "t_1*",
            TypeFunction::Results => "t_2*",
            TypeFunction::At
            | TypeFunction::Elems
            | TypeFunction::Field
            | TypeFunction::Fields
            | TypeFunction::Tag => function.word(),
        }
        .to_string(),
    }
}

/// The type in the extract, without the arbitrary operands around an instruction that never ends.
fn official(op: &Op, row: &Row) -> (String, String) {
    let (params, results) = (row["params"].as_str(), row["results"].as_str());
    if !op
        .signature
        .as_ref()
        .is_some_and(|signature| signature.diverges)
    {
        return (params.to_string(), results.to_string());
    }
    let below = params
        .strip_prefix("t_1*")
        .or_else(|| params.strip_prefix("t_3*"));
    (
        below.unwrap_or("no operands below").trim().to_string(),
        String::new(),
    )
}

#[test]
fn sections() {
    let Some(rows) = extract("spectec-sections.tsv") else {
        return;
    };
    let model = tables();
    let mut report = Report::default();
    for row in &rows {
        let name = row["name"].replace(' ', "_");
        let Some(section) = model.sections.iter().find(|section| section.key == name) else {
            report.lacks(format!("no section `{name}`"));
            continue;
        };
        let order = if section.order == 0 {
            "any".to_string()
        } else {
            section.order.to_string()
        };
        report.compare(&name, "id", &section.id.to_string(), &row["id"]);
        report.compare(&name, "order", &order, &row["order"]);
    }
    report.compare("all", "count", model.sections.len(), rows.len());
    report.finish(27);
}

#[test]
fn types() {
    let Some(rows) = extract("spectec-types.tsv") else {
        return;
    };
    let model = tables();
    let mut report = Report::default();
    for row in rows {
        let Some((group, key)) = code(&row["grammar"], &row["constructor"]) else {
            continue;
        };
        let codes = model
            .wire
            .groups
            .iter()
            .filter(|one| one.key == group)
            .flat_map(|one| &one.codes);
        match codes.into_iter().find(|one| one.key == key) {
            Some(one) => report.compare(&key, group, &hex(&one.code), &row["byte"]),
            None => report.lacks(format!("no `{key}` in [{group}] of types.toml")),
        }
    }
    report.finish(30);
}

/// Group and key in `types.toml` of a production; limits are flags there, and not compared.
fn code(grammar: &str, constructor: &str) -> Option<(&'static str, String)> {
    let first = constructor.split(' ').next()?.to_lowercase();
    Some(match grammar {
        "numtype" => ("number", first),
        "vectype" => ("vector", first),
        "absheaptype" => ("heap", first),
        "reftype" if constructor.contains("NULL") => ("reference", "ref_null".to_string()),
        "reftype" => ("reference", first),
        "mut" if first == "mut" => ("mutability", "variable".to_string()),
        "mut" => ("mutability", "constant".to_string()),
        "packtype" => ("packed", first),
        "comptype" => ("composite", first),
        "subtype" if constructor.contains("FINAL") => ("subtype", "sub_final".to_string()),
        "subtype" | "rectype" => ("subtype", first),
        "tagtype" => ("tag", "exception".to_string()),
        "externtype" if first == "mem" => ("external", "memory".to_string()),
        "externtype" => ("external", first),
        _ => return None,
    })
}

/// A line of an extract, by column.
type Row = BTreeMap<String, String>;

/// The lines of an extract, unless it is absent.
fn extract(name: &str) -> Option<Vec<Row>> {
    let Some(folder) = shared("oracle") else {
        println!(
            "SKIPPED: {name} and {} rows: no folder `shared/oracle` beside the workspace or in \
             TABWASM_SHARED",
            tables().ops.len()
        );
        return None;
    };
    let text = fs::read_to_string(folder.join(name)).expect("the extract can be read");
    let mut lines = text
        .lines()
        .map(|line| line.split('\t').map(str::to_string));
    let head: Vec<String> = lines.next()?.collect();
    Some(
        lines
            .map(|line| head.iter().cloned().zip(line).collect())
            .collect(),
    )
}

fn flag(is: bool, word: &str) -> &str {
    if is { word } else { "" }
}

fn hex(bytes: &[u8]) -> String {
    let words: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    words.join(" ")
}
