//! Strings, in the three encodings.
//!
//! The host's strings are in UTF-8; how they become others is in `transcode`. Standard: Component
//! Model, `CanonicalABI.md`, `load_string` and `store_string`.

use super::transcode::{Form, Memories, Next, Transcoding, tag};
use super::{
    CanonicalOptions, ComponentType, FlatReader, FlatWriter, Lift, LiftContext, Lower,
    LowerContext, Realloc, Type, pointer,
};
use crate::component::{MAX_STRING_BYTE_LENGTH, Primitive, StringEncoding};
use crate::spec::Trap;

/// A string in the guest's memory.
///
/// It says where the string is; its bytes are judged when somebody asks, as they are then.
#[derive(Clone, Copy, Debug)]
pub struct WasmStr {
    at: u64,
    bytes: u64,
    /// [`StringEncoding::Latin1Utf16`] is Latin-1 here: the length said so.
    encoding: StringEncoding,
    options: CanonicalOptions,
}

impl WasmStr {
    /// The string that begins at an address and has this many code units.
    #[inline]
    pub(in crate::component) fn new(
        cx: &LiftContext<'_>,
        (at, units): (u64, u64),
    ) -> Result<Self, Trap> {
        let options = cx.options();
        let (mut units, mut encoding) = (units, options.encoding);
        if let Some(tagged) = encoding.tagged()
            && units & tag(options.address) != 0
        {
            units ^= tag(options.address);
            encoding = tagged;
        }
        let outside = Trap::StringOutOfBounds;
        let bytes = pointer::bytes(units, encoding.unit(), MAX_STRING_BYTE_LENGTH);
        let bytes = bytes.ok_or(outside)?;
        let align = options.encoding.align();
        pointer::checked(at, align, bytes, cx.memory().len(), outside)?;
        Ok(Self {
            at,
            bytes,
            encoding,
            options,
        })
    }

    /// The characters, in whatever encoding.
    pub fn chars<'m>(
        &self,
        memory: &'m [u8],
    ) -> Result<impl Iterator<Item = Result<char, Trap>> + Clone + 'm, Trap> {
        let bytes = self.contents(memory)?;
        let none: &[u8] = &[];
        let (utf8, utf16, latin1) = match self.encoding {
            StringEncoding::Utf8 => (bytes, none, none),
            StringEncoding::Utf16 => (none, bytes, none),
            StringEncoding::Latin1Utf16 => (none, none, bytes),
        };
        let utf8 = core::str::from_utf8(utf8).map_err(|_| Trap::InvalidString)?;
        let units = utf16.chunks_exact(size_of::<u16>());
        let units = units.map(|unit| u16::from_le_bytes(unit.try_into().unwrap_or_default()));
        let utf16 = char::decode_utf16(units).map(|char| char.map_err(|_| Trap::InvalidString));
        let latin1 = latin1.iter().copied().map(char::from).map(Ok);
        Ok(utf8.chars().map(Ok).chain(utf16).chain(latin1))
    }

    /// The string where it is; none if its encoding is not UTF-8.
    pub fn as_utf8<'m>(&self, memory: &'m [u8]) -> Result<Option<&'m str>, Trap> {
        if self.encoding != StringEncoding::Utf8 {
            return Ok(None);
        }
        let utf8 = core::str::from_utf8(self.contents(memory)?);
        utf8.map(Some).map_err(|_| Trap::InvalidString)
    }

    /// The string, where it is if its encoding is UTF-8.
    #[cfg(feature = "alloc")]
    pub fn to_str<'m>(&self, memory: &'m [u8]) -> Result<alloc::borrow::Cow<'m, str>, Trap> {
        if let Some(utf8) = self.as_utf8(memory)? {
            return Ok(utf8.into());
        }
        let mut string = alloc::string::String::new();
        for char in self.chars(memory)? {
            let char = char?;
            let reserved = string.try_reserve(char.len_utf8());
            reserved.map_err(|_| Trap::AllocationTooLarge)?;
            string.push(char);
        }
        Ok(string.into())
    }

    /// Its form, where it begins, and its code units.
    #[cfg(feature = "alloc")]
    #[inline]
    pub(in crate::component) fn source(&self) -> (Form, u64, u64) {
        let wide = self.bytes / size_of::<u16>() as u64;
        let (form, units) = match (self.encoding, self.options.encoding) {
            (StringEncoding::Utf8, _) => (Form::Utf8, self.bytes),
            (StringEncoding::Utf16, StringEncoding::Latin1Utf16) => (Form::Tagged, wide),
            (StringEncoding::Utf16, _) => (Form::Utf16, wide),
            (StringEncoding::Latin1Utf16, _) => (Form::Latin1, self.bytes),
        };
        (form, self.at, units)
    }

    /// The bytes that it takes in UTF-8 at most.
    #[cfg(feature = "alloc")]
    pub(super) fn most_utf8(&self) -> usize {
        // They are within a memory, and far fewer than an address can tell apart.
        let bytes = self.bytes as usize;
        match self.encoding {
            StringEncoding::Utf8 => bytes,
            StringEncoding::Latin1Utf16 => bytes * 2,
            StringEncoding::Utf16 => bytes / size_of::<u16>() * 3,
        }
    }

    fn contents<'m>(&self, memory: &'m [u8]) -> Result<&'m [u8], Trap> {
        LiftContext::new(memory, self.options).slice(self.at, self.bytes)
    }
}

impl ComponentType for WasmStr {
    const TYPE: Type<'static> = Type::Primitive(Primitive::String);
}

impl Lift for WasmStr {
    const TYPE: Type<'static> = Type::Primitive(Primitive::String);

    fn lift_flat(cx: &LiftContext<'_>, flat: &mut FlatReader<'_>) -> Result<Self, Trap> {
        Self::new(cx, (cx.address(flat)?, cx.address(flat)?))
    }

    fn load(cx: &LiftContext<'_>, at: u64) -> Result<Self, Trap> {
        Self::new(cx, cx.words(at)?)
    }
}

impl ComponentType for str {
    const TYPE: Type<'static> = Type::Primitive(Primitive::String);
}

impl Lower for str {
    const TYPE: Type<'static> = Type::Primitive(Primitive::String);

    fn lower_flat<R: Realloc + ?Sized>(
        &self,
        cx: &mut LowerContext<'_, R>,
        flat: &mut FlatWriter<'_>,
    ) -> Result<(), Trap> {
        let (at, units) = contents(self, cx)?;
        flat.push(at)?;
        flat.push(units)
    }

    fn store<R: Realloc + ?Sized>(
        &self,
        cx: &mut LowerContext<'_, R>,
        at: u64,
    ) -> Result<(), Trap> {
        let words = contents(self, cx)?;
        cx.store_words(at, words)
    }
}

/// Writes a string to memory of the guest's allocator: where, and how many code units.
fn contents<R: Realloc + ?Sized>(
    string: &str,
    cx: &mut LowerContext<'_, R>,
) -> Result<(u64, u64), Trap> {
    let CanonicalOptions { address, encoding } = cx.options();
    let source = (Form::Utf8, 0, string.len() as u64);
    let (mut transcoding, mut next) = Transcoding::begin(source, encoding)?;
    loop {
        let answer = cx.allocate(next)?;
        let mut memories = Text {
            string,
            target: cx.memory(),
        };
        match transcoding.resume(&mut memories, encoding, address, answer)? {
            Next::Allocate(again) => next = again,
            Next::Done { at, units } => return Ok((at, units)),
        }
    }
}

/// A string of the host as a memory, and the memory that it goes to.
struct Text<'m> {
    string: &'m str,
    target: &'m mut [u8],
}

impl Memories for Text<'_> {
    fn source(&self) -> &[u8] {
        self.string.as_bytes()
    }

    fn target(&mut self) -> &mut [u8] {
        self.target
    }

    fn both(&mut self) -> Option<(&[u8], &mut [u8])> {
        Some((self.string.as_bytes(), self.target))
    }
}

#[cfg(feature = "alloc")]
impl Lift for alloc::string::String {
    const TYPE: Type<'static> = Type::Primitive(Primitive::String);

    fn lift_flat(cx: &LiftContext<'_>, flat: &mut FlatReader<'_>) -> Result<Self, Trap> {
        owned(cx, &WasmStr::lift_flat(cx, flat)?)
    }

    fn load(cx: &LiftContext<'_>, at: u64) -> Result<Self, Trap> {
        owned(cx, &WasmStr::load(cx, at)?)
    }
}

#[cfg(feature = "alloc")]
pub(super) fn owned(cx: &LiftContext<'_>, string: &WasmStr) -> Result<alloc::string::String, Trap> {
    match string.to_str(cx.memory())? {
        alloc::borrow::Cow::Owned(string) => Ok(string),
        alloc::borrow::Cow::Borrowed(utf8) => {
            let mut string = alloc::string::String::new();
            let reserved = string.try_reserve_exact(utf8.len());
            reserved.map_err(|_| Trap::AllocationTooLarge)?;
            string.push_str(utf8);
            Ok(string)
        }
    }
}
