//! Lists: an address and a length in the guest, a vector or a view in Rust.
//!
//! Whether all elements are within the memory is checked once, before the first is read, and memory
//! for a vector is asked for only then; so a guest cannot claim a length that it does not have.
//! [`WasmList`] keeps the two numbers and reads elements when asked. Standard: Component Model,
//! `CanonicalABI.md`, `load_list` and `store_list`.

use core::fmt;
use core::marker::PhantomData;

use super::{
    CanonicalOptions, ComponentType, FlatReader, FlatWriter, Lift, LiftContext, Lower,
    LowerContext, Realloc, Type, pointer,
};
use crate::component::MAX_LIST_BYTE_LENGTH;
use crate::spec::Trap;

/// A list in the guest's memory.
///
/// It says where the elements are; they are read when somebody asks, from the memory as it is then.
pub struct WasmList<T> {
    at: u64,
    len: usize,
    options: CanonicalOptions,
    element: PhantomData<fn() -> T>,
}

impl<T> WasmList<T> {
    /// How many elements it has.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<T: Lift> WasmList<T> {
    /// The list that begins at an address and has this many elements.
    fn new(cx: &LiftContext<'_>, (at, len): (u64, u64)) -> Result<Self, Trap> {
        let element = T::ABI.with(cx.options().address);
        let outside = Trap::ListOutOfBounds;
        let bytes = pointer::bytes(len, element.size, MAX_LIST_BYTE_LENGTH).ok_or(outside)?;
        pointer::checked(at, element.align, bytes, cx.memory().len(), outside)?;
        Ok(Self {
            at,
            // It is not more than the bytes, and those are within the memory.
            len: len as usize,
            options: cx.options(),
            element: PhantomData,
        })
    }

    /// An element; none beyond the end.
    pub fn get(&self, memory: &[u8], index: usize) -> Option<Result<T, Trap>> {
        let size = u64::from(T::ABI.with(self.options.address).size);
        let at = (index < self.len).then(|| self.at + index as u64 * size)?;
        Some(LiftContext::new(memory, self.options).load(at))
    }

    /// The elements, each lifted when it is asked for; a trap for one that is none of its type.
    pub fn iter<'m>(&self, memory: &'m [u8]) -> impl ExactSizeIterator<Item = Result<T, Trap>> + 'm
    where
        T: 'm,
    {
        let list = *self;
        (0..self.len).map(move |index| {
            let element = list.get(memory, index);
            element.unwrap_or(Err(Trap::ListOutOfBounds))
        })
    }

    /// All of them.
    #[cfg(feature = "alloc")]
    pub fn to_vec(&self, memory: &[u8]) -> Result<alloc::vec::Vec<T>, Trap> {
        T::load_list(&LiftContext::new(memory, self.options), self.at, self.len)
    }
}

impl WasmList<u8> {
    /// The elements, where they are.
    pub fn as_slice<'m>(&self, memory: &'m [u8]) -> Result<&'m [u8], Trap> {
        LiftContext::new(memory, self.options).slice(self.at, self.len as u64)
    }
}

impl<T> Clone for WasmList<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for WasmList<T> {}

impl<T> fmt::Debug for WasmList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WasmList")
            .field("at", &self.at)
            .field("len", &self.len)
            .finish()
    }
}

impl<T: ComponentType> ComponentType for WasmList<T> {
    const TYPE: Type<'static> = Type::List(&T::TYPE);
}

impl<T: Lift> Lift for WasmList<T> {
    const TYPE: Type<'static> = Type::List(&T::TYPE);

    fn lift_flat(cx: &LiftContext<'_>, flat: &mut FlatReader<'_>) -> Result<Self, Trap> {
        Self::new(cx, (cx.address(flat)?, cx.address(flat)?))
    }

    fn load(cx: &LiftContext<'_>, at: u64) -> Result<Self, Trap> {
        Self::new(cx, cx.words(at)?)
    }
}

impl<T: ComponentType> ComponentType for [T] {
    const TYPE: Type<'static> = Type::List(&T::TYPE);
}

impl<T: Lower> Lower for [T] {
    const TYPE: Type<'static> = Type::List(&T::TYPE);

    fn lower_flat<R: Realloc + ?Sized>(
        &self,
        cx: &mut LowerContext<'_, R>,
        flat: &mut FlatWriter<'_>,
    ) -> Result<(), Trap> {
        let (at, len) = elements(self, cx)?;
        flat.push(at)?;
        flat.push(len)
    }

    fn store<R: Realloc + ?Sized>(
        &self,
        cx: &mut LowerContext<'_, R>,
        at: u64,
    ) -> Result<(), Trap> {
        let words = elements(self, cx)?;
        cx.store_words(at, words)
    }
}

/// Writes the elements of a list to memory of the guest's allocator: where, and how many.
fn elements<T: Lower, R: Realloc + ?Sized>(
    list: &[T],
    cx: &mut LowerContext<'_, R>,
) -> Result<(u64, u64), Trap> {
    let element = T::ABI.with(cx.options().address);
    let (len, outside) = (list.len() as u64, Trap::ListOutOfBounds);
    let bytes = pointer::bytes(len, element.size, MAX_LIST_BYTE_LENGTH).ok_or(outside)?;
    let at = cx.reserve(element.align, bytes, outside)?;
    T::store_list(list, cx, at)?;
    Ok((at, len))
}

#[cfg(feature = "alloc")]
impl<T: Lift> Lift for alloc::vec::Vec<T> {
    const TYPE: Type<'static> = Type::List(&T::TYPE);

    fn lift_flat(cx: &LiftContext<'_>, flat: &mut FlatReader<'_>) -> Result<Self, Trap> {
        WasmList::lift_flat(cx, flat)?.to_vec(cx.memory())
    }

    fn load(cx: &LiftContext<'_>, at: u64) -> Result<Self, Trap> {
        WasmList::load(cx, at)?.to_vec(cx.memory())
    }
}

/// A vector with room for this many elements; if there is no memory for them, the guest traps.
#[cfg(feature = "alloc")]
pub(super) fn reserved<T>(len: usize) -> Result<alloc::vec::Vec<T>, Trap> {
    let mut list = alloc::vec::Vec::new();
    match list.try_reserve_exact(len) {
        Ok(()) => Ok(list),
        Err(_) => Err(Trap::AllocationTooLarge),
    }
}
