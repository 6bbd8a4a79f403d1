//! Writes a module's table while the module is validated.
//!
//! Where branches to the end of a block go is not known when they are met. Until then each holds, in
//! place of a distance, which branch before it goes to the same end; the [`Block`] has the last one.
//! When a body ends, its branches become words of the table.

use super::branch::Branch;
use super::table::{Body, Data, Elements, Front, ImportEntry, Word};
use crate::read::{
    ConstExpr, DataSegment, ElementSegment, Export, Import, ImportType, SegmentMode, Span,
};
use crate::reject::Reject;
use crate::spec::{Instruction, Limit};
use crate::types::{
    DataIdx, ElemIdx, ExternKind, FuncIdx, GlobalIdx, GlobalType, LabelIdx, TableIdx, TableType,
    TypeIdx,
};
use crate::validate::arena::{Arena, ListName};
use crate::validate::item::fields;
use crate::validate::stack::{Frame, FrameKind};
use crate::validate::{ArenaList, Effect, Header, List, LocalRun, ModuleSink, Sink, Storage};

/// What is needed only while a body is read.
impl ListName {
    /// [`Branch`]: those of the body
    const PENDING: Self = Self::KeptBody;
    /// [`Block`]: those around the instruction, one for each frame of the validator
    const BLOCKS: Self = Self::KeptBlocks;
}

/// What is remembered of a block until it ends.
#[derive(Clone, Copy, Debug, Default)]
struct Block {
    /// Where its loop begins, or the last branch to its end.
    target: u32,
    /// How many branches there were before its loop, or the branch of its `if`.
    branches: u32,
}

fields! {
    Block { target: u32, branches: u32 }
}

/// The sink of a validation in an arena, which holds the table's lists.
pub(crate) struct Builder<'s> {
    pub(crate) front: Front,
    arena: &'s Arena<'s>,
    /// Number of the body that is being read.
    index: u32,
    span: Span,
    body: Body,
}

impl<'s> Builder<'s> {
    pub(crate) fn new(arena: &'s Arena<'s>) -> Self {
        Self {
            front: Front::default(),
            arena,
            index: 0,
            span: Span::default(),
            body: Body::default(),
        }
    }

    fn frames(&self) -> ArenaList<'s, Frame, { ListName::Frames as u8 }> {
        self.arena.list()
    }

    fn blocks(&self) -> ArenaList<'s, Block, { ListName::BLOCKS as u8 }> {
        self.arena.list()
    }

    /// The branches of the body that is being read.
    fn branches(&self) -> ArenaList<'s, Branch, { ListName::PENDING as u8 }> {
        self.arena.list()
    }

    /// A branch to a label, with this many operands on the stack.
    fn label(&mut self, label: LabelIdx, height: u32, at: usize) -> Result<(), Reject> {
        let place = self.frames().len().wrapping_sub(1 + label.0 as usize);
        let (Some(frame), Some(block)) = (self.frames().get(place), self.blocks().get(place))
        else {
            return Ok(());
        };
        let arity = frame.label(&self.arena.open().0).len() as u32;
        let keep = fit(arity, u8::MAX, Limit::BranchOperands, at)?;
        let drop = height.saturating_sub(arity + frame.height);
        let drop = fit(drop, u16::MAX, Limit::OperandStack, at)?;
        let branch = Branch {
            keep,
            drop,
            ..Branch::default()
        };
        if frame.kind == FrameKind::Loop {
            let number = self.branches().len() as u32;
            let branch = branch.aimed(number, block.target, block.branches, at)?;
            return self.arena.put::<_, { ListName::PENDING as u8 }>(branch, at);
        }
        let target = self.pending(branch, block.target, at)?;
        self.blocks().set(place, Block { target, ..block });
        Ok(())
    }

    /// Adds a branch whose target is not known; `last` and what it gives are one more than the
    /// number of the last one to the same target.
    fn pending(&mut self, branch: Branch, last: u32, at: usize) -> Result<u32, Reject> {
        let branch = Branch {
            code: last,
            ..branch
        };
        self.arena
            .put::<_, { ListName::PENDING as u8 }>(branch, at)?;
        Ok(self.branches().len() as u32)
    }

    /// Gives all branches of a chain their target.
    fn resolve(&mut self, mut last: u32, code: usize, at: usize) -> Result<(), Reject> {
        let (code, table) = (self.distance(code), self.branches().len() as u32);
        while let Some(number) = last.checked_sub(1) {
            let Some(branch) = self.branches().get(number as usize) else {
                break;
            };
            last = branch.code;
            let branch = branch.aimed(number, code, table, at)?;
            self.branches().set(number as usize, branch);
        }
        Ok(())
    }

    /// Writes the words of the body's branches, or what does not fit into words, which comes
    /// behind them all.
    #[cfg_attr(small, inline(never))]
    fn write(&self, far: bool) -> Result<(), Reject> {
        let at = self.span.end;
        let (mut number, mut place) = (0, self.branches().len());
        while let Some(branch) = self.branches().get(number) {
            let near = branch.near();
            if !far {
                let word = near.unwrap_or(Branch::far((place - number) as u32));
                self.word(word, at)?;
            }
            if near.is_none() {
                let [low, high] = branch.words();
                place += 2;
                if far {
                    self.word(low, at)?;
                    self.word(high, at)?;
                }
            }
            number += 1;
        }
        Ok(())
    }

    /// Adds a word to the table's branches.
    fn word(&self, word: u32, at: usize) -> Result<(), Reject> {
        self.arena.put::<_, { ListName::BRANCHES as u8 }>(word, at)
    }

    /// From the first instruction of the function.
    fn distance(&self, code: usize) -> u32 {
        (code as u32).wrapping_sub(self.body.code)
    }

    /// There are more operands than ever before in the body.
    #[inline(never)]
    fn rise(&mut self, height: u32, at: usize) -> Result<(), Reject> {
        self.body.height = fit(height, u16::MAX, Limit::OperandStack, at)?;
        Ok(())
    }

    /// A block begins, its branches at these.
    fn open(&self, target: u32, branches: u32, at: usize) -> Result<(), Reject> {
        let block = Block { target, branches };
        self.arena.put::<_, { ListName::BLOCKS as u8 }>(block, at)
    }
}

impl<'a> Sink<'a> for Builder<'_> {
    const ALL: bool = false;

    fn begin(&mut self, header: Header<'_, impl List<LocalRun>>) -> Result<(), Reject> {
        let at = header.code;
        let locals = header.locals - header.params;
        self.body = Body {
            code: at as u32,
            end: self.span.end.saturating_sub(1) as u32,
            branches: self.arena.list::<u32, { ListName::BRANCHES as u8 }>().len() as u32,
            locals: fit(locals, u16::MAX, Limit::Locals, at)?,
            height: 0,
        };
        self.open(0, 0, at)
    }

    #[cfg_attr(small, inline(never))]
    fn accept(&mut self, at: usize, i: &Instruction<'a>, effect: Effect<'_>) -> Result<(), Reject> {
        let (height, reachable) = (effect.height, effect.reachable);
        self.pass(at, reachable, height)?;
        let below = height.saturating_sub(1);
        match *i {
            Instruction::Block { .. } => self.open(0, 0, at)?,
            Instruction::Loop { .. } => {
                let branches = self.branches().len() as u32;
                self.open(self.distance(effect.end), branches, at)?;
            }
            Instruction::If { .. } => {
                let mut branches = 0;
                if reachable {
                    branches = self.pending(Branch::default(), 0, at)?;
                }
                self.open(0, branches, at)?;
            }
            Instruction::Else => {
                let Block {
                    mut target,
                    branches,
                } = self.blocks().pop().unwrap_or_default();
                if reachable {
                    target = self.pending(Branch::default(), target, at)?;
                }
                self.resolve(branches, effect.end, at)?;
                self.open(target, 0, at)?;
            }
            Instruction::End => {
                let Block { target, branches } = self.blocks().pop().unwrap_or_default();
                let code = match effect.ended.kind {
                    FrameKind::Body => at,
                    _ => effect.end,
                };
                if effect.ended.kind != FrameKind::Loop {
                    // Of an `if` without `else`, the condition goes there, too.
                    self.resolve(branches, code, at)?;
                    self.resolve(target, code, at)?;
                }
            }
            Instruction::Br { l } | Instruction::BrOnNonNull { l } if reachable => {
                self.label(l, height, at)?;
            }
            Instruction::BrIf { l } | Instruction::BrOnNull { l } if reachable => {
                self.label(l, below, at)?;
            }
            Instruction::BrTable { l } if reachable => {
                for label in l.iter() {
                    self.label(label, below, at)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn pass(&mut self, at: usize, reachable: bool, height: u32) -> Result<(), Reject> {
        match reachable && height > u32::from(self.body.height) {
            true => self.rise(height, at),
            false => Ok(()),
        }
    }
}

impl<'a, 's> ModuleSink<'a> for Builder<'s> {
    type Body = Self;

    const NAMES: bool = false;

    fn body(&mut self, _: FuncIdx, span: Span) -> Result<&mut Self, Reject> {
        self.span = span;
        Ok(self)
    }

    fn end_body(&mut self, _: FuncIdx) -> Result<(), Reject> {
        self.write(false)?;
        self.write(true)?;
        self.branches().truncate(0);
        self.arena
            .list::<_, { ListName::BODIES as u8 }>()
            .set(self.index as usize, self.body);
        self.index += 1;
        Ok(())
    }

    fn import(&mut self, import: &Import<'a>, at: usize, _: [Span; 2]) -> Result<(), Reject> {
        let kind = match import.ty {
            ImportType::Func(_) => ExternKind::Func,
            ImportType::Table(_) => ExternKind::Table,
            ImportType::Memory(_) => ExternKind::Memory,
            ImportType::Global(_) => ExternKind::Global,
            ImportType::Tag(_) => ExternKind::Tag,
        };
        let entry = ImportEntry {
            name: at as u32,
            kind: kind as u8,
        };
        self.arena.put::<_, { ListName::IMPORTS as u8 }>(entry, at)
    }

    fn func(&mut self, _: FuncIdx, _: TypeIdx) -> Result<(), Reject> {
        self.arena
            .put::<_, { ListName::BODIES as u8 }>(Body::default(), 0)
    }

    fn table(&mut self, _: TableIdx, _: &TableType, init: Option<ConstExpr>) -> Result<(), Reject> {
        let span = init.map_or(Span::default(), |init| init.span);
        self.arena
            .put::<_, { ListName::TABLE_INITS as u8 }>(span, span.start)
    }

    fn global(&mut self, _: GlobalIdx, _: &GlobalType, init: ConstExpr) -> Result<(), Reject> {
        self.arena
            .put::<_, { ListName::GLOBAL_INITS as u8 }>(init.span, init.span.start)
    }

    fn export(&mut self, _: &Export<'a>, at: usize, _: Span) -> Result<(), Reject> {
        let before = self.front.get(Word::ExportCount);
        if before == 0 {
            self.front.set(Word::Exports, at as u32);
        }
        self.front.set(Word::ExportCount, before + 1);
        Ok(())
    }

    fn start(&mut self, func: FuncIdx) -> Result<(), Reject> {
        self.front.set(Word::Start, func.0 + 1);
        Ok(())
    }

    fn element(&mut self, _: ElemIdx, segment: &ElementSegment) -> Result<(), Reject> {
        let mut entry = Elements {
            items: segment.items.span,
            count: segment.items.count,
            ..Elements::default()
        };
        match segment.mode {
            SegmentMode::Active { target, offset } => {
                entry.flags = Elements::ACTIVE;
                entry.table = target.0;
                entry.offset = offset.span;
            }
            SegmentMode::Declarative => entry.flags = Elements::DECLARATIVE,
            SegmentMode::Passive => {}
        }
        if segment.items.expressions {
            entry.flags |= Elements::EXPRESSIONS;
        }
        self.arena
            .put::<_, { ListName::ELEMENTS as u8 }>(entry, entry.items.start)
    }

    fn data(&mut self, _: DataIdx, segment: &DataSegment) -> Result<(), Reject> {
        let mut entry = Data {
            bytes: segment.bytes,
            ..Data::default()
        };
        if let SegmentMode::Active { target, offset } = segment.mode {
            entry.active = true;
            entry.memory = target.0;
            entry.offset = offset.span;
        }
        self.arena
            .put::<_, { ListName::DATA as u8 }>(entry, entry.bytes.start)
    }
}

/// A number that has to fit into less.
fn fit<T: TryFrom<u32> + Into<u64>>(
    number: u32,
    _: T,
    limit: Limit,
    at: usize,
) -> Result<T, Reject> {
    T::try_from(number).map_err(|_| Reject::limit(limit, u64::from(number), at))
}
