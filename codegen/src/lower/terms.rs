//! What the columns `type` and `where` of a row can name: its immediates, and types.
//!
//! Both columns share these names. A name that is wrong is collected here, and the cell is read to
//! its end, so that all wrong names of a cell are reported at once.

use super::row::Text;
use super::scanner::Scanner;
use crate::diag::{Diagnostic, did_you_mean};
use crate::model::{Heap, Immediate, ImmediateKind, NumberType, TypeFunction, ValueType, Wire};
use std::ops::Range;

/// What a row can name, and names that are none.
pub(super) struct Terms<'a> {
    key: &'a str,
    immediates: &'a [Immediate],
    wire: &'a Wire,
    /// What is wrong with names of the cell that is read.
    pub(super) wrong: Vec<Diagnostic>,
}

impl<'a> Terms<'a> {
    /// Of the row with this key.
    pub(super) fn new(key: &'a str, immediates: &'a [Immediate], wire: &'a Wire) -> Self {
        Terms {
            key,
            immediates,
            wire,
            wrong: Vec::new(),
        }
    }

    /// Whether an immediate has this name.
    pub(super) fn is_immediate(&self, name: &str) -> bool {
        self.immediate(name).is_some()
    }

    /// The value type with this name.
    pub(super) fn value(&mut self, name: &str, at: Range<usize>, cell: &Text) -> Option<ValueType> {
        if !self.values().iter().any(|known| known == name) {
            self.no_type(name, at, cell);
            return None;
        }
        // A row that is no number type is reported with its table.
        match NumberType::from_word(name) {
            Some(number) => Some(ValueType::Number(number)),
            None => Some(ValueType::Reference(
                name.strip_suffix(REFERENCE)?.to_string(),
            )),
        }
    }

    /// The function with this name, applied to this many arguments.
    pub(super) fn function(
        &mut self,
        name: &str,
        arguments: usize,
        at: Range<usize>,
        cell: &Text,
    ) -> Option<TypeFunction> {
        let Some(function) = TypeFunction::from_word(name) else {
            self.no_type(name, at, cell);
            return None;
        };
        let takes = function.arguments().len();
        if takes != arguments {
            let message = format!("`{name}` takes {takes} immediates");
            self.error(at, cell, &message, &format!("has {arguments}"));
            return None;
        }
        Some(function)
    }

    /// An immediate of one of these kinds.
    pub(super) fn argument(
        &mut self,
        name: &str,
        kinds: &[ImmediateKind],
        at: Range<usize>,
        cell: &Text,
    ) -> Option<String> {
        let Some(immediate) = self.immediate(name) else {
            self.no_immediate(name, at, cell);
            return None;
        };
        let kind = immediate.kind;
        if !kinds.contains(&kind) {
            let words: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
            let label = format!("expected {}", words.join(" or "));
            self.error(at, cell, &format!("`{name}` is a `{kind}`"), &label);
            return None;
        }
        Some(name.to_string())
    }

    /// What is between `ref` and the parenthesis.
    pub(super) fn heap(&mut self, text: &str, at: Range<usize>, cell: &Text) -> Option<Heap> {
        let inner = text
            .strip_prefix("top(")
            .and_then(|rest| rest.strip_suffix(')'));
        let name = inner.unwrap_or(text);
        let is_abstract = self.codes(HEAP).any(|key| key == name);
        if is_abstract && !self.is_immediate(name) {
            return match inner {
                None => Some(Heap::Abstract(name.to_string())),
                Some(_) => {
                    self.error(at, cell, &format!("`{name}` is no immediate"), "of `top`");
                    None
                }
            };
        }
        let kinds = HEAPS.map(|heap| heap.kind);
        let name = self.argument(name, &kinds, at, cell)?;
        if inner.is_some() {
            return Some(Heap::Top(name));
        }
        let kind = self.immediate(&name)?.kind;
        let of_kind = HEAPS.iter().find(|heap| heap.kind == kind)?;
        Some((of_kind.make)(name))
    }

    /// Reports a name that no immediate has.
    pub(super) fn no_immediate(&mut self, name: &str, at: Range<usize>, cell: &Text) {
        let names: Vec<&str> = self
            .immediates
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        let label = match names.len() {
            0 => "this row has none".to_string(),
            _ => format!("it has {}", names.join(", ")),
        };
        let message = format!("`{}` has no immediate `{name}`", self.key);
        self.error(at, cell, &message, &label);
    }

    fn no_type(&mut self, name: &str, at: Range<usize>, cell: &Text) {
        let values = self.values();
        let functions = || TypeFunction::ALL.iter().map(|function| function.word());
        let names = values.iter().map(String::as_str).chain(functions());
        let hint = did_you_mean(name, names, "");
        let numbers: Vec<&str> = self.codes(NUMBER).chain(self.codes(VECTOR)).collect();
        let functions: Vec<&str> = functions().collect();
        let note = format!(
            "value types are {} and references; functions are {}",
            numbers.join(" "),
            functions.join(" ")
        );
        let error = Diagnostic::error(format!("no type `{name}`")).at(&cell.part(at), hint);
        self.wrong.push(error.note(note));
    }

    /// Names of value types: numbers, vectors, and `funcref` for the heap type `func`.
    fn values(&self) -> Vec<String> {
        let plain = self.codes(NUMBER).chain(self.codes(VECTOR));
        let references = self.codes(HEAP).map(|key| format!("{key}{REFERENCE}"));
        plain.map(str::to_string).chain(references).collect()
    }

    fn codes(&self, group: &str) -> impl Iterator<Item = &'a str> {
        let group = self.wire.groups.iter().find(|known| known.key == group);
        let codes = group.map(|group| group.codes.as_slice());
        codes
            .unwrap_or_default()
            .iter()
            .map(|code| code.key.as_str())
    }

    fn immediate(&self, name: &str) -> Option<&'a Immediate> {
        self.immediates.iter().find(|one| one.name == name)
    }

    fn error(&mut self, at: Range<usize>, cell: &Text, message: &str, label: &str) {
        self.wrong
            .push(Scanner::new(cell).error(at, message, label));
    }
}

/// A kind of immediate that stands for a heap type.
struct HeapKind {
    kind: ImmediateKind,
    make: fn(String) -> Heap,
}

const HEAPS: [HeapKind; 3] = [
    HeapKind {
        kind: ImmediateKind::Heap,
        make: Heap::Immediate,
    },
    HeapKind {
        kind: ImmediateKind::Type,
        make: Heap::Type,
    },
    HeapKind {
        kind: ImmediateKind::Func,
        make: Heap::Func,
    },
];

/// Tables of `types.toml`.
const NUMBER: &str = "number";
const VECTOR: &str = "vector";
const HEAP: &str = "heap";

/// What follows a heap type in the name of the nullable references to it.
const REFERENCE: &str = "ref";
