//! Programs that are hard to translate to registers.
//!
//! A few functions that call each other, and export all that can be compared. Their bodies are
//! what [`writer`] writes.

mod operations;
mod writer;

use std::borrow::Cow;

use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, ExportKind, ExportSection, Function,
    FunctionSection, GlobalSection, GlobalType, Instruction, MemorySection, MemoryType, Module,
    RefType, TableSection, TableType, TypeSection, ValType,
};

use self::writer::Writer;
use crate::random::Random;

/// A module in the making.
#[derive(Clone)]
pub struct Program {
    /// Types of functions and blocks.
    types: Vec<Signature>,
    /// Type index of each function.
    functions: Vec<u32>,
    globals: Vec<ValType>,
    /// For each memory, whether its addresses have 64 bits.
    memories: Vec<bool>,
    /// The functions in the table.
    elements: Vec<u32>,
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

type Signature = (Vec<ValType>, Vec<ValType>);

const TYPES: [ValType; 4] = [ValType::I32, ValType::I64, ValType::F32, ValType::F64];

impl Program {
    /// A program that depends on the numbers alone.
    pub fn new(random: &mut Random) -> Self {
        let mut program = Self {
            types: (0..3)
                .map(|_| match random.chance(8) {
                    // Many values are moved at a cost of their own.
                    true => (types(random, 24), types(random, 24)),
                    false => (types(random, 5), types(random, 3)),
                })
                .collect(),
            functions: Vec::new(),
            globals: TYPES.to_vec(),
            memories: (0..1 + random.below(2)).map(|_| random.chance(4)).collect(),
            elements: Vec::new(),
            bodies: Vec::new(),
        };
        let count = 1 + random.below(5);
        program.functions = (0..count).map(|_| random.below(3) as u32).collect();
        program.elements = (0..6).map(|_| random.below(count) as u32).collect();
        for function in 0..count {
            let body = Writer::new(&mut program, random, function).write();
            program.bodies.push(body);
        }
        program
    }

    /// A program that gives the same, for the reference: every value of a local and the condition
    /// of every `select` goes through a call. wasmi 2.0 loses values of locals that are assigned
    /// in one arm of an `if` or in a loop while they wait on the stack, and selects the wrong
    /// value by some comparisons with zero.
    pub fn plain(&self) -> Self {
        let mut plain = self.clone();
        let identities = self.functions.len() as u32;
        for (body, &ty) in plain.bodies.iter_mut().zip(&self.functions) {
            let mut locals = self.types[ty as usize].0.clone();
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
            plain.functions.push(ty);
        }
        plain
    }

    /// The binary module.
    pub fn encode(&self) -> Vec<u8> {
        let mut types = TypeSection::new();
        for (params, results) in &self.types {
            types
                .ty()
                .function(params.iter().copied(), results.iter().copied());
        }
        let (mut functions, mut exports) = (FunctionSection::new(), ExportSection::new());
        for (index, &ty) in (0..).zip(&self.functions) {
            functions.function(ty);
            exports.export(&format!("f{index}"), ExportKind::Func, index);
        }
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            minimum: self.elements.len() as u64 + 1,
            maximum: None,
            table64: false,
            shared: false,
        });
        let mut memories = MemorySection::new();
        for (index, &memory64) in (0..).zip(&self.memories) {
            memories.memory(MemoryType {
                minimum: 1,
                maximum: Some(3),
                memory64,
                shared: false,
                page_size_log2: None,
            });
            exports.export(&format!("m{index}"), ExportKind::Memory, index);
        }
        let mut globals = GlobalSection::new();
        for (index, &val_type) in (0..).zip(&self.globals) {
            let ty = GlobalType {
                val_type,
                mutable: true,
                shared: false,
            };
            globals.global(ty, &zero(val_type));
            exports.export(&format!("g{index}"), ExportKind::Global, index);
        }
        let mut elements = ElementSection::new();
        let listed = Elements::Functions(Cow::Borrowed(&self.elements));
        elements.active(None, &ConstExpr::i32_const(0), listed);
        let mut code = CodeSection::new();
        for body in &self.bodies {
            let mut function = Function::new_with_locals_types(body.locals.iter().copied());
            for instruction in &body.code {
                function.instruction(instruction);
            }
            code.function(function.instruction(&Instruction::End));
        }
        let mut module = Module::new();
        module
            .section(&types)
            .section(&functions)
            .section(&tables)
            .section(&memories)
            .section(&globals)
            .section(&exports)
            .section(&elements)
            .section(&code);
        module.finish()
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

fn zero(ty: ValType) -> ConstExpr {
    match ty {
        ValType::I64 => ConstExpr::i64_const(0),
        ValType::F32 => ConstExpr::f32_const(0.0.into()),
        ValType::F64 => ConstExpr::f64_const(0.0.into()),
        _ => ConstExpr::i32_const(0),
    }
}

/// Fewer types than a number.
fn types(random: &mut Random, end: usize) -> Vec<ValType> {
    (0..random.below(end))
        .map(|_| *random.pick(&TYPES))
        .collect()
}
