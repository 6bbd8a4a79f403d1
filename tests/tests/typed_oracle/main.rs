//! Values by the typed path, types of Rust and their derives, against vectors that the executable
//! definition of the Canonical ABI computed: core values, bytes in memory, calls of the allocator.
//!
//! The vectors are no part of the project; without them this test says that it is skipped. Floats keep
//! the bits of a NaN, which the vectors make canonical, so that values are read with canonical ones.

mod guest;
mod types;
mod written;

use std::fs;

use serde_json::{Value, json};
use tabwasm::Trap;
use tabwasm::component::{
    AddressType, CanonicalOptions, LiftContext, LowerContext, MAX_FLAT_PARAMS, StringEncoding,
};
use tabwasm_tests::shared;

use self::guest::{Answers, Guest, blocks};
use self::types::types;
use self::written::{Written, list, number, text};

/// Least types with vectors, and least vectors of them all.
const LEAST: [usize; 2] = [100, 2_000];

/// Where blocks begin.
const BASE: u64 = 16;

#[test]
fn vectors() {
    let Some(folder) = shared("oracle/canonical-abi") else {
        println!("SKIPPED: the vectors are not here (shared/oracle/canonical-abi)");
        return;
    };
    let text = fs::read_to_string(folder.join("values.jsonl")).expect("the vectors can be read");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let types = types();
    let mut counts = vec![0; types.len()];
    for line in &lines {
        if let Some(at) = types.iter().position(|ty| ty.name == line["type"]) {
            (types[at].check)(&Vector::new(line));
            counts[at] += 1;
        }
    }
    for (ty, count) in types.iter().zip(&counts) {
        assert!(*count > 0, "no vector has {}", ty.name);
    }
    let found = [counts.len(), counts.iter().sum()];
    println!("{} types, {} vectors", found[0], found[1]);
    assert!(found >= LEAST, "{found:?}");
}

/// A type of Rust, as vectors call it.
struct Type {
    name: Value,
    check: fn(&Vector<'_>),
}

/// A line of the vectors.
struct Vector<'a> {
    line: &'a Value,
    options: CanonicalOptions,
}

impl<'a> Vector<'a> {
    fn new(line: &'a Value) -> Self {
        let address = match text(&line["ptr"]) {
            "i32" => AddressType::I32,
            "i64" => AddressType::I64,
            other => panic!("no type of addresses: {other}"),
        };
        let encoding = match text(&line["enc"]) {
            "utf8" => StringEncoding::Utf8,
            "utf16" => StringEncoding::Utf16,
            "latin1+utf16" => StringEncoding::Latin1Utf16,
            other => panic!("no encoding: {other}"),
        };
        let options = CanonicalOptions { address, encoding };
        Self { line, options }
    }

    fn check<T: Written>(&self) {
        match text(&self.line["kind"]) {
            "lower" => self.lower::<T>(),
            "lower-script" => self.lower_script::<T>(),
            "lift" => self.expect(self.lifted::<T>()),
            "load" => {
                let guest = self.guest();
                let at = number(&self.line["at"]);
                self.expect(LiftContext::new(&guest.memory, self.options).load::<T>(at));
            }
            other => panic!("no kind of vectors: {other}"),
        }
    }

    fn value<T: Written>(&self) -> T {
        T::read(&self.line["value"])
    }

    fn flat<T: Written>(&self, guest: &mut Guest) -> Result<Vec<u64>, Trap> {
        let mut slots = [0; MAX_FLAT_PARAMS];
        let mut cx = LowerContext::new(guest, self.options);
        let count = cx.lower(&self.value::<T>(), &mut slots, MAX_FLAT_PARAMS)?;
        Ok(slots[..count].to_vec())
    }

    fn lower<T: Written>(&self) {
        let (line, id) = (self.line, &self.line["id"]);
        let mut guest = Guest::new(Answers::Behind(BASE));
        let flat = self.flat::<T>(&mut guest).expect("it can be lowered");
        assert_eq!(flat, slots(&line["flat"]), "{id}: core values");
        guest.check(id, &line["flat_reallocs"], &line["flat_image"]);
        let cx = LiftContext::new(&guest.memory, self.options);
        self.expect(cx.lift::<T>(&flat, MAX_FLAT_PARAMS));

        let mut guest = Guest::new(Answers::Behind(number(&line["store_heap"])));
        let at = number(&line["store_at"]);
        let mut cx = LowerContext::new(&mut guest, self.options);
        cx.store(&self.value::<T>(), at).expect("it can be stored");
        guest.check(id, &line["store_reallocs"], &line["store_image"]);
        self.expect(LiftContext::new(&guest.memory, self.options).load::<T>(at));
    }

    fn lower_script<T: Written>(&self) {
        let (line, id) = (self.line, &self.line["id"]);
        let answers = list(&line["realloc_returns"]).iter();
        let mut answers: Vec<Option<u64>> = answers.map(Value::as_u64).collect();
        answers.reverse();
        let mut guest = Guest::new(Answers::These(answers));
        let flat = self.flat::<T>(&mut guest);
        if line.get("trap").is_some() {
            assert!(flat.is_err(), "{id}: no trap");
            guest.check(id, &line["flat_reallocs"], &json!([]));
            return;
        }
        assert_eq!(flat, Ok(slots(&line["flat"])), "{id}: core values");
        guest.check(id, &line["flat_reallocs"], &line["flat_image"]);
    }

    /// A guest with the bytes of the line.
    fn guest(&self) -> Guest {
        let mut guest = Guest::new(Answers::These(Vec::new()));
        if let Some(image) = self.line.get("image") {
            for (at, bytes) in blocks(image) {
                guest.memory[at..at + bytes.len()].copy_from_slice(&bytes);
            }
        }
        guest
    }

    fn lifted<T: Written>(&self) -> Result<T, Trap> {
        let guest = self.guest();
        let flat = slots(&self.line["flat"]);
        LiftContext::new(&guest.memory, self.options).lift(&flat, MAX_FLAT_PARAMS)
    }

    /// What is shown of two values is equal if they are; `0.0` and `-0.0` are not.
    fn expect<T: Written>(&self, found: Result<T, Trap>) {
        let id = &self.line["id"];
        match self.line.get("trap") {
            Some(_) => assert!(found.is_err(), "{id}: no trap, but {found:?}"),
            None => {
                let found = format!("{:?}", found.map_err(|trap| trap.to_string()));
                let expected = format!("{:?}", Ok::<T, String>(self.value()));
                assert_eq!(found, expected, "{id}");
            }
        }
    }
}

/// Core values of a line.
fn slots(json: &Value) -> Vec<u64> {
    let slot = |json: &Value| u64::from_str_radix(text(&json[1]), 16).expect("digits");
    list(json).iter().map(slot).collect()
}
