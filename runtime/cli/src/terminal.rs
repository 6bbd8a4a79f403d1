//! What a guest writes to a terminal.
//!
//! Control sequences can do more than show text: change the title, answer as if typed, write to the
//! clipboard. So on a terminal a guest's text is shown as text, unless `--allow-escapes` says
//! otherwise: control characters but tab and line ends become their pictures, bytes that are no
//! UTF-8 the replacement character, as terminals may take those for control characters, too. Files
//! and pipes get every byte as it is. Unicode: chapter 23.1, "Control Codes"; block "Control
//! Pictures".

use tabwasm_wasi::abi::Errno;
use tabwasm_wasi::os::{Stderr, Stdout};
use tabwasm_wasi::wait::Source;
use tabwasm_wasi::{OutputStream, WasiCtxBuilder};

/// Gives a guest standard output and error, with nothing but text if they are terminals.
pub(crate) fn give(wasi: &mut WasiCtxBuilder, allow_escapes: bool) {
    if allow_escapes || !Stdout.is_terminal() {
        wasi.inherit_stdout();
    } else {
        wasi.stdout(TextOnly::new(Stdout));
    }
    if allow_escapes || !Stderr.is_terminal() {
        wasi.inherit_stderr();
    } else {
        wasi.stderr(TextOnly::new(Stderr));
    }
}

/// Bytes of the guest that are looked at for one write: it is told how many of its bytes went out.
const PIECE: usize = 4096;

/// A terminal that gets text only.
struct TextOnly<S> {
    terminal: S,
    /// The beginning of a character, taken from the guest, whose end the guest has not written yet.
    begun: Vec<u8>,
    /// The rest of a character of which the terminal has taken a part.
    rest: Vec<u8>,
}

impl<S: OutputStream> TextOnly<S> {
    fn new(terminal: S) -> Self {
        Self {
            terminal,
            begun: Vec::new(),
            rest: Vec::new(),
        }
    }

    /// Writes what is left of a character.
    fn finish(&mut self) -> Result<(), Errno> {
        while !self.rest.is_empty() {
            match self.terminal.write(&self.rest)? {
                0 => return Err(Errno::Again),
                taken => drop(self.rest.drain(..taken.min(self.rest.len()))),
            }
        }
        Ok(())
    }
}

impl<S: OutputStream> OutputStream for TextOnly<S> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        self.finish()?;
        let known = self.begun.len();
        let mut source = self.begun.clone();
        source.extend(bytes.iter().take(PIECE));
        let (pieces, begun) = pieces(&source);
        let text: String = pieces.iter().map(|(_, shown)| *shown).collect();
        let taken = match text.is_empty() {
            true => 0,
            false => self.terminal.write(text.as_bytes())?.min(text.len()),
        };
        if taken == text.len() {
            self.begun = begun;
            return Ok(source.len() - known);
        }
        // A character of which a part went out is the guest's no more.
        let (mut out, mut read) = (0, 0);
        for (length, shown) in pieces {
            if out >= taken {
                break;
            }
            (out, read) = (out + shown.len_utf8(), read + length);
        }
        if read > 0 {
            self.begun.clear();
            self.rest.extend(&text.as_bytes()[taken..out]);
        }
        Ok(read.saturating_sub(known))
    }

    fn is_terminal(&self) -> bool {
        true
    }

    fn source(&self) -> Option<Source<'_>> {
        self.terminal.source()
    }
}

/// The characters of some bytes, how many bytes each takes and what is shown of it; and the
/// beginning of one at the end.
fn pieces(bytes: &[u8]) -> (Vec<(usize, char)>, Vec<u8>) {
    let mut pieces = Vec::new();
    let mut left = bytes.len();
    for chunk in bytes.utf8_chunks() {
        pieces.extend(chunk.valid().chars().map(|c| (c.len_utf8(), shown(c))));
        let invalid = chunk.invalid();
        left -= chunk.valid().len() + invalid.len();
        let goes_on = std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
        if left == 0 && goes_on {
            return (pieces, invalid.to_vec());
        }
        if !invalid.is_empty() {
            pieces.push((invalid.len(), char::REPLACEMENT_CHARACTER));
        }
    }
    (pieces, Vec::new())
}

/// What is shown of a character.
fn shown(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => c,
        '\0'..='\x1f' => char::from_u32(PICTURES + u32::from(c)).unwrap_or(c),
        '\x7f' => DELETE,
        '\u{80}'..='\u{9f}' => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

/// The picture of the control character 0; the others follow.
const PICTURES: u32 = '␀' as u32;
/// That of the one that stands behind the letters.
const DELETE: char = '␡';

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes a write.
    struct Slow(Vec<u8>, usize);

    impl OutputStream for Slow {
        fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
            let taken = bytes.len().min(self.1);
            self.0.extend(&bytes[..taken]);
            Ok(taken)
        }
    }

    /// What a terminal gets that takes so many bytes a write, of a guest that writes so many.
    fn written(bytes: &[u8], taken: usize, step: usize) -> String {
        let mut terminal = TextOnly::new(Slow(Vec::new(), taken));
        for bytes in bytes.chunks(step) {
            let mut left = bytes;
            while !left.is_empty() {
                let count = terminal.write(left).expect("it can be written");
                left = &left[count..];
            }
        }
        terminal.finish().expect("it can be written");
        String::from_utf8(terminal.terminal.0).expect("it is text")
    }

    #[test]
    fn text_is_shown_and_nothing_else() {
        let cases: [(&[u8], &str); 7] = [
            ("a\tb\r\né 函🦀".as_bytes(), "a\tb\r\né 函🦀"),
            (b"\x1b[2J\x07\0\x7f", "␛[2J␇␀␡"),
            (
                "\u{9b}31m\u{85}\u{a0}".as_bytes(),
                "\u{fffd}31m\u{fffd}\u{a0}",
            ),
            (b"\x9b31m", "\u{fffd}31m"),
            (b"\xf0\x9f\xa6A", "\u{fffd}A"),
            (b"\xe2\x82\x1b]0;\xc2", "\u{fffd}␛]0;"),
            (
                b"\xc0\x9b\xed\xa0\x80",
                "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}",
            ),
        ];
        for (bytes, expected) in cases {
            for taken in [1, 2, 3, 5, 100] {
                for step in [1, 2, 3, 100] {
                    assert_eq!(written(bytes, taken, step), expected, "{taken} {step}");
                }
            }
        }
    }

    #[test]
    fn an_error_takes_nothing_from_the_guest() {
        struct Full;
        impl OutputStream for Full {
            fn write(&mut self, _: &[u8]) -> Result<usize, Errno> {
                Err(Errno::Again)
            }
        }
        let mut terminal = TextOnly::new(Full);
        assert_eq!(terminal.write(b"\xe2"), Ok(1), "it waits for the rest");
        assert_eq!(terminal.write(b"\x82\xac"), Err(Errno::Again));
        assert_eq!(terminal.begun, b"\xe2");
        let long = vec![b'a'; 3 * PIECE];
        let mut terminal = TextOnly::new(Vec::new());
        assert_eq!(terminal.write(&long), Ok(PIECE));
    }
}
