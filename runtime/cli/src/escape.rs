//! Texts of others, so that a terminal shows them and does nothing else.
//!
//! Names of a module are any Unicode text: they can hold control sequences, line ends and marks that
//! turn the direction of writing, with which a module could forge messages. Every line that this
//! program prints goes through [`Escaped`], so that no place where a name is printed can forget it.
//! JSON has escapes of its own and asks [`is_shown`] for which characters they are needed.

use std::fmt::{self, Display, Write};

/// Displays as the value does, but for characters that are not shown: those stand as in a string
/// of the text format (`\n`, `\u{1b}`).
#[derive(Clone, Copy, Debug)]
pub struct Escaped<T>(pub T);

/// Whether a character stands for itself on a terminal and changes nothing around it.
pub fn is_shown(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    // After a letter, for accents belong to the character before them.
    let letter = String::from_iter(['a', c]);
    letter.escape_debug().eq(letter.chars())
}

impl<T: Display> Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

struct Escaping<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            if is_shown(c) {
                self.0.write_char(c)?;
            } else {
                write!(self.0, "{}", c.escape_default())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_shown_is_escaped() {
        let escaped = |text| Escaped(text).to_string();
        assert_eq!(escaped("f\x1b[2J\0ag"), r"f\u{1b}[2J\u{0}ag");
        assert_eq!(escaped("a\nb\r\tc\x7f\u{9b}"), r"a\nb\r\tc\u{7f}\u{9b}");
        assert_eq!(
            escaped("\u{202e}txt\u{2066}\u{2028}\u{61c}"),
            r"\u{202e}txt\u{2066}\u{2028}\u{61c}"
        );
        for shown in [r#"`C:\x` "é" 'e'"#, "e\u{301}", "नमस्ते", "函数", "🦀"] {
            assert_eq!(escaped(shown), shown);
        }
    }
}
