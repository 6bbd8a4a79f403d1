//! Values against the vectors, by the dynamic path: lowered, stored, lifted back, loaded; with three
//! kinds of allocators, and with bytes and core values that are no values.

use std::println;
use std::vec::Vec;

use super::tests::no_handles;
use super::{Lifting, Lowering};
use crate::component::MAX_FLAT_PARAMS;
use crate::component::abi::CanonicalOptions;
use crate::component::abi::oracle::guest::{Allocator, Guest};
use crate::component::abi::oracle::json::Json;
use crate::component::abi::oracle::{func, lines, options, slots, ty, value};
use crate::component::types::{TypeTable, ValueType};
use crate::component::val::Val;
use crate::error::Error;
use crate::spec::Trap;

/// Where blocks begin, and how many lines of each kind there must be at least.
const BASE: u64 = 16;
const LEAST: [(&str, usize); 4] = [
    ("lower", 3_000),
    ("lift", 2_700),
    ("load", 900),
    ("lower-script", 180),
];

#[test]
fn values() {
    let Some(lines) = lines("values.jsonl") else {
        return;
    };
    for (kind, least) in LEAST {
        let lines = lines
            .iter()
            .filter(|line| line.field("kind").text() == kind);
        let lines: Vec<&Json> = lines.collect();
        for line in &lines {
            let mut types = TypeTable::default();
            let ty = ty(&mut types, line.field("type"));
            let case = Case {
                id: line.field("id").text(),
                line,
                types: &types,
                ty,
                options: options(line.field("ptr"), line.field("enc")),
            };
            match kind {
                "lower" => case.lower(),
                "lower-script" => case.lower_script(),
                "lift" => case.lift(),
                _ => case.load(),
            }
        }
        println!("{kind}: {} lines", lines.len());
        assert!(lines.len() >= least);
    }
}

struct Case<'a> {
    id: &'a str,
    line: &'a Json,
    types: &'a TypeTable,
    ty: ValueType,
    options: CanonicalOptions,
}

impl Case<'_> {
    fn value(&self) -> Val {
        value(self.types, self.ty, self.line.field("value"))
    }

    fn lowered(&self, guest: &mut Guest) -> Result<Vec<u64>, Error> {
        let mut flat = [0; MAX_FLAT_PARAMS];
        let mut lowering = Lowering::new(self.types, guest, self.options);
        let func = func(&[self.ty], None);
        let count = lowering.params(&func, &[self.value()], &mut flat)?;
        Ok(flat[..count].to_vec())
    }

    fn lifted(&self, memory: &[u8], flat: &[u64]) -> Result<Val, Trap> {
        let mut budget = u64::MAX;
        let mut lifting = Lifting::new(self.types, memory, self.options, no_handles(), &mut budget);
        let mut values = lifting.params(&func(&[self.ty], None), flat)?;
        Ok(values.remove(0))
    }

    fn loaded(&self, memory: &[u8], at: u64) -> Result<Val, Trap> {
        let mut budget = u64::MAX;
        let mut lifting = Lifting::new(self.types, memory, self.options, no_handles(), &mut budget);
        lifting.load(self.ty, at)
    }

    fn lower(&self) {
        let Self { id, line, .. } = self;
        let info = self.types.info(self.ty, self.options.address);
        assert_eq!(
            i128::from(info.size),
            line.field("size").number(),
            "{id}: size"
        );
        assert_eq!(
            i128::from(info.align),
            line.field("align").number(),
            "{id}: alignment"
        );

        let mut guest = Guest::new(Allocator::Bump { top: BASE });
        let flat = self
            .lowered(&mut guest)
            .unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!(flat, slots(line.field("flat")), "{id}: core values");
        guest.check_calls(id, line.field("flat_reallocs"));
        guest.check_image(id, line.field("flat_image"));
        assert_eq!(
            self.lifted(&guest.memory, &flat),
            Ok(self.value()),
            "{id}: lifted"
        );

        let top = line.field("store_heap").number() as u64;
        let at = line.field("store_at").number() as u64;
        let mut guest = Guest::new(Allocator::Bump { top });
        let mut lowering = Lowering::new(self.types, &mut guest, self.options);
        let stored = lowering.store(self.ty, &self.value(), at);
        stored.unwrap_or_else(|error| panic!("{id}: {error}"));
        guest.check_calls(id, line.field("store_reallocs"));
        guest.check_image(id, line.field("store_image"));
        assert_eq!(
            self.loaded(&guest.memory, at),
            Ok(self.value()),
            "{id}: loaded"
        );
    }

    fn lower_script(&self) {
        let Self { id, line, .. } = self;
        let answers = line
            .field("realloc_returns")
            .list()
            .iter()
            .map(Json::number);
        let mut guest = Guest::new(Allocator::Script(answers.collect()));
        let lowered = self.lowered(&mut guest);
        guest.check_calls(id, line.field("flat_reallocs"));
        if line.find("trap").is_some() {
            let trap = lowered.err().and_then(|error| error.as_trap_code());
            assert!(trap.is_some(), "{id}: no trap");
            return;
        }
        let flat = lowered.unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!(flat, slots(line.field("flat")), "{id}: core values");
        guest.check_image(id, line.field("flat_image"));
    }

    fn lift(&self) {
        let mut guest = Guest::new(Allocator::Script(Vec::new()));
        if let Some(image) = self.line.find("image") {
            guest.write(image);
        }
        self.check(self.lifted(&guest.memory, &slots(self.line.field("flat"))));
    }

    fn load(&self) {
        let mut guest = Guest::new(Allocator::Script(Vec::new()));
        guest.write(self.line.field("image"));
        self.check(self.loaded(&guest.memory, self.line.field("at").number() as u64));
    }

    fn check(&self, found: Result<Val, Trap>) {
        match self.line.find("trap") {
            Some(_) => assert!(found.is_err(), "{}: no trap, but {found:?}", self.id),
            None => assert_eq!(found, Ok(self.value()), "{}", self.id),
        }
    }
}
