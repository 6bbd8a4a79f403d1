//! The column `where`: `sub(elem(x), funcref)`.
//!
//! A condition of the standard's rule beside the type, applied to immediates and types. Each
//! condition is a variant with a number of arguments, and a function of the runtime's
//! `validate/predicate.rs`.

use super::row::Text;
use super::scanner::{Scanned, Scanner};
use super::signature::{named, reference};
use super::terms::Terms;
use crate::diag::did_you_mean;
use crate::model::{Argument, Condition, Predicate};

/// The condition; nothing if names in it are wrong, which the terms tell then.
pub(super) fn parse(cell: &Text, terms: &mut Terms<'_>) -> Scanned<Option<Predicate>> {
    let mut scanner = Scanner::new(cell);
    let word = scanner.expect_word("a predicate")?;
    let at = scanner.at() - word.len()..scanner.at();
    let Some(condition) = Condition::from_word(word) else {
        let words = Condition::ALL.iter().map(|condition| condition.word());
        let hint = did_you_mean(word, words, "");
        return Err(scanner.error(at, &format!("no condition `{word}`"), &hint));
    };
    let (mut arguments, mut count) = (Vec::new(), 0);
    if scanner.takes("(") {
        loop {
            arguments.extend(argument(&mut scanner, cell, condition, terms)?);
            count += 1;
            if !scanner.takes(",") {
                break;
            }
        }
        scanner.expect(")")?;
    }
    if !scanner.is_done() {
        scanner.expect("`,` or the end")?;
    }
    if condition.arity() != count {
        let takes = condition.arity();
        let message = format!("the condition `{condition}` takes {takes} arguments");
        terms
            .wrong
            .push(scanner.error(at, &message, &format!("has {count}")));
    }
    let predicate = Predicate {
        condition,
        arguments,
    };
    Ok(Some(predicate).filter(|_| terms.wrong.is_empty()))
}

fn argument(
    scanner: &mut Scanner<'_>,
    cell: &Text,
    condition: Condition,
    terms: &mut Terms<'_>,
) -> Scanned<Option<Argument>> {
    if scanner.takes("(") {
        return Ok(reference(scanner, cell, terms)?.map(Argument::Type));
    }
    let name = scanner.expect_word("a type, or `->`")?;
    let at = scanner.at() - name.len()..scanner.at();
    if terms.is_immediate(name) {
        return Ok(Some(Argument::Immediate(name.to_string())));
    }
    if !condition.takes_values() && !scanner.is_applied() {
        terms.no_immediate(name, at, cell);
        return Ok(None);
    }
    Ok(named(name, scanner, cell, terms)?.map(Argument::Type))
}
