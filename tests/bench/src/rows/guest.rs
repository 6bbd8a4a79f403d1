//! The module that applies an instruction to operands in its memory.
//!
//! Each shape is a function of it, called with the numbers of the first tuple of operands and of
//! the one behind the last. Before each application it stores the tuple's number, so that the host
//! knows, after a trap, where to go on.

use std::fmt;

use tabwasm_codegen::model::NumberType;
use wasm_encoder::{
    BlockType, CodeSection, ExportKind, ExportSection, Function, FunctionSection, Ieee32, Ieee64,
    Instruction as I, MemArg, MemArgTarget, MemorySection, MemoryType, Module, TypeSection,
    ValType,
};

use super::row::{Instruction, Operand, Row};

/// Tuples of operands in memory at a time.
pub const PORTION: usize = 1 << 11;

/// Bytes of an operand or a result in memory, whatever its type.
pub const CELL: usize = size_of::<u128>();

/// Where the number of the tuple is.
pub const NUMBER: usize = 0;

/// Where operands begin.
pub const OPERANDS: usize = CELL;

/// Locals: the number of the tuple and the one behind the last, addresses of operands and results;
/// the first operand is next, and behind the operands are the results.
const TUPLE: u32 = 0;
const END: u32 = 1;
const TAKEN: u32 = 2;
const GIVEN: u32 = 3;
const FIRST: u32 = 4;

/// The name of its memory.
pub const MEMORY: &str = "memory";

/// How the instruction gets its operands, and what becomes of its result.
#[derive(Clone, Copy)]
pub enum Shape {
    /// From the stack, as they were loaded.
    Stack,
    /// From locals.
    Locals,
    /// All operands of the first one's type are the first one.
    Aliased,
    /// The result decides a branch.
    Condition,
    /// One is a constant.
    Constant {
        /// Which one.
        place: usize,
        /// Its bits.
        value: u128,
    },
}

/// The module of an instruction.
pub struct Guest {
    /// In binary.
    pub wasm: Vec<u8>,
    /// Bytes of the operands of one application.
    pub taken: usize,
    /// Bytes of the results of one application.
    pub given: usize,
}

impl Guest {
    /// A module with a function for each shape, named by its number.
    pub fn new(row: &Row, instruction: &Instruction, shapes: &[Shape]) -> Self {
        let guest = Self {
            wasm: Vec::new(),
            taken: CELL * row.operands.len(),
            given: CELL * row.results.len().max(1),
        };
        let mut types = TypeSection::new();
        types.ty().function([ValType::I32, ValType::I32], []);
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            // Beyond the last cells may be read and written, too.
            minimum: (guest.end() + CELL).div_ceil(1 << 16) as u64,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut exports = ExportSection::new();
        exports.export(MEMORY, ExportKind::Memory, 0);
        let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
        for (number, shape) in (0..).zip(shapes) {
            functions.function(0);
            exports.export(&number.to_string(), ExportKind::Func, number);
            code.function(&guest.function(row, instruction, *shape));
        }
        let mut module = Module::new();
        module.section(&types).section(&functions);
        module.section(&memories).section(&exports).section(&code);
        let wasm = module.finish();
        Self { wasm, ..guest }
    }

    /// Where results begin.
    pub fn results(&self) -> usize {
        OPERANDS + PORTION * self.taken
    }

    /// Behind the results.
    pub fn end(&self) -> usize {
        self.results() + PORTION * self.given
    }

    fn function(&self, row: &Row, instruction: &Instruction, shape: Shape) -> Function {
        let addresses = [ValType::I32; 2].into_iter();
        let operands = row.operands.iter().map(|operand| operand.local());
        let results = row.results.iter().map(|result| value_type(*result));
        let mut f = Function::new_with_locals_types(addresses.chain(operands).chain(results));
        f.instruction(&I::Block(BlockType::Empty));
        f.instruction(&I::Loop(BlockType::Empty));
        f.instruction(&I::LocalGet(TUPLE));
        f.instruction(&I::LocalGet(END));
        f.instruction(&I::I32GeU);
        f.instruction(&I::BrIf(1));
        f.instruction(&I::I32Const(NUMBER as i32));
        f.instruction(&I::LocalGet(TUPLE));
        f.instruction(&I::I32Store(at(0)));
        address(&mut f, OPERANDS, self.taken, TAKEN);
        address(&mut f, self.results(), self.given, GIVEN);
        take(&mut f, row, shape);
        f.raw(instruction.bytes.iter().copied());
        give(&mut f, row, shape);
        f.instruction(&I::LocalGet(TUPLE));
        f.instruction(&I::I32Const(1));
        f.instruction(&I::I32Add);
        f.instruction(&I::LocalSet(TUPLE));
        f.instruction(&I::Br(0));
        f.instruction(&I::End);
        f.instruction(&I::End);
        f.instruction(&I::End);
        f
    }
}

/// Pushes the operands.
fn take(f: &mut Function, row: &Row, shape: Shape) {
    let locals = FIRST..;
    for ((place, local), operand) in locals.clone().enumerate().zip(&row.operands) {
        match operand {
            Operand::Address if row.results.is_empty() => _ = f.instruction(&I::LocalGet(GIVEN)),
            Operand::Address => {
                f.instruction(&I::LocalGet(TAKEN));
                f.instruction(&I::I32Const((place * CELL) as i32));
                f.instruction(&I::I32Add);
            }
            Operand::Value(number) => {
                f.instruction(&I::LocalGet(TAKEN));
                f.instruction(&load_of(*number, at(place * CELL)));
            }
        }
        if !matches!(shape, Shape::Stack) {
            f.instruction(&I::LocalSet(local));
        }
    }
    if matches!(shape, Shape::Stack) {
        return;
    }
    for ((place, local), operand) in locals.enumerate().zip(&row.operands) {
        f.instruction(&match shape {
            Shape::Constant { place: of, value } if of == place => constant(*operand, value),
            Shape::Aliased if *operand == row.operands[0] => I::LocalGet(FIRST),
            _ => I::LocalGet(local),
        });
    }
}

/// Stores the results.
fn give(f: &mut Function, row: &Row, shape: Shape) {
    if matches!(shape, Shape::Condition) {
        f.instruction(&I::If(BlockType::Result(ValType::I32)));
        f.instruction(&I::I32Const(1));
        f.instruction(&I::Else);
        f.instruction(&I::I32Const(0));
        f.instruction(&I::End);
    }
    let first = FIRST + row.operands.len() as u32;
    let behind = first + row.results.len() as u32;
    for local in (first..behind).rev() {
        f.instruction(&I::LocalSet(local));
    }
    for ((place, local), result) in (first..).enumerate().zip(&row.results) {
        f.instruction(&I::LocalGet(GIVEN));
        f.instruction(&I::LocalGet(local));
        f.instruction(&store_of(*result, at(place * CELL)));
    }
}

/// Sets a local to the address of the tuple's cells.
fn address(f: &mut Function, begin: usize, size: usize, local: u32) {
    f.instruction(&I::LocalGet(TUPLE));
    f.instruction(&I::I32Const(size as i32));
    f.instruction(&I::I32Mul);
    f.instruction(&I::I32Const(begin as i32));
    f.instruction(&I::I32Add);
    f.instruction(&I::LocalSet(local));
}

impl Operand {
    fn local(self) -> ValType {
        match self {
            Self::Value(number) => value_type(number),
            Self::Address => ValType::I32,
        }
    }
}

fn value_type(number: NumberType) -> ValType {
    match number {
        NumberType::I32 => ValType::I32,
        NumberType::I64 => ValType::I64,
        NumberType::F32 => ValType::F32,
        NumberType::F64 => ValType::F64,
        NumberType::V128 => ValType::V128,
    }
}

fn at(offset: usize) -> MemArg {
    MemArg {
        offset: offset as u64,
        align: 0,
        target: MemArgTarget::Memory(0),
        ordering: None,
    }
}

fn load_of(number: NumberType, at: MemArg) -> I<'static> {
    match number {
        NumberType::I32 => I::I32Load(at),
        NumberType::I64 => I::I64Load(at),
        NumberType::F32 => I::F32Load(at),
        NumberType::F64 => I::F64Load(at),
        NumberType::V128 => I::V128Load(at),
    }
}

fn store_of(number: NumberType, at: MemArg) -> I<'static> {
    match number {
        NumberType::I32 => I::I32Store(at),
        NumberType::I64 => I::I64Store(at),
        NumberType::F32 => I::F32Store(at),
        NumberType::F64 => I::F64Store(at),
        NumberType::V128 => I::V128Store(at),
    }
}

fn constant(operand: Operand, bits: u128) -> I<'static> {
    match operand {
        Operand::Value(NumberType::I32) | Operand::Address => I::I32Const(bits as i32),
        Operand::Value(NumberType::I64) => I::I64Const(bits as i64),
        Operand::Value(NumberType::F32) => I::F32Const(Ieee32::new(bits as u32)),
        Operand::Value(NumberType::F64) => I::F64Const(Ieee64::new(bits as u64)),
        Operand::Value(NumberType::V128) => I::V128Const(bits.cast_signed()),
    }
}

impl Shape {
    /// What is applied, of a tuple in memory.
    pub fn operands(&self, row: &Row, tuple: &[u128]) -> Vec<u128> {
        let mut operands = tuple.to_vec();
        match *self {
            Self::Stack | Self::Locals | Self::Condition => {}
            Self::Constant { place, value } => operands[place] = value,
            Self::Aliased => {
                for (operand, kind) in operands.iter_mut().zip(&row.operands) {
                    if *kind == row.operands[0] {
                        *operand = tuple[0];
                    }
                }
            }
        }
        operands
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stack => f.write_str("from the stack"),
            Self::Locals => f.write_str("from locals"),
            Self::Aliased => f.write_str("one local for all"),
            Self::Condition => f.write_str("as a condition"),
            Self::Constant { place, .. } => write!(f, "operand {place} constant"),
        }
    }
}
