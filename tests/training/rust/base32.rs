//! Bytes as text in base 32 and base 16, and back: chunks, iterators, tables, errors as results.
//! Loops over slices, with the checks of bounds that the optimizer leaves.
#![no_std]
#![no_main]

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const DIGITS: &[u8; 16] = b"0123456789abcdef";
const LETTERS: [u8; 256] = inverse(ALPHABET);

const fn inverse(alphabet: &[u8]) -> [u8; 256] {
    let mut table = [255; 256];
    let mut at = 0;
    while at < alphabet.len() {
        table[alphabet[at] as usize] = at as u8;
        at += 1;
    }
    table
}

#[derive(Clone, Copy)]
enum Wrong {
    Letter(u8),
    Length,
}

fn encode<'a>(bytes: &[u8], text: &'a mut [u8]) -> &'a [u8] {
    let mut len = 0;
    for chunk in bytes.chunks(5) {
        let word = chunk
            .iter()
            .fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        let word = word << (8 * (5 - chunk.len()));
        let letters = (chunk.len() * 8).div_ceil(5);
        for (at, out) in text[len..len + 8].iter_mut().enumerate() {
            *out = match at < letters {
                true => ALPHABET[(word >> (35 - 5 * at)) as usize & 31],
                false => b'=',
            };
        }
        len += 8;
    }
    &text[..len]
}

fn decode<'a>(text: &[u8], bytes: &'a mut [u8]) -> Result<&'a [u8], Wrong> {
    let mut len = 0;
    if !text.len().is_multiple_of(8) {
        return Err(Wrong::Length);
    }
    for chunk in text.chunks_exact(8) {
        let letters = chunk.iter().take_while(|letter| **letter != b'=').count();
        let mut word = 0_u64;
        for &letter in &chunk[..letters] {
            match LETTERS[usize::from(letter)] {
                255 => return Err(Wrong::Letter(letter)),
                value => word = word << 5 | u64::from(value),
            }
        }
        word <<= 5 * (8 - letters);
        let count = letters * 5 / 8;
        bytes[len..len + count].copy_from_slice(&word.to_be_bytes()[3..3 + count]);
        len += count;
    }
    Ok(&bytes[..len])
}

fn hex(bytes: &[u8]) -> impl Iterator<Item = u8> {
    let pairs = bytes.iter().map(|byte| [byte >> 4, byte & 15]);
    pairs.flatten().map(|digit| DIGITS[usize::from(digit)])
}

fn from_hex(text: &[u8]) -> impl Iterator<Item = Result<u8, Wrong>> {
    let digit = |letter: u8| match letter {
        b'0'..=b'9' => Ok(letter - b'0'),
        b'a'..=b'f' => Ok(letter - b'a' + 10),
        b'A'..=b'F' => Ok(letter - b'A' + 10),
        _ => Err(Wrong::Letter(letter)),
    };
    text.chunks(2).map(move |pair| match *pair {
        [high, low] => Ok(digit(high)? << 4 | digit(low)?),
        _ => Err(Wrong::Length),
    })
}

#[unsafe(no_mangle)]
extern "C" fn run(n: u32) -> u64 {
    let (mut state, mut sum) = (1_u64, 0_u64);
    let (mut bytes, mut text, mut back) = ([0_u8; 600], [0_u8; 1200], [0_u8; 600]);
    for round in 0..n as usize {
        for byte in &mut bytes {
            state = state
                .wrapping_mul(0x5851_f42d_4c95_7f2d)
                .wrapping_add(0x1405_7b7e_f767_814f);
            *byte = (state >> 56) as u8;
        }
        let message = &bytes[..200 + round % 400];
        let len = encode(message, &mut text).len();
        if round % 10 == 9 {
            text[round % len] = b'!';
        }
        let fault = match decode(&text[..len], &mut back) {
            Ok(found) => (found != message).into(),
            Err(Wrong::Letter(letter)) => u64::from(letter),
            Err(Wrong::Length) => 2,
        };
        for (out, digit) in text.iter_mut().zip(hex(message)) {
            *out = digit;
        }
        let read = from_hex(&text[..2 * message.len()]).filter_map(Result::ok);
        sum = read.fold(sum + fault, |sum, byte| {
            sum.rotate_left(5) ^ u64::from(byte)
        });
    }
    sum
}
