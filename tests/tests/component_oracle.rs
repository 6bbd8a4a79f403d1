//! The tables of the Component Model against productions extracted from `Binary.md`.
//!
//! The extract is no part of the project; without it this test says that it is skipped. Compared
//! are the bytes of each production, its word, its parts and its gate. What the extract does not
//! have is listed here, so that nothing stays unlooked at by accident.

use std::collections::BTreeMap;
use std::fs;

use tabwasm_codegen::model::{Around, Component, Model, Part, Production, ProposalId};
use tabwasm_tests::{shared, tables};

/// Nonterminals of the extract, and the groups that they are here.
const GROUPS: &[(&str, &str)] = &[
    ("core:instanceexpr", "core_instance_expression"),
    ("instanceexpr", "instance_expression"),
    ("core:deftype", "core_definition"),
    ("core:moduletype", "core_definition"),
    ("core:moduledecl", "module_declarator"),
    ("core:alias", "core_alias_target"),
    ("primvaltype", "primitive"),
    ("defvaltype", "defined_type"),
    ("resourcetype", "defined_type"),
    ("functype", "defined_type"),
    ("componenttype", "defined_type"),
    ("instancetype", "defined_type"),
    ("resultlist", "result_list"),
    ("componentdecl", "declarator"),
    ("instancedecl", "declarator"),
    ("externtype", "extern_type"),
    ("typebound", "type_bound"),
    ("valuebound", "value_bound"),
    ("canon", "canon"),
    ("canonopt", "canon_option"),
    ("nameattributes", "extern_name"),
    ("attribute", "attribute"),
];

/// Rows that the extract lacks: the first is a rule without a terminal, the next are written as
/// prose, the last two are newer.
const ABSENT: &[&str] = &[
    "primitive",
    "group",
    "export",
    "core_export",
    "outer",
    "component",
    "sort",
    "stream.forward",
    "future.forward",
];

#[test]
fn productions() {
    let Some(rows) = extract() else { return };
    let model = tables();
    let component = &model.component;
    let mut report = Report::default();
    for row in &rows {
        match row["nonterminal"].as_str() {
            "section" => section(&mut report, &model, row),
            "sort" | "core:sort" => sort(&mut report, &model, row),
            other => {
                if let Some((_, group)) = GROUPS.iter().find(|(name, _)| *name == other) {
                    production(&mut report, &model, group, row);
                }
            }
        }
    }
    let absent = |row: &&Production| !report.seen.contains(&row.origin.start.to_string());
    let groups = component.groups.iter().filter(|group| !group.is_sequence());
    for row in groups.flat_map(|group| &group.rows).filter(absent) {
        if !ABSENT.contains(&row.key.as_str()) {
            report
                .wrong
                .push(format!("row `{}` is in no production", row.key));
        }
    }
    println!("{} facts compared", report.compared);
    assert!(report.wrong.is_empty(), "{}", report.wrong.join("\n"));
    assert!(
        report.compared >= 450,
        "only {} facts compared",
        report.compared
    );
}

fn section(report: &mut Report, model: &Model, row: &Row) {
    let component = &model.component;
    let section = component
        .sections
        .iter()
        .find(|section| section.id.to_string() == row["tag"]);
    let Some(section) = section else {
        return report.wrong.push(format!("no section {}", row["tag"]));
    };
    let body = section.body.replace("list<", "vec(<").replace('>', ">)");
    let body = if body.contains('(') {
        body
    } else {
        format!("<{body}>")
    };
    report.compare(&section.key, "body", &body, &row["constructor"]);
    report.compare(
        &section.key,
        "proposal",
        gate(model, section.proposal),
        &row["gates"],
    );
}

fn sort(report: &mut Report, model: &Model, row: &Row) {
    let component = &model.component;
    let code = bytes(&row["tag"]);
    if row["constructor"] == "core cs" {
        let all = component
            .sorts
            .iter()
            .filter(|sort| sort.key.starts_with("core_"));
        return all.for_each(|sort| {
            report.compare(
                &sort.key,
                "code",
                &format!("{:02X?}", &sort.code[..1]),
                &format!("{code:02X?}"),
            );
        });
    }
    let prefix = if row["nonterminal"] == "sort" {
        ""
    } else {
        "core_"
    };
    let key = format!("{prefix}{}", row["constructor"]);
    let Some(sort) = component.sort_named(&key) else {
        return report.wrong.push(format!("no sort `{key}`"));
    };
    let skip = usize::from(!prefix.is_empty());
    report.compare(
        &key,
        "code",
        &format!("{:02X?}", &sort.code[skip..]),
        &format!("{code:02X?}"),
    );
    report.compare(&key, "proposal", gate(model, sort.proposal), &row["gates"]);
}

fn production(report: &mut Report, model: &Model, group: &str, row: &Row) {
    let component = &model.component;
    let mut code = bytes(&row["tag"]);
    match row["nonterminal"].as_str() {
        // Here `0x00` says that what follows is a core type, which begins with `0x50`.
        "core:deftype" => code.truncate(1),
        // The sort of types, which is read as a sort.
        "core:alias" => drop(code.remove(0)),
        _ => {}
    }
    // What was a flag until cm#716 is a zero.
    let cancel = row["fields"].starts_with("cancel?");
    if cancel {
        code.push(0);
    }
    let rows = component
        .group(group)
        .map(|group| &group.rows)
        .into_iter()
        .flatten();
    let Some(ours) = rows.into_iter().find(|ours| ours.code == code) else {
        return report
            .wrong
            .push(format!("no row of `{group}` begins with {code:02X?}"));
    };
    report.seen.push(ours.origin.start.to_string());
    report.compare(
        &ours.key,
        "code",
        &format!("{:02X?}", ours.code),
        &format!("{code:02X?}"),
    );
    if let Some(word) = word(row) {
        let matches = word.starts_with(ours.spelling());
        report.compare(
            &ours.key,
            "key",
            if matches { &word } else { ours.spelling() },
            &word,
        );
    }
    let parts: Vec<String> = ours
        .parts
        .iter()
        .map(|part| kind(component, ours, part))
        .collect();
    report.compare(&ours.key, "imm", &parts.join(" "), &kinds(row));
    // A name has attributes when either of the two gates is open; each attribute has its own.
    // That functions can be async is said in prose.
    if row["nonterminal"] != "nameattributes" && ours.key != "async_func" {
        report.compare(
            &ours.key,
            "proposal",
            gate(model, ours.proposal),
            &row["gates"],
        );
    }
}

/// The word of a constructor, where the extract has one.
fn word(row: &Row) -> Option<String> {
    let nonterminal = row["nonterminal"].as_str();
    if nonterminal == "nameattributes"
        || nonterminal == "resultlist"
        || nonterminal.ends_with("decl")
        || ["e*", "t"].contains(&row["constructor"].as_str())
    {
        return None;
    }
    let word = row["constructor"].trim_start_matches('(');
    let word = word
        .trim_start_matches("canon ")
        .trim_start_matches("alias ");
    let word = word.trim_start_matches("string-encoding=");
    // Renamed since.
    Some(word.replace("versionsuffix", "version-suffix"))
}

/// The kinds of a production's parts as the extract writes them.
fn kinds(row: &Row) -> String {
    let fields = row["fields"].split_whitespace();
    let mut kinds: Vec<String> = fields
        .filter_map(|field| Some(field.split_once(':')?.1.replace(['<', '>'], "")))
        .filter(|kind| kind != "cancel?")
        .collect();
    // A name is written as its length and its bytes where its grammar is said.
    if row["fields"].starts_with("len:") {
        kinds.splice(..2, ["name".to_string()]);
    }
    kinds.join(" ")
}

/// The kind of a part as the extract calls it.
fn kind(component: &Component, row: &Production, part: &Part) -> String {
    let own = component.word(&part.kind);
    let word = match own {
        "field" => "labelvaltype",
        "label" => "labellit",
        "positive" => "u32",
        "options" => "opts",
        "result_list" => "resultlist",
        "type_bound" => "typebound",
        "value_bound" => "valuebound",
        "core_valtype" => "core:valtype",
        "async" => "async?",
        "shared" => "sh?",
        "core_argument" => "core:instantiatearg",
        "argument" => "instantiatearg",
        "core_inline_export" => "core:inlineexport",
        "inline_export" => "inlineexport",
        "core_module" => "moduleidx",
        "core_import" => "core:import",
        "core_definition" => "core:type",
        "core_alias" => "core:alias",
        "defined_type" => "type",
        "import" => "importdecl",
        "extern_name" | "core_extern_type" => return declared(row, own),
        "extern_type" => return String::new(),
        "declarators" => {
            return match row.key.as_str() {
                "component" => "vec(componentdecl)".to_string(),
                "instance" => "vec(instancedecl)".to_string(),
                _ => "vec(core:moduledecl)".to_string(),
            };
        }
        "core_group" => return "vec(core:typeidx) core:comptype".to_string(),
        "name" if row.key == "export" => return declared(row, own),
        "type" | "func" | "component" | "instance" | "value" => &format!("{own}idx"),
        core if core.starts_with("core_") => &format!("core:{}idx", &core["core_".len()..]),
        other => other,
    };
    match part.around {
        Some(Around::List) if word == "labelvaltype" && row.key.ends_with("func") => {
            "paramlist".into()
        }
        Some(Around::List) => format!("vec({word})"),
        Some(Around::Option) => format!("{word}?"),
        None => word.to_string(),
    }
}

/// The parts of an export declarator have a nonterminal of their own in the extract.
fn declared(row: &Production, kind: &str) -> String {
    let core = kind == "name" || kind == "core_extern_type";
    match (row.key.as_str(), kind) {
        ("export", "core_extern_type") => String::new(),
        ("export", _) if core => "core:exportdecl".to_string(),
        _ => "exportdecl".to_string(),
    }
}

/// The gate as the extract calls it.
fn gate(model: &Model, proposal: Option<ProposalId>) -> &str {
    let key = proposal.map(|id| model.proposal(id).key.as_str());
    match key.map(|key| key.trim_start_matches("component_model_")) {
        None => "",
        Some("error_context") => "error-context",
        Some("fixed_length_lists") => "fixed-length-lists",
        Some("canonical_names") => "canon-names",
        Some("shared_threads") => "threading,threading-2",
        Some(other) => other,
    }
}

fn bytes(tag: &str) -> Vec<u8> {
    let byte = |word: &str| u8::from_str_radix(word.trim_start_matches("0x"), 16).ok();
    tag.split(' ').filter_map(byte).collect()
}

/// What does not agree.
#[derive(Default)]
struct Report {
    compared: usize,
    wrong: Vec<String>,
    seen: Vec<String>,
}

impl Report {
    fn compare(&mut self, row: &str, column: &str, table: &str, oracle: &str) {
        self.compared += 1;
        if table.trim() != oracle.trim() {
            self.wrong.push(format!(
                "row `{row}`, column {column}: table `{table}`, oracle `{oracle}`"
            ));
        }
    }
}

/// A line of the extract, by column.
type Row = BTreeMap<String, String>;

fn extract() -> Option<Vec<Row>> {
    let Some(folder) = shared("oracle") else {
        println!(
            "SKIPPED: the tables of components: no folder `shared/oracle` beside the workspace or in TABWASM_SHARED"
        );
        return None;
    };
    let text = fs::read_to_string(folder.join("component.tsv")).expect("the extract can be read");
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
