//! Layouts of the Canonical ABI against those that wit-parser computes.
//!
//! Rows become types of WIT, whose sizes, alignments and core types wit-parser knows without our
//! tables. What no type shows, the bounds, is compared in [`super::bounds`].

use tabwasm_codegen::model::ValueShape;
use tabwasm_tests::tables;
use wit_parser::abi::{FlatTypes, WasmType};
use wit_parser::{Resolve, SizeAlign, Type};

use super::Report;

#[test]
fn values() {
    let layout = tables().component.layout;
    let mut report = Report::default();
    let address = |key: &str| {
        let found = layout.addresses.iter().find(|address| address.key == key);
        found.map_or(0, |address| address.number)
    };
    for row in &layout.values {
        let peer = Peer::of(&wit(&row.key));
        let (sizes, align, flat) = match &row.shape {
            ValueShape::Scalar { size, align, flat } => {
                let size = u64::from(*size);
                ([size; 2], [u64::from(*align); 2], vec![flat.clone()])
            }
            ValueShape::Words(words) => {
                let align = ["i32", "i64"].map(address);
                let flat = vec!["address".to_string(); *words as usize];
                (align.map(|align| align * u64::from(*words)), align, flat)
            }
        };
        report.compare(
            &row.key,
            "size",
            format!("{sizes:?}"),
            format!("{:?}", peer.sizes),
        );
        report.compare(
            &row.key,
            "align",
            format!("{align:?}"),
            format!("{:?}", peer.align),
        );
        report.compare(&row.key, "flat", flat.join(" "), peer.flat.join(" "));
    }
    report.finish(60);
}

#[test]
fn joins() {
    let layout = tables().component.layout;
    let value = |flat: &str| {
        if flat.starts_with('i') {
            flat.replace('i', "u")
        } else {
            flat.to_string()
        }
    };
    let mut report = Report::default();
    for row in &layout.flats {
        let peer = Peer::of(&format!("type t = {};", value(&row.key)));
        report.compare(&row.key, "size", u64::from(row.size), peer.sizes[0]);
        for (other, join) in &row.joins {
            let peer = Peer::of(&format!(
                "type t = result<{}, {}>;",
                value(&row.key),
                value(other)
            ));
            let found = peer.flat.last().cloned().unwrap_or_default();
            report.compare(&row.key, other, join.clone(), found);
        }
    }
    report.finish(16);
}

#[test]
fn discriminants_and_flags() {
    let layout = tables().component.layout;
    let size = |key: &str| u64::from(layout.size(key).unwrap_or_default());
    let mut report = Report::default();
    for (word, rows) in [("enum", &layout.discriminants), ("flags", &layout.flags)] {
        for (place, row) in rows.iter().enumerate() {
            // There are too many cases to write down.
            if row.number > 1 << 20 {
                continue;
            }
            let sizes = |count| Peer::of(&labels(word, count)).sizes[0];
            report.compare(&row.key, word, size(&row.key), sizes(row.number));
            if let Some(next) = rows.get(place + 1) {
                report.compare(&row.key, word, size(&next.key), sizes(row.number + 1));
            }
        }
    }
    report.finish(9);
}

/// A declaration of a type for the row of a value.
fn wit(key: &str) -> String {
    match key {
        "list" | "stream" | "future" => format!("type t = {key}<u8>;"),
        "map" => "type t = map<u8, u8>;".to_string(),
        "own" | "borrow" => format!("resource r; type t = {key}<r>;"),
        _ => format!("type t = {key};"),
    }
}

fn labels(word: &str, count: u64) -> String {
    let labels: Vec<String> = (0..count).map(|label| format!("l{label}")).collect();
    format!("{word} t {{ {} }}", labels.join(", "))
}

/// What the peer says of a type.
struct Peer {
    /// Bytes with 32-bit and 64-bit memories.
    sizes: [u64; 2],
    /// Its address is a multiple of this, likewise.
    align: [u64; 2],
    /// Core types; `address` for addresses and lengths.
    flat: Vec<String>,
}

impl Peer {
    /// Of the type `t` of these declarations.
    fn of(declarations: &str) -> Self {
        let text = format!("package p:p; interface i {{ {declarations} }}");
        let mut resolve = Resolve::default();
        resolve.push_source("p.wit", &text).expect("WIT");
        let named = |(_, ty): &(_, &wit_parser::TypeDef)| ty.name.as_deref() == Some("t");
        let (id, _) = resolve.types.iter().find(named).expect("the type `t`");
        let ty = Type::Id(id);
        let mut all = SizeAlign::default();
        all.fill(&resolve).expect("small types");
        let (size, align) = (all.size(&ty), all.align(&ty));
        let mut flat = [WasmType::I32; 16];
        let mut flat = FlatTypes::new(&mut flat);
        assert!(resolve.push_flat(&ty, &mut flat), "few core types");
        Self {
            sizes: [size.size_wasm32(), size.size_wasm64()].map(|size| size as u64),
            align: [align.align_wasm32(), align.align_wasm64()].map(|align| align as u64),
            flat: flat.to_vec().into_iter().map(name).collect(),
        }
    }
}

fn name(flat: WasmType) -> String {
    match flat {
        WasmType::Pointer | WasmType::Length => "address".to_string(),
        WasmType::PointerOrI64 => "i64".to_string(),
        other => format!("{other:?}").to_lowercase(),
    }
}
