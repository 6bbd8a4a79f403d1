//! Programs that are hard to translate to registers.
//!
//! A few functions that call each other, and export all that can be compared. Their bodies are
//! what [`writer`] writes. Two programs can be linked: [`pair`].

mod encode;
mod operations;
mod pair;
mod writer;

use wasm_encoder::{EntityType, GlobalType, Instruction, ValType};

use self::writer::Writer;
use crate::random::Random;

/// A module in the making. In each list that stands for an index space, what is imported comes
/// first.
#[derive(Clone)]
pub struct Program {
    /// Types of functions and blocks.
    types: Vec<Signature>,
    imports: Vec<Import>,
    functions: Vec<Callee>,
    globals: Vec<GlobalType>,
    /// For each memory, whether its addresses have 64 bits.
    memories: Vec<bool>,
    /// For each table, how many elements it begins with.
    tables: Vec<u32>,
    segments: Vec<Segment>,
    /// Elements and globals by which functions are called.
    slots: Vec<Slot>,
    /// The start function, which is the last one.
    start: Option<u32>,
    /// The bodies of the functions.
    pub bodies: Vec<Body>,
}

/// The body of a function.
#[derive(Clone)]
pub struct Body {
    locals: Vec<ValType>,
    /// All instructions but the last `end`.
    pub code: Vec<Instruction<'static>>,
}

/// Names of an import, and its type.
type Import = (&'static str, String, EntityType);

type Signature = (Vec<ValType>, Vec<ValType>);

/// What is called.
#[derive(Clone, Copy)]
struct Callee {
    /// Index of its type.
    ty: u32,
    /// Functions call those of a higher rank only, so that calls end.
    rank: usize,
}

/// A place that refers to functions of one type, and of this rank or a higher one.
#[derive(Clone, Copy)]
struct Slot {
    callee: Callee,
    place: Place,
}

/// Where a reference is.
#[derive(Clone, Copy)]
enum Place {
    Element { table: u32, index: u32 },
    Global(u32),
}

/// Functions for a table.
#[derive(Clone)]
struct Segment {
    /// The table and the offset in it, if the segment is active.
    target: Option<(u32, u32)>,
    functions: Vec<u32>,
}

/// Types of functions that are chosen for a program.
const KINDS: usize = 3;

const TYPES: [ValType; 4] = [ValType::I32, ValType::I64, ValType::F32, ValType::F64];

/// Elements of a table that refer to functions, and those of each table that are null.
const LISTED: u32 = 6;
const NULL: u32 = 1;

impl Program {
    /// A program that depends on the numbers alone. It imports nothing.
    pub fn new(random: &mut Random) -> Self {
        let mut program = Self::bare(random);
        for rank in 0..1 + random.below(5) {
            program.add_function(random, rank);
        }
        program.add_state(random);
        program.add_table(random);
        for function in 0..program.functions.len() {
            program.write(random, function);
        }
        program
    }

    /// A program with types only.
    fn bare(random: &mut Random) -> Self {
        Self {
            types: (0..KINDS)
                .map(|_| match random.chance(8) {
                    // Many values are moved at a cost of their own.
                    true => (types(random, 24), types(random, 24)),
                    false => (types(random, 5), types(random, 3)),
                })
                .collect(),
            imports: Vec::new(),
            functions: Vec::new(),
            globals: Vec::new(),
            memories: Vec::new(),
            tables: Vec::new(),
            segments: Vec::new(),
            slots: Vec::new(),
            start: None,
            bodies: Vec::new(),
        }
    }

    fn add_function(&mut self, random: &mut Random, rank: usize) {
        let ty = random.below(KINDS) as u32;
        self.functions.push(Callee { ty, rank });
    }

    fn add_state(&mut self, random: &mut Random) {
        self.globals.extend(TYPES.map(|ty| global(ty, true)));
        let memories = (0..1 + random.below(2)).map(|_| random.chance(4));
        self.memories.extend(memories);
    }

    /// Adds a table with functions.
    fn add_table(&mut self, random: &mut Random) {
        let table = self.tables.len() as u32;
        self.tables.push(LISTED + NULL);
        let functions = self.list(random, table, 0);
        let target = Some((table, 0));
        self.segments.push(Segment { target, functions });
    }

    /// Chooses functions for a table from an offset on.
    fn list(&mut self, random: &mut Random, table: u32, offset: u32) -> Vec<u32> {
        let count = self.callable();
        let functions: Vec<u32> = (0..LISTED).map(|_| random.below(count) as u32).collect();
        for (index, &function) in (offset..).zip(&functions) {
            self.slots.push(Slot {
                callee: self.functions[function as usize],
                place: Place::Element { table, index },
            });
        }
        functions
    }

    /// How many functions may be called: all but the start function.
    fn callable(&self) -> usize {
        let start = self.start.map(|start| start as usize);
        start.unwrap_or(self.functions.len())
    }

    /// Writes the body of a function.
    fn write(&mut self, random: &mut Random, function: usize) {
        let body = Writer::new(self, random, function).write();
        self.bodies.push(body);
    }

    /// Whether it is one of two. A program alone is run by wasmi as well, and does without calls by
    /// reference.
    fn is_linked(&self) -> bool {
        !self.imports.is_empty()
    }

    /// A program that gives the same, of one that imports nothing, for the reference: every value of
    /// a local and the condition of every `select` goes through a call. wasmi 2.0 loses values of
    /// locals that are assigned in one arm of an `if` or in a loop while they wait on the stack, and
    /// selects the wrong value by some comparisons with zero.
    pub fn plain(&self) -> Self {
        let mut plain = self.clone();
        let identities = self.functions.len() as u32;
        for (body, callee) in plain.bodies.iter_mut().zip(&self.functions) {
            let mut locals = self.types[callee.ty as usize].0.clone();
            locals.extend(&body.locals);
            for instruction in std::mem::take(&mut body.code) {
                let read = match instruction {
                    Instruction::LocalGet(local) | Instruction::LocalTee(local) => Some(local),
                    _ => None,
                };
                if let Instruction::Select | Instruction::TypedSelect(_) = instruction {
                    body.code.push(Instruction::Call(identities));
                }
                body.code.push(instruction);
                if let Some(local) = read {
                    let is = |ty: &ValType| *ty == locals[local as usize];
                    let identity = TYPES.iter().position(is).unwrap_or(0) as u32;
                    body.code.push(Instruction::Call(identities + identity));
                }
            }
        }
        for ty in TYPES {
            plain.bodies.push(Body {
                locals: Vec::new(),
                code: vec![Instruction::LocalGet(0)],
            });
            let ty = plain.type_index((vec![ty], vec![ty]));
            let rank = usize::MAX;
            plain.functions.push(Callee { ty, rank });
        }
        plain
    }

    fn type_index(&mut self, signature: Signature) -> u32 {
        let known = self.types.iter().position(|ty| *ty == signature);
        let index = known.unwrap_or_else(|| {
            self.types.push(signature);
            self.types.len() - 1
        });
        index as u32
    }
}

fn global(val_type: ValType, mutable: bool) -> GlobalType {
    GlobalType {
        val_type,
        mutable,
        shared: false,
    }
}

/// Fewer types than a number.
fn types(random: &mut Random, end: usize) -> Vec<ValType> {
    (0..random.below(end))
        .map(|_| *random.pick(&TYPES))
        .collect()
}
