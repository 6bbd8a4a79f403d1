//! From types to a program.
//!
//! Each type that is made of others has a body, which moves it from one place to another; a body
//! that is used more than once is there once. Bodies wait in a list until they are written, so that
//! compiling nests as little as running. Numbers that are plain and lie side by side on both sides
//! become one copy.

mod body;
mod value;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use self::body::Body;
use super::op::{Extent, Op, Place};
use super::plain::Plain;
use super::{Program, Size, Source, Target};
use crate::allocation;
use crate::component::abi::{CanonicalAbiInfo, CanonicalOptions};
use crate::component::types::{FuncType, TypeTable, ValueType};
use crate::component::{MAX_FLAT_PARAMS, MAX_FLAT_RESULTS};
use crate::error::Result;

impl Program {
    /// Moves the parameters of a call, from the options of the one who calls to those of the one
    /// who is called.
    pub(crate) fn params(
        types: &TypeTable,
        ty: &FuncType,
        source: CanonicalOptions,
        target: CanonicalOptions,
        size: &mut Size,
    ) -> Result<Self> {
        let params = allocation::boxed_list(ty.params.iter().map(|(_, ty)| *ty))?;
        let flat = ty.params_info(types, source.address).flat.count() as usize;
        let (from, to) = match flat <= MAX_FLAT_PARAMS {
            true => (Source::Flat, Target::Flat),
            false => (Source::Memory, Target::Allocated),
        };
        Self::compile(types, &params, (source, from), (target, to), size)
    }

    /// Moves the result of a call, from the options of the one who is called to those of the one
    /// who calls.
    pub(crate) fn result(
        types: &TypeTable,
        ty: &FuncType,
        source: CanonicalOptions,
        target: CanonicalOptions,
        size: &mut Size,
    ) -> Result<Self> {
        let flat = ty
            .result
            .map(|ty| types.info(ty, source.address).flat.count() as usize);
        let (from, to) = match flat.unwrap_or(0) <= MAX_FLAT_RESULTS {
            true => (Source::Flat, Target::Flat),
            false => (Source::Memory, Target::Given),
        };
        Self::compile(
            types,
            ty.result.as_slice(),
            (source, from),
            (target, to),
            size,
        )
    }

    /// Moves values that follow each other, by a program that adds to what all take. Those of a side that is flat have no more core values
    /// than a function can have.
    pub(crate) fn compile(
        types: &TypeTable,
        values: &[ValueType],
        (source, from): (CanonicalOptions, Source),
        (target, to): (CanonicalOptions, Target),
        size: &mut Size,
    ) -> Result<Self> {
        let flat = |flat: bool, options: CanonicalOptions| match flat {
            true => values
                .iter()
                .map(|ty| types.info(*ty, options.address).flat.count())
                .sum(),
            false => 1,
        };
        let program = Self {
            ops: Vec::new(),
            cases: Vec::new(),
            source,
            target,
            slots: (
                flat(from == Source::Flat, source),
                flat(to == Target::Flat, target),
            ),
            depth: 0,
            direct: false,
        };
        let mut compiler = Compiler {
            types,
            plain: Plain::of(types, values.iter().copied()),
            program,
            size,
            bodies: Vec::new(),
            numbers: BTreeMap::new(),
            calls: Vec::new(),
        };
        compiler.entry(values, from, to)?;
        let mut written = 0;
        while let Some(body) = compiler.bodies.get(written).copied() {
            compiler.body(written, body)?;
            written += 1;
        }
        compiler.link()
    }
}

struct Compiler<'t> {
    types: &'t TypeTable,
    plain: Plain,
    program: Program,
    size: &'t mut Size,
    /// Bodies, and where each begins once it is written.
    bodies: Vec<(Body, u32)>,
    numbers: BTreeMap<Body, u32>,
    /// Which body calls which.
    calls: Vec<(u32, u32)>,
}

/// Where parts follow each other, on one side.
#[derive(Clone, Copy, Debug)]
struct Cursor {
    options: CanonicalOptions,
    at: At,
}

#[derive(Clone, Copy, Debug)]
enum At {
    /// The next core value is in this register.
    Slot(u32),
    /// The last part ends here.
    Memory(u64),
}

impl Cursor {
    fn new(options: CanonicalOptions, place: Place) -> Self {
        let at = match place {
            Place::Slot(slot) => At::Slot(slot),
            Place::Memory(offset) => At::Memory(offset.into()),
        };
        Self { options, at }
    }

    /// The place of the next part. Offsets within a value are less than the size of a memory.
    fn next(&mut self, types: &TypeTable, ty: ValueType) -> Place {
        let info = types.info(ty, self.options.address);
        match &mut self.at {
            At::Slot(slot) => {
                let place = Place::Slot(*slot);
                *slot += info.flat.count();
                place
            }
            At::Memory(end) => Place::Memory(info.place(end) as u32),
        }
    }
}

impl Compiler<'_> {
    /// What is before and around all values.
    fn entry(&mut self, values: &[ValueType], from: Source, to: Target) -> Result<()> {
        let (source, target) = (self.program.source, self.program.target);
        let source_slot = self.program.source_slots().start as u32;
        let target_slot = self.program.target_slots().start as u32;
        let record = |options: CanonicalOptions| {
            let mut infos = values
                .iter()
                .map(|ty| self.types.info(*ty, options.address));
            let whole = infos.try_fold(CanonicalAbiInfo::EMPTY, |all, info| all.with(Some(info)));
            extent(whole.and_then(CanonicalAbiInfo::padded))
        };
        let (from_extent, to_extent) = (record(source), record(target));
        let from = match from {
            Source::Flat => Place::Slot(source_slot),
            Source::Memory => {
                let (slot, extent) = (source_slot, from_extent);
                self.push(Op::Source { slot, extent })?;
                Place::Memory(0)
            }
        };
        let (slot, extent) = (target_slot, to_extent);
        let to = match to {
            Target::Flat => Place::Slot(target_slot),
            Target::Given => {
                self.push(Op::Target { slot, extent })?;
                Place::Memory(0)
            }
            Target::Allocated => {
                self.push(Op::Allocate { slot, extent })?;
                Place::Memory(0)
            }
        };
        let (mut from, mut to) = (Cursor::new(source, from), Cursor::new(target, to));
        for ty in values {
            let places = (from.next(self.types, *ty), to.next(self.types, *ty));
            self.value(None, *ty, places)?;
        }
        self.push(Op::Done)
    }

    /// The number of a body, which is called from another.
    fn number(&mut self, outer: Option<usize>, body: Body) -> Result<u32> {
        let next = self.bodies.len() as u32;
        let number = *self.numbers.entry(body).or_insert(next);
        if number == next {
            allocation::reserve(&mut self.bodies, 1)?;
            self.bodies.push((body, 0));
        }
        if let Some(outer) = outer {
            allocation::reserve(&mut self.calls, 1)?;
            self.calls.push((outer as u32, number));
        }
        Ok(number)
    }

    fn push(&mut self, op: Op) -> Result<()> {
        self.size.take(size_of::<Op>())?;
        allocation::reserve(&mut self.program.ops, 1)?;
        self.program.ops.push(op);
        Ok(())
    }

    /// Puts in place of the number of each body where it begins, and counts how deep they nest.
    fn link(mut self) -> Result<Program> {
        for op in &mut self.program.ops {
            if let Op::Call { body, .. } | Op::Each { body, .. } = op {
                *body = self.bodies[*body as usize].1;
            }
        }
        self.program.depth = 1 + body::height(&self.bodies, &mut self.calls)?;
        self.program.direct = self.program.ops.iter().all(Op::is_direct);
        Ok(self.program)
    }
}

/// Size and alignment; those of what is in no memory, if there is no such layout.
fn extent(info: Option<CanonicalAbiInfo>) -> Extent {
    match info {
        Some(info) => Extent {
            size: info.size,
            align: info.align,
        },
        None => Extent {
            size: u32::MAX,
            align: 1,
        },
    }
}
