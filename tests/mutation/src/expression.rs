//! Other meanings: an expression with one operator, operand, cast, number or primitive exchanged.
//!
//! Each differs in one place from what the cell says, and in a way that a person could have typed
//! by mistake.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::ops::Range;

/// Names that are exchanged for each other, each for all others of its line.
const NAMES: &[&[&str]] = &[
    &["wrapping_add", "wrapping_sub", "wrapping_mul"],
    &["wrapping_shl", "wrapping_shr"],
    &["rotate_left", "rotate_right"],
    &["leading_zeros", "trailing_zeros", "count_ones"],
    &["div_s", "div_u", "rem_s", "rem_u"],
    &["min", "max"],
    &["ceil", "floor", "trunc", "nearest"],
    &["sqrt", "abs"],
    &["to_i32", "to_u32"],
    &["to_i64", "to_u64"],
    &["i8", "u8", "i16"],
    &["i16", "u16", "i8"],
    &["u8", "i8", "u16"],
    &["u16", "i16", "u8"],
    &["i32", "u32", "i16"],
    &["u32", "i32", "u16"],
    &["i64", "u64", "i32"],
    &["u64", "i64", "u32"],
    &["f32", "f64"],
    &["a", "b"],
    &["b", "a"],
];

/// Operators, likewise.
const OPERATORS: &[&[&str]] = &[
    &["+", "-", "*"],
    &["-", "+", "/"],
    &["*", "/", "+"],
    &["/", "*", "-"],
    &["&", "|", "^"],
    &["|", "&", "^"],
    &["^", "|", "&"],
    &["==", "!="],
    &["!=", "=="],
    &["<", "<=", ">"],
    &["<=", "<", ">="],
    &[">", ">=", "<"],
    &[">=", ">", "<="],
];

/// All of them, once each.
pub(crate) fn others(cell: &str) -> Vec<String> {
    let mut places = Vec::new();
    if let Ok(tokens) = cell.parse::<TokenStream>() {
        collect(tokens, &mut places);
    }
    let mut all = BTreeSet::new();
    let mut replace = |range: Range<usize>, other: &str| {
        let whole = format!("{}{other}{}", &cell[..range.start], &cell[range.end..]);
        // What does not parse would be refused for a reason that has nothing to do with the row.
        if syn::parse_str::<syn::Expr>(&whole).is_ok() {
            all.insert(whole);
        }
    };
    for (range, token) in places {
        let lists = [NAMES, OPERATORS].concat();
        for line in lists
            .into_iter()
            .filter(|line| line.contains(&token.as_str()))
        {
            // Names of types and operators have a line for each; the others stand in one.
            if line[0] != token && lists_by_first(&token) {
                continue;
            }
            for other in line.iter().filter(|other| **other != token) {
                replace(range.clone(), other);
            }
        }
        if let Ok(number) = token.parse::<u64>() {
            replace(range.clone(), &(number + 1).to_string());
        }
        if token == "?" && range.end == cell.len() {
            replace(range, ".or(Ok(Default::default()))?");
        }
    }
    if let Some(operand) = cell.strip_prefix('-') {
        all.insert(operand.to_string());
    }
    for negated in [".abs()", ".is_null()"] {
        if cell.contains(negated) {
            all.insert(cell.replace(negated, ""));
        }
    }
    if cell == "v" {
        all.insert("v + v".to_string());
    }
    all.remove(cell);
    all.into_iter().collect()
}

fn lists_by_first(token: &str) -> bool {
    NAMES.iter().chain(OPERATORS).any(|line| line[0] == token)
}

/// Words and operators with their places; the parts of `::`, `->` and `=>` are none.
fn collect(tokens: TokenStream, places: &mut Vec<(Range<usize>, String)>) {
    let mut joined: Option<(Range<usize>, String)> = None;
    let mut generic = 0_usize;
    let mut before = String::new();
    for token in tokens {
        let range = token.span().byte_range();
        match token {
            TokenTree::Group(group) => {
                if group.delimiter() != Delimiter::None {
                    collect(group.stream(), places);
                }
                before.clear();
            }
            TokenTree::Punct(punct) => {
                let sign = punct.as_char();
                if sign == '<' && before.ends_with("::") {
                    generic += 1;
                } else if sign == '>' && generic > 0 {
                    generic -= 1;
                } else if sign != ':' {
                    match joined.take() {
                        Some((start, mut text)) => {
                            text.push(sign);
                            places.push((start.start..range.end, text));
                        }
                        None if punct.spacing() == proc_macro2::Spacing::Joint && sign != '?' => {
                            joined = Some((range, sign.to_string()));
                        }
                        None => places.push((range, sign.to_string())),
                    }
                }
                before.push(sign);
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) => {
                before.clear();
                places.push((range, token.to_string()));
            }
        }
    }
}
