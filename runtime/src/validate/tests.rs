//! Steps of the validator, counted: what it does with its lists, for each byte of a module.
//!
//! Time is linear in the bytes of a module, with a factor that no module can make large. Types that
//! travel together, up to a thousand, are compared and copied as a row of words, which takes about
//! as long as ten other steps and counts as one; a row is as long as `limits.toml` lets it be.

use core::cell::Cell;
use core::cmp::Ordering;
use std::vec::Vec;

use super::environment::Environment;
use super::item::Item;
use super::stack::Scratch;
use super::storage::{Full, List, Storage};
use crate::types::ValType;

std::thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

fn step() {
    STEPS.set(STEPS.get() + 1);
}

/// Lists that count.
struct Counted;

#[derive(Debug)]
struct CountedList<T>(Vec<T>);

impl Storage for Counted {
    type List<T: Item, const PLACE: u8> = CountedList<T>;
    type Operands = CountedList<ValType>;

    const SPELLED: usize = 64;

    fn open(self) -> (Environment<Self>, Scratch<Self>) {
        fn list<T>() -> CountedList<T> {
            CountedList(Vec::new())
        }
        let environment = Environment {
            value_types: list(),
            types: list(),
            nodes: list(),
            root: None,
            funcs: list(),
            tables: list(),
            memories: list(),
            globals: list(),
            tags: list(),
            elements: list(),
            declared: list(),
            exports: list(),
            counts: Default::default(),
        };
        let scratch = Scratch {
            values: list(),
            frames: list(),
            runs: list(),
            locals: list(),
            initialised: list(),
            set: list(),
        };
        (environment, scratch)
    }
}

impl<T: Copy> List<T> for CountedList<T> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, index: usize) -> Option<T> {
        step();
        List::get(&self.0, index)
    }

    fn set(&mut self, index: usize, item: T) {
        step();
        self.0[index] = item;
    }

    fn push(&mut self, item: T, most: u64) -> Result<(), Full> {
        step();
        List::push(&mut self.0, item, most)
    }

    fn truncate(&mut self, len: usize) {
        step();
        self.0.truncate(len);
    }

    fn row(&self) -> Option<&[T]> {
        step();
        self.0.row()
    }

    fn extend_within(&mut self, items: &[T], most: u64) -> bool {
        step();
        self.0.extend_within(items, most)
    }

    fn sort(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        List::sort(&mut self.0, |a, b| {
            step();
            compare(a, b)
        });
    }

    fn partition_point(&self, mut first: impl FnMut(T) -> bool) -> usize {
        List::partition_point(&self.0, |item| {
            step();
            first(item)
        })
    }
}

mod steps {
    use super::*;
    use crate::profile::Std;
    use crate::validate::module;
    use std::vec;

    /// Steps that one byte may cost.
    const MOST: u64 = 12;
    /// How many types a signature has at most.
    const MANY: usize = 1_000;
    /// Bytes of a body that repeats something.
    const LONG: usize = 8_000;

    const I32: u8 = 0x7F;
    const DEAD: &[u8] = &[0x00];
    const END: &[u8] = &[0x0B];
    const DROP: &[u8] = &[0x1A];
    const ZERO: &[u8] = &[0x41, 0];

    fn number(mut number: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while number > 0x7F {
            bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        bytes
    }

    fn counted(bytes: &[u8]) -> Vec<u8> {
        [&number(bytes.len()), bytes].concat()
    }

    fn list(items: &[Vec<u8>]) -> Vec<u8> {
        [number(items.len()), items.concat()].concat()
    }

    fn section(id: u8, items: &[Vec<u8>]) -> Vec<u8> {
        [&[id], &counted(&list(items))[..]].concat()
    }

    /// A function type of these parameters and results, each type given as its bytes.
    fn ty(params: &[&[u8]], results: &[&[u8]]) -> Vec<u8> {
        let types = |types: &[&[u8]]| [number(types.len()), types.concat()].concat();
        [&[0x60], &types(params)[..], &types(results)].concat()
    }

    /// A body without locals, the same code repeated between a beginning and an end.
    fn body(first: &[u8], again: &[u8], last: &[u8]) -> Vec<u8> {
        let again = again.repeat(LONG / again.len());
        [&[0], first, &again, last, END].concat()
    }

    /// Validates a module of these types and functions, with one table; the steps of a byte.
    fn steps(name: &str, types: &[Vec<u8>], funcs: &[(u8, Vec<u8>)]) {
        let bytes = [
            b"\0asm\x01\0\0\0".to_vec(),
            section(1, types),
            section(
                3,
                &funcs.iter().map(|(ty, _)| vec![*ty]).collect::<Vec<_>>(),
            ),
            section(4, &[vec![0x70, 0, 10]]),
            section(
                10,
                &funcs
                    .iter()
                    .map(|(_, body)| counted(body))
                    .collect::<Vec<_>>(),
            ),
        ]
        .concat();
        STEPS.set(0);
        if let Err(reject) = module(&bytes, &Std, Counted, &mut ()) {
            panic!("{name}: {reject}");
        }
        let steps = STEPS.get().div_ceil(bytes.len() as u64);
        std::println!("{steps:3} steps a byte: {name}");
        assert!(steps <= MOST, "{name}: {steps} steps a byte");
    }

    #[test]
    fn a_byte_costs_few_steps_whatever_travels_with_it() {
        let many = &[&[I32][..]; MANY][..];
        let alternating: Vec<&[u8]> = (0..MANY).map(|at| &[[I32], [0x7E]][at % 2][..]).collect();
        let types = [
            ty(&[], &[]),
            ty(many, many),
            ty(&[], many),
            ty(many, &[]),
            ty(&alternating, &[]),
        ];
        let (values, drops) = (ZERO.repeat(MANY), DROP.repeat(MANY));
        for (name, again) in [
            ("blocks", &[0x02, 1, 0x0B][..]),
            ("loops", &[0x03, 1, 0x0B]),
            ("ifs", &[0x41, 0, 0x04, 1, 0x0B]),
            ("ifs with else", &[0x41, 0, 0x04, 1, 0x05, 0x0B]),
            ("branches out of blocks", &[0x02, 1, 0x0C, 0, 0x0B]),
            ("calls of itself", &[0x10, 0]),
            ("indirect calls", &[0x41, 0, 0x11, 1, 0]),
            ("conditional branches", &[0x41, 0, 0x0D, 0]),
        ] {
            steps(name, &types, &[(1, body(&values, again, &[]))]);
        }
        let deep = |open: &[u8], count: usize| {
            body(
                &values,
                &[0x01],
                &[open.repeat(count), END.repeat(count)].concat(),
            )
        };
        steps("deep blocks", &types, &[(2, deep(&[0x02, 1], LONG))]);
        steps("deep loops", &types, &[(2, deep(&[0x03, 1], LONG))]);
        let (give, take) = (
            (2, body(&values, &[0x01], &[])),
            (3, body(&[], &[0x01], &[])),
        );
        let exchange = (0, body(&[], &[0x10, 0, 0x10, 1], &[]));
        steps("gives and takes", &types, &[give, take.clone(), exchange]);
        for (name, again) in [
            ("calls that nothing reaches", &[0x10, 0][..]),
            ("blocks that nothing reaches", &[0x02, 1, 0x0B]),
            ("branches that nothing reaches", &[0x02, 1, 0x00, 0x0B]),
            ("tail calls that nothing reaches", &[0x12, 0]),
        ] {
            let dead = (0, body(DEAD, again, &drops));
            steps(name, &types, &[take.clone(), dead]);
        }
        for (name, ty) in [("equal", 3), ("alternating", 4)] {
            let functions = vec![(ty, vec![0, 0x0B]); LONG / 4];
            steps(
                &std::format!("functions with {name} parameters"),
                &types,
                &functions,
            );
        }
    }

    #[test]
    fn tables_of_labels_that_take_many_values() {
        const LABELS: usize = 60;
        const TARGETS: usize = 8_000;
        let result = |at: usize, place: usize| if at == place { &[0x7E][..] } else { &[I32] };
        let results = |at| (0..MANY).map(|place| result(at, place)).collect::<Vec<_>>();
        let mut types: Vec<_> = (0..LABELS).map(|at| ty(&[], &results(at))).collect();
        types.push(ty(&[], &[]));
        let opened: Vec<u8> = (0..LABELS).flat_map(|ty| [0x02, ty as u8]).collect();
        let closed = [DEAD, END, &DROP.repeat(MANY)].concat().repeat(LABELS);
        let targets: Vec<u8> = (0..=TARGETS).map(|at| (at % LABELS) as u8).collect();
        let table = [&[0x0E], &number(TARGETS)[..], &targets].concat();
        // In unreachable code `select` gives an operand of any type.
        for (name, values) in [("nothing", vec![]), ("any type", vec![0x1B; MANY])] {
            let values = [DEAD, &values, ZERO].concat();
            let body = [&[0], &opened[..], &values, &table, &closed, END].concat();
            steps(name, &types, &[(LABELS as u8, body)]);
        }
    }

    #[test]
    fn references_that_are_subtypes() {
        let typed: Vec<&[u8]> = (0..MANY)
            .map(|at| &[[0x64, 0], [0x64, 1]][at % 2][..])
            .collect();
        let any = &[&[0x70][..]; MANY][..];
        let types = [
            ty(&[], &[]),
            ty(&[&[I32]], &[]),
            ty(&[], &typed),
            ty(any, &[]),
            ty(&[], any),
        ];
        let give = (2, [&[0], DEAD, END].concat());
        let exchange = (0, body(&[], &[0x10, 0, 0x10, 1], &[]));
        steps(
            "arguments",
            &types,
            &[give.clone(), (3, vec![0, 0x0B]), exchange],
        );
        let tail = (4, body(DEAD, &[0x12, 0], &[]));
        steps("results of tail calls", &types, &[give, tail]);
    }
}
