//! Bytes of the vectors with some of them changed: a program copies what the dynamic path lifts, and
//! traps for the same reason where that does.

use std::println;

use super::tests::{NoTransfer, Pair, finished, large};
use super::{Program, Source, Target};
use crate::component::abi::CanonicalOptions;
use crate::component::abi::dynamic::Lifting;
use crate::component::abi::dynamic::tests::no_handles;
use crate::component::abi::oracle::guest::Allocator;
use crate::component::abi::oracle::json::Json;
use crate::component::abi::oracle::{lines, options, ty};
use crate::component::types::{TypeTable, ValueType};
use crate::component::val::Val;
use crate::component::{AddressType, StringEncoding};
use crate::spec::Trap;

/// Of each image.
const MUTANTS: usize = 3;

#[test]
fn mutants() {
    let Some(lines) = lines("values.jsonl") else {
        return;
    };
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let (mut equal, mut trapped, mut full) = (0, 0, 0);
    for line in &lines {
        let (image, at) = match line.field("kind").text() {
            "load" => (line.field("image"), line.field("at")),
            "lower" => (line.field("store_image"), line.field("store_at")),
            _ => continue,
        };
        let mut types = TypeTable::default();
        let ty = ty(&mut types, line.field("type"));
        let source = options(line.field("ptr"), line.field("enc"));
        let target = CanonicalOptions {
            address: AddressType::ALL[random.below(2)],
            encoding: StringEncoding::ALL[random.below(3)],
        };
        let sides = ((source, Source::Memory), (target, Target::Allocated));
        let program = Program::compile(&types, &[ty], sides.0, sides.1, &mut large()).unwrap();
        let (at, id) = (at.number() as u64, line.field("id").text());
        for _ in 0..MUTANTS {
            let mut pair = Pair::new(false, Allocator::Bump { top: 64 });
            pair.source.as_mut().unwrap().write(image);
            mutate(pair.source_mut(), image, &mut random);
            let lifted = load(&types, ty, source, pair.source_mut(), at);
            match (
                finished(&program, &[at], &mut pair, &mut NoTransfer),
                lifted,
            ) {
                // The target has less room than the values take.
                (Err(Trap::UnreachableCodeReached), _) => full += 1,
                (Err(found), expected) => {
                    assert_eq!(Err(found), expected, "{id}");
                    trapped += 1;
                }
                (Ok(flat), expected) => {
                    let found = load(&types, ty, target, &pair.target.memory, flat[0]);
                    assert_eq!(found, expected, "{id}");
                    equal += 1;
                }
            }
        }
    }
    println!("{equal} equal, {trapped} trapped in both, {full} out of memory");
    assert!(equal > 4_000 && trapped > 4_000 && full < equal / 4);
}

/// Changes a few bytes: of the value, or of what it points to.
fn mutate(memory: &mut [u8], image: &Json, random: &mut Random) {
    let blocks = image.list();
    for _ in 0..1 + random.below(3) {
        let Some(block) = blocks.get(random.below(blocks.len().max(1))) else {
            continue;
        };
        let [at, bytes] = block.list() else {
            panic!("no block: {block:?}")
        };
        let place = at.number() as usize + random.below((bytes.text().len() / 2).max(1));
        let interesting = [0, 1, 2, 3, 4, 0x20, 0x7F, 0x80, 0xD8, 0xFF];
        memory[place] = match random.below(2) {
            0 => interesting[random.below(interesting.len())],
            _ => random.below(256) as u8,
        };
    }
}

fn load(
    types: &TypeTable,
    ty: ValueType,
    options: CanonicalOptions,
    memory: &[u8],
    at: u64,
) -> Result<Val, Trap> {
    let mut budget = u64::MAX;
    Lifting::new(types, memory, options, no_handles(), &mut budget).load(ty, at)
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}
