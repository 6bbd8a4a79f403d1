//! Values in a binary format like MessagePack: enums are written, read with errors, visited by `match`.
//! Results are returned in memory of the caller, and `match` becomes tables of branches.
#![no_std]
#![no_main]

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

#[derive(Clone, Copy, PartialEq)]
enum Value<'a> {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f32),
    Text(&'a str),
    /// So many values follow.
    List(u32),
}

#[derive(Debug)]
enum Error {
    End,
    Tag(u8),
    Text,
}

struct Writer<'a> {
    out: &'a mut [u8],
    len: usize,
}

impl Writer<'_> {
    fn bytes(&mut self, bytes: &[u8]) -> Option<()> {
        self.out
            .get_mut(self.len..self.len + bytes.len())?
            .copy_from_slice(bytes);
        self.len += bytes.len();
        Some(())
    }

    fn value(&mut self, value: Value<'_>) -> Option<()> {
        match value {
            Value::Nil => self.bytes(&[0xc0]),
            Value::Bool(value) => self.bytes(&[0xc2 + u8::from(value)]),
            Value::Int(value @ 0..=127) => self.bytes(&[value as u8]),
            Value::Int(value @ -32..=-1) => self.bytes(&[value as u8]),
            Value::Int(value) => match i16::try_from(value) {
                Ok(short) => self
                    .bytes(&[0xd1])
                    .and_then(|()| self.bytes(&short.to_be_bytes())),
                Err(_) => self
                    .bytes(&[0xd3])
                    .and_then(|()| self.bytes(&value.to_be_bytes())),
            },
            Value::Float(value) => {
                self.bytes(&[0xca])?;
                self.bytes(&value.to_be_bytes())
            }
            Value::Text(text) if text.len() < 32 => {
                self.bytes(&[0xa0 | text.len() as u8])?;
                self.bytes(text.as_bytes())
            }
            Value::Text(text) => {
                self.bytes(&[0xd9, text.len() as u8])?;
                self.bytes(text.as_bytes())
            }
            Value::List(count @ 0..16) => self.bytes(&[0x90 | count as u8]),
            Value::List(count) => {
                self.bytes(&[0xdc])?;
                self.bytes(&(count as u16).to_be_bytes())
            }
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Error::End)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| Error::End)
    }

    fn text(&mut self, len: u8) -> Result<Value<'a>, Error> {
        let bytes = self.take(len.into())?;
        core::str::from_utf8(bytes)
            .map(Value::Text)
            .map_err(|_| Error::Text)
    }

    fn value(&mut self) -> Result<Value<'a>, Error> {
        let [tag] = self.array()?;
        Ok(match tag {
            0..=0x7f | 0xe0..=0xff => Value::Int((tag as i8).into()),
            0x90..=0x9f => Value::List((tag & 15).into()),
            0xa0..=0xbf => return self.text(tag & 31),
            0xc0 => Value::Nil,
            0xc2 | 0xc3 => Value::Bool(tag == 0xc3),
            0xca => Value::Float(f32::from_be_bytes(self.array()?)),
            0xd1 => Value::Int(i16::from_be_bytes(self.array()?).into()),
            0xd3 => Value::Int(i64::from_be_bytes(self.array()?)),
            0xd9 => {
                let [len] = self.array()?;
                return self.text(len);
            }
            0xdc => Value::List(u16::from_be_bytes(self.array()?).into()),
            _ => return Err(Error::Tag(tag)),
        })
    }

    /// A sum over a value and all in it.
    fn visit(&mut self, depth: u32) -> Result<u64, Error> {
        let sum = match self.value()? {
            Value::Nil => 1,
            Value::Bool(value) => 2 + u64::from(value),
            Value::Int(value) => value.unsigned_abs(),
            Value::Float(value) => (value * 16.0) as u64,
            Value::Text(text) => {
                text.chars().filter(|letter| letter.is_alphabetic()).count() as u64
            }
            Value::List(count) => {
                let mut sum = depth.into();
                for _ in 0..count {
                    sum += self.visit(depth + 1)?;
                }
                sum
            }
        };
        Ok(sum)
    }
}

const TEXTS: [&str; 4] = [
    "id",
    "größer",
    "a text of some more letters than 31",
    "naïve café",
];

fn compose(writer: &mut Writer<'_>, seed: &mut u64, depth: u32) -> Option<()> {
    *seed = seed
        .wrapping_mul(2_862_933_555_777_941_757)
        .wrapping_add(3_037_000_493);
    let random = *seed >> 32;
    match random % 8 {
        0 => writer.value(Value::Nil),
        1 => writer.value(Value::Bool(random & 64 != 0)),
        2 => writer.value(Value::Int((random >> 8 & 255) as i64 - 40)),
        3 => writer.value(Value::Int((random as i64) << (random >> 4 & 15))),
        4 => writer.value(Value::Float((random >> 16) as f32 / 8.0)),
        5 => writer.value(Value::Text(TEXTS[(random >> 5 & 3) as usize])),
        _ if depth == 0 => writer.value(Value::Bool(false)),
        _ => {
            let count = 1 + (random >> 9) as u32 % 20;
            writer.value(Value::List(count))?;
            (0..count).try_for_each(|_| compose(writer, seed, depth - 1))
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn run(n: u32) -> u64 {
    let (mut seed, mut total) = (5, 0_u64);
    let mut buffer = [0; 4096];
    for _ in 0..n {
        let mut writer = Writer {
            out: &mut buffer,
            len: 0,
        };
        // What does not fit is cut off, and then an error for the reader.
        let whole = writer.value(Value::List(12)).is_some()
            && (0..12).all(|_| compose(&mut writer, &mut seed, 3).is_some());
        let len = writer.len;
        total = total.rotate_left(3)
            ^ match Reader(&buffer[..len]).visit(0) {
                Ok(sum) => sum + u64::from(whole),
                Err(Error::End) => 1,
                Err(Error::Tag(tag)) => tag.into(),
                Err(Error::Text) => 2,
            };
    }
    total
}
