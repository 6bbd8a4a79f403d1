//! LEB128, exactly as the standard defines it.
//!
//! Numbers may be padded up to `ceil(N / 7)` bytes; more is "integer representation too long". Bits
//! of the last byte that the number does not have must be zero, or copies of the sign; otherwise it
//! is "integer too large". Standard: section 5.2.2, "Integers".

use super::Reader;
use crate::policy;
use crate::reject::{Facts, Reject};
use crate::spec::ErrorCode;

/// Says that another byte follows.
const CONTINUES: u8 = 1 << 7;
/// Bits of a number in a byte.
const STEP: u32 = 7;

impl Reader<'_> {
    /// An unsigned number of 32 bits.
    #[inline(always)]
    pub fn u32(&mut self) -> Result<u32, Reject> {
        if policy::CALL_FOR_NUMBERS {
            return match self.word() {
                Some(number) => Ok(number),
                None => {
                    let facts = self.no_word();
                    Err(Reject {
                        offset: self.position,
                        facts,
                    })
                }
            };
        }
        match self.short() {
            Some(byte) => Ok(u32::from(byte)),
            None => self.unsigned::<32>().map(|number| number as u32),
        }
    }

    /// The same if it is there and right; so it travels in a register.
    #[inline(never)]
    fn word(&mut self) -> Option<u32> {
        /// Where the last byte begins.
        const LAST: u32 = u32::BITS - u32::BITS % STEP;
        let (mut number, mut read, mut position) = (0, 0, self.position);
        while read <= LAST {
            let byte = *self.bytes.get(position)?;
            position += 1;
            number |= u32::from(byte & !CONTINUES) << read;
            if byte < CONTINUES {
                if read == LAST && byte >> (u32::BITS - LAST) != 0 {
                    break;
                }
                self.position = position;
                return Some(number);
            }
            read += STEP;
        }
        None
    }

    /// Why there is no such number; the position becomes that of the error, so that what is given
    /// can be one word, of which callers know that it is an error.
    #[cold]
    #[inline(never)]
    fn no_word(&mut self) -> Facts {
        let number = self.long(u32::BITS, false);
        let reject = number.err().unwrap_or_else(|| self.ended());
        self.position = reject.offset;
        reject.facts
    }

    /// An unsigned number of 32 bits that has been read before, so that nobody asks what is wrong.
    #[inline(always)]
    pub(crate) fn again(&mut self) -> Option<u32> {
        match policy::CALL_FOR_NUMBERS {
            true => self.word(),
            false => self.u32().ok(),
        }
    }

    /// The numbers of 32 bits that have been read before, one after the other.
    #[cfg(feature = "alloc")]
    pub(crate) fn numbers(mut self) -> impl Iterator<Item = u32> {
        core::iter::from_fn(move || match *self.rest() {
            [byte, ..] if byte < CONTINUES => {
                self.position += 1;
                Some(byte.into())
            }
            [low, high, ..] if high < CONTINUES => {
                self.position += 2;
                Some(u32::from(low & !CONTINUES) | u32::from(high) << STEP)
            }
            _ => self.again(),
        })
    }

    /// Skips this many numbers that have been read before.
    pub(crate) fn pass_numbers(&mut self, mut count: u32) -> Result<(), Reject> {
        const WORD: usize = size_of::<u64>();
        const CONTINUE: u64 = u64::from_le_bytes([CONTINUES; WORD]);
        // Each byte after which none follows ends a number. Where the last one ends is seen byte by byte.
        while count > WORD as u32
            && let Some(bytes) = self.rest().first_chunk::<WORD>()
        {
            count -= (!u64::from_le_bytes(*bytes) & CONTINUE).count_ones();
            self.position += WORD;
        }
        while count > 0 {
            count -= u32::from(self.u8()? < CONTINUES);
        }
        Ok(())
    }

    /// An unsigned number of 64 bits.
    #[inline(always)]
    pub fn u64(&mut self) -> Result<u64, Reject> {
        match self.short() {
            Some(byte) => Ok(u64::from(byte)),
            None => self.unsigned::<64>(),
        }
    }

    /// A signed number of 32 bits.
    #[inline(always)]
    pub fn i32(&mut self) -> Result<i32, Reject> {
        match self.short() {
            Some(byte) => Ok(extend(byte)),
            None => self.signed::<32>().map(|number| number as i32),
        }
    }

    /// A signed number of 33 bits, as block and heap types have it.
    #[inline(always)]
    pub fn i33(&mut self) -> Result<i64, Reject> {
        match self.short() {
            Some(byte) => Ok(extend(byte).into()),
            None => self.signed::<33>(),
        }
    }

    /// A signed number of 64 bits.
    #[inline(always)]
    pub fn i64(&mut self) -> Result<i64, Reject> {
        match self.short() {
            Some(byte) => Ok(extend(byte).into()),
            None => self.signed::<64>(),
        }
    }

    /// Skips a signed number of this many bits; its value is not used.
    #[inline(always)]
    pub(crate) fn pass_signed(&mut self, bits: u32) -> Result<(), Reject> {
        match self.short() {
            Some(_) => Ok(()),
            None => self.long(bits, true).map(drop),
        }
    }

    /// The byte of a number that is one byte.
    #[inline(always)]
    fn short(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.position)?;
        if byte >= CONTINUES {
            return None;
        }
        self.position += 1;
        Some(byte)
    }

    #[cfg_attr(small, inline(always))]
    #[cfg_attr(not(small), inline(never))]
    fn unsigned<const BITS: u32>(&mut self) -> Result<u64, Reject> {
        self.long(BITS, false).map(|number| number as u64)
    }

    #[cfg_attr(small, inline(always))]
    #[cfg_attr(not(small), inline(never))]
    fn signed<const BITS: u32>(&mut self) -> Result<i64, Reject> {
        self.long(BITS, true)
    }

    /// A number of this many bits.
    #[cfg_attr(small, inline(never))]
    #[cfg_attr(not(small), inline(always))]
    fn long(&mut self, bits: u32, signed: bool) -> Result<i64, Reject> {
        let start = self.position;
        let (mut number, mut read) = (0, 0);
        loop {
            let byte = self.u8()?;
            let (bare, is_last) = (i32::from(byte & !CONTINUES), byte < CONTINUES);
            let last = if signed { extend(byte) } else { bare };
            let left = bits - read;
            if left < STEP {
                // What is above a number is zero, or as its sign.
                let above = last >> (left - u32::from(signed));
                if above != 0 && !(signed && above == -1) {
                    return Err(Reject::new(ErrorCode::IntegerTooLarge, start));
                }
            }
            number |= i64::from(if is_last { last } else { bare }) << read;
            if is_last {
                return Ok(number);
            }
            if left <= STEP {
                return Err(Reject::new(ErrorCode::IntegerTooLong, start));
            }
            read += STEP;
        }
    }
}

/// The bits of a byte's number, its sign extended.
#[inline(always)]
fn extend(byte: u8) -> i32 {
    i32::from(byte) << (i32::BITS - STEP) >> (i32::BITS - STEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_passed_as_one_by_one() {
        // Of one to five bytes, the longest ones at places that are different in each eight.
        let mut bytes = [0; 200];
        for (at, byte) in (0_u32..).zip(&mut bytes) {
            *byte = if at * at % 7 > 2 {
                0x85
            } else {
                at as u8 & 0x0F
            };
        }
        let mut one = Reader::new(&bytes);
        let mut count = 0;
        let mut numbers = Reader::new(&bytes).numbers();
        while let Ok(number) = one.u32() {
            assert_eq!(numbers.next(), Some(number));
            count += 1;
            let mut many = Reader::new(&bytes);
            assert_eq!(many.pass_numbers(count), Ok(()));
            assert_eq!(many.position(), one.position(), "{count}");
        }
        assert!(count > 60, "{count}");
        assert!(Reader::new(&bytes).pass_numbers(201).is_err());
    }

    fn u32(bytes: &[u8]) -> Result<u32, ErrorCode> {
        let mut reader = Reader::new(bytes);
        let number = reader.u32().map_err(|reject| reject.code())?;
        assert!(reader.is_at_end());
        Ok(number)
    }

    fn i32(bytes: &[u8]) -> Result<i32, ErrorCode> {
        Reader::new(bytes).i32().map_err(|reject| reject.code())
    }

    fn i64(bytes: &[u8]) -> Result<i64, ErrorCode> {
        Reader::new(bytes).i64().map_err(|reject| reject.code())
    }

    #[test]
    fn unsigned_numbers() {
        assert_eq!(u32(&[0x00]), Ok(0));
        assert_eq!(u32(&[0x7F]), Ok(127));
        assert_eq!(u32(&[0x80, 0x01]), Ok(128));
        assert_eq!(u32(&[0x83, 0x80, 0x80, 0x80, 0x00]), Ok(3));
        assert_eq!(u32(&[0xFF, 0xFF, 0xFF, 0xFF, 0x0F]), Ok(u32::MAX));
        assert_eq!(
            u32(&[0xFF, 0xFF, 0xFF, 0xFF, 0x1F]),
            Err(ErrorCode::IntegerTooLarge)
        );
        assert_eq!(
            u32(&[0x83, 0x80, 0x80, 0x80, 0x80, 0x00]),
            Err(ErrorCode::IntegerTooLong)
        );
        assert_eq!(u32(&[0x80]), Err(ErrorCode::UnexpectedEnd));
        assert_eq!(u32(&[]), Err(ErrorCode::UnexpectedEnd));
        let most = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];
        assert_eq!(Reader::new(&most).u64(), Ok(u64::MAX));
    }

    #[test]
    fn signed_numbers() {
        assert_eq!(i32(&[0x7F]), Ok(-1));
        assert_eq!(i32(&[0x3F]), Ok(63));
        assert_eq!(i32(&[0x40]), Ok(-64));
        assert_eq!(i32(&[0xC0, 0x00]), Ok(64));
        assert_eq!(i32(&[0x80, 0x7F]), Ok(-128));
        assert_eq!(i32(&[0xFF, 0xFF, 0xFF, 0xFF, 0x07]), Ok(i32::MAX));
        assert_eq!(i32(&[0x80, 0x80, 0x80, 0x80, 0x78]), Ok(i32::MIN));
        assert_eq!(i32(&[0xFF, 0xFF, 0xFF, 0xFF, 0x7F]), Ok(-1));
        assert_eq!(
            i32(&[0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
            Err(ErrorCode::IntegerTooLarge)
        );
        assert_eq!(
            i32(&[0x80, 0x80, 0x80, 0x80, 0x70]),
            Err(ErrorCode::IntegerTooLarge)
        );
        assert_eq!(
            i32(&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]),
            Err(ErrorCode::IntegerTooLong)
        );
        let least = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F];
        assert_eq!(i64(&least), Ok(i64::MIN));
        let most = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00];
        assert_eq!(i64(&most), Ok(i64::MAX));
        let large = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];
        assert_eq!(i64(&large), Err(ErrorCode::IntegerTooLarge));
        assert_eq!(
            Reader::new(&[0xFF, 0xFF, 0xFF, 0xFF, 0x0F]).i33(),
            Ok(i64::from(u32::MAX))
        );
        assert_eq!(Reader::new(&[0x80, 0x7F]).i33(), Ok(-128));
    }
}
