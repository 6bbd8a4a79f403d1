//! Instances: a module in a store, and where its parts begin.
//!
//! An instance is small and is copied into the state when it runs: offsets into its module's table,
//! and bases in the store's lists. Reading through it cannot fail: what a wrong table says is not
//! there reads as zero or traps. Standard: section 4.2, "Runtime Structure", "Module Instances".

use super::module::Module;
use super::table::{Body, item};
use crate::types::{ExternKind, FuncIdx, TypeIdx};
use crate::validate::TypeDef;
use crate::validate::arena::ListName;

/// A module in a store: where its parts are, in its table and in the store's lists.
#[derive(Clone, Copy, Debug, Default)]
pub struct Instance<'m> {
    pub(crate) index: u32,
    pub(crate) module: Module<'m>,
    pub(crate) bases: Bases,
    /// Where lists of its table begin.
    funcs: usize,
    bodies: usize,
    defs: usize,
    pub(crate) branches: usize,
    pub(crate) imported: Imported,
    /// How many element segments it has.
    pub(crate) elements: u32,
}

/// Numbers of imports of each kind.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Imported {
    pub(crate) funcs: u32,
    pub(crate) tables: u32,
    pub(crate) memories: u32,
    pub(crate) globals: u32,
}

/// Where parts of an instance begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Bases {
    /// What its imports are linked to: functions, tables, memories, globals, in this order.
    pub(crate) links: u32,
    pub(crate) tables: u32,
    pub(crate) memories: u32,
    pub(crate) globals: u32,
    pub(crate) types: u32,
    /// Element segments, then data segments.
    pub(crate) segments: u32,
}

impl<'m> Instance<'m> {
    /// What a list holds before it is used, as `Default` cannot be used in static memory.
    pub const EMPTY: Self = Self {
        index: 0,
        module: Module::with_trusted_table(&[], &[]),
        bases: Bases {
            links: 0,
            tables: 0,
            memories: 0,
            globals: 0,
            types: 0,
            segments: 0,
        },
        funcs: 0,
        bodies: 0,
        defs: 0,
        branches: 0,
        imported: Imported {
            funcs: 0,
            tables: 0,
            memories: 0,
            globals: 0,
        },
        elements: 0,
    };

    /// Becomes the instance with this number. In place, so that no number waits in a register for
    /// the others.
    #[cfg_attr(small, inline(never))]
    pub(crate) fn open(&mut self, index: u32, module: Module<'m>, bases: Bases) {
        self.index = index;
        self.module = module;
        self.bases = bases;
        let header = module.header();
        self.funcs = header.start(ListName::Funcs);
        self.bodies = header.start(ListName::BODIES);
        self.defs = header.start(ListName::Types);
        self.branches = header.start(ListName::BRANCHES);
        self.imported.funcs = header.imported(ExternKind::Func);
        self.imported.tables = header.imported(ExternKind::Table);
        self.imported.memories = header.imported(ExternKind::Memory);
        self.imported.globals = header.imported(ExternKind::Global);
        self.elements = header.count(ListName::ELEMENTS);
    }

    /// The record of a function's body.
    #[cfg_attr(not(small), inline(always))]
    #[cfg_attr(small, inline(never))]
    pub(crate) fn body(&self, func: FuncIdx) -> Body {
        let index = func.0.wrapping_sub(self.imported.funcs);
        item(self.module.table, self.bodies, index)
    }

    /// The index of a function's type.
    #[inline(always)]
    pub(crate) fn func_type(&self, func: FuncIdx) -> TypeIdx {
        TypeIdx(item(self.module.table, self.funcs, func.0))
    }

    /// The type of a function.
    #[cfg_attr(not(small), inline(always))]
    #[cfg_attr(small, inline(never))]
    pub(crate) fn signature(&self, func: FuncIdx) -> TypeDef {
        self.ty(self.func_type(func))
    }

    /// A type.
    #[cfg_attr(not(small), inline(always))]
    #[cfg_attr(small, inline(never))]
    pub(crate) fn ty(&self, ty: TypeIdx) -> TypeDef {
        item(self.module.table, self.defs, ty.0)
    }

    /// How many types it has.
    pub(crate) fn types(&self) -> u32 {
        self.module.header().count(ListName::Types)
    }

    pub(crate) fn func_link(&self, f: FuncIdx) -> u32 {
        self.bases.links.wrapping_add(f.0)
    }

    pub(crate) fn table_link(&self, x: u32) -> u32 {
        let first = self.bases.links.wrapping_add(self.imported.funcs);
        first.wrapping_add(x)
    }

    pub(crate) fn memory_link(&self, x: u32) -> u32 {
        self.table_link(self.imported.tables).wrapping_add(x)
    }

    pub(crate) fn global_link(&self, x: u32) -> u32 {
        self.memory_link(self.imported.memories).wrapping_add(x)
    }
}
