//! The column `type`: `params(y) at(x) -> results(y)`.
//!
//! The notation of the standard, with functions for what depends on an immediate. Each item becomes
//! a variant, so that emitters match and never parse. Standard: section 3.4, "Instructions".

use super::row::Text;
use super::scanner::{Scanned, Scanner};
use super::terms::Terms;
use crate::model::{Signature, TypeFunction, TypeItem};

/// The signature; nothing if names in it are wrong, which the terms tell then.
pub(super) fn parse(cell: &Text, terms: &mut Terms<'_>) -> Scanned<Option<Signature>> {
    let mut scanner = Scanner::new(cell);
    let mut signature = Signature::default();
    while !scanner.takes("->") {
        signature.params.extend(item(&mut scanner, cell, terms)?);
    }
    while !scanner.is_done() {
        if scanner.takes("!") {
            signature.diverges = true;
        } else {
            signature.results.extend(item(&mut scanner, cell, terms)?);
        }
    }
    Ok(Some(signature).filter(|_| terms.wrong.is_empty()))
}

/// One item.
fn item(
    scanner: &mut Scanner<'_>,
    cell: &Text,
    terms: &mut Terms<'_>,
) -> Scanned<Option<TypeItem>> {
    if scanner.takes("(") {
        return reference(scanner, cell, terms);
    }
    let name = scanner.expect_word("a type, or `->`")?;
    named(name, scanner, cell, terms)
}

/// The item that begins with a word that has been read; also in the arguments of conditions.
pub(super) fn named(
    name: &str,
    scanner: &mut Scanner<'_>,
    cell: &Text,
    terms: &mut Terms<'_>,
) -> Scanned<Option<TypeItem>> {
    let at = scanner.at() - name.len()..scanner.at();
    if scanner.takes("(") {
        let arguments = arguments(scanner)?;
        let Some(function) = terms.function(name, arguments.len(), at, cell) else {
            return Ok(None);
        };
        let pairs = arguments.into_iter().zip(function.arguments());
        let arguments: Option<Vec<String>> = pairs
            .map(|((name, at), kinds)| terms.argument(name, kinds, at, cell))
            .collect();
        return Ok(arguments.map(|arguments| TypeItem::Function {
            function,
            arguments,
        }));
    }
    Ok(match name {
        "ref" => Some(TypeItem::AnyReference),
        _ if TypeFunction::from_word(name).is_some_and(|it| it.arguments().is_empty()) => {
            let function = terms.function(name, 0, at, cell);
            function.map(|function| TypeItem::Function {
                function,
                arguments: Vec::new(),
            })
        }
        _ => terms.value(name, at, cell).map(TypeItem::Value),
    })
}

/// `(ref null h)`, of which the first parenthesis has been read; also in arguments of conditions.
pub(super) fn reference(
    scanner: &mut Scanner<'_>,
    cell: &Text,
    terms: &mut Terms<'_>,
) -> Scanned<Option<TypeItem>> {
    if !scanner.takes_word("ref") {
        scanner.expect("ref")?;
    }
    let nullable = scanner.takes_word("null");
    let heap = scanner.until_close()?;
    let end = scanner.at();
    scanner.expect(")")?;
    // Spaces may stand before the parenthesis.
    let start = cell.text[..end].trim_end().len() - heap.len();
    let heap = terms.heap(heap, start..start + heap.len(), cell);
    Ok(heap.map(|heap| TypeItem::Reference { nullable, heap }))
}

/// Names, each with its place.
fn arguments<'c>(scanner: &mut Scanner<'c>) -> Scanned<Vec<(&'c str, std::ops::Range<usize>)>> {
    let mut arguments = Vec::new();
    loop {
        let name = scanner.expect_word("an immediate")?;
        arguments.push((name, scanner.at() - name.len()..scanner.at()));
        if !scanner.takes(",") {
            scanner.expect(")")?;
            return Ok(arguments);
        }
    }
}
