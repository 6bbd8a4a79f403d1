//! From types to a program.
//!
//! Each type that is made of others has a body, which moves it from one place to another; a body
//! that is used more than once is there once. Bodies wait in a list until they are written, so that
//! compiling nests as little as running. Numbers that are plain and lie side by side on both sides
//! become one copy.

mod body;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use self::body::Body;
use super::op::{Extent, Op, Place, Scalar};
use super::plain::Plain;
use super::{Program, Source, Target};
use crate::allocation::{self, OutOfMemory};
use crate::component::abi::{CanonicalAbiInfo, CanonicalOptions, shape};
use crate::component::types::{Defined, FuncType, TypeId, TypeTable, ValueType};
use crate::component::{MAX_FLAT_PARAMS, MAX_FLAT_RESULTS, Primitive};
use crate::spec::Trap;

impl Program {
    /// Moves the parameters of a call, from the options of the one who calls to those of the one
    /// who is called.
    pub(crate) fn params(
        types: &TypeTable,
        ty: &FuncType,
        source: CanonicalOptions,
        target: CanonicalOptions,
    ) -> Result<Self, OutOfMemory> {
        let params = allocation::boxed_list(ty.params.iter().map(|(_, ty)| *ty))?;
        let flat = ty.params_info(types, source.address).flat.count() as usize;
        let (from, to) = match flat <= MAX_FLAT_PARAMS {
            true => (Source::Flat, Target::Flat),
            false => (Source::Memory, Target::Allocated),
        };
        Self::compile(types, &params, (source, from), (target, to))
    }

    /// Moves the result of a call, from the options of the one who is called to those of the one
    /// who calls.
    pub(crate) fn result(
        types: &TypeTable,
        ty: &FuncType,
        source: CanonicalOptions,
        target: CanonicalOptions,
    ) -> Result<Self, OutOfMemory> {
        let flat = ty
            .result
            .map(|ty| types.info(ty, source.address).flat.count() as usize);
        let (from, to) = match flat.unwrap_or(0) <= MAX_FLAT_RESULTS {
            true => (Source::Flat, Target::Flat),
            false => (Source::Memory, Target::Given),
        };
        Self::compile(types, ty.result.as_slice(), (source, from), (target, to))
    }

    /// Moves values that follow each other. Those of a side that is flat have no more core values
    /// than a function can have.
    pub(crate) fn compile(
        types: &TypeTable,
        values: &[ValueType],
        (source, from): (CanonicalOptions, Source),
        (target, to): (CanonicalOptions, Target),
    ) -> Result<Self, OutOfMemory> {
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
        };
        let mut compiler = Compiler {
            types,
            plain: Plain::of(types, values.iter().copied()),
            program,
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
    fn entry(&mut self, values: &[ValueType], from: Source, to: Target) -> Result<(), OutOfMemory> {
        let (source, target) = (self.program.source, self.program.target);
        let source_slot = self.program.source_slots().start as u32;
        let target_slot = self.program.target_slots().start as u32;
        let record = |options: CanonicalOptions| {
            let infos = values
                .iter()
                .map(|ty| self.types.info(*ty, options.address));
            let whole = infos.fold(Some(CanonicalAbiInfo::EMPTY), |all, info| {
                all?.with(Some(info))
            });
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

    /// Moves a value; `outer` is the body that it is in.
    fn value(
        &mut self,
        outer: Option<usize>,
        ty: ValueType,
        (from, to): (Place, Place),
    ) -> Result<(), OutOfMemory> {
        if let (Place::Memory(from), Place::Memory(to)) = (from, to)
            && self.plain.is(ty)
        {
            let size = self.types.info(ty, self.program.source.address).size;
            return self.copy(from, to, size);
        }
        if let Some(scalar) = self.scalar(ty) {
            return self.push(Op::Scalar { scalar, from, to });
        }
        let ValueType::Defined(id) = ty else {
            return match ty {
                ValueType::Primitive(Primitive::String) => self.push(Op::String { from, to }),
                _ => self.push(Op::Fail(Trap::MissingAsync)),
            };
        };
        let types = self.types;
        match types.get(id) {
            Defined::List(element) => {
                let body = Body::value(*element);
                self.list(outer, (id, Some(*element)), body, (from, to))
            }
            Defined::Map(..) => self.list(outer, (id, None), Body::entry(id), (from, to)),
            Defined::Own(resource) => {
                let (own, resource) = (true, *resource);
                self.push(Op::Handle {
                    own,
                    resource,
                    from,
                    to,
                })
            }
            Defined::Borrow(resource) => {
                let (own, resource) = (false, *resource);
                self.push(Op::Handle {
                    own,
                    resource,
                    from,
                    to,
                })
            }
            Defined::Stream(_) | Defined::Future(_) => self.push(Op::Fail(Trap::MissingAsync)),
            _ => {
                let (body, from, to) = Body::at(ty, from, to);
                let body = self.number(outer, body)?;
                self.push(Op::Call { body, from, to })
            }
        }
    }

    /// Moves a list or a map.
    fn list(
        &mut self,
        outer: Option<usize>,
        (list, element): (TypeId, Option<ValueType>),
        body: Body,
        (from, to): (Place, Place),
    ) -> Result<(), OutOfMemory> {
        let of = |options: CanonicalOptions| {
            extent(shape::element(
                self.types,
                self.types.get(list),
                options.address,
            ))
        };
        let (source, target) = (of(self.program.source), of(self.program.target));
        self.push(Op::List {
            from,
            source,
            target,
        })?;
        self.elements(outer, element, body, (source.size, target.size))?;
        self.push(Op::Words { to })
    }

    /// Moves the elements of a list that is begun.
    fn elements(
        &mut self,
        outer: Option<usize>,
        element: Option<ValueType>,
        body: Body,
        (from, to): (u32, u32),
    ) -> Result<(), OutOfMemory> {
        if let Some(element) = element {
            if self.plain.is(element) {
                return self.push(Op::Elements { size: from });
            }
            if let Some(scalar) = self.scalar(element) {
                self.push(Op::Elements { size: from })?;
                return self.push(Op::Check { scalar });
            }
        }
        let body = self.number(outer, body)?;
        self.push(Op::Each { body, from, to })
    }

    /// A type that is one number.
    fn scalar(&self, ty: ValueType) -> Option<Scalar> {
        let id = match ty {
            ValueType::Defined(id) => id,
            ValueType::Primitive(primitive) => {
                let size = self.types.info(ty, self.program.source.address).size;
                return match primitive {
                    Primitive::Bool => Some(Scalar::Bool),
                    Primitive::Char => Some(Scalar::Char),
                    Primitive::S8 | Primitive::S16 => Some(Scalar::Signed(size)),
                    Primitive::U8
                    | Primitive::U16
                    | Primitive::S32
                    | Primitive::U32
                    | Primitive::S64
                    | Primitive::U64
                    | Primitive::F32
                    | Primitive::F64 => Some(Scalar::Bits(size)),
                    Primitive::String | Primitive::ErrorContext => None,
                };
            }
        };
        match self.types.get(id) {
            Defined::Flags(labels) => Some(Scalar::Flags {
                size: shape::flags(labels.len()),
                mask: u32::MAX
                    .checked_shr(u32::BITS - labels.len() as u32)
                    .unwrap_or(0),
            }),
            Defined::Enum(labels) => {
                let count = labels.len() as u32;
                let size = shape::discriminant(count);
                Some(Scalar::Case { size, count })
            }
            _ => None,
        }
    }

    /// Copies bytes, together with those before if they are side by side.
    fn copy(&mut self, from: u32, to: u32, size: u32) -> Result<(), OutOfMemory> {
        if let Some(Op::Copy {
            from: first,
            to: begin,
            size: before,
        }) = self.program.ops.last_mut()
            && *first + *before == from
            && *begin + *before == to
        {
            *before += size;
            return Ok(());
        }
        self.push(Op::Copy { from, to, size })
    }

    /// The number of a body, which is called from another.
    fn number(&mut self, outer: Option<usize>, body: Body) -> Result<u32, OutOfMemory> {
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

    fn push(&mut self, op: Op) -> Result<(), OutOfMemory> {
        allocation::reserve(&mut self.program.ops, 1)?;
        self.program.ops.push(op);
        Ok(())
    }

    /// Puts in place of the number of each body where it begins, and counts how deep they nest.
    fn link(mut self) -> Result<Program, OutOfMemory> {
        for op in &mut self.program.ops {
            if let Op::Call { body, .. } | Op::Each { body, .. } = op {
                *body = self.bodies[*body as usize].1;
            }
        }
        self.program.depth = 1 + body::height(&self.bodies, &mut self.calls)?;
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
