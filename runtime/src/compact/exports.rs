//! What a store gives to instances, and what instances give.
//!

use super::address::FuncAddr;
use super::core::Core;
use super::instance::Instance;
use super::instantiate::InstanceIdx;
use super::link::Link;
use crate::types::{ExternKind, FuncIdx, GlobalIdx, MemoryIdx, TableIdx, ValType};

/// An object that an instance can import.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extern<'t> {
    /// A function of an instance.
    Func(FuncAddr),
    /// A function of the host: a number by which the host knows it, and its type.
    Host {
        /// The number.
        id: u32,
        /// Types of the parameters.
        params: &'t [ValType],
        /// Types of the results.
        results: &'t [ValType],
    },
    /// A table, by its number in the store.
    Table(u32),
    /// A memory, by its number in the store.
    Memory(u32),
    /// A global, by its number in the store.
    Global(u32),
}

impl<'m> Core<'m, '_> {
    /// What is known of an instance.
    pub(crate) fn look(&self, index: InstanceIdx) -> Option<Instance<'m>> {
        if index.0 as usize >= self.instances.len {
            return None;
        }
        self.instances.get(index.0 as usize).copied()
    }

    /// The export of this name.
    pub(crate) fn export(&mut self, instance: InstanceIdx, name: &str) -> Option<Extern<'static>> {
        let current = self.look(instance)?;
        let export = current.module.export(name)?;
        let before = ::core::mem::replace(&mut self.current, current);
        let found = match export.kind {
            ExternKind::Func => self.func_addr(FuncIdx(export.index)).into(),
            ExternKind::Table => Extern::Table(self.table_number(TableIdx(export.index)) as u32),
            ExternKind::Memory => {
                Extern::Memory(self.memory_number(MemoryIdx(export.index)) as u32)
            }
            ExternKind::Global => {
                Extern::Global(self.global_number(GlobalIdx(export.index)) as u32)
            }
            ExternKind::Tag => return None,
        };
        self.current = before;
        Some(found)
    }

    /// What an import of a function is linked to, if the function is one of the host.
    pub(crate) fn host(&self, func: FuncAddr) -> Option<u32> {
        let current = self.look(InstanceIdx(func.instance()))?;
        if func.func().0 >= current.imported.funcs {
            return None;
        }
        match self.link(current.func_link(func.func())) {
            Link::Host(id) => Some(id),
            _ => None,
        }
    }
}

impl From<FuncAddr> for Extern<'_> {
    fn from(func: FuncAddr) -> Self {
        Self::Func(func)
    }
}
