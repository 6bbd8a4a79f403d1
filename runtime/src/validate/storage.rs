//! Where the validator keeps its lists.
//!

use super::environment::{Environment, TypeDef};
use super::group::Node;
use super::local::LocalRun;
use super::stack::{Frame, Scratch};
use crate::read::Span;
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Limit};
use crate::types::{GlobalType, MemoryType, RefType, TableType, ValType};

/// Gives lists for the tables of a module and for the validator's stacks.
pub trait Storage: Sized {
    /// A list.
    type List<T: Copy + 'static>: List<T>;

    /// All lists, empty.
    fn open(self) -> (Environment<Self>, Scratch<Self>);
}

/// A list that can be full.
pub trait List<T: Copy> {
    /// The items.
    fn as_slice(&self) -> &[T];

    /// The items.
    fn as_mut_slice(&mut self) -> &mut [T];

    /// Adds an item unless there would be more than `most`.
    fn push(&mut self, item: T, most: u64) -> Result<(), Full>;

    /// Drops all items behind the first `len`.
    fn truncate(&mut self, len: usize);

    /// Makes room for so many items more, if that is possible.
    fn reserve(&mut self, more: usize) {
        let _ = more;
    }

    /// Drops all items, and their memory if it is the list's.
    fn release(&mut self) {
        self.truncate(0);
    }

    /// How many there are.
    #[inline(always)]
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether there is none.
    #[inline(always)]
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The last item.
    #[inline(always)]
    fn last(&self) -> Option<&T> {
        self.as_slice().last()
    }

    /// Takes the last item away.
    #[inline(always)]
    fn pop(&mut self) -> Option<T> {
        let last = self.as_slice().last().copied();
        self.truncate(self.len().saturating_sub(1));
        last
    }
}

/// Why a list takes no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Full {
    /// It has as many items as it may have.
    Limit,
    /// The allocator has no memory.
    Memory,
}

impl Full {
    /// As a rejection: the limit that the list serves, and the length it would need.
    #[cold]
    #[inline(never)]
    pub(crate) fn reject(self, limit: Limit, length: usize, at: usize) -> Reject {
        let at_least = length as u64 + 1;
        match self {
            Self::Limit => Reject::limit(limit, at_least, at),
            Self::Memory => Reject::with(
                ErrorCode::OutOfMemory,
                at,
                Detail::Limit { limit, at_least },
            ),
        }
    }
}

/// Lists in growing vectors.
#[cfg(feature = "alloc")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Heap;

#[cfg(feature = "alloc")]
impl Storage for Heap {
    type List<T: Copy + 'static> = alloc::vec::Vec<T>;

    fn open(self) -> (Environment<Self>, Scratch<Self>) {
        Default::default()
    }
}

#[cfg(feature = "alloc")]
impl<T: Copy> List<T> for alloc::vec::Vec<T> {
    #[inline(always)]
    fn as_slice(&self) -> &[T] {
        self
    }

    #[inline(always)]
    fn as_mut_slice(&mut self) -> &mut [T] {
        self
    }

    #[inline(always)]
    fn push(&mut self, item: T, most: u64) -> Result<(), Full> {
        if self.len() == self.capacity() {
            grow(self, most)?;
        }
        // There is room now: this neither allocates nor aborts.
        self.push(item);
        Ok(())
    }

    #[inline(always)]
    fn truncate(&mut self, len: usize) {
        self.truncate(len);
    }

    fn release(&mut self) {
        *self = Self::new();
    }

    fn reserve(&mut self, more: usize) {
        // Without memory now, `push` will say so.
        let _ = self.try_reserve_exact(more);
    }
}

/// Doubles the capacity, within the limit.
#[cfg(feature = "alloc")]
#[cold]
#[inline(never)]
fn grow<T>(list: &mut alloc::vec::Vec<T>, most: u64) -> Result<(), Full> {
    const FIRST: usize = 16;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let wanted = list.len().saturating_mul(2).max(FIRST).min(most);
    match wanted.checked_sub(list.len()) {
        None | Some(0) => Err(Full::Limit),
        Some(more) => list.try_reserve_exact(more).map_err(|_| Full::Memory),
    }
}

/// Lists in slices of the caller; what they can hold is a limit of its own.
///
/// A slice of the default, empty, is right for what the modules do not have.
#[derive(Debug, Default)]
pub struct Slices<'s> {
    /// Parameters and results of all types.
    pub value_types: &'s mut [ValType],
    /// Types.
    pub types: &'s mut [TypeDef],
    /// Search tree of types: as many as types.
    pub nodes: &'s mut [Node],
    /// Functions, imported ones included.
    pub funcs: &'s mut [u32],
    /// Tables, imported ones included.
    pub tables: &'s mut [TableType],
    /// Memories, imported ones included.
    pub memories: &'s mut [MemoryType],
    /// Globals, imported ones included.
    pub globals: &'s mut [GlobalType],
    /// Tags, imported ones included.
    pub tags: &'s mut [u32],
    /// Element segments.
    pub elements: &'s mut [RefType],
    /// Functions that may be referred to: a bit for each.
    pub declared: &'s mut [u32],
    /// Names of exports.
    pub exports: &'s mut [Span],
    /// Operands of a function.
    pub values: &'s mut [ValType],
    /// Blocks around an instruction.
    pub frames: &'s mut [Frame],
    /// Declarations of locals of a function.
    pub runs: &'s mut [LocalRun],
    /// The first locals of a function, for speed.
    pub locals: &'s mut [ValType],
    /// Locals without default that have been set, in order.
    pub initialised: &'s mut [u32],
    /// Locals that have been set: a bit for each.
    pub set: &'s mut [u32],
}

impl<'s> Storage for Slices<'s> {
    type List<T: Copy + 'static> = SliceList<'s, T>;

    fn open(self) -> (Environment<Self>, Scratch<Self>) {
        fn list<T>(items: &mut [T]) -> SliceList<'_, T> {
            SliceList { items, len: 0 }
        }
        let environment = Environment {
            value_types: list(self.value_types),
            types: list(self.types),
            nodes: list(self.nodes),
            funcs: list(self.funcs),
            tables: list(self.tables),
            memories: list(self.memories),
            globals: list(self.globals),
            tags: list(self.tags),
            elements: list(self.elements),
            declared: list(self.declared),
            exports: list(self.exports),
            counts: Default::default(),
            root: None,
        };
        let scratch = Scratch {
            values: list(self.values),
            frames: list(self.frames),
            runs: list(self.runs),
            locals: list(self.locals),
            initialised: list(self.initialised),
            set: list(self.set),
        };
        (environment, scratch)
    }
}

/// A list in a slice of the caller.
#[derive(Debug)]
pub struct SliceList<'s, T> {
    items: &'s mut [T],
    len: usize,
}

impl<T> Default for SliceList<'_, T> {
    fn default() -> Self {
        Self {
            items: &mut [],
            len: 0,
        }
    }
}

impl<T: Copy> List<T> for SliceList<'_, T> {
    #[inline(always)]
    fn as_slice(&self) -> &[T] {
        self.items.get(..self.len).unwrap_or_default()
    }

    #[inline(always)]
    fn as_mut_slice(&mut self) -> &mut [T] {
        self.items.get_mut(..self.len).unwrap_or_default()
    }

    #[inline(always)]
    fn push(&mut self, item: T, most: u64) -> Result<(), Full> {
        if self.len as u64 >= most {
            return Err(Full::Limit);
        }
        *self.items.get_mut(self.len).ok_or(Full::Limit)? = item;
        self.len += 1;
        Ok(())
    }

    #[inline(always)]
    fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }
}
