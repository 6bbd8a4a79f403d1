//! What bodies do with memories: single values, and ranges of bytes.
//!
//! Most addresses lie within the memory, because an access that traps ends the call and with it the
//! comparison.

use wasm_encoder::{Instruction, MemArg, MemArgTarget, ValType};

use super::Writer;
use crate::program::operations::{ACCESSES, Access};

/// A page of a memory.
const PAGE: i64 = 0x1_0000;

impl Writer<'_> {
    /// Pushes an address, almost always one within the memory.
    pub(super) fn address(&mut self, align: u32) -> MemArg {
        let memory = self.random.below(self.program.memories.len());
        let inside = !self.random.chance(40);
        let (constant, and, ty): (fn(i64) -> _, _, _) = if self.program.memories[memory] {
            (Instruction::I64Const, Instruction::I64And, ValType::I64)
        } else {
            let constant = |value| Instruction::I32Const(value as i32);
            (constant, Instruction::I32And, ValType::I32)
        };
        if inside && self.random.chance(3) {
            let address = self.random.below(64) as i64;
            self.emit(constant(address));
        } else {
            self.value(ty);
            if inside {
                self.emit(constant(PAGE / 2 - 1));
                self.emit(and);
            }
        }
        let offset = match self.random.below(3) {
            0 => 0,
            1 => self.random.below(16) as u64,
            _ if inside => self.random.below(PAGE as usize / 2 - 8) as u64,
            _ if ty == ValType::I64 => self.random.integer() as u64,
            _ => self.random.integer() as u32 as u64,
        };
        MemArg {
            offset,
            align: self.random.below(align as usize + 1) as u32,
            target: MemArgTarget::Memory(memory as u32),
            ordering: None,
        }
    }

    pub(super) fn load(&mut self, ty: ValType) {
        let fits = |access: &&Access| access.ty == ty && !access.stores;
        let all: Vec<&Access> = ACCESSES.iter().filter(fits).collect();
        let chosen = *self.random.pick(&all);
        let at = self.address(chosen.align);
        self.emit((chosen.instruction)(at));
    }

    pub(super) fn store(&mut self) {
        let all: Vec<&Access> = ACCESSES.iter().filter(|access| access.stores).collect();
        let chosen = *self.random.pick(&all);
        let at = self.address(chosen.align);
        if self.random.chance(4) {
            self.statement();
        }
        self.value(chosen.ty);
        self.canonical(chosen.ty);
        self.emit((chosen.instruction)(at));
    }

    pub(super) fn memory(&mut self) {
        let memory = self.random.below(self.program.memories.len());
        let ty = if self.program.memories[memory] {
            ValType::I64
        } else {
            ValType::I32
        };
        let memory = memory as u32;
        if self.random.chance(2) {
            self.value(ty);
            self.emit(Instruction::MemoryGrow(memory));
        } else {
            self.emit(Instruction::MemorySize(memory));
        }
        match self.local(ty, false) {
            Some(local) => self.emit(Instruction::LocalSet(local)),
            None => self.emit(Instruction::Drop),
        }
    }

    /// Fills a memory or copies from one to another, seldom out of bounds, often a lot.
    pub(super) fn bulk(&mut self) {
        let count = self.program.memories.len();
        let [to, from] = [(); 2].map(|()| self.random.below(count));
        let fills = self.random.chance(2);
        self.place(to);
        if fills {
            self.value(ValType::I32);
        } else {
            self.place(from);
        }
        let is_64 = self.program.memories[to] && (fills || self.program.memories[from]);
        let length = match self.random.below(4) {
            0 => self.random.below(64) as i64,
            1 => self.random.below(4_096) as i64,
            2 => self.random.below(PAGE as usize / 2) as i64,
            _ if self.random.chance(10) => self.random.integer(),
            _ => PAGE / 2,
        };
        self.emit(if is_64 {
            Instruction::I64Const(length)
        } else {
            Instruction::I32Const(length as i32)
        });
        let (dst_mem, src_mem) = (to as u32, from as u32);
        self.emit(if fills {
            Instruction::MemoryFill(dst_mem)
        } else {
            Instruction::MemoryCopy { src_mem, dst_mem }
        });
    }

    /// Pushes an address in the first half of a page of a memory.
    pub(super) fn place(&mut self, memory: usize) {
        if self.program.memories[memory] {
            self.value(ValType::I64);
            self.emit(Instruction::I64Const(PAGE / 2 - 1));
            self.emit(Instruction::I64And);
        } else {
            self.value(ValType::I32);
            self.emit(Instruction::I32Const(PAGE as i32 / 2 - 1));
            self.emit(Instruction::I32And);
        }
    }
}
