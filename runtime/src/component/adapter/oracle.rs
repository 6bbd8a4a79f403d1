//! Programs against the vectors, guest to guest: strings in all encodings, and values from the options
//! of each line to others. What they write, the dynamic path reads.

use std::println;
use std::vec::Vec;

use super::tests::{NoTransfer, Pair, finished, large};
use super::{Program, Source, Target};
use crate::component::abi::dynamic::tests::no_handles;
use crate::component::abi::dynamic::{Lifting, Lowering};
use crate::component::abi::oracle::guest::{Allocator, Guest, hex};
use crate::component::abi::oracle::json::Json;
use crate::component::abi::oracle::{func, lines, options, slots, ty, value};
use crate::component::abi::{CanonicalOptions, Realloc};
use crate::component::types::{TypeTable, ValueType};
use crate::component::val::Val;
use crate::component::{AddressType, MAX_FLAT_PARAMS, Primitive, StringEncoding};
use crate::spec::Trap;

/// Where blocks begin.
const BASE: u64 = 16;

#[test]
fn strings() {
    let Some(lines) = lines("transcode.jsonl") else {
        return;
    };
    for line in &lines {
        let id = line.field("id").text();
        let source = options(line.field("src_ptr"), line.field("src"));
        let target = options(line.field("dst_ptr"), line.field("dst"));
        let allocator = match line.field("alloc").text() {
            "script" => {
                let answers = line.field("realloc_returns").list();
                Allocator::Script(answers.iter().map(Json::number).collect())
            }
            name => {
                let top = line.field("base").number() as u64;
                match name {
                    "bump" => Allocator::Bump { top },
                    _ => Allocator::Stay { top },
                }
            }
        };
        let at = 32_768;
        let bytes = hex(line.field("src_bytes").text());
        let units = u64::from_str_radix(line.field("src_units").text(), 16).unwrap();
        let types = TypeTable::default();
        let string = [ValueType::Primitive(Primitive::String)];
        let (from, to) = ((source, Source::Flat), (target, Target::Flat));
        let program = Program::compile(&types, &string, from, to, &mut large()).unwrap();
        // Between two memories, and where answers make sense within one.
        for one in [false, true] {
            if one && matches!(allocator, Allocator::Script(_)) {
                continue;
            }
            let mut pair = Pair::new(one, allocator.clone());
            pair.source_mut()[at..at + bytes.len()].copy_from_slice(&bytes);
            let moved = finished(&program, &[at as u64, units], &mut pair, &mut NoTransfer);
            pair.target.check_calls(id, line.field("reallocs"));
            if line.find("trap").is_some() {
                assert!(moved.is_err(), "{id}: no trap");
                continue;
            }
            let flat = moved.unwrap_or_else(|trap| panic!("{id}: {trap:?}"));
            let units = u64::from_str_radix(line.field("units").text(), 16).unwrap();
            let found = line.field("at").number() as u64;
            assert_eq!(flat, [found, units], "{id}");
            let bytes = hex(line.field("bytes").text());
            let found = &pair.target.memory[found as usize..][..bytes.len()];
            assert_eq!(found, bytes, "{id}");
        }
    }
    println!("{} lines", lines.len());
    assert!(lines.len() >= 1_200);
}

#[test]
fn values() {
    let Some(lines) = lines("values.jsonl") else {
        return;
    };
    let mut counts = [0; 4];
    for (place, line) in lines.iter().enumerate() {
        let mut types = TypeTable::default();
        let ty = ty(&mut types, line.field("type"));
        let case = Case {
            id: line.field("id").text(),
            line,
            types: &types,
            ty,
            own: options(line.field("ptr"), line.field("enc")),
            other: CanonicalOptions {
                address: AddressType::ALL[place % 2],
                encoding: StringEncoding::ALL[place / 2 % 3],
            },
        };
        let kind = match line.field("kind").text() {
            "lower" => {
                case.lower(Allocator::Bump { top: BASE });
                case.through();
                0
            }
            "lower-script" => {
                let answers = line.field("realloc_returns").list().iter();
                case.lower(Allocator::Script(answers.map(Json::number).collect()));
                1
            }
            "lift" => {
                case.lift();
                2
            }
            _ => {
                case.load();
                3
            }
        };
        counts[kind] += 1;
    }
    println!("lower, lower-script, lift, load: {counts:?} lines");
    assert!(counts[0] >= 3_000 && counts[1] >= 180 && counts[2] >= 2_700 && counts[3] >= 900);
}

struct Case<'a> {
    id: &'a str,
    line: &'a Json,
    types: &'a TypeTable,
    ty: ValueType,
    /// Those of the line.
    own: CanonicalOptions,
    /// Others, which go through all.
    other: CanonicalOptions,
}

impl Case<'_> {
    fn value(&self) -> Val {
        value(self.types, self.ty, self.line.field("value"))
    }

    fn params(&self, source: CanonicalOptions, target: CanonicalOptions) -> Program {
        let func = func(&[self.ty], None);
        Program::params(self.types, &func, source, target, &mut large()).unwrap()
    }

    /// The value of the line in a guest, by the dynamic path.
    fn given(&self, guest: &mut Guest, options: CanonicalOptions) -> Vec<u64> {
        let mut flat = [0; MAX_FLAT_PARAMS];
        let mut lowering = Lowering::new(self.types, guest, options);
        let func = func(&[self.ty], None);
        let count = lowering.params(&func, &[self.value()], &mut flat);
        flat[..count.unwrap_or_else(|error| panic!("{}: {error}", self.id))].to_vec()
    }

    /// What came to a guest, by the dynamic path.
    fn taken(&self, guest: &Guest, options: CanonicalOptions, flat: &[u64]) -> Result<Val, Trap> {
        let mut budget = u64::MAX;
        let memory = &guest.memory;
        let mut lifting = Lifting::new(self.types, memory, options, no_handles(), &mut budget);
        let mut values = lifting.params(&func(&[self.ty], None), flat)?;
        Ok(values.remove(0))
    }

    fn loaded(&self, guest: &Guest, at: u64) -> Result<Val, Trap> {
        let mut budget = u64::MAX;
        let (memory, handles) = (&guest.memory, no_handles());
        Lifting::new(self.types, memory, self.other, handles, &mut budget).load(self.ty, at)
    }

    /// As the host lowers it, whose strings are in UTF-8: the same calls, the same bytes.
    fn lower(&self, allocator: Allocator) {
        let Self { id, line, own, .. } = self;
        let source = CanonicalOptions {
            encoding: StringEncoding::Utf8,
            ..self.other
        };
        let mut pair = Pair::new(false, allocator);
        let given = self.given(pair.source.as_mut().unwrap(), source);
        let moved = finished(
            &self.params(source, *own),
            &given,
            &mut pair,
            &mut NoTransfer,
        );
        pair.target.check_calls(id, line.field("flat_reallocs"));
        if line.find("trap").is_some() {
            assert!(moved.is_err(), "{id}: no trap");
            return;
        }
        let flat = moved.unwrap_or_else(|trap| panic!("{id}: {trap:?}"));
        assert_eq!(flat, slots(line.field("flat")), "{id}: core values");
        pair.target.check_image(id, line.field("flat_image"));
    }

    /// From the options of the line to others, as parameters and as a result.
    fn through(&self) {
        let Self { id, own, other, .. } = self;
        let mut pair = Pair::new(false, Allocator::Bump { top: BASE });
        let given = self.given(pair.source.as_mut().unwrap(), *own);
        let moved = finished(
            &self.params(*own, *other),
            &given,
            &mut pair,
            &mut NoTransfer,
        );
        let flat = moved.unwrap_or_else(|trap| panic!("{id}: {trap:?}"));
        assert_eq!(
            self.taken(&pair.target, *other, &flat),
            Ok(self.value()),
            "{id}"
        );

        let func = func(&[], Some(self.ty));
        let mut pair = Pair::new(false, Allocator::Bump { top: 32_768 });
        let source = pair.source.as_mut().unwrap();
        let info = self.types.info(self.ty, own.address);
        let mut flat = [0; MAX_FLAT_PARAMS];
        let mut count = 1;
        if info.flat.count() > 1 {
            // The callee returns where it put the result.
            flat[0] = source.realloc(0, 0, info.align, info.size.into()).unwrap();
        }
        let at = flat[0];
        let mut lowering = Lowering::new(self.types, source, *own);
        let result = lowering.result(&func, Some(&self.value()), at, &mut flat);
        count = count.max(result.unwrap_or_else(|error| panic!("{id}: {error}")));
        let program = Program::result(self.types, &func, *own, *other, &mut large()).unwrap();
        let moved = finished(&program, &flat[..count], &mut pair, &mut NoTransfer);
        let flat = moved.unwrap_or_else(|trap| panic!("{id}: {trap:?}"));
        let mut budget = u64::MAX;
        let memory = &pair.target.memory;
        let mut lifting = Lifting::new(self.types, memory, *other, no_handles(), &mut budget);
        assert_eq!(
            lifting.result(&func, &flat),
            Ok(Some(self.value())),
            "{id}: result"
        );
    }

    /// What the line lifts, right or wrong.
    fn lift(&self) {
        let flat = slots(self.line.field("flat"));
        let spilled = self.line.find("spilled").is_some();
        // What is flat goes to memory, too, as it does where a result is given by parameters.
        for to in [Target::Flat, Target::Allocated] {
            let mut pair = Pair::new(false, Allocator::Bump { top: BASE });
            if let Some(image) = self.line.find("image") {
                pair.source.as_mut().unwrap().write(image);
            }
            if to == Target::Flat {
                let program = self.params(self.own, self.other);
                let moved = finished(&program, &flat, &mut pair, &mut NoTransfer);
                self.check(moved, &pair, |flat| {
                    self.taken(&pair.target, self.other, flat)
                });
            } else if !spilled {
                let (source, target) = ((self.own, Source::Flat), (self.other, to));
                let program =
                    Program::compile(self.types, &[self.ty], source, target, &mut large());
                let moved = finished(&program.unwrap(), &flat, &mut pair, &mut NoTransfer);
                self.check(moved, &pair, |flat| self.loaded(&pair.target, flat[0]));
            }
        }
    }

    /// What the line loads, right or wrong; to memory, and to core values if these are enough.
    fn load(&self) {
        let at = self.line.field("at").number() as u64;
        let count = self.types.info(self.ty, self.other.address).flat.count() as usize;
        for to in [Target::Given, Target::Allocated, Target::Flat] {
            if to == Target::Flat && count > MAX_FLAT_PARAMS {
                continue;
            }
            let mut pair = Pair::new(false, Allocator::Bump { top: 4_096 });
            pair.source
                .as_mut()
                .unwrap()
                .write(self.line.field("image"));
            let (source, target) = ((self.own, Source::Memory), (self.other, to));
            let program =
                Program::compile(self.types, &[self.ty], source, target, &mut large()).unwrap();
            let moved = finished(&program, &[at], &mut pair, &mut NoTransfer);
            self.check(moved, &pair, |flat| match to {
                Target::Flat => self.taken(&pair.target, self.other, flat),
                Target::Given | Target::Allocated => self.loaded(&pair.target, flat[0]),
            });
        }
    }

    fn check(
        &self,
        moved: Result<Vec<u64>, Trap>,
        pair: &Pair,
        taken: impl FnOnce(&[u64]) -> Result<Val, Trap>,
    ) {
        let id = self.id;
        match self.line.find("trap") {
            Some(_) => assert!(moved.is_err(), "{id}: no trap"),
            None => {
                let calls = &pair.target.calls;
                let flat = moved.unwrap_or_else(|trap| panic!("{id}: {trap:?} {calls:?}"));
                assert_eq!(taken(&flat), Ok(self.value()), "{id}");
            }
        }
    }
}
