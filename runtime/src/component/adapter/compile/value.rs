//! Values of whatever type: what is one operation, what is a list, and what has a body of its own.
//!
//! Plain values become copies, if both places are in memory. Everything that is one core value is
//! one operation, whatever the places.

use super::super::op::{Op, Place, Scalar};
use super::body::Body;
use super::{Compiler, extent};
use crate::component::Primitive;
use crate::component::abi::{CanonicalOptions, shape};
use crate::component::types::{Defined, TypeId, ValueType};
use crate::error::Result;
use crate::spec::Trap;

const STRING: ValueType = ValueType::Primitive(Primitive::String);

impl Compiler<'_> {
    /// Moves a value; `outer` is the body that it is in.
    pub(super) fn value(
        &mut self,
        outer: Option<usize>,
        ty: ValueType,
        (from, to): (Place, Place),
    ) -> Result<()> {
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
                STRING if self.is_text() => self.push(Op::Text { from, to }),
                STRING => self.push(Op::String { from, to }),
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
    pub(super) fn list(
        &mut self,
        outer: Option<usize>,
        (list, element): (TypeId, Option<ValueType>),
        body: Body,
        (from, to): (Place, Place),
    ) -> Result<()> {
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
    pub(super) fn elements(
        &mut self,
        outer: Option<usize>,
        element: Option<ValueType>,
        body: Body,
        (from, to): (u32, u32),
    ) -> Result<()> {
        if let Some(element) = element {
            if self.plain.is(element) {
                return self.push(Op::Elements { size: from });
            }
            if let Some(scalar) = self.scalar(element) {
                self.push(Op::Elements { size: from })?;
                return self.push(Op::Check { scalar });
            }
            if element == STRING && self.is_text() {
                return self.push(Op::Texts { from, to });
            }
        }
        let body = self.number(outer, body)?;
        self.push(Op::Each { body, from, to })
    }

    /// Whether strings are copied as they are. One that may be in either of two encodings may become
    /// the other.
    fn is_text(&self) -> bool {
        let (source, target) = (self.program.source, self.program.target);
        source.encoding == target.encoding && source.encoding.tagged().is_none()
    }

    /// A type that is one number.
    pub(super) fn scalar(&self, ty: ValueType) -> Option<Scalar> {
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
    pub(super) fn copy(&mut self, from: u32, to: u32, size: u32) -> Result<()> {
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
}
