//! Writing one JSON object a line, for commands under `--json`.
//!
//! Objects are built key by key, in order, and written with escapes; there is no reading, so no
//! library for it is needed. Each line says the version of its form, which changes when a key does.

use std::fmt::{self, Display, Write};

use crate::escape::is_shown;

/// The version of what the commands print under `--json`.
const SCHEMA: u32 = 1;

/// An object under construction.
#[derive(Debug)]
pub struct Object {
    text: String,
}

impl Object {
    /// An object of a line of output, which says the schema's version.
    pub fn line() -> Self {
        Self::new().number("schema", SCHEMA)
    }

    /// An empty object.
    pub fn new() -> Self {
        Self {
            text: String::from("{"),
        }
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, key: &str, value: &str) -> Self {
        self.raw(key, Quoted(value))
    }

    /// Adds a number.
    #[must_use]
    pub fn number(self, key: &str, value: impl Into<u64>) -> Self {
        self.raw(key, value.into())
    }

    /// Adds that there is no value.
    #[must_use]
    pub fn null(self, key: &str) -> Self {
        self.raw(key, "null")
    }

    /// Adds an object.
    #[must_use]
    pub fn object(self, key: &str, value: &Self) -> Self {
        self.raw(key, value)
    }

    /// Adds a list of objects.
    #[must_use]
    pub fn list(self, key: &str, values: impl Iterator<Item = Self>) -> Self {
        let values: Vec<String> = values.map(|value| value.to_string()).collect();
        self.raw(key, format_args!("[{}]", values.join(",")))
    }

    /// Adds a list of texts.
    #[must_use]
    pub fn texts<'a>(self, key: &str, values: impl Iterator<Item = &'a str>) -> Self {
        let values: Vec<String> = values.map(|value| Quoted(value).to_string()).collect();
        self.raw(key, format_args!("[{}]", values.join(",")))
    }

    /// Adds a text, if there is one.
    #[must_use]
    pub fn optional_text(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(key, value),
            None => self.null(key),
        }
    }

    fn raw(mut self, key: &str, value: impl Display) -> Self {
        let comma = if self.text.len() > 1 { "," } else { "" };
        // Writing to a string does not fail.
        let _ = write!(self.text, "{comma}{}:{value}", Quoted(key));
        self
    }
}

impl Default for Object {
    fn default() -> Self {
        Self::new()
    }
}

impl Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}}}", self.text)
    }
}

struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                c if is_shown(c) => f.write_char(c)?,
                c => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        write!(f, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_nest_and_texts_are_quoted() {
        let inner = Object::new().text("a\"b", "\u{1}\n\\\u{202e}\u{e0001}");
        let line = Object::line()
            .object("o", &inner)
            .list("l", [Object::new()].into_iter());
        assert_eq!(
            line.to_string(),
            r#"{"schema":1,"o":{"a\"b":"\u0001\n\\\u202e\udb40\udc01"},"l":[{}]}"#
        );
    }
}
