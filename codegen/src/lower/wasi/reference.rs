//! How cells name types: `buf: pointer<u8>, buf_len: size`.
//!
//! A word is an integer, `handle` or `string`, or the key of a row; `list<…>`, `pointer<…>` and
//! `const_pointer<…>` stand around another type. Lists of names with types are what records, unions
//! and functions consist of.

use crate::diag::{Diagnostic, did_you_mean};
use crate::lower::keys::Keys;
use crate::lower::row::Text;
use crate::lower::scanner::{Scanned, Scanner};
use crate::model::wasi::{Around, Field, Integer, Reference, TypeId};
use std::ops::Range;

const HANDLE: &str = "handle";
const STRING: &str = "string";

/// What names stand for.
pub(super) struct Terms<'a> {
    pub(super) keys: &'a Keys<'a, TypeId>,
    /// Types from here on stand below the one that is read.
    pub(super) below: usize,
    /// What is wrong with names, beside the notation.
    pub(super) wrong: Vec<Diagnostic>,
}

/// A type, and nothing else.
pub(super) fn alone(cell: &Text, terms: &mut Terms<'_>) -> Scanned<Option<Reference>> {
    let mut scanner = Scanner::new(cell);
    let found = reference(&mut scanner, cell, terms)?;
    match scanner.is_done() {
        true => Ok(found),
        false => Err(scanner.unexpected("expected nothing more")),
    }
}

/// `name: type, name: type`, up to the end or to what `ends` takes; `expected` is said where
/// neither this nor a comma comes.
pub(super) fn fields<'c>(
    scanner: &mut Scanner<'c>,
    cell: &'c Text,
    terms: &mut Terms<'_>,
    (ends, expected): (fn(&mut Scanner<'c>) -> bool, &str),
) -> Scanned<Vec<Field>> {
    let mut fields = Vec::new();
    if ends(scanner) {
        return Ok(fields);
    }
    loop {
        let name = scanner.expect_word("a name")?;
        let origin = cell.part(scanner.at() - name.len()..scanner.at());
        scanner.expect(":")?;
        scanner.is_done();
        let start = scanner.at();
        let of = reference(scanner, cell, terms)?;
        let written = cell.text[start..scanner.at()].to_string();
        fields.extend(of.map(|of| Field {
            name: name.to_string(),
            of,
            written,
            origin,
        }));
        if ends(scanner) {
            return Ok(fields);
        }
        if !scanner.takes(",") {
            return Err(scanner.unexpected(expected));
        }
    }
}

/// A type; nothing if a name in it is wrong, which the terms tell then.
fn reference(
    scanner: &mut Scanner<'_>,
    cell: &Text,
    terms: &mut Terms<'_>,
) -> Scanned<Option<Reference>> {
    let word = scanner.expect_word("a type")?;
    let place = scanner.at() - word.len()..scanner.at();
    if !scanner.takes("<") {
        return Ok(terms.named(word, place, cell));
    }
    let Some(around) = Around::from_word(word) else {
        let words = Around::ALL.iter().map(|around| around.word());
        let hint = did_you_mean(word, words, "one of list, pointer, const_pointer");
        return Err(scanner.error(place, &format!("no type `{word}<…>`"), &hint));
    };
    let inner = reference(scanner, cell, terms)?;
    scanner.expect(">")?;
    Ok(inner.map(|inner| Reference::Around(around, Box::new(inner))))
}

impl Terms<'_> {
    fn named(&mut self, word: &str, place: Range<usize>, cell: &Text) -> Option<Reference> {
        if let Some(integer) = Integer::from_word(word) {
            return Some(Reference::Integer(integer));
        }
        match word {
            HANDLE => return Some(Reference::Handle),
            STRING => return Some(Reference::String),
            _ => {}
        }
        let at = cell.part(place);
        let words = Integer::ALL.iter().map(|integer| integer.word());
        let words: Vec<&str> = words.chain([HANDLE, STRING]).collect();
        let id = self.keys.find_beside(&words, word, &at, &mut self.wrong)?;
        if id.0 < self.below {
            return Some(Reference::Type(id));
        }
        let error = Diagnostic::error(format!("`{word}` is not known here"));
        let error = error.at(&at, "stands further below, or is this type");
        self.wrong
            .push(error.help("write a type below those that it names"));
        None
    }
}
