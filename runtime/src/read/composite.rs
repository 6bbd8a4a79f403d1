//! Definitions of types, as they stand in the binary format.
//!
//! What is read here is well formed, not valid: type indices stay as written. Standard: section
//! 5.3, "Recursive Types".

use super::Reader;
use super::types::{admit, malformed};
use crate::generated::facts::wire;
use crate::profile::{Everything, Gate};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Limit, Proposal};
use crate::types::{TypeIdx, ValType, ValTypes};

/// Types that are defined together: a recursion group, or one type.
#[derive(Clone, Copy, Debug)]
pub struct CoreTypes<'a> {
    items: Reader<'a>,
    count: u32,
}

/// A type of a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SubType<'a> {
    /// Whether it can have subtypes.
    pub is_final: bool,
    /// Its declared supertypes.
    pub supertypes: SuperTypes<'a>,
    /// What it is.
    pub composite: CompositeType<'a>,
}

/// What a type consists of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompositeType<'a> {
    /// Functions.
    Func {
        /// Types of the parameters.
        params: ValTypes<'a>,
        /// Types of the results.
        results: ValTypes<'a>,
    },
    /// Structures.
    Struct {
        /// Their fields.
        fields: FieldTypes<'a>,
    },
    /// Arrays.
    Array {
        /// Their elements.
        element: FieldType,
    },
}

/// The type of a field or element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldType {
    /// What it holds.
    pub storage: StorageType,
    /// Whether it can be written.
    pub mutable: bool,
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StorageType {
    /// A value.
    Val(ValType),
    /// 8 bits of an `i32`.
    I8,
    /// 16 bits of an `i32`.
    I16,
}

/// The supertypes of a type: the count, then the indices.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SuperTypes<'a>(&'a [u8]);

/// The fields of a structure type: the count, then the types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldTypes<'a>(&'a [u8]);

impl<'a> CoreTypes<'a> {
    /// How many there are.
    pub const fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether the group is empty.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The types in order.
    pub fn iter(&self) -> impl Iterator<Item = SubType<'a>> + use<'a> {
        again(self.items, self.count, |r| r.sub_type(&Everything))
    }
}

impl<'a> SuperTypes<'a> {
    /// The indices in order.
    pub fn iter(&self) -> impl Iterator<Item = TypeIdx> + use<'a> {
        counted(self.0, |r| r.u32().map(TypeIdx))
    }
}

impl<'a> FieldTypes<'a> {
    /// The types in order.
    pub fn iter(&self) -> impl Iterator<Item = FieldType> + use<'a> {
        counted(self.0, |r| r.field_type(&Everything))
    }
}

/// Items behind their count that were read before.
fn counted<'a, T>(
    bytes: &'a [u8],
    item: impl FnMut(&mut Reader<'a>) -> Result<T, Reject>,
) -> impl Iterator<Item = T> {
    let mut items = Reader::new(bytes);
    let count = items.u32().unwrap_or(0);
    again(items, count, item)
}

/// Items that were read before.
fn again<'a, T>(
    mut items: Reader<'a>,
    count: u32,
    mut item: impl FnMut(&mut Reader<'a>) -> Result<T, Reject>,
) -> impl Iterator<Item = T> {
    (0..count).map_while(move |_| item(&mut items).ok())
}

impl<'a> Reader<'a> {
    /// The number of types that are defined together.
    pub(crate) fn group_length(&mut self, gate: &impl Gate) -> Result<u32, Reject> {
        let (at, rec) = (self.position(), wire::Subtype::Rec);
        if self.peek() != Some(rec.code()) {
            return Ok(1);
        }
        self.u8()?;
        admit(gate, rec.proposal(), at, ())?;
        self.count(Limit::RecGroupSize, gate.limits().rec_group_size)
    }

    /// Types that are defined together.
    pub(crate) fn core_types(&mut self, gate: &impl Gate) -> Result<CoreTypes<'a>, Reject> {
        let count = self.group_length(gate)?;
        let items = *self;
        for _ in 0..count {
            self.sub_type(gate)?;
        }
        Ok(CoreTypes { items, count })
    }

    fn sub_type(&mut self, gate: &impl Gate) -> Result<SubType<'a>, Reject> {
        let at = self.position();
        let form = self.peek().and_then(wire::Subtype::from_code);
        let form = form.filter(|form| *form != wire::Subtype::Rec);
        let mut supertypes = SuperTypes(&[]);
        if let Some(form) = form {
            self.u8()?;
            admit(gate, form.proposal(), at, ())?;
            let start = self.position();
            for _ in 0..self.count(Limit::SubtypingDepth, gate.limits().subtyping_depth)? {
                self.u32()?;
            }
            supertypes = SuperTypes(self.since(start));
        }
        Ok(SubType {
            is_final: form != Some(wire::Subtype::Sub),
            supertypes,
            composite: self.composite(gate)?,
        })
    }

    fn composite(&mut self, gate: &impl Gate) -> Result<CompositeType<'a>, Reject> {
        let at = self.position();
        let code = self.u8()?;
        let Some(composite) = wire::Composite::from_code(code) else {
            return Err(malformed(ErrorCode::MalformedType, at, code));
        };
        admit(gate, composite.proposal(), at, ())?;
        let limits = gate.limits();
        Ok(match composite {
            wire::Composite::Func => CompositeType::Func {
                params: self.val_types(gate, Limit::Params, limits.params)?,
                results: self.results(gate)?,
            },
            wire::Composite::Struct => {
                let start = self.position();
                for _ in 0..self.count(Limit::StructFields, limits.struct_fields)? {
                    self.field_type(gate)?;
                }
                CompositeType::Struct {
                    fields: FieldTypes(self.since(start)),
                }
            }
            wire::Composite::Array => CompositeType::Array {
                element: self.field_type(gate)?,
            },
        })
    }

    /// A list of value types.
    pub(crate) fn val_types(
        &mut self,
        gate: &impl Gate,
        limit: Limit,
        most: u64,
    ) -> Result<ValTypes<'a>, Reject> {
        let start = self.position();
        let count = self.count(limit, most)?;
        self.counted_types(gate, start, count)
    }

    /// The types of results.
    fn results(&mut self, gate: &impl Gate) -> Result<ValTypes<'a>, Reject> {
        let start = self.position();
        let count = self.result_count(gate)?;
        self.counted_types(gate, start, count)
    }

    /// The number of results; several are a proposal.
    #[inline(always)]
    pub(crate) fn result_count(&mut self, gate: &impl Gate) -> Result<u32, Reject> {
        let at = self.position();
        let count = self.count(Limit::Results, gate.limits().results)?;
        if count > 1 {
            gate.admit(Proposal::MultiValue, at, ())?;
        }
        Ok(count)
    }

    /// Types behind their count, which begins at `start`.
    fn counted_types(
        &mut self,
        gate: &impl Gate,
        start: usize,
        count: u32,
    ) -> Result<ValTypes<'a>, Reject> {
        let mut last = None;
        for _ in 0..count {
            last = Some(self.val_type(gate)?);
        }
        Ok(ValTypes {
            bytes: self.since(start),
            only: last.filter(|_| count == 1),
        })
    }

    fn field_type(&mut self, gate: &impl Gate) -> Result<FieldType, Reject> {
        let at = self.position();
        let storage = match self.peek().and_then(wire::Packed::from_code) {
            Some(packed) => {
                self.u8()?;
                let storage = match packed {
                    wire::Packed::I8 => StorageType::I8,
                    wire::Packed::I16 => StorageType::I16,
                };
                admit(gate, packed.proposal(), at, storage)?
            }
            None => StorageType::Val(self.val_type(gate)?),
        };
        Ok(FieldType {
            storage,
            mutable: self.mutability()?,
        })
    }
}
