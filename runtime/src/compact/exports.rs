//! What a store gives to instances, and what instances give.
//!
//! A name is looked for in the export section itself, one entry after the other: hosts do this
//! seldom, and a sorted list would take memory on the device. What is found is a number of the
//! store, which can be given to the next instance as an import. Standard: section 7.1, "Embedding",
//! "Modules".

use super::address::FuncAddr;
use super::instance::Instance;
use super::instantiate::InstanceIdx;
use super::link::Link;
use super::registers::Registers;
use super::state::State;
use crate::generated::facts::wire::External;
use crate::profile::Profile;
use crate::types::{FuncIdx, GlobalIdx, MemoryIdx, TableIdx, ValType};

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

impl<'m, P: Profile> State<'m, '_, P> {
    /// What is known of an instance.
    #[inline(never)]
    pub(crate) fn look(&self, index: InstanceIdx) -> Option<&Instance<'m>> {
        if index.0 as usize >= self.instances.len {
            return None;
        }
        self.instances.get(index.0 as usize)
    }

    /// The export of this name.
    pub(crate) fn export(&self, instance: InstanceIdx, name: &str) -> Option<Extern<'static>> {
        let of = self.look(instance)?;
        let (kind, index) = find(of, name.as_bytes())?;
        Some(match kind {
            External::Func => self.func_addr(of, FuncIdx(index)).into(),
            External::Table => Extern::Table(self.table_number(of, TableIdx(index)) as u32),
            External::Memory => Extern::Memory(self.memory_number(of, MemoryIdx(index)) as u32),
            External::Global => Extern::Global(self.global_number(of, GlobalIdx(index)) as u32),
            External::Tag => return None,
        })
    }

    /// The exported function of this name.
    pub(crate) fn func(&self, instance: InstanceIdx, name: &str) -> Option<FuncAddr> {
        let of = self.look(instance)?;
        match find(of, name.as_bytes())? {
            (External::Func, index) => Some(self.func_addr(of, FuncIdx(index))),
            _ => None,
        }
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

/// The export of a name: its kind and index. The module is valid, so that nothing is checked but
/// that the bytes are there.
#[inline(never)]
fn find(instance: &Instance<'_>, name: &[u8]) -> Option<(External, u32)> {
    let header = instance.module.header();
    let mut r = Registers {
        code: instance.module.wasm.get(header.exports()..)?.iter(),
        ..Registers::default()
    };
    for _ in 0..header.export_count() {
        let length = r.index().ok()? as usize;
        let found = r.code.as_slice().get(..length)?;
        r.advance(length);
        let (kind, index) = (r.u8().ok()?, r.index().ok()?);
        if found == name {
            return Some((External::from_code(kind)?, index));
        }
    }
    None
}

impl From<FuncAddr> for Extern<'_> {
    fn from(func: FuncAddr) -> Self {
        Self::Func(func)
    }
}
