//! The column `where`: `sub(elem(x), funcref)`.

use super::row::Text;
use super::scanner::{Scanned, Scanner};
use super::signature::item;
use crate::model::{Immediate, Predicate};

pub(super) fn parse(cell: &Text, immediates: &[Immediate]) -> Scanned<Predicate> {
    let mut scanner = Scanner::new(cell);
    let name = scanner.expect_word("a predicate")?.to_string();
    let mut arguments = Vec::new();
    if scanner.takes("(") {
        arguments.push(item(&mut scanner, immediates)?);
        while scanner.takes(",") {
            arguments.push(item(&mut scanner, immediates)?);
        }
        scanner.expect(")")?;
    }
    if !scanner.is_done() {
        scanner.expect("`,` or the end")?;
    }
    Ok(Predicate { name, arguments })
}
