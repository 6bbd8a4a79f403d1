//! The instructions that expressions are made of: their operands and result.
//!
//! Typed by hand and not taken from the tables, so that a wrong row makes an invalid module here
//! and is noticed.

use wasm_encoder::{Instruction, MemArg, ValType};

/// An instruction without immediates.
pub struct Operation {
    /// The instruction itself.
    pub instruction: Instruction<'static>,
    /// Types of its operands.
    pub operands: &'static [ValType],
    /// Type of its result.
    pub result: ValType,
    /// What else there is to know.
    pub notes: &'static [Note],
}

/// Something to know of an operation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// It gives a truth value.
    Compares,
    /// It traps if its second operand is zero.
    Divides,
    /// It traps often.
    Traps,
    /// Its result tells one NaN from another.
    ShowsNan,
}

impl Operation {
    /// Whether it has a note.
    pub fn is(&self, note: Note) -> bool {
        self.notes.contains(&note)
    }
}

/// A load or a store.
pub struct Access {
    /// The instruction for its immediate.
    pub instruction: fn(MemArg) -> Instruction<'static>,
    /// Type of the value.
    pub ty: ValType,
    /// Binary logarithm of its natural alignment.
    pub align: u32,
    /// It is a store.
    pub stores: bool,
}

macro_rules! operations {
    ($($result:ident: $($name:ident($($operand:ident)*) $($note:ident)*,)*;)*) => {
        /// All that there are.
        pub static OPERATIONS: &[Operation] = &[$($(
            Operation {
                instruction: Instruction::$name,
                operands: &[$(ValType::$operand),*],
                result: ValType::$result,
                notes: &[$(Note::$note),*],
            },
        )*)*];
    };
}

macro_rules! accesses {
    ($($ty:ident: $($name:ident($align:literal))*, $($store:ident($store_align:literal))*;)*) => {
        /// All that there are.
        pub static ACCESSES: &[Access] = &[$(
            $(Access {
                instruction: Instruction::$name,
                ty: ValType::$ty,
                align: $align,
                stores: false,
            },)*
            $(Access {
                instruction: Instruction::$store,
                ty: ValType::$ty,
                align: $store_align,
                stores: true,
            },)*
        )*];
    };
}

accesses! {
    I32: I32Load(2) I32Load8S(0) I32Load8U(0) I32Load16S(1) I32Load16U(1),
        I32Store(2) I32Store8(0) I32Store16(1);
    I64: I64Load(3) I64Load8S(0) I64Load8U(0) I64Load16S(1) I64Load16U(1) I64Load32S(2)
        I64Load32U(2), I64Store(3) I64Store8(0) I64Store16(1) I64Store32(2);
    F32: F32Load(2), F32Store(2);
    F64: F64Load(3), F64Store(3);
}

#[rustfmt::skip]
operations! {
    I32:
        I32Add(I32 I32), I32Sub(I32 I32), I32Mul(I32 I32), I32And(I32 I32), I32Or(I32 I32),
        I32Xor(I32 I32), I32Shl(I32 I32), I32ShrS(I32 I32), I32ShrU(I32 I32), I32Rotl(I32 I32),
        I32Rotr(I32 I32), I32DivS(I32 I32) Divides, I32DivU(I32 I32) Divides,
        I32RemS(I32 I32) Divides, I32RemU(I32 I32) Divides, I32Clz(I32), I32Ctz(I32),
        I32Popcnt(I32), I32Extend8S(I32), I32Extend16S(I32), I32Eq(I32 I32) Compares,
        I32Ne(I32 I32) Compares, I32LtS(I32 I32) Compares, I32LtU(I32 I32) Compares,
        I32GtS(I32 I32) Compares, I32GtU(I32 I32) Compares, I32LeS(I32 I32) Compares,
        I32LeU(I32 I32) Compares, I32GeS(I32 I32) Compares, I32GeU(I32 I32) Compares,
        I32Eqz(I32) Compares, I32TruncF32S(F32) Traps, I32TruncSatF32S(F32),
        I32TruncF32U(F32) Traps, I32TruncSatF32U(F32), I32TruncF64S(F64) Traps,
        I32TruncSatF64S(F64), I32TruncF64U(F64) Traps, I32TruncSatF64U(F64),
        I64Eq(I64 I64) Compares, I64Ne(I64 I64) Compares, I64LtS(I64 I64) Compares,
        I64LtU(I64 I64) Compares, I64GtS(I64 I64) Compares, I64GtU(I64 I64) Compares,
        I64LeS(I64 I64) Compares, I64LeU(I64 I64) Compares, I64GeS(I64 I64) Compares,
        I64GeU(I64 I64) Compares, I64Eqz(I64) Compares, I32WrapI64(I64), F32Eq(F32 F32) Compares,
        F32Ne(F32 F32) Compares, F32Lt(F32 F32) Compares, F32Gt(F32 F32) Compares,
        F32Le(F32 F32) Compares, F32Ge(F32 F32) Compares, I32ReinterpretF32(F32) ShowsNan,
        F64Eq(F64 F64) Compares, F64Ne(F64 F64) Compares, F64Lt(F64 F64) Compares,
        F64Gt(F64 F64) Compares, F64Le(F64 F64) Compares, F64Ge(F64 F64) Compares,;
    I64:
        I64Add(I64 I64), I64Sub(I64 I64), I64Mul(I64 I64), I64And(I64 I64), I64Or(I64 I64),
        I64Xor(I64 I64), I64Shl(I64 I64), I64ShrS(I64 I64), I64ShrU(I64 I64), I64Rotl(I64 I64),
        I64Rotr(I64 I64), I64DivS(I64 I64) Divides, I64DivU(I64 I64) Divides,
        I64RemS(I64 I64) Divides, I64RemU(I64 I64) Divides, I64Clz(I64), I64Ctz(I64),
        I64Popcnt(I64), I64Extend8S(I64), I64Extend16S(I64), I64TruncF32S(F32) Traps,
        I64TruncSatF32S(F32), I64TruncF32U(F32) Traps, I64TruncSatF32U(F32),
        I64TruncF64S(F64) Traps, I64TruncSatF64S(F64), I64TruncF64U(F64) Traps,
        I64TruncSatF64U(F64), I64Extend32S(I64), I64ExtendI32S(I32), I64ExtendI32U(I32),
        I64ReinterpretF64(F64) ShowsNan,;
    F32:
        F32ConvertI32S(I32), F32ConvertI32U(I32), F32ConvertI64S(I64), F32ConvertI64U(I64),
        F32Add(F32 F32), F32Sub(F32 F32), F32Mul(F32 F32), F32Div(F32 F32), F32Min(F32 F32),
        F32Max(F32 F32), F32Copysign(F32 F32) ShowsNan, F32Abs(F32), F32Neg(F32), F32Ceil(F32),
        F32Floor(F32), F32Trunc(F32), F32Nearest(F32), F32Sqrt(F32), F32ReinterpretI32(I32),
        F32DemoteF64(F64),;
    F64:
        F64ConvertI32S(I32), F64ConvertI32U(I32), F64ConvertI64S(I64), F64ConvertI64U(I64),
        F64Add(F64 F64), F64Sub(F64 F64), F64Mul(F64 F64), F64Div(F64 F64), F64Min(F64 F64),
        F64Max(F64 F64), F64Copysign(F64 F64) ShowsNan, F64Abs(F64), F64Neg(F64), F64Ceil(F64),
        F64Floor(F64), F64Trunc(F64), F64Nearest(F64), F64Sqrt(F64), F64ReinterpretI64(I64),
        F64PromoteF32(F32),;
}
