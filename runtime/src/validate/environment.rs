//! The index spaces of a module.
//!
//! The pass over the sections fills them; rules for bodies read them, and after validation they
//! stay with the module, for the translator and for linking. This is the context `C` of the
//! standard without what belongs to one body. Standard: section 3.1, "Conventions", "Contexts".

use super::arena::ListName;
use super::group::Node;
use super::item::fields;
#[cfg(feature = "alloc")]
use super::storage::Heap;
use super::storage::{List, Storage};
use crate::profile::Gate;
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Proposal};
#[cfg(feature = "alloc")]
use crate::types::FuncSignature;
use crate::types::{
    BlockType, ElemIdx, FuncIdx, GlobalIdx, GlobalType, HeapType, MemoryIdx, MemoryType, RefType,
    TableIdx, TableType, TagIdx, TypeIdx, ValType,
};

/// What a module declares outside of its function bodies.
///
/// All type indices in it are canonical: equal types have equal indices, so that comparing two
/// value types is comparing two words.
#[derive(Debug)]
pub struct Environment<S: Storage> {
    pub(crate) value_types: S::List<ValType, { ListName::ValueTypes as u8 }>,
    pub(crate) types: S::List<TypeDef, { ListName::Types as u8 }>,
    pub(crate) nodes: S::List<Node, { ListName::Nodes as u8 }>,
    pub(crate) root: Option<u32>,
    pub(crate) funcs: S::List<u32, { ListName::Funcs as u8 }>,
    pub(crate) tables: S::List<TableType, { ListName::Tables as u8 }>,
    pub(crate) memories: S::List<MemoryType, { ListName::Memories as u8 }>,
    pub(crate) globals: S::List<GlobalType, { ListName::Globals as u8 }>,
    pub(crate) tags: S::List<u32, { ListName::Tags as u8 }>,
    pub(crate) elements: S::List<RefType, { ListName::ElementTypes as u8 }>,
    pub(crate) declared: S::List<u32, { ListName::Declared as u8 }>,
    pub(crate) exports: S::List<ExportEntry, { ListName::Exports as u8 }>,
    pub(crate) counts: Counts,
}

/// How much of the index spaces is imported, and what sections have announced.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) imported_funcs: u32,
    pub(crate) imported_tables: u32,
    pub(crate) imported_memories: u32,
    pub(crate) imported_globals: u32,
    pub(crate) imported_tags: u32,
    pub(crate) bodies: u32,
    pub(crate) data: Option<u32>,
    pub(crate) data_segments: u32,
}

/// An export while its section is read: its place among the exports, and its offset.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExportEntry {
    pub(crate) place: u32,
    /// No module is larger: its size was compared with a limit of 32 bits.
    pub(crate) at: u32,
}

/// A function type of the module, within its recursion group.
#[derive(Clone, Copy, Debug, Default)]
pub struct TypeDef {
    /// Where its parameters begin in `value_types`; its results follow.
    pub(crate) start: u32,
    pub(crate) params: u16,
    pub(crate) results: u16,
    /// The first equal type of the module.
    pub(crate) canonical: u32,
    /// The first type of its group.
    pub(crate) group: u32,
}

fields! {
    ExportEntry { place: u32, at: u32 }
    TypeDef { start: u32, params: u16, results: u16, canonical: u32, group: u32 }
}

impl TypeDef {
    /// Its parameters and results.
    #[inline]
    pub(crate) fn signature(&self) -> Signature {
        let Self {
            start,
            params,
            results,
            ..
        } = *self;
        Signature {
            params: Types::range(start, params),
            results: Types::range(start + u32::from(params), results),
        }
    }
}

/// The parameters and results of a function or block.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Signature {
    /// What it takes.
    pub params: Types,
    /// What it gives.
    pub results: Types,
}

/// Types of values: one, or some of those that the environment holds. Two words, so that they
/// travel in registers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Types {
    /// The bits of the only one, or where they begin.
    place: u32,
    /// How many, or [`Types::ONE`].
    count: u32,
}

impl Types {
    const ONE: u32 = u32::MAX;
    /// So many are taken and given one by one: nearly all signatures have no more.
    const FEW: u32 = 8;

    /// Of the environment's.
    #[inline]
    const fn range(start: u32, count: u16) -> Self {
        Self {
            place: start,
            count: count as u32,
        }
    }

    /// How many there are.
    #[inline]
    pub const fn len(self) -> usize {
        match self.count {
            Self::ONE => 1,
            count => count as usize,
        }
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.count == 0
    }

    /// All but the last.
    pub(crate) const fn without_last(self) -> Self {
        let count = match self.count {
            Self::ONE => 0,
            count => count.saturating_sub(1),
        };
        Self { count, ..self }
    }
}

impl From<ValType> for Types {
    #[inline]
    fn from(ty: ValType) -> Self {
        Self {
            place: ty.bits(),
            count: Self::ONE,
        }
    }
}

#[cfg(feature = "alloc")]
impl Environment<Heap> {
    /// The parameters and results of a function.
    #[inline]
    pub fn func_type(&self, func: FuncIdx) -> Option<FuncSignature<'_>> {
        self.type_func(self.func_type_index(func)?)
    }

    /// The parameters and results of a function type.
    #[inline]
    pub fn type_func(&self, ty: TypeIdx) -> Option<FuncSignature<'_>> {
        let Signature { params, results } = self.signature(ty)?;
        Some(FuncSignature {
            params: self.slice(params)?,
            results: self.slice(results)?,
        })
    }

    fn slice(&self, types: Types) -> Option<&[ValType]> {
        let start = types.place as usize;
        self.value_types.as_slice().get(start..start + types.len())
    }

    /// All tables, imported ones first.
    pub fn tables(&self) -> &[TableType] {
        &self.tables
    }

    /// All memories, imported ones first.
    pub fn memories(&self) -> &[MemoryType] {
        &self.memories
    }

    /// All globals, imported ones first.
    pub fn globals(&self) -> &[GlobalType] {
        &self.globals
    }
}

#[cfg(feature = "alloc")]
impl Default for Environment<Heap> {
    fn default() -> Self {
        Self {
            value_types: Default::default(),
            types: Default::default(),
            nodes: Default::default(),
            root: None,
            funcs: Default::default(),
            tables: Default::default(),
            memories: Default::default(),
            globals: Default::default(),
            tags: Default::default(),
            elements: Default::default(),
            declared: Default::default(),
            exports: Default::default(),
            counts: Counts::default(),
        }
    }
}

impl<S: Storage> Environment<S> {
    /// The parameters and results of a function.
    #[inline]
    pub fn signature_of(&self, func: FuncIdx) -> Option<Signature> {
        self.signature(self.func_type_index(func)?)
    }

    /// The canonical index of a function's type.
    #[inline]
    pub fn func_type_index(&self, func: FuncIdx) -> Option<TypeIdx> {
        self.funcs.get(func.0 as usize).map(TypeIdx)
    }

    /// The parameters and results of a function type.
    #[inline]
    pub fn signature(&self, ty: TypeIdx) -> Option<Signature> {
        self.types.get(ty.0 as usize).map(|def| def.signature())
    }

    /// One of the types; the bottom type where there is none.
    #[cfg_attr(not(small), inline(always))]
    #[cfg_attr(small, inline(never))]
    pub fn value_type(&self, types: Types, index: usize) -> ValType {
        if types.count == Types::ONE {
            return ValType::from_bits(types.place);
        }
        let ty = self.value_types.get(types.place as usize + index);
        ty.unwrap_or(ValType::BOTTOM)
    }

    /// The types in a row, if they are enough for this to be faster and the storage has them so.
    #[inline]
    pub(crate) fn row(&self, types: Types) -> Option<&[ValType]> {
        let start = types.place as usize;
        match types.count {
            Types::ONE | ..=Types::FEW => None,
            count => self.value_types.row()?.get(start..start + count as usize),
        }
    }

    /// The types, one after the other.
    pub fn value_types(&self, types: Types) -> impl DoubleEndedIterator<Item = ValType> + '_ {
        (0..types.len()).map(move |index| self.value_type(types, index))
    }

    /// The canonical index of a type: the first equal one of the module.
    #[inline]
    pub fn canonical(&self, ty: TypeIdx) -> Option<TypeIdx> {
        self.types
            .get(ty.0 as usize)
            .map(|def| TypeIdx(def.canonical))
    }

    /// How many types there are.
    pub fn type_count(&self) -> u32 {
        self.types.len() as u32
    }

    /// The type of a table of the index space; nothing for an index beyond.
    #[inline]
    pub fn table(&self, table: TableIdx) -> Option<TableType> {
        self.tables.get(table.0 as usize)
    }

    /// The type of a memory of the index space; nothing for an index beyond.
    #[inline]
    pub fn memory(&self, memory: MemoryIdx) -> Option<MemoryType> {
        self.memories.get(memory.0 as usize)
    }

    /// The type of a global of the index space; nothing for an index beyond.
    #[inline]
    pub fn global(&self, global: GlobalIdx) -> Option<GlobalType> {
        self.globals.get(global.0 as usize)
    }

    /// The function type of a tag.
    #[inline]
    pub fn tag(&self, tag: TagIdx) -> Option<TypeIdx> {
        self.tags.get(tag.0 as usize).map(TypeIdx)
    }

    /// The type of the elements of a segment.
    #[inline]
    pub fn element(&self, elem: ElemIdx) -> Option<RefType> {
        self.elements.get(elem.0 as usize)
    }

    /// How many functions there are, imported ones included.
    pub fn func_count(&self) -> u32 {
        self.funcs.len() as u32
    }

    /// How many tags there are, imported ones included.
    pub fn tag_count(&self) -> u32 {
        self.tags.len() as u32
    }

    /// How many element segments there are.
    pub fn element_count(&self) -> u32 {
        self.elements.len() as u32
    }

    /// How many data segments there are.
    pub fn data_count(&self) -> u32 {
        self.counts.data_segments
    }

    /// How many functions are imported.
    pub fn imported_funcs(&self) -> u32 {
        self.counts.imported_funcs
    }

    /// How many functions have a body.
    pub(crate) fn defined_funcs(&self) -> u32 {
        self.func_count() - self.imported_funcs()
    }

    /// How many tables are imported.
    pub fn imported_tables(&self) -> u32 {
        self.counts.imported_tables
    }

    /// How many memories are imported.
    pub fn imported_memories(&self) -> u32 {
        self.counts.imported_memories
    }

    /// How many globals are imported.
    pub fn imported_globals(&self) -> u32 {
        self.counts.imported_globals
    }

    /// How many tags are imported.
    pub fn imported_tags(&self) -> u32 {
        self.counts.imported_tags
    }

    /// The parameters and results of a block of this type.
    #[inline]
    pub fn block(&self, block: BlockType) -> Signature {
        match block {
            BlockType::Empty => Signature::default(),
            BlockType::Value(ty) => Signature {
                results: ty.into(),
                ..Signature::default()
            },
            BlockType::Func(ty) => self.signature(ty).unwrap_or_default(),
        }
    }

    /// A value type as read, checked and with a canonical index.
    #[inline]
    pub(crate) fn resolve<G: Gate>(&self, ty: ValType, at: usize) -> Result<ValType, Reject> {
        match ty.as_ref_type() {
            Some(ty) if G::may(Proposal::FunctionReferences) => {
                self.resolve_ref::<G>(ty, at).map(ValType::reference)
            }
            _ => Ok(ty),
        }
    }

    /// A reference type as read, checked and with a canonical index.
    pub(crate) fn resolve_ref<G: Gate>(&self, ty: RefType, at: usize) -> Result<RefType, Reject> {
        if !G::may(Proposal::FunctionReferences) {
            return Ok(ty);
        }
        let heap = self.resolve_heap::<G>(ty.heap(), at)?;
        Ok(RefType::new(ty.is_nullable(), heap))
    }

    /// A heap type as read, checked and with a canonical index.
    pub(crate) fn resolve_heap<G: Gate>(
        &self,
        heap: HeapType,
        at: usize,
    ) -> Result<HeapType, Reject> {
        match heap {
            HeapType::Concrete(number) if G::may(Proposal::FunctionReferences) => self
                .known_type(TypeIdx(number), at)
                .map(|ty| HeapType::Concrete(ty.0)),
            heap => Ok(heap),
        }
    }

    /// The canonical index of a type that must exist.
    pub(crate) fn known_type(&self, ty: TypeIdx, at: usize) -> Result<TypeIdx, Reject> {
        self.canonical(ty)
            .ok_or_else(|| unknown(ErrorCode::UnknownType, ty.0, self.types.len(), at))
    }

    /// Whether references to this function are allowed in bodies.
    pub(crate) fn is_declared(&self, func: FuncIdx) -> bool {
        let word = self.declared.get((func.0 / u32::BITS) as usize);
        word.is_some_and(|word| word >> (func.0 % u32::BITS) & 1 != 0)
    }
}

/// An index beyond its space.
#[cold]
#[inline(never)]
pub(crate) fn unknown(code: ErrorCode, index: u32, count: usize, at: usize) -> Reject {
    Reject::with(code, at, Detail::OutOf(u64::from(index), count as u64))
}
