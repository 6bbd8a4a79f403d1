//! Validation: one pass over a module, with explicit stacks, for any number of consumers.
//!
//! [`module`] streams over the bytes once. What it learns goes to a [`ModuleSink`]; each
//! instruction of a body, once it has passed the rules, goes to that body's [`Sink`], perhaps a
//! translator, or nothing (`()`). [`function`] runs the same pass over one body. There is no second
//! path that trusts its input.
//!
//! The rules of an instruction are its row of the tables: the columns `type`, `where` and
//! `check` become the generated function `step`, which calls the `Validator`,
//! `predicate` and `check`. Standard: chapter 3, "Validation", and the algorithm of its
//! appendix.
//!
//! Scratch memory is behind [`Storage`]: vectors that grow fallibly, or an [`Arena`] in bytes of
//! the caller.

pub(crate) mod arena;
pub(crate) mod check;
mod component;
mod constant;
mod entity;
mod environment;
mod exports;
mod frame;
mod function;
pub(crate) mod group;
pub(crate) mod item;
mod level;
mod local;
mod module;
mod operands;
pub(crate) mod predicate;
pub(crate) mod regular;
mod segment;
pub(crate) mod stack;
mod storage;
pub(crate) mod subtype;
#[cfg(feature = "alloc")]
mod survey;
#[cfg(all(test, feature = "std"))]
mod tests;
pub(crate) mod type_fn;
pub(crate) mod validator;

pub use arena::{Arena, ArenaList};
pub use component::{
    ComponentStorage, Scope, check_component, check_component_at, validate_component,
    validate_component_at,
};
pub use environment::{Environment, Signature, TypeDef, Types};
pub use function::function;
pub use group::{GroupWords, Node};
pub use item::{Bytes, Item};
pub use level::{basic, check_at, standard, validate_at};
pub use local::LocalRun;
pub use module::module;
pub use operands::Operands;
pub use stack::{Frame, Scratch};
#[cfg(feature = "alloc")]
pub use storage::Heap;
pub use storage::{Full, List, Storage};
#[cfg(feature = "alloc")]
pub(crate) use survey::{Survey, survey};

use crate::profile::Gate;
use crate::read::{ConstExpr, DataSegment, ElementSegment, Export, Import, Span};
use crate::reject::{Reject, Verdict};
use crate::spec::{Instruction, Level};
use crate::types::{
    DataIdx, ElemIdx, FuncIdx, GlobalIdx, GlobalType, MemoryIdx, MemoryType, TableIdx, TableType,
    TagIdx, TypeIdx,
};

/// Says whether these bytes are a valid module.
///
/// ```
/// use tabwasm::profile::NoAlloc;
/// use tabwasm::validate::{Arena, validate};
/// use tabwasm::reject::Verdict;
///
/// let empty = b"\0asm\x01\0\0\0";
/// let mut memory = [0; 256];
/// assert_eq!(validate(empty, &NoAlloc, &Arena::new(&mut memory)), Verdict::Valid);
/// ```
pub fn validate<G: Gate, S: Storage>(bytes: &[u8], gate: &G, storage: S) -> Verdict {
    check_at(Level::Full, bytes, gate, storage).into()
}

/// What a step says to the sink.
#[derive(Clone, Copy, Debug)]
pub struct Effect<'v> {
    /// Whether the instruction can be reached, judged before it.
    pub reachable: bool,
    /// How many operands there are before it.
    pub height: u32,
    /// The offset behind it.
    pub end: usize,
    /// The block that it ends, if it ends one.
    pub(crate) ended: &'v Frame,
}

/// What precedes the instructions of a body.
#[derive(Clone, Copy, Debug)]
pub struct Header<'v, L> {
    /// The function.
    pub func: FuncIdx,
    /// Its locals: the parameters, then the declared ones.
    pub runs: &'v L,
    /// How many parameters there are.
    pub params: u32,
    /// How many locals there are, parameters included.
    pub locals: u32,
    /// Where the first instruction stands.
    pub code: usize,
}

impl<L: List<LocalRun>> Header<'_, L> {
    /// The locals, parameters included.
    pub fn runs(&self) -> impl Iterator<Item = LocalRun> + '_ {
        (0..self.runs.len()).filter_map(|index| self.runs.get(index))
    }
}

/// Takes the instructions of one body.
pub trait Sink<'a> {
    /// Whether it needs all instructions; if not, builds for size tell it of those that have
    /// immediates of one kind and single types only what they do to the stack.
    const ALL: bool = true;

    /// The body begins.
    fn begin(&mut self, header: Header<'_, impl List<LocalRun>>) -> Result<(), Reject> {
        let _ = header;
        Ok(())
    }

    /// An instruction that has passed the rules, the final `end` included.
    fn accept(
        &mut self,
        at: usize,
        instruction: &Instruction<'a>,
        effect: Effect<'_>,
    ) -> Result<(), Reject>;

    /// An instruction that it does not want to see, and what [`Effect`] says of that.
    fn pass(&mut self, at: usize, reachable: bool, height: u32) -> Result<(), Reject> {
        let _ = (at, reachable, height);
        Ok(())
    }
}

impl<'a> Sink<'a> for () {
    const ALL: bool = false;

    #[inline(always)]
    fn accept(&mut self, _: usize, _: &Instruction<'a>, _: Effect<'_>) -> Result<(), Reject> {
        Ok(())
    }
}

/// Takes what a module consists of, in the order of the sections; all of it has passed the
/// rules, and type indices are canonical.
pub trait ModuleSink<'a> {
    /// Takes the instructions of a body.
    type Body: Sink<'a>;

    /// Whether it needs names; if not, builds for size without an allocator only check them, and
    /// give empty ones.
    const NAMES: bool = true;

    /// Whether it needs the order of the exports by their names.
    const BY_NAME: bool = false;

    /// A section that is a list has been read up to an offset, a part of a body not included.
    fn reach(&mut self, at: usize) -> Result<(), Reject> {
        let _ = at;
        Ok(())
    }

    /// Whether to leave out the next body: then its rules are not asked, and whoever runs it must ask them
    /// first, by [`function`].
    fn skip(&mut self, func: FuncIdx, span: Span) -> Result<bool, Reject> {
        let _ = (func, span);
        Ok(false)
    }

    /// The sink of the next body; its bytes begin with the declarations of locals.
    fn body(&mut self, func: FuncIdx, span: Span) -> Result<&mut Self::Body, Reject>;

    /// The body that was begun last is complete.
    fn end_body(&mut self, func: FuncIdx) -> Result<(), Reject> {
        let _ = func;
        Ok(())
    }

    /// An import, which stands at an offset, and where both its names stand.
    fn import(&mut self, import: &Import<'a>, at: usize, names: [Span; 2]) -> Result<(), Reject> {
        let _ = (import, at, names);
        Ok(())
    }

    /// A defined function, whose body follows later.
    fn func(&mut self, func: FuncIdx, ty: TypeIdx) -> Result<(), Reject> {
        let _ = (func, ty);
        Ok(())
    }

    /// A defined table; without an initial value its elements are null.
    fn table(
        &mut self,
        table: TableIdx,
        ty: &TableType,
        init: Option<ConstExpr>,
    ) -> Result<(), Reject> {
        let _ = (table, ty, init);
        Ok(())
    }

    /// A defined memory.
    fn memory(&mut self, memory: MemoryIdx, ty: &MemoryType) -> Result<(), Reject> {
        let _ = (memory, ty);
        Ok(())
    }

    /// A defined tag.
    fn tag(&mut self, tag: TagIdx, ty: TypeIdx) -> Result<(), Reject> {
        let _ = (tag, ty);
        Ok(())
    }

    /// A defined global.
    fn global(
        &mut self,
        global: GlobalIdx,
        ty: &GlobalType,
        init: ConstExpr,
    ) -> Result<(), Reject> {
        let _ = (global, ty, init);
        Ok(())
    }

    /// An export, which stands at an offset, and where its name stands.
    fn export(&mut self, export: &Export<'a>, at: usize, name: Span) -> Result<(), Reject> {
        let _ = (export, at, name);
        Ok(())
    }

    /// The places of all exports in the order of their names, as bytes, if it needs that.
    fn exports_by_name(
        &mut self,
        places: impl ExactSizeIterator<Item = u32>,
    ) -> Result<(), Reject> {
        let _ = places;
        Ok(())
    }

    /// The start function.
    fn start(&mut self, func: FuncIdx) -> Result<(), Reject> {
        let _ = func;
        Ok(())
    }

    /// An element segment.
    fn element(&mut self, elem: ElemIdx, segment: &ElementSegment) -> Result<(), Reject> {
        let _ = (elem, segment);
        Ok(())
    }

    /// A data segment.
    fn data(&mut self, data: DataIdx, segment: &DataSegment) -> Result<(), Reject> {
        let _ = (data, segment);
        Ok(())
    }

    /// A custom section, and where its name stands and what follows it.
    fn custom(&mut self, name: &'a str, at: Span, content: Span) -> Result<(), Reject> {
        let _ = (name, at, content);
        Ok(())
    }
}

/// Takes nothing: validation only.
impl<'a> ModuleSink<'a> for () {
    type Body = ();

    const NAMES: bool = false;

    #[inline(always)]
    fn body(&mut self, _: FuncIdx, _: Span) -> Result<&mut (), Reject> {
        Ok(self)
    }
}
