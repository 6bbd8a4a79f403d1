//! The column `type`: `params(y) at(x) -> results(y)`.

use super::row::Text;
use super::scanner::{Scanned, Scanner};
use crate::model::{Immediate, Signature, TypeItem};

pub(super) fn parse(cell: &Text, immediates: &[Immediate]) -> Scanned<Signature> {
    let mut scanner = Scanner::new(cell);
    let mut signature = Signature::default();
    while !scanner.takes("->") {
        signature.params.push(item(&mut scanner, immediates)?);
    }
    while !scanner.is_done() {
        if scanner.takes("!") {
            signature.diverges = true;
        } else {
            signature.results.push(item(&mut scanner, immediates)?);
        }
    }
    Ok(signature)
}

/// One item, as in signatures and in the arguments of predicates.
pub(super) fn item(scanner: &mut Scanner<'_>, immediates: &[Immediate]) -> Scanned<TypeItem> {
    if scanner.takes("(") {
        return reference(scanner);
    }
    let name = scanner.expect_word("a type, or `->`")?.to_string();
    if scanner.takes("(") {
        return Ok(TypeItem::Function {
            name,
            arguments: arguments(scanner)?,
        });
    }
    let nullary = name == "return" || immediates.iter().any(|immediate| immediate.name == name);
    Ok(match name.as_str() {
        "ref" => TypeItem::AnyReference,
        _ if nullary => TypeItem::Function {
            name,
            arguments: Vec::new(),
        },
        _ => TypeItem::Value(name),
    })
}

fn reference(scanner: &mut Scanner<'_>) -> Scanned<TypeItem> {
    if !scanner.takes_word("ref") {
        scanner.expect("ref")?;
    }
    let nullable = scanner.takes_word("null");
    let heap = scanner.until_close()?.to_string();
    scanner.expect(")")?;
    Ok(TypeItem::Reference { nullable, heap })
}

fn arguments(scanner: &mut Scanner<'_>) -> Scanned<Vec<String>> {
    let mut arguments = vec![scanner.expect_word("an immediate")?.to_string()];
    while scanner.takes(",") {
        arguments.push(scanner.expect_word("an immediate")?.to_string());
    }
    scanner.expect(")")?;
    Ok(arguments)
}
