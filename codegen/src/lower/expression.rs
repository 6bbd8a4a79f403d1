//! The column `do`: one Rust expression, parsed by syn.
//!
//! Emitters copy the tree and other steps ask what it does, so nobody looks at the text again.
//! Errors of syn get their place within the cell; it says little of brackets that do not match, so
//! that has a message here.

use super::row::Text;
use super::scanner::Scanned;
use crate::diag::Diagnostic;
use crate::model::Expression;
use proc_macro2::TokenStream;
use std::str::FromStr;
use syn::Expr;

pub(super) fn parse(cell: &Text) -> Scanned<Expression> {
    match syn::parse_str::<Expr>(&cell.text) {
        Ok(tree) => Ok(Expression {
            text: cell.text.clone(),
            tree,
        }),
        Err(error) => {
            let range = error.span().byte_range();
            let unbalanced = TokenStream::from_str(&cell.text).is_err();
            let label = if unbalanced {
                "brackets or quotes that do not match".to_string()
            } else {
                error.to_string()
            };
            let range = if unbalanced {
                0..cell.text.len()
            } else {
                range
            };
            let end = range
                .end
                .clamp(range.start + 1, cell.text.len().max(range.start + 1));
            let origin = cell.part(range.start..end);
            Err(Diagnostic::error("not an expression").at(&origin, label))
        }
    }
}
