//! Signatures of core functions that canonical definitions make, in two words.
//!
//! They take and give numbers only, and few of them, so that such a function is its signature: nothing
//! else of it is kept. Standard: Component Model, `CanonicalABI.md`, "Flattening".

use super::record::Entity;
use crate::read::component::Sort;
use crate::types::ValType;

/// What a core function takes and gives: up to 17 numbers, and up to one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Signature(u64);

impl Signature {
    /// What tells it from a function that is written down.
    const MADE: u64 = 1 << 63;
    const PARAMS: u64 = (1 << 5) - 1;
    const RESULTS_SHIFT: u32 = 5;
    const RESULTS: u64 = 1;
    const TYPES_SHIFT: u32 = 6;
    const TYPE_BITS: u32 = 2;
    const TYPE: u64 = (1 << 2) - 1;
    /// The most that it can take.
    const MOST: u32 = 17;

    /// Takes nothing and gives nothing.
    pub(super) const NONE: Self = Self(Self::MADE);

    pub(super) fn of<const P: usize, const R: usize>(
        params: [ValType; P],
        results: [ValType; R],
    ) -> Self {
        let signature = params.into_iter().fold(Self::NONE, Self::taking);
        results.into_iter().fold(signature, Self::giving)
    }

    /// With another parameter.
    pub(super) fn taking(self, ty: ValType) -> Self {
        let place = self.param_count().min(Self::MOST - 1);
        Self((self.0 | Self::bits(ty, place)) + 1)
    }

    /// With this result.
    pub(super) fn giving(self, ty: ValType) -> Self {
        Self(self.0 | Self::bits(ty, Self::MOST) | Self::RESULTS << Self::RESULTS_SHIFT)
    }

    /// The bits of a number type at a place.
    const fn bits(ty: ValType, place: u32) -> u64 {
        (ty.bits() as u64 & Self::TYPE) << (Self::TYPES_SHIFT + place * Self::TYPE_BITS)
    }

    const fn ty(self, place: u32) -> ValType {
        let bits = self.0 >> (Self::TYPES_SHIFT + place * Self::TYPE_BITS) & Self::TYPE;
        ValType::from_bits(bits as u32)
    }

    const fn param_count(self) -> u32 {
        (self.0 & Self::PARAMS) as u32
    }

    const fn result_count(self) -> u32 {
        (self.0 >> Self::RESULTS_SHIFT & Self::RESULTS) as u32
    }

    pub(super) fn params(self) -> impl Iterator<Item = ValType> {
        (0..self.param_count()).map(move |place| self.ty(place))
    }

    pub(super) fn results(self) -> impl Iterator<Item = ValType> {
        (0..self.result_count()).map(move |_| self.ty(Self::MOST))
    }

    /// The function as an entity.
    pub(super) const fn entity(self) -> Entity {
        Entity::new(Sort::CoreFunc, (self.0 >> u32::BITS) as u32, self.0 as u32)
    }

    /// The signature of a function that was made so.
    pub(super) fn made(func: Entity) -> Option<Self> {
        let bits = u64::from(func.first) << u32::BITS | u64::from(func.second);
        (bits & Self::MADE != 0).then_some(Self(bits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_keep_their_types() {
        let signature = Signature::of([ValType::F64; 17], [ValType::I64]);
        assert!(signature.params().eq([ValType::F64; 17]));
        assert!(signature.results().eq([ValType::I64]));
        assert_eq!(Signature::made(signature.entity()), Some(signature));
        let none = Signature::of([], []);
        assert_eq!(none.params().count() + none.results().count(), 0);
        assert_ne!(none, Signature::of([ValType::I32], []));
    }
}
