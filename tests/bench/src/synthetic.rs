//! A large module of ordinary code: all kernels, many times over.
//!
//! Random modules resemble no compiler's output, and a large real one does not belong into this
//! repository. So the functions of all kernels are joined, with their indices shifted.

use std::convert::Infallible;

use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{
    CodeSection, ElementSection, FunctionSection, GlobalSection, MemorySection, MemoryType, Module,
    TableSection, TypeSection,
};
use wasmparser::{Parser, Payload};

use crate::Error;
use crate::kernels::KERNELS;

/// Joins all kernels, this many times.
pub fn module(copies: usize) -> Result<Vec<u8>, Error> {
    let mut joined = Joined::default();
    for _ in 0..copies {
        for kernel in KERNELS {
            joined.append(kernel.wasm)?;
        }
    }
    Ok(joined.finish())
}

#[derive(Default)]
struct Joined {
    shift: Shift,
    types: TypeSection,
    functions: FunctionSection,
    tables: TableSection,
    globals: GlobalSection,
    elements: ElementSection,
    code: CodeSection,
}

impl Joined {
    fn append(&mut self, wasm: &[u8]) -> Result<(), Error> {
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(s) => self.shift.parse_type_section(&mut self.types, s)?,
                Payload::FunctionSection(s) => {
                    self.shift.parse_function_section(&mut self.functions, s)?;
                }
                Payload::TableSection(s) => self.shift.parse_table_section(&mut self.tables, s)?,
                Payload::GlobalSection(s) => {
                    self.shift.parse_global_section(&mut self.globals, s)?
                }
                Payload::ElementSection(s) => {
                    self.shift.parse_element_section(&mut self.elements, s)?;
                }
                Payload::CodeSectionEntry(body) => {
                    self.shift.parse_function_body(&mut self.code, body)?;
                }
                _ => {}
            }
        }
        self.shift.types = self.types.len();
        self.shift.functions = self.functions.len();
        self.shift.tables = self.tables.len();
        self.shift.globals = self.globals.len();
        Ok(())
    }

    fn finish(self) -> Vec<u8> {
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 64,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut module = Module::new();
        module
            .section(&self.types)
            .section(&self.functions)
            .section(&self.tables)
            .section(&memories)
            .section(&self.globals)
            .section(&self.elements)
            .section(&self.code);
        module.finish()
    }
}

/// Where the next kernel's index spaces begin.
#[derive(Default)]
struct Shift {
    types: u32,
    functions: u32,
    tables: u32,
    globals: u32,
}

type Reencoded = Result<u32, reencode::Error<Infallible>>;

impl Reencode for Shift {
    type Error = Infallible;

    fn type_index(&mut self, index: u32) -> Reencoded {
        Ok(index + self.types)
    }

    fn function_index(&mut self, index: u32) -> Reencoded {
        Ok(index + self.functions)
    }

    fn table_index(&mut self, index: u32) -> Reencoded {
        Ok(index + self.tables)
    }

    fn global_index(&mut self, index: u32) -> Reencoded {
        Ok(index + self.globals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_kernels_are_valid() {
        let wasm = module(2).unwrap();
        wasmparser::validate(&wasm).unwrap();
    }
}
