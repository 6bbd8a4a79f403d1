//! The column `imm`: `x: memory, l: lane<16>`.
//!
//! Names are what `type`, `where` and `do` refer to; kinds are a closed list, each with a function
//! of the reader. The order is that of the bytes. Standard: section 5.4, "Instructions".

use super::row::Text;
use super::scanner::{Scanned, Scanner};
use crate::diag::did_you_mean;
use crate::model::{Immediate, ImmediateKind};

pub(super) fn parse(cell: &Text) -> Scanned<Vec<Immediate>> {
    let mut scanner = Scanner::new(cell);
    let mut immediates: Vec<Immediate> = Vec::new();
    loop {
        let start = scanner.at();
        let immediate = one(&mut scanner)?;
        if immediates.iter().any(|other| other.name == immediate.name) {
            let message = format!("two immediates are named `{}`", immediate.name);
            return Err(scanner.error(start..scanner.at(), &message, "second one"));
        }
        immediates.push(immediate);
        if scanner.is_done() {
            return Ok(immediates);
        }
        scanner.expect(",")?;
        scanner.is_done();
    }
}

fn one(scanner: &mut Scanner<'_>) -> Scanned<Immediate> {
    let name = scanner.expect_word("a name")?;
    let start = scanner.at() - name.len();
    if ["a", "b", "c", "d"].contains(&name) || syn::parse_str::<syn::Ident>(name).is_err() {
        let label = "a b c d are the operands; other words of Rust are reserved";
        return Err(scanner.error(start..scanner.at(), "not a name for an immediate", label));
    }
    scanner.expect(":")?;
    let word = scanner.expect_word("a kind of immediate")?;
    let place = scanner.at() - word.len()..scanner.at();
    let Some(kind) = ImmediateKind::from_word(word) else {
        let known = ImmediateKind::ALL.iter().map(|kind| kind.word());
        let hint = did_you_mean(word, known.clone(), "");
        let known = known.collect::<Vec<_>>().join(" ");
        let error = scanner.error(place, &format!("no kind of immediate `{word}`"), &hint);
        return Err(error.note(format!("kinds are {known}")));
    };
    let number = number(scanner)?;
    if number.is_some() != kind.is_numbered() {
        let (message, label) = match number {
            Some(_) => ("takes no number", "without `<…>`"),
            None => ("needs a number", "such as `<4>`"),
        };
        return Err(scanner.error(place, &format!("the kind `{kind}` {message}"), label));
    }
    Ok(Immediate {
        name: name.to_string(),
        kind,
        number,
    })
}

fn number(scanner: &mut Scanner<'_>) -> Scanned<Option<u32>> {
    if !scanner.takes("<") {
        return Ok(None);
    }
    let digits = scanner.expect_word("a number")?;
    let place = scanner.at() - digits.len()..scanner.at();
    scanner.expect(">")?;
    let number = digits
        .parse()
        .map_err(|_| scanner.error(place, "not a number", "expected digits"))?;
    Ok(Some(number))
}
