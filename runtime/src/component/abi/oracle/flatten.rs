//! Core signatures of function types against the vectors: of functions that are lifted, and of those
//! that are lowered, for both types of addresses.

use std::println;
use std::vec::Vec;

use super::json::Json;
use super::{address_type, func, lines, optional, ty};
use crate::component::FlatType;
use crate::component::types::TypeTable;

#[test]
fn signatures() {
    let Some(lines) = lines("flatten.jsonl") else {
        return;
    };
    let mut compared = 0;
    for line in &lines {
        let id = line.field("id").text();
        let mut types = TypeTable::default();
        let params: Vec<_> = line
            .field("params")
            .list()
            .iter()
            .map(|json| ty(&mut types, json))
            .collect();
        let result = optional(&mut types, line.field("result"));
        let func = func(&params, result);
        for name in ["i32", "i64"] {
            let address = address_type(name);
            let expected = match line.field(name) {
                Json::String(_) => {
                    assert_eq!(line.field(name).text(), "=");
                    line.field("i32")
                }
                expected => expected,
            };
            let signature = func.signature(&types, address);
            let lowered = signature.lowered(address);
            let lifted = (signature.params, signature.results);
            for (kind, found) in [("lift", lifted), ("lower", lowered)] {
                let sides = [found.0, found.1].map(|side| names(&side));
                let expected: Vec<Vec<&str>> =
                    expected.field(kind).list().iter().map(words).collect();
                assert_eq!(sides.to_vec(), expected, "{id}: {kind} with {name}");
                compared += 1;
            }
        }
    }
    println!("{} lines, {compared} signatures compared", lines.len());
    assert!(compared >= 980, "{compared}");
}

fn names(types: &[FlatType]) -> Vec<&'static str> {
    types.iter().map(|ty| ty.name()).collect()
}

fn words(json: &Json) -> Vec<&str> {
    json.list().iter().map(Json::text).collect()
}
