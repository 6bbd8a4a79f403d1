//! The bytes around an error, with the wrong ones underlined.
//!
//! An offset alone says little to whoever wrote a tool that emits modules; one to a few lines of
//! bytes, with letters beside them, usually show the mistake. Whatever the offset, a dump can be
//! made of it: a place beyond the end is where bytes are missing.

use std::fmt;
use std::ops::Range;

/// Bytes a line.
const WIDTH: usize = 16;

/// A view of the bytes around a range; displays as one to a few lines.
#[derive(Clone, Debug)]
pub struct Hexdump<'a> {
    bytes: &'a [u8],
    marked: Range<usize>,
}

impl<'a> Hexdump<'a> {
    /// Marks a range; one that is empty or beyond the end marks the place where bytes are missing.
    pub fn new(bytes: &'a [u8], marked: Range<usize>) -> Self {
        let start = marked.start.min(bytes.len());
        let end = marked.end.min(bytes.len()).clamp(start + 1, start + WIDTH);
        Self {
            bytes,
            marked: start..end,
        }
    }

    fn line(&self, f: &mut fmt::Formatter<'_>, start: usize) -> fmt::Result {
        let bytes = &self.bytes[start.min(self.bytes.len())..self.bytes.len().min(start + WIDTH)];
        write!(f, "{start:#08x} |")?;
        for byte in bytes {
            write!(f, " {byte:02x}")?;
        }
        let padding = 3 * (WIDTH - bytes.len());
        write!(f, "{:padding$} | ", "")?;
        for byte in bytes {
            let shown = if byte.is_ascii_graphic() {
                char::from(*byte)
            } else {
                '.'
            };
            write!(f, "{shown}")?;
        }
        writeln!(f)?;
        if self.marked.start < start + WIDTH && start < self.marked.end {
            write!(f, "         |")?;
            for at in start..(start + WIDTH).min(self.marked.end) {
                f.write_str(if self.marked.contains(&at) {
                    " ^^"
                } else {
                    "   "
                })?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Hexdump<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.marked.start / WIDTH;
        let last = (self.marked.end - 1) / WIDTH;
        for line in first.saturating_sub(1)..=last {
            self.line(f, line * WIDTH)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn underlines_across_lines() {
        let bytes: Vec<u8> = (0x30..0x54).collect();
        let dump = Hexdump::new(&bytes, 15..17).to_string();
        let lines: Vec<&str> = dump.lines().collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[0].starts_with("0x000000 | 30 31"));
        assert!(lines[0].ends_with("| 0123456789:;<=>?"));
        assert_eq!(
            lines[1].trim_end(),
            format!("         |{} ^^", " ".repeat(45))
        );
        assert_eq!(lines[3], "         | ^^");
    }

    #[test]
    fn the_end_can_be_marked() {
        let dump = Hexdump::new(b"\0asm", 9..9).to_string();
        assert_eq!(dump.lines().nth(1), Some("         |             ^^"));
        assert!(Hexdump::new(b"", 0..0).to_string().contains("^^"));
    }
}
