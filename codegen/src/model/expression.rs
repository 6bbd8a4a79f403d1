//! The column `do` and what its tree says.
//!
//! The tree is that of syn; emitters put it into generated code as it is. A comparison can give its
//! condition alone, without the conversion to `i32`, so that branches need no number between.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{BinOp, Expr, UnOp};

/// The column `do`.
#[derive(Clone, Debug)]
pub struct Expression {
    /// As written.
    pub text: String,
    /// Parsed.
    pub tree: Expr,
}

impl Expression {
    /// The expression as code.
    pub fn tokens(&self) -> TokenStream {
        self.tree.to_token_stream()
    }

    /// The condition in `condition as i32`: code of type `bool`.
    pub fn condition(&self) -> Option<&Expr> {
        let Expr::Cast(cast) = bare(&self.tree) else {
            return None;
        };
        let condition = bare(&cast.expr);
        (is_type(&cast.ty, "i32") && is_truth(condition)).then_some(condition)
    }
}

/// What the tree of a `do` cell says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Contains `?`.
    pub may_trap: bool,
    /// Calls `m.load`.
    pub loads: bool,
    /// Calls `m.store`.
    pub stores: bool,
    /// A comparison or test cast to `i32`: [`Expression::condition`] is the `bool`.
    pub truth: bool,
    /// Neither traps nor touches memory.
    pub pure_: bool,
    /// Key of the row with the negated condition.
    pub negation: Option<String>,
    /// Key of the row that gives the same with its two operands swapped.
    pub swapped: Option<String>,
    /// Key of the row that gives the same where its second operand is zero.
    pub with_zero: Option<String>,
    /// Primitives called, such as `int::div_s`.
    pub primitives: Vec<String>,
    /// Names that stand alone: operands and immediates.
    pub names: Vec<String>,
}

/// An expression without the parentheses around it.
pub fn bare(expression: &Expr) -> &Expr {
    match expression {
        Expr::Paren(paren) => bare(&paren.expr),
        Expr::Group(group) => bare(&group.expr),
        other => other,
    }
}

fn is_type(ty: &syn::Type, name: &str) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.is_ident(name))
}

/// Comparisons, `!`, and methods and primitives that are called `is_…`.
fn is_truth(expression: &Expr) -> bool {
    match expression {
        Expr::Binary(binary) => is_comparison(&binary.op),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Not(_)),
        Expr::MethodCall(call) => call.method.to_string().starts_with("is_"),
        Expr::Call(call) => match bare(&call.func) {
            Expr::Path(path) => path
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident.to_string().starts_with("is_")),
            _ => false,
        },
        _ => false,
    }
}

/// Whether an operator yields a `bool`.
pub fn is_comparison(operator: &BinOp) -> bool {
    use BinOp::{And, Eq, Ge, Gt, Le, Lt, Ne, Or};
    matches!(
        operator,
        Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_) | And(_) | Or(_)
    )
}
