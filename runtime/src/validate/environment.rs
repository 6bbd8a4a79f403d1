//! The index spaces of a module.
//!

use super::group::Node;
use super::storage::{List, Storage};
use crate::read::Span;
use crate::reject::{Detail, Reject};
use crate::spec::ErrorCode;
use crate::types::{
    BlockType, ElemIdx, FuncIdx, FuncSignature, GlobalIdx, GlobalType, HeapType, MemoryIdx,
    MemoryType, RefType, TableIdx, TableType, TagIdx, TypeIdx, ValType,
};

/// What a module declares outside of its function bodies.
///
/// All type indices in it are canonical: equal types have equal indices, so that comparing two
/// value types is comparing two words.
#[derive(Debug)]
pub struct Environment<S: Storage> {
    pub(crate) value_types: S::List<ValType>,
    pub(crate) types: S::List<TypeDef>,
    pub(crate) nodes: S::List<Node>,
    pub(crate) root: Option<u32>,
    pub(crate) funcs: S::List<u32>,
    pub(crate) tables: S::List<TableType>,
    pub(crate) memories: S::List<MemoryType>,
    pub(crate) globals: S::List<GlobalType>,
    pub(crate) tags: S::List<u32>,
    pub(crate) elements: S::List<RefType>,
    pub(crate) declared: S::List<u32>,
    pub(crate) exports: S::List<Span>,
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

impl<S: Storage> Default for Environment<S>
where
    S::List<ValType>: Default,
    S::List<TypeDef>: Default,
    S::List<Node>: Default,
    S::List<u32>: Default,
    S::List<TableType>: Default,
    S::List<MemoryType>: Default,
    S::List<GlobalType>: Default,
    S::List<RefType>: Default,
    S::List<Span>: Default,
{
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
    pub fn func_type(&self, func: FuncIdx) -> Option<FuncSignature<'_>> {
        self.type_func(self.func_type_index(func)?)
    }

    /// The canonical index of a function's type.
    #[inline]
    pub fn func_type_index(&self, func: FuncIdx) -> Option<TypeIdx> {
        self.funcs
            .as_slice()
            .get(func.0 as usize)
            .copied()
            .map(TypeIdx)
    }

    /// The parameters and results of a function type.
    #[inline]
    pub fn type_func(&self, ty: TypeIdx) -> Option<FuncSignature<'_>> {
        let def = self.types.as_slice().get(ty.0 as usize)?;
        let params = def.start as usize;
        let results = params + usize::from(def.params);
        let types = self.value_types.as_slice();
        Some(FuncSignature {
            params: types.get(params..results)?,
            results: types.get(results..results + usize::from(def.results))?,
        })
    }

    /// The canonical index of a type: the first equal one of the module.
    #[inline]
    pub fn canonical(&self, ty: TypeIdx) -> Option<TypeIdx> {
        self.types
            .as_slice()
            .get(ty.0 as usize)
            .map(|def| TypeIdx(def.canonical))
    }

    /// How many types there are.
    pub fn type_count(&self) -> u32 {
        self.types.len() as u32
    }

    /// A table.
    #[inline]
    pub fn table(&self, table: TableIdx) -> Option<&TableType> {
        self.tables.as_slice().get(table.0 as usize)
    }

    /// A memory.
    #[inline]
    pub fn memory(&self, memory: MemoryIdx) -> Option<&MemoryType> {
        self.memories.as_slice().get(memory.0 as usize)
    }

    /// A global.
    #[inline]
    pub fn global(&self, global: GlobalIdx) -> Option<&GlobalType> {
        self.globals.as_slice().get(global.0 as usize)
    }

    /// The function type of a tag.
    #[inline]
    pub fn tag(&self, tag: TagIdx) -> Option<TypeIdx> {
        self.tags
            .as_slice()
            .get(tag.0 as usize)
            .copied()
            .map(TypeIdx)
    }

    /// The type of the elements of a segment.
    #[inline]
    pub fn element(&self, elem: ElemIdx) -> Option<RefType> {
        self.elements.as_slice().get(elem.0 as usize).copied()
    }

    /// All tables, imported ones first.
    pub fn tables(&self) -> &[TableType] {
        self.tables.as_slice()
    }

    /// All memories, imported ones first.
    pub fn memories(&self) -> &[MemoryType] {
        self.memories.as_slice()
    }

    /// All globals, imported ones first.
    pub fn globals(&self) -> &[GlobalType] {
        self.globals.as_slice()
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

    /// The parameters of a block of this type.
    #[inline]
    pub fn block_params<'b>(&'b self, block: &'b BlockType) -> &'b [ValType] {
        match block {
            BlockType::Empty | BlockType::Value(_) => &[],
            BlockType::Func(ty) => self.type_func(*ty).map_or(&[], |func| func.params),
        }
    }

    /// The results of a block of this type.
    #[inline]
    pub fn block_results<'b>(&'b self, block: &'b BlockType) -> &'b [ValType] {
        match block {
            BlockType::Empty => &[],
            BlockType::Value(ty) => core::slice::from_ref(ty),
            BlockType::Func(ty) => self.type_func(*ty).map_or(&[], |func| func.results),
        }
    }

    /// A value type as read, checked and with a canonical index.
    #[inline]
    pub(crate) fn resolve(&self, ty: ValType, at: usize) -> Result<ValType, Reject> {
        match ty.as_ref_type() {
            Some(ty) => self.resolve_ref(ty, at).map(ValType::reference),
            None => Ok(ty),
        }
    }

    /// A reference type as read, checked and with a canonical index.
    pub(crate) fn resolve_ref(&self, ty: RefType, at: usize) -> Result<RefType, Reject> {
        let heap = self.resolve_heap(ty.heap(), at)?;
        Ok(RefType::new(ty.is_nullable(), heap))
    }

    /// A heap type as read, checked and with a canonical index.
    pub(crate) fn resolve_heap(&self, heap: HeapType, at: usize) -> Result<HeapType, Reject> {
        match heap {
            HeapType::Concrete(number) => self
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
        let word = self.declared.as_slice().get((func.0 / u32::BITS) as usize);
        word.is_some_and(|word| word >> (func.0 % u32::BITS) & 1 != 0)
    }
}

/// An index beyond its space.
#[cold]
#[inline(never)]
pub(crate) fn unknown(code: ErrorCode, index: u32, count: usize, at: usize) -> Reject {
    Reject::with(code, at, Detail::OutOf(u64::from(index), count as u64))
}
