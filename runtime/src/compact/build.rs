//! Writes a module's table while the module is validated.
//!
//! Branches to the end of a block are not known when they are met. Until then each holds, in place
//! of its distances, how far back the branch before it to the same end is; the block's [`Link`] has
//! the last one.

use super::branch::Branch;
use super::table::{Body, Data, Elements, Front, ImportEntry};
use crate::read::{
    ConstExpr, DataSegment, ElementSegment, Export, Import, ImportType, SegmentMode, Span,
};
use crate::reject::Reject;
use crate::spec::{Instruction, Limit};
use crate::types::{
    DataIdx, ElemIdx, ExternKind, FuncIdx, GlobalIdx, GlobalType, LabelIdx, TableIdx, TableType,
    TypeIdx,
};
use crate::validate::arena::{Arena, Place};
use crate::validate::item::{Item, fields};
use crate::validate::stack::{Frame, FrameKind, Link};
use crate::validate::{ArenaList, Effect, Full, Header, List, LocalRun, ModuleSink, Sink, Storage};

/// The sink of a validation in an arena, which holds the table's lists.
pub(crate) struct Builder<'s> {
    pub(crate) front: Front,
    arena: &'s Arena<'s>,
    /// The body that is being read.
    index: u32,
    span: Span,
    body: Body,
}

/// A branch that does not fit into its word.
#[derive(Clone, Copy, Default)]
struct Far {
    /// Where its word is.
    number: u32,
    branch: Branch,
}

fields! {
    Far { number: u32, branch: Branch }
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

    fn frames(&self) -> ArenaList<'s, Frame, { Place::Frames as u8 }> {
        self.arena.list()
    }

    fn branches(&self) -> ArenaList<'s, u32, { Place::Branches as u8 }> {
        self.arena.list()
    }

    /// Those branches of the body that do not fit into a word.
    fn far(&self) -> ArenaList<'s, Far, { Place::Far as u8 }> {
        self.arena.list()
    }

    /// Adds an item to a list, in as far as there is memory.
    fn put<T: Item, const PLACE: u8>(
        &self,
        item: T,
        limit: Limit,
        at: usize,
    ) -> Result<(), Reject> {
        let mut list = self.arena.list::<T, PLACE>();
        let length = list.len();
        list.push(item, u64::MAX)
            .map_err(|full: Full| full.reject(limit, length, at))
    }

    /// A branch to a label, with so many operands on the stack.
    fn label(&mut self, label: LabelIdx, height: u32, at: usize) -> Result<(), Reject> {
        let place = self.frames().len().wrapping_sub(1 + label.0 as usize);
        let Some(mut frame) = self.frames().get(place) else {
            return Ok(());
        };
        let arity = frame.label(&self.arena.open().0).len() as u32;
        let keep = within(arity, u8::MAX, Limit::BranchOperands, at)?;
        let drop = height.saturating_sub(arity + frame.height);
        let drop = within(drop, u16::MAX, Limit::OperandStack, at)?;
        let branch = Branch {
            keep,
            drop,
            ..Branch::default()
        };
        if frame.kind == FrameKind::Loop {
            let number = self.add(0, at)?;
            return self.aim(number, branch, frame.link.target, frame.link.branches, at);
        }
        frame.link.target = self.pending(branch, frame.link.target, at)?;
        self.frames().set(place, frame);
        Ok(())
    }

    /// Adds a word to the branches; gives its number.
    fn add(&mut self, word: u32, at: usize) -> Result<u32, Reject> {
        let number = self.branches().len();
        self.put::<_, { Place::Branches as u8 }>(word, Limit::Branches, at)?;
        Ok(number as u32)
    }

    /// Adds a branch whose target is not known; `last` and what it gives are one more than the
    /// number of the last one to the same target.
    fn pending(&mut self, branch: Branch, last: u32, at: usize) -> Result<u32, Reject> {
        let number = self.add(0, at)?;
        let code = if last == 0 { 0 } else { number + 1 - last };
        self.set(
            number,
            branch.with_place(code),
            Branch { code, ..branch },
            at,
        )?;
        Ok(number + 1)
    }

    /// Gives all branches of a chain their target.
    fn resolve(&mut self, mut last: u32, code: usize, at: usize) -> Result<(), Reject> {
        let (code, table) = (self.distance(code), self.branches().len() as u32);
        while let Some(number) = last.checked_sub(1) {
            let Some(word) = self.branches().get(number as usize) else {
                break;
            };
            let (mut branch, mut back) = (Branch::of(word), Branch::place(word));
            if Branch::is_far(word) {
                branch = self.far().get(back as usize).unwrap_or_default().branch;
                back = branch.code;
            }
            self.aim(number, branch, code, table, at)?;
            last = if back == 0 { 0 } else { last - back };
        }
        Ok(())
    }

    /// Gives one branch its target: a distance in the function, and a number of branches.
    fn aim(
        &mut self,
        number: u32,
        branch: Branch,
        code: u32,
        table: u32,
        at: usize,
    ) -> Result<(), Reject> {
        let distance = i64::from(table) - i64::from(number);
        let far = |_| Reject::limit(Limit::Branches, distance.unsigned_abs(), at);
        let table = i16::try_from(distance).map_err(far)?;
        let branch = Branch {
            code,
            table,
            ..branch
        };
        self.set(number, branch.near(), branch, at)
    }

    /// Lets a branch be a word, or what does not fit into one, which is kept apart until the
    /// function ends.
    fn set(
        &mut self,
        number: u32,
        word: Option<u32>,
        branch: Branch,
        at: usize,
    ) -> Result<(), Reject> {
        let there = self.branches().get(number as usize).unwrap_or_default();
        let far = Far { number, branch };
        if Branch::is_far(there) {
            self.far().set(Branch::place(there) as usize, far);
            return Ok(());
        }
        let index = self.far().len() as u32;
        if word.is_none() {
            self.put::<_, { Place::Far as u8 }>(far, Limit::Branches, at)?;
        }
        let word = word.unwrap_or(Branch::far(index));
        self.branches().set(number as usize, word);
        Ok(())
    }

    /// From the first instruction of the function.
    fn distance(&self, code: usize) -> u32 {
        (code as u32).wrapping_sub(self.body.code)
    }

    fn link(&mut self, link: Link) {
        if let Some(mut frame) = self.frames().last() {
            frame.link = link;
            self.frames().set_last(frame);
        }
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
            branches: self.branches().len() as u32,
            locals: within(locals, u16::MAX, Limit::Locals, at)?,
            height: 0,
        };
        Ok(())
    }

    fn accept(&mut self, at: usize, i: &Instruction<'a>, effect: Effect) -> Result<(), Reject> {
        let (height, reachable) = (effect.height, effect.reachable);
        let link = effect.ended.link;
        self.pass(at, reachable, height)?;
        let below = height.saturating_sub(1);
        match *i {
            Instruction::Loop { .. } => self.link(Link {
                target: self.distance(effect.end),
                branches: self.branches().len() as u32,
            }),
            Instruction::If { .. } if reachable => {
                let branches = self.pending(Branch::default(), 0, at)?;
                self.link(Link {
                    target: 0,
                    branches,
                });
            }
            Instruction::Else => {
                let mut target = link.target;
                if reachable {
                    target = self.pending(Branch::default(), target, at)?;
                }
                self.resolve(link.branches, effect.end, at)?;
                self.link(Link {
                    target,
                    branches: 0,
                });
            }
            Instruction::End => {
                let code = match effect.ended.kind {
                    FrameKind::Body => at,
                    _ => effect.end,
                };
                if effect.ended.kind != FrameKind::Loop {
                    // Of an `if` without `else`, the condition goes there, too.
                    self.resolve(link.branches, code, at)?;
                    self.resolve(link.target, code, at)?;
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
        if reachable && height > u32::from(self.body.height) {
            self.body.height = within(height, u16::MAX, Limit::OperandStack, at)?;
        }
        Ok(())
    }
}

impl<'a, 's> ModuleSink<'a> for Builder<'s> {
    type Body = Self;

    const NAMES: bool = false;

    fn body(&mut self, func: FuncIdx, span: Span) -> Result<&mut Self, Reject> {
        self.index = func.0 - self.front.imported(ExternKind::Func);
        self.span = span;
        Ok(self)
    }

    fn end_body(&mut self, _: FuncIdx) -> Result<(), Reject> {
        for index in 0..self.far().len() {
            let Far { number, branch } = self.far().get(index).unwrap_or_default();
            let distance = self.branches().len() as u32 - number;
            for word in branch.words() {
                self.add(word, self.span.end)?;
            }
            self.branches().set(number as usize, Branch::far(distance));
        }
        self.far().truncate(0);
        self.arena
            .list::<_, { Place::Bodies as u8 }>()
            .set(self.index as usize, self.body);
        Ok(())
    }

    fn import(&mut self, import: &Import<'a>, at: usize) -> Result<(), Reject> {
        let kind = match import.ty {
            ImportType::Func(_) => ExternKind::Func,
            ImportType::Table(_) => ExternKind::Table,
            ImportType::Memory(_) => ExternKind::Memory,
            ImportType::Global(_) => ExternKind::Global,
            ImportType::Tag(_) => ExternKind::Tag,
        };
        if let Some(count) = self.front.imported.get_mut(kind as usize) {
            *count += 1;
        }
        let entry = ImportEntry {
            name: at as u32,
            kind: kind as u8,
        };
        self.put::<_, { Place::Imports as u8 }>(entry, Limit::Imports, at)
    }

    fn func(&mut self, _: FuncIdx, _: TypeIdx) -> Result<(), Reject> {
        self.put::<_, { Place::Bodies as u8 }>(Body::default(), Limit::Functions, 0)
    }

    fn table(&mut self, _: TableIdx, _: &TableType, init: Option<ConstExpr>) -> Result<(), Reject> {
        let span = init.map_or(Span::default(), |init| init.span);
        self.put::<_, { Place::TableInits as u8 }>(span, Limit::Tables, span.start)
    }

    fn global(&mut self, _: GlobalIdx, _: &GlobalType, init: ConstExpr) -> Result<(), Reject> {
        self.put::<_, { Place::GlobalInits as u8 }>(init.span, Limit::Globals, init.span.start)
    }

    fn export(&mut self, _: &Export<'a>, at: usize) -> Result<(), Reject> {
        if self.front.export_count == 0 {
            self.front.exports = at as u32;
        }
        self.front.export_count += 1;
        Ok(())
    }

    fn start(&mut self, func: FuncIdx) -> Result<(), Reject> {
        self.front.start = func.0 + 1;
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
        self.put::<_, { Place::Elements as u8 }>(entry, Limit::ElementSegments, entry.items.start)
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
        self.put::<_, { Place::Data as u8 }>(entry, Limit::DataSegments, entry.bytes.start)
    }
}

/// A number that has to fit into less.
fn within<T: TryFrom<u32> + Into<u64>>(
    number: u32,
    _: T,
    limit: Limit,
    at: usize,
) -> Result<T, Reject> {
    T::try_from(number).map_err(|_| Reject::limit(limit, u64::from(number), at))
}
