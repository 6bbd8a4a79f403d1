//! The binary format of a program.
//!
//! Everything is exported under a letter of its kind and its index, what is imported as well: so it
//! can be compared, and imported by another program. Standard: chapter 5, "Binary Format".

use std::borrow::Cow;

use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction,
    MemorySection, MemoryType, Module, RefType, StartSection, TableSection, TableType, TypeSection,
    ValType,
};

use super::Program;

/// How many elements a table may grow by.
const GROWTH: u32 = 8;

impl Program {
    /// The binary module.
    pub fn encode(&self) -> Vec<u8> {
        let mut types = TypeSection::new();
        for (params, results) in &self.types {
            types
                .ty()
                .function(params.iter().copied(), results.iter().copied());
        }
        let mut imports = ImportSection::new();
        for (module, name, ty) in &self.imports {
            imports.import(module, name, *ty);
        }
        let mut functions = FunctionSection::new();
        let imported = self.imported(|ty| matches!(ty, EntityType::Function(_)));
        for callee in &self.functions[imported..] {
            functions.function(callee.ty);
        }
        let mut tables = TableSection::new();
        let imported = self.imported(|ty| matches!(ty, EntityType::Table(_)));
        for &minimum in &self.tables[imported..] {
            tables.table(table_type(minimum));
        }
        let mut memories = MemorySection::new();
        let imported = self.imported(|ty| matches!(ty, EntityType::Memory(_)));
        for &memory64 in &self.memories[imported..] {
            memories.memory(memory_type(memory64));
        }
        let mut globals = GlobalSection::new();
        let imported = self.imported(|ty| matches!(ty, EntityType::Global(_)));
        for &ty in &self.globals[imported..] {
            globals.global(ty, &self.initial(ty, imported));
        }
        let mut exports = ExportSection::new();
        for (kind, letter, count) in [
            (ExportKind::Func, 'f', self.functions.len()),
            (ExportKind::Table, 't', self.tables.len()),
            (ExportKind::Memory, 'm', self.memories.len()),
            (ExportKind::Global, 'g', self.globals.len()),
        ] {
            for index in 0..count as u32 {
                exports.export(&format!("{letter}{index}"), kind, index);
            }
        }
        let mut elements = ElementSection::new();
        for segment in &self.segments {
            let listed = Elements::Functions(Cow::Borrowed(&segment.functions));
            match segment.target {
                Some((table, offset)) => {
                    elements.active(Some(table), &ConstExpr::i32_const(offset as i32), listed)
                }
                None => elements.passive(listed),
            };
        }
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
            .section(&imports)
            .section(&functions)
            .section(&tables)
            .section(&memories)
            .section(&globals)
            .section(&exports);
        if let Some(function_index) = self.start {
            module.section(&StartSection { function_index });
        }
        module.section(&elements).section(&code);
        module.finish()
    }

    /// How many imports are of a kind.
    pub(super) fn imported(&self, kind: impl Fn(&EntityType) -> bool) -> usize {
        self.imports.iter().filter(|(_, _, ty)| kind(ty)).count()
    }

    /// What a global is at first: what an imported one of its type is that cannot change, or zero;
    /// if it cannot change itself, something else.
    fn initial(&self, ty: GlobalType, imported: usize) -> ConstExpr {
        let same = |other: &GlobalType| other.val_type == ty.val_type && !other.mutable;
        match self.globals[..imported].iter().position(same) {
            Some(index) => ConstExpr::global_get(index as u32),
            None => constant(ty.val_type, if ty.mutable { 0 } else { 3 }),
        }
    }
}

/// A number, or null.
fn constant(ty: ValType, value: i8) -> ConstExpr {
    match ty {
        ValType::I64 => ConstExpr::i64_const(value.into()),
        ValType::F32 => ConstExpr::f32_const(f32::from(value).into()),
        ValType::F64 => ConstExpr::f64_const(f64::from(value).into()),
        ValType::Ref(reference) => ConstExpr::ref_null(reference.heap_type),
        _ => ConstExpr::i32_const(value.into()),
    }
}

pub(super) fn table_type(minimum: u32) -> TableType {
    TableType {
        element_type: RefType::FUNCREF,
        minimum: minimum.into(),
        maximum: Some((minimum + GROWTH).into()),
        table64: false,
        shared: false,
    }
}

pub(super) fn memory_type(memory64: bool) -> MemoryType {
    MemoryType {
        minimum: 1,
        maximum: Some(3),
        memory64,
        shared: false,
        page_size_log2: None,
    }
}
