//! Modules: their bytes and their table.
//!
//! A [`Module`] is two slices, both of which can be read-only. It comes from validation, which
//! writes the table, or from a table made before (`tabwasm compile`, `include_wasm!`); a table that
//! was made of other bytes makes a program trap, and cannot do more. Standard: section 2.5,
//! "Modules".

use super::build::Builder;
use super::needs::Needs;
use super::table::{Data, Elements, Front, Header, ImportEntry, KINDS, Word, item};
use crate::profile::{Everything, Gate};
use crate::read::{Export, Reader};
use crate::reject::Reject;
use crate::spec::Proposal;
use crate::types::{ExternKind, FuncIdx, ValType};
use crate::validate::arena::{Arena, ListName};
use crate::validate::item::Item;
use crate::validate::{self, TypeDef};

/// A valid module: the bytes as they came, and a table of offsets made by the validator.
///
/// ```
/// use tabwasm::compact::Module;
/// use tabwasm::profile::NoAlloc;
///
/// let mut arena = [0; 256];
/// let module = Module::new(b"\0asm\x01\0\0\0", &NoAlloc, &mut arena)?;
/// assert_eq!(module.exports().count(), 0);
///
/// // On another machine, perhaps: no validator is needed there.
/// let again = Module::with_table(module.wasm(), module.table())?;
/// # Ok::<(), tabwasm::reject::Reject>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Module<'m> {
    pub(crate) wasm: &'m [u8],
    pub(crate) table: &'m [u8],
}

/// An import of a module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Import<'m> {
    /// Name of the module.
    pub module: &'m str,
    /// Name within the module.
    pub name: &'m str,
    /// What is imported.
    pub kind: ExternKind,
}

impl<'m> Module<'m> {
    /// Validates a module as the standard says, and writes its table to the front of the arena.
    ///
    /// Its stores need slots for all values that the gate admits: one that admits vectors makes
    /// modules for profiles whose slots have 16 bytes, whether they have vectors or not, and one
    /// that does not, modules for all.
    ///
    /// How large the arena has to be, [`Needs`] of an equal module says, or [`Reject`]: with a
    /// detail [`Limit`](crate::reject::Detail::Limit) `arena`.
    pub fn new(wasm: &'m [u8], gate: &impl Gate, arena: &'m mut [u8]) -> Result<Self, Reject> {
        Ok(Self::measured(wasm, gate, arena)?.0)
    }

    /// As [`new`](Self::new), and how many bytes of the arena were in use at most: with that many,
    /// and no fewer, it ends the same way.
    pub fn measured(
        wasm: &'m [u8],
        gate: &impl Gate,
        arena: &'m mut [u8],
    ) -> Result<(Self, usize), Reject> {
        let (used, peak) = build(wasm, gate, arena)?;
        let table = arena.get(..used).unwrap_or_default();
        Ok((Self { wasm, table }, peak))
    }

    /// With a table that was made before, perhaps elsewhere. That it was made of these bytes, and
    /// by this version, is checked by a fingerprint in one pass over them, without memory. The table
    /// says whether vectors were admitted when it was made, which stores look at. Who
    /// forges a table can let the program go wrong, never the host.
    pub fn with_table(wasm: &'m [u8], table: &'m [u8]) -> Result<Self, Reject> {
        Header::of(table).fits(wasm)?;
        Ok(Self { wasm, table })
    }

    /// With a table that is known to be made of these bytes by this version. Nothing is checked:
    /// with another table the program goes wrong, never the host.
    pub const fn with_trusted_table(wasm: &'m [u8], table: &'m [u8]) -> Self {
        Self { wasm, table }
    }

    /// The module's bytes.
    pub const fn wasm(&self) -> &'m [u8] {
        self.wasm
    }

    /// The module's table, for [`Module::with_table`].
    pub const fn table(&self) -> &'m [u8] {
        self.table
    }

    /// The imports, in order.
    pub fn imports(&self) -> impl ExactSizeIterator<Item = Import<'m>> + use<'m> {
        let (module, header) = (*self, self.header());
        (0..header.count(ListName::IMPORTS)).map(move |index| {
            let entry = module.import(index);
            let mut reader = Reader::range(module.wasm, entry.name as usize..module.wasm.len());
            Import {
                module: name(&mut reader),
                name: name(&mut reader),
                kind: entry.kind(),
            }
        })
    }

    /// The exports, in order.
    pub fn exports(&self) -> impl ExactSizeIterator<Item = Export<'m>> + use<'m> {
        let header = self.header();
        let mut reader = Reader::range(self.wasm, header.exports()..self.wasm.len());
        (0..header.export_count()).map(move |_| {
            // A table of another module may point anywhere.
            reader.export(&Everything).unwrap_or(Export {
                name: "",
                kind: ExternKind::Func,
                index: u32::MAX,
            })
        })
    }

    /// The export of this name.
    pub fn export(&self, name: &str) -> Option<Export<'m>> {
        self.exports().find(|export| export.name == name)
    }

    /// What the module needs to run.
    pub fn needs(&self) -> Needs {
        Needs::of(*self)
    }

    /// The start function.
    pub fn start(&self) -> Option<FuncIdx> {
        self.header().start_function().checked_sub(1).map(FuncIdx)
    }

    /// The types of a function's parameters, then those of its results.
    pub fn func_type(
        &self,
        func: FuncIdx,
    ) -> (
        impl ExactSizeIterator<Item = ValType> + use<'m>,
        impl ExactSizeIterator<Item = ValType> + use<'m>,
    ) {
        let header = self.header();
        let ty: u32 = header.item(ListName::Funcs, func.0);
        let def: TypeDef = header.item(ListName::Types, ty);
        (
            self.value_types(def.start, def.params),
            self.value_types(def.start.wrapping_add(def.params.into()), def.results),
        )
    }

    pub(crate) fn value_types(
        self,
        start: u32,
        count: u16,
    ) -> impl ExactSizeIterator<Item = ValType> + use<'m> {
        let first = self.header().start(ListName::ValueTypes);
        (0..count).map(move |index| item(self.table, first, start.wrapping_add(index.into())))
    }

    /// The words of the types of parameters and results.
    #[inline(never)]
    pub(crate) fn value_type_bytes(&self, ty: TypeDef) -> &'m [u8] {
        let size = |count: usize| count.wrapping_mul(ValType::SIZE);
        let first = self.header().start(ListName::ValueTypes);
        let start = first.saturating_add(size(ty.start as usize));
        let count = usize::from(ty.params) + usize::from(ty.results);
        let bytes = self.table.get(start..start.saturating_add(size(count)));
        bytes.unwrap_or_default()
    }

    pub(crate) fn header(&self) -> Header<'m> {
        Header::of(self.table)
    }

    pub(crate) fn import(&self, index: u32) -> ImportEntry {
        self.header().item(ListName::IMPORTS, index)
    }

    pub(crate) fn elements(&self, index: u32) -> Elements {
        self.header().item(ListName::ELEMENTS, index)
    }

    pub(crate) fn data(&self, index: u32) -> Data {
        self.header().item(ListName::DATA, index)
    }
}

impl ImportEntry {
    pub(crate) fn kind(&self) -> ExternKind {
        KINDS[usize::from(self.kind) % KINDS.len()]
    }
}

fn name<'m>(reader: &mut Reader<'m>) -> &'m str {
    reader.name(&Everything).unwrap_or_default()
}

/// Validates a module and writes its table; gives the table's length and the most of the arena
/// that was in use.
#[inline(never)]
pub(crate) fn build(
    wasm: &[u8],
    gate: &impl Gate,
    arena: &mut [u8],
) -> Result<(usize, usize), Reject> {
    let arena = Arena::new(arena);
    arena.skip(Front::SIZE)?;
    let mut builder = Builder::new(&arena);
    let env = validate::module(wasm, gate, &arena, &mut builder)?;
    let counts = &env.counts;
    let front = &mut builder.front;
    let mut flags = 0;
    if counts.data.is_some() {
        flags |= Header::DATA_COUNT;
    }
    if gate.has(Proposal::Simd) {
        flags |= Header::VECTORS;
    }
    front.set(Word::Flags, flags);
    front.set_imported(ExternKind::Func, counts.imported_funcs);
    front.set_imported(ExternKind::Table, counts.imported_tables);
    front.set_imported(ExternKind::Memory, counts.imported_memories);
    front.set_imported(ExternKind::Global, counts.imported_globals);
    let length = builder.front.write(&arena, wasm);
    Ok((length, arena.peak()))
}
