//! What is kept of a type of values: how large it is, how its values lie, and how they are passed.
//!
//! Each is computed from those of the parts when a type is defined, so that nobody walks over the
//! whole type again. Sizes are those in a 64-bit memory, which are the largest. Standard: Component
//! Model, `CanonicalABI.md`, "Alignment", "Element Size" and "Flattening".

use crate::generated::woven::component::layout::FlatType;
use crate::read::component::{Primitive, ValueLayout};
use crate::reject::Reject;
use crate::spec::{Limit, Limits};
use crate::types::ValType;

/// Size and depth of a type as a tree, and what occurs in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Measure(u32);

impl Measure {
    const SIZE: u32 = (1 << 21) - 1;
    const DEPTH_SHIFT: u32 = 21;
    const DEPTH: u32 = (1 << 8) - 1;
    const NAMED: u32 = 1 << 29;
    const RESOURCES: u32 = 1 << 30;
    const POINTERS: u32 = 1 << 31;

    /// Of a type without parts.
    pub(super) const ONE: Self = Self(1 | 1 << Self::DEPTH_SHIFT);

    pub(super) const fn bits(self) -> u32 {
        self.0
    }

    pub(super) const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The number of types in the tree.
    pub(super) const fn size(self) -> u64 {
        (self.0 & Self::SIZE) as u64
    }

    const fn depth(self) -> u64 {
        (self.0 >> Self::DEPTH_SHIFT & Self::DEPTH) as u64
    }

    /// Whether resources occur in it.
    pub(super) const fn has_resources(self) -> bool {
        self.0 & Self::RESOURCES != 0
    }

    /// Whether values of it lie in memory in part: strings and lists.
    pub(super) const fn has_pointers(self) -> bool {
        self.0 & Self::POINTERS != 0
    }

    /// Whether the type has ever had a name outside.
    pub(super) const fn is_named(self) -> bool {
        self.0 & Self::NAMED != 0
    }

    pub(super) const fn named(self, named: bool) -> Self {
        Self(self.0 & !Self::NAMED | if named { Self::NAMED } else { 0 })
    }

    pub(super) const fn with_resources(self) -> Self {
        Self(self.0 | Self::RESOURCES)
    }

    pub(super) const fn with_pointers(self, there: bool) -> Self {
        Self(self.0 & !Self::POINTERS | if there { Self::POINTERS } else { 0 })
    }

    /// With such a part.
    pub(super) fn with(self, part: Self, limits: &Limits, at: usize) -> Result<Self, Reject> {
        let depth = self.depth().max(part.depth() + 1);
        if depth > limits.component_type_depth {
            return Err(Reject::limit(Limit::ComponentTypeDepth, depth, at));
        }
        let size = self.size() + part.size();
        if size > limits.component_type_size {
            return Err(Reject::limit(Limit::ComponentTypeSize, size, at));
        }
        let occurs = (self.0 | part.0) & (Self::RESOURCES | Self::POINTERS);
        Ok(Self(
            size as u32 & Self::SIZE | (depth as u32) << Self::DEPTH_SHIFT | occurs,
        ))
    }

    /// Of so many types without parts, one beside the other.
    pub(super) fn flat(count: usize, limits: &Limits, at: usize) -> Result<Self, Reject> {
        let size = count as u64;
        if size > limits.component_type_size {
            return Err(Reject::limit(Limit::ComponentTypeSize, size, at));
        }
        Ok(Self(size as u32 & Self::SIZE | 1 << Self::DEPTH_SHIFT))
    }
}

/// Size and alignment of values in a 64-bit memory, and the handles in them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Layout(u32);

impl Layout {
    const SIZE: u32 = (1 << 28) - 1;
    const ALIGN_SHIFT: u32 = 28;
    const ALIGN: u32 = 0b11;
    const BORROW: u32 = 1 << 30;
    const HANDLE: u32 = 1 << 31;
    /// Values are smaller than this.
    const BOUND: u64 = 1 << 28;

    /// Of no values.
    pub(super) const NONE: Self = Self(0);

    pub(super) const fn bits(self) -> u32 {
        self.0
    }

    pub(super) const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Nothing if values were too large.
    pub(super) fn new(size: u64, align: u32) -> Option<Self> {
        let size = u32::try_from(size)
            .ok()
            .filter(|size| u64::from(*size) < Self::BOUND)?;
        Some(Self(size | align.trailing_zeros() << Self::ALIGN_SHIFT))
    }

    pub(super) const fn size(self) -> u64 {
        (self.0 & Self::SIZE) as u64
    }

    pub(super) const fn align(self) -> u32 {
        1 << (self.0 >> Self::ALIGN_SHIFT & Self::ALIGN)
    }

    /// Whether a borrowed handle occurs in values.
    pub(super) const fn has_borrow(self) -> bool {
        self.0 & Self::BORROW != 0
    }

    /// Whether a handle occurs in values.
    pub(super) const fn has_handle(self) -> bool {
        self.0 & Self::HANDLE != 0
    }

    pub(super) const fn with_handle(self) -> Self {
        Self(self.0 | Self::HANDLE)
    }

    pub(super) const fn with_borrow(self) -> Self {
        Self(self.0 | Self::BORROW)
    }

    /// With the handles of a part.
    pub(super) const fn holding(self, part: Self) -> Self {
        Self(self.0 | part.0 & (Self::BORROW | Self::HANDLE))
    }

    /// With a part behind what there is.
    pub(super) fn then(self, part: Self) -> Option<Self> {
        let size = align_to(self.size(), part.align()) + part.size();
        let align = self.align().max(part.align());
        Some(Self::new(size, align)?.holding(self).holding(part))
    }

    /// With room for this part or that.
    pub(super) fn or(self, part: Self) -> Option<Self> {
        let (size, align) = (self.size().max(part.size()), self.align().max(part.align()));
        Some(Self::new(size, align)?.holding(self).holding(part))
    }

    /// This many, one behind the other.
    pub(super) fn times(self, count: u32) -> Option<Self> {
        let size = self.size() * u64::from(count);
        Some(Self::new(size, self.align())?.holding(self))
    }

    /// With a size that is a multiple of the alignment.
    pub(super) fn padded(self) -> Option<Self> {
        let size = align_to(self.size(), self.align());
        Some(Self::new(size, self.align())?.holding(self))
    }
}

fn align_to(size: u64, align: u32) -> u64 {
    size.next_multiple_of(u64::from(align))
}

/// The core types that a value is passed as; only that there are too many if a function cannot take
/// them. What is an address is left open, since it depends on the memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Flat(u64);

impl Flat {
    /// No core types.
    pub(super) const NONE: Self = Self(0);
    /// The most that are told apart.
    const MOST: u32 = 16;
    const COUNT: u64 = (1 << 5) - 1;
    const COUNT_BITS: u32 = 5;
    const PART: u64 = (1 << 3) - 1;
    const PART_BITS: u32 = 3;
    /// An address, beside the numbers of [`FlatType`].
    const ADDRESS: u64 = 4;

    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// One core value.
    pub(super) const fn one(ty: FlatType) -> Self {
        Self::NONE.push(ty as u64)
    }

    /// So many addresses.
    pub(super) const fn addresses(count: u32) -> Self {
        let (mut flat, mut left) = (Self::NONE, count);
        while left > 0 {
            flat = flat.push(Self::ADDRESS);
            left -= 1;
        }
        flat
    }

    /// How many there are: one more than the most if they are too many.
    pub(super) const fn count(self) -> u32 {
        (self.0 & Self::COUNT) as u32
    }

    const fn part(self, place: u32) -> u64 {
        self.0 >> (Self::COUNT_BITS + place * Self::PART_BITS) & Self::PART
    }

    const fn push(self, part: u64) -> Self {
        let count = self.count();
        if count >= Self::MOST {
            return Self(Self::MOST as u64 + 1);
        }
        Self((self.0 | part << (Self::COUNT_BITS + count * Self::PART_BITS)) + 1)
    }

    /// With those of another value behind it.
    pub(super) fn and(self, other: Self) -> Self {
        if other.count() > Self::MOST {
            return other;
        }
        (0..other.count()).fold(self, |flat, place| flat.push(other.part(place)))
    }

    /// What carries this value in some cases and another in others.
    pub(super) fn join(self, other: Self) -> Self {
        let (count, most) = (self.count(), self.count().max(other.count()));
        if most > Self::MOST {
            return Self(Self::MOST as u64 + 1);
        }
        (0..most).fold(Self::NONE, |flat, place| {
            flat.push(match (place < count, place < other.count()) {
                (true, true) => join(self.part(place), other.part(place)),
                (true, false) => self.part(place),
                _ => other.part(place),
            })
        })
    }

    /// This many, one behind the other.
    pub(super) fn times(self, count: u32) -> Self {
        // Values take one core value at least.
        let count = count.min(Self::MOST + 1);
        (0..count).fold(Self::NONE, |flat, _| flat.and(self))
    }

    /// The types, with addresses of this type, if they are at most so many.
    pub(super) fn types(
        self,
        most: usize,
        address: ValType,
    ) -> Option<impl Iterator<Item = ValType>> {
        let fits = self.count() <= Self::MOST && self.count() as usize <= most;
        fits.then(|| (0..self.count()).map(move |place| number(self.part(place), address)))
    }
}

/// The type with this number in a flat form.
fn number(part: u64, address: ValType) -> ValType {
    match FlatType::ALL.get(part as usize) {
        Some(FlatType::I32) => ValType::I32,
        Some(FlatType::I64) => ValType::I64,
        Some(FlatType::F32) => ValType::F32,
        Some(FlatType::F64) => ValType::F64,
        None => address,
    }
}

/// What carries one or the other: an address carries what 32 bits carry.
fn join(one: u64, other: u64) -> u64 {
    let types = FlatType::ALL
        .get(one as usize)
        .zip(FlatType::ALL.get(other as usize));
    if let Some((one, other)) = types {
        return one.join(*other) as u64;
    }
    let narrow = |part: u64| {
        part == Flat::ADDRESS || part == FlatType::I32 as u64 || part == FlatType::F32 as u64
    };
    match narrow(one) && narrow(other) {
        true => Flat::ADDRESS,
        false => FlatType::I64 as u64,
    }
}

/// All that is kept of a type of values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) measure: Measure,
    pub(super) layout: Layout,
    pub(super) flat: Flat,
}

impl Shape {
    /// Of a row of the table.
    pub(super) fn of(layout: ValueLayout) -> Self {
        /// Bytes of an address in a 64-bit memory.
        const WORD: u32 = 8;
        let (size, align, flat, pointers) = match layout {
            ValueLayout::Scalar { size, align, flat } => (size, align, Flat::one(flat), false),
            ValueLayout::Words(words) => (words * WORD, WORD, Flat::addresses(words), true),
        };
        Self {
            measure: Measure::ONE.with_pointers(pointers),
            layout: Layout::new(size.into(), align).unwrap_or(Layout::NONE),
            flat,
        }
    }

    /// Of what needs no definition.
    pub(super) fn primitive(ty: Primitive) -> Self {
        let shape = Self::of(ty.layout());
        match ty {
            Primitive::ErrorContext => Self {
                layout: shape.layout.with_handle(),
                ..shape
            },
            _ => shape,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_forms_join_and_overflow() {
        let (i32, f64) = (Flat::one(FlatType::I32), Flat::one(FlatType::F64));
        let joined = Flat::addresses(2).join(i32.and(f64));
        let types = |address| joined.types(16, address).map(Iterator::collect::<ValTypes>);
        assert_eq!(
            types(ValType::I32),
            Some(ValTypes([ValType::I32, ValType::I64]))
        );
        assert_eq!(
            types(ValType::I64),
            Some(ValTypes([ValType::I64, ValType::I64]))
        );
        assert_eq!(i32.times(16).count(), 16);
        assert_eq!(i32.times(1 << 20).count(), 17);
        assert!(i32.times(17).and(i32).types(99, ValType::I32).is_none());
    }

    /// Two types, collected without an allocator.
    #[derive(PartialEq, Debug)]
    struct ValTypes([ValType; 2]);

    impl FromIterator<ValType> for ValTypes {
        fn from_iter<I: IntoIterator<Item = ValType>>(types: I) -> Self {
            let mut types = types.into_iter();
            Self([(); 2].map(|()| types.next().unwrap_or(ValType::BOTTOM)))
        }
    }

    #[test]
    fn layouts_are_aligned_and_bounded() {
        let byte = Layout::new(1, 1).unwrap();
        let word = Layout::new(8, 8).unwrap();
        let both = byte.then(word).unwrap();
        assert_eq!((both.size(), both.align()), (16, 8));
        assert_eq!(both.then(byte).unwrap().padded().unwrap().size(), 24);
        assert!(word.times(1 << 25).is_none());
        assert_eq!(byte.times((1 << 28) - 1).unwrap().size(), (1 << 28) - 1);
    }
}
