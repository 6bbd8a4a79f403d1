//! As much of JSON as the vectors are written in: no fractions, no line breaks. It is here because no
//! dependency of the library reads JSON.

use std::string::String;
use std::vec::Vec;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::component) enum Json {
    Null,
    Bool(bool),
    Number(i128),
    String(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a line.
    pub(in crate::component) fn parse(line: &str) -> Self {
        let mut rest = line;
        let value = value(&mut rest);
        assert_eq!(rest.trim(), "", "behind a value");
        value
    }

    /// The field of an object, if it has it.
    pub(in crate::component) fn find(&self, name: &str) -> Option<&Self> {
        let Self::Object(fields) = self else {
            panic!("no object: {self:?}")
        };
        fields
            .iter()
            .find(|field| field.0 == name)
            .map(|field| &field.1)
    }

    pub(in crate::component) fn field(&self, name: &str) -> &Self {
        self.find(name)
            .unwrap_or_else(|| panic!("no field `{name}`"))
    }

    pub(in crate::component) fn text(&self) -> &str {
        match self {
            Self::String(text) => text,
            _ => panic!("no text: {self:?}"),
        }
    }

    pub(in crate::component) fn number(&self) -> i128 {
        match self {
            Self::Number(number) => *number,
            _ => panic!("no number: {self:?}"),
        }
    }

    pub(in crate::component) fn list(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            _ => panic!("no array: {self:?}"),
        }
    }
}

fn value(rest: &mut &str) -> Json {
    *rest = rest.trim_start();
    for (word, value) in [
        ("null", Json::Null),
        ("true", Json::Bool(true)),
        ("false", Json::Bool(false)),
    ] {
        if eat(rest, word) {
            return value;
        }
    }
    if eat(rest, "[") {
        return Json::Array(several(rest, "]", value));
    }
    if eat(rest, "{") {
        return Json::Object(several(rest, "}", |rest| {
            let name = value(rest);
            assert!(eat(rest, ":"), "a colon");
            (name.text().into(), value(rest))
        }));
    }
    if eat(rest, "\"") {
        return Json::String(string(rest));
    }
    let end = rest.find(|sign: char| sign != '-' && !sign.is_ascii_digit());
    let (number, behind) = rest.split_at(end.unwrap_or(rest.len()));
    *rest = behind;
    Json::Number(number.parse().expect("a number"))
}

fn several<T>(rest: &mut &str, end: &str, mut item: impl FnMut(&mut &str) -> T) -> Vec<T> {
    let mut items = Vec::new();
    while !eat(rest, end) {
        eat(rest, ",");
        items.push(item(rest));
    }
    items
}

fn string(rest: &mut &str) -> String {
    let mut units = Vec::new();
    loop {
        let sign = rest.chars().next().expect("the end of a string");
        *rest = &rest[sign.len_utf8()..];
        match sign {
            '"' => return String::from_utf16(&units).expect("pairs of surrogates"),
            '\\' => {
                let (escape, behind) = rest.split_at(1);
                *rest = behind;
                units.push(match escape {
                    "u" => {
                        let (digits, behind) = rest.split_at(4);
                        *rest = behind;
                        u16::from_str_radix(digits, 16).expect("four digits")
                    }
                    "n" => 10,
                    "r" => 13,
                    "t" => 9,
                    "b" => 8,
                    "f" => 12,
                    other => other.as_bytes()[0].into(),
                });
            }
            sign => units.extend(sign.encode_utf16(&mut [0; 2]).iter()),
        }
    }
}

fn eat(rest: &mut &str, word: &str) -> bool {
    *rest = rest.trim_start();
    let behind = rest.strip_prefix(word);
    *rest = behind.unwrap_or(rest);
    behind.is_some()
}
