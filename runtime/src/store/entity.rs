//! What a store owns: the objects behind the handles.
//!
//! Entities have stable addresses ([`Arena`](super::arena::Arena) never moves them), because
//! running code holds pointers to the ones of its instance. Handles of the API and references
//! in slots are numbers.
//!
//! Invariant: the pointers of an [`InstanceEntity`] and of a [`FuncBody`] point into the arenas
//! of the store that owns them, or, in `cell`, into the module of the instance. Entities stay in
//! their store and end with it.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::any::Any;
use core::ptr::NonNull;

use super::bytes::Bytes;
use super::erased::HostCall;
use super::inner::StoreInner;
use crate::error::Result;
use crate::handle::{Handle, Handle32};
use crate::module::Module;
use crate::module::code::Cell;
use crate::spec::Limits;
use crate::types::{DataIdx, ElemIdx, GlobalType, MemoryType, Ref, TableType, TypeId};

/// A function, of an instance or of the host.
pub(crate) struct FuncEntity {
    /// Engine-wide canonical type.
    pub(crate) ty: TypeId,
    /// What runs.
    pub(crate) body: FuncBody,
}

/// What runs when a function is called.
pub(crate) enum FuncBody {
    /// A function of an instance.
    Wasm {
        /// The instance that owns it.
        instance: NonNull<InstanceEntity>,
        /// Where calls find its code; it lives as long as the instance's module.
        cell: NonNull<Cell>,
    },
    /// A function of the host.
    Host(HostFunc),
    /// A function of the library that calls others.
    Turns(Box<dyn Turns>),
}

/// A function of the library that calls functions of instances, without running inside of a call of
/// the machine: each turn ends with a function to call, and the next begins when that has returned.
pub(crate) trait Turns: Send + Sync {
    /// Slots that it takes: its arguments and results at the beginning, then what it keeps from turn
    /// to turn, then the arguments and results of what it calls.
    fn slots(&self) -> usize;

    /// The number of an instance of the store, for when the host calls it.
    fn home(&self) -> u32;

    /// Takes a turn: the first is number 0, another one the `next` that the turn before gave. The frame
    /// has as many slots as it takes.
    ///
    /// # Errors
    /// What ends the guest's call.
    fn turn(&self, store: &mut StoreInner, frame: &mut [u64], number: u64) -> Result<Turn>;
}

/// How a turn ends.
pub(crate) enum Turn {
    /// The results stand at the beginning of the frame.
    Done,
    /// There is more to do than one turn may take: the epoch is looked at, and another turn begins.
    Again {
        /// Its number.
        next: u64,
    },
    /// A function is to be called.
    Call {
        /// Its number in the store.
        func: u32,
        /// The slot of the frame at which its arguments stand, and its results will.
        at: usize,
        /// The number of the turn after that.
        next: u64,
    },
}

// SAFETY: the pointers lead to what the store that owns this function owns, too: it moves to
// another thread as a whole. Cells may be used by several threads, and a `HostFunc` is `Send`.
unsafe impl Send for FuncBody {}
// SAFETY: who shares a store can read its functions, and follows their pointers for reading only:
// to run a function or to change an entity takes the store exclusively.
unsafe impl Sync for FuncBody {}

/// A function of the host, its store's data type erased.
#[derive(Clone)]
pub(crate) struct HostFunc {
    /// Parameters and results.
    pub(crate) values: u32,
    /// Slots of the parameters or of the results, whichever are more.
    pub(crate) slots: u32,
    /// The closure.
    pub(crate) call: HostCall,
}

/// A linear memory.
pub(crate) struct MemoryEntity {
    /// Its bytes; the address may change when it grows.
    pub(crate) bytes: Bytes,
    /// Its type; `min` stays what was asked for.
    pub(crate) ty: MemoryType,
}

/// A table of references.
pub(crate) struct TableEntity {
    /// Its elements.
    pub(crate) elements: Vec<Ref>,
    /// Its type, with engine-wide type ids.
    pub(crate) ty: TableType,
}

/// A global variable.
pub(crate) struct GlobalEntity {
    /// The value as it stands in slots: a vector in both.
    pub(crate) value: [u64; 2],
    /// Its type, with engine-wide type ids.
    pub(crate) ty: GlobalType,
}

/// A tag.
pub(crate) struct TagEntity {
    /// Its function type.
    pub(crate) ty: TypeId,
}

/// A value that only the host understands, behind an `externref`.
pub(crate) type HostValue = Box<dyn Any + Send + Sync>;

/// A reference to a [`HostValue`] as it stands in a slot: room for as many as the limits can ever
/// allow, and for the reuse of their entries.
pub(crate) type HostHandle = Handle32<27>;

const _: () = assert!(HostHandle::MOST as u64 >= Limits::MAX.store_objects);

/// An instance of a module: its index spaces, imports first.
pub(crate) struct InstanceEntity {
    /// Its own number in the store's arena.
    pub(crate) number: u32,
    /// The module.
    pub(crate) module: Module,
    /// Function index space: numbers in the store's function arena.
    pub(crate) funcs: Box<[u32]>,
    /// Table index space.
    pub(crate) tables: Box<[NonNull<TableEntity>]>,
    /// Memory index space.
    pub(crate) memories: Box<[NonNull<MemoryEntity>]>,
    /// Global index space.
    pub(crate) globals: Box<[NonNull<GlobalEntity>]>,
    /// Arena numbers of tables, memories, globals and tags, for exports.
    pub(crate) handles: InstanceHandles,
    /// Element segments, evaluated; empty once dropped.
    pub(crate) elements: Box<[Box<[Ref]>]>,
    /// Data segments: byte ranges of the module; empty once dropped.
    pub(crate) datas: Box<[core::ops::Range<usize>]>,
}

// SAFETY: the pointers lead to tables, memories and globals of the store that owns this instance,
// which are `Send` themselves and move to another thread together with it; so is a `Module`.
unsafe impl Send for InstanceEntity {}
// SAFETY: who shares a store follows these pointers for reading only, and the entities behind them
// are `Sync`; to change one takes the store exclusively.
unsafe impl Sync for InstanceEntity {}

/// Numbers of an instance's objects in the store's arenas, by index space.
#[derive(Default)]
pub(crate) struct InstanceHandles {
    /// Tables.
    pub(crate) tables: Box<[u32]>,
    /// Memories.
    pub(crate) memories: Box<[u32]>,
    /// Globals.
    pub(crate) globals: Box<[u32]>,
    /// Tags.
    pub(crate) tags: Box<[u32]>,
}

impl InstanceEntity {
    /// The bytes of a data segment; none once dropped.
    pub(crate) fn data(&self, data: DataIdx) -> &[u8] {
        let range = self.datas.get(data.0 as usize).cloned().unwrap_or_default();
        self.module.bytes().get(range).unwrap_or_default()
    }

    /// The elements of a segment; none once dropped.
    pub(crate) fn element(&self, elem: ElemIdx) -> &[Ref] {
        self.elements
            .get(elem.0 as usize)
            .map(|elements| &**elements)
            .unwrap_or_default()
    }

    /// Drops a data segment.
    pub(crate) fn drop_data(&mut self, data: DataIdx) {
        if let Some(range) = self.datas.get_mut(data.0 as usize) {
            *range = 0..0;
        }
    }

    /// Drops an element segment.
    pub(crate) fn drop_element(&mut self, elem: ElemIdx) {
        if let Some(elements) = self.elements.get_mut(elem.0 as usize) {
            *elements = Box::default();
        }
    }
}

impl MemoryEntity {
    /// Its size in pages.
    pub(crate) fn pages(&self) -> u64 {
        self.bytes.len() as u64 >> self.ty.page_size_log2
    }

    /// The bytes that the guest can address now.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// The bytes that the guest can address now.
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        self.bytes.as_mut_slice()
    }
}

impl MemoryEntity {
    /// Its type, with the size that it has now as minimum.
    pub(crate) fn current_type(&self) -> MemoryType {
        MemoryType {
            min: self.pages(),
            ..self.ty
        }
    }
}

impl TableEntity {
    /// Its type, with the size that it has now as minimum.
    pub(crate) fn current_type(&self) -> TableType {
        TableType {
            min: self.elements.len() as u64,
            ..self.ty
        }
    }
}
