//! What the trees of `do` cells say, alone and about each other.
//!
//! Whether a row may trap, touches memory, or gives a truth value decides which handlers and which
//! fused pairs it can have. The tables do not state it a second time: it follows from the
//! expression.

use crate::model::{Expression, Facts, NumberType, Op, TypeItem, bare};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Expr, ExprBinary, ExprMethodCall, ExprPath, ExprTry};

/// The facts of one expression.
pub(super) fn of(expression: &Expression) -> Facts {
    let mut facts = Facts {
        truth: expression.condition().is_some(),
        ..Facts::default()
    };
    Walk(&mut facts).visit_expr(&expression.tree);
    facts.pure_ = !(facts.may_trap || facts.loads || facts.stores);
    facts
}

struct Walk<'a>(&'a mut Facts);

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_expr_try(&mut self, node: &'ast ExprTry) {
        self.0.may_trap = true;
        visit::visit_expr_try(self, node);
    }

    fn visit_expr_method_call(&mut self, node: &'ast ExprMethodCall) {
        if matches!(bare(&node.receiver), Expr::Path(path) if path.path.is_ident("m")) {
            match node.method.to_string().as_str() {
                "load" => self.0.loads = true,
                "store" => self.0.stores = true,
                _ => (self.0.loads, self.0.stores) = (true, true),
            }
        }
        visit::visit_expr_method_call(self, node);
    }

    fn visit_expr_path(&mut self, node: &'ast ExprPath) {
        match node.path.get_ident() {
            Some(name) => add(&mut self.0.names, name.to_string()),
            None => self.0.primitives.extend(primitive(node)),
        }
    }
}

/// A path into `runtime/src/num`, such as `int::div_s`; `u32::MAX` and `Ref::NULL` are not.
fn primitive(node: &ExprPath) -> Option<String> {
    let words: Vec<String> = node
        .path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    let module = words.first()?;
    let numeric = module.starts_with(['i', 'u', 'f']) && module[1..].parse::<u32>().is_ok();
    (!numeric && module.starts_with(|first: char| first.is_ascii_lowercase()))
        .then(|| words.join("::"))
}

fn add(list: &mut Vec<String>, word: String) {
    if !list.contains(&word) {
        list.push(word);
    }
}

/// Finds which rows are each other's negation, or the same with swapped operands, or with zero for one.
pub(super) fn relate(ops: &mut [Op]) {
    let rows = ops.iter().enumerate();
    let comparisons: Vec<_> = rows
        .filter_map(|(row, op)| Comparison::of(row, op))
        .collect();
    for comparison in &comparisons {
        let like = |operator: &str| {
            let found = comparisons
                .iter()
                .find(|other| other.is_like(comparison, operator));
            found.map(|other| ops[other.row].key.clone())
        };
        let negation = negated(comparison).and_then(like);
        let swapped = mirrored(&comparison.operator).and_then(like);
        let test = ops.iter().find(|op| comparison.is_test(op));
        let with_zero = test.map(|op| op.key.clone());
        let facts = &mut ops[comparison.row].facts;
        (facts.negation, facts.swapped, facts.with_zero) = (negation, swapped, with_zero);
    }
}

/// `(left operator right) as i32` where the left side is made of `a`, and the right one likewise
/// of `b`.
struct Comparison {
    row: usize,
    operator: String,
    left: String,
    /// Types of the operands.
    params: Vec<TypeItem>,
}

impl Comparison {
    fn of(row: usize, op: &Op) -> Option<Comparison> {
        let Expr::Binary(ExprBinary {
            left,
            op: operator,
            right,
            ..
        }) = op.expression()?.condition()?
        else {
            return None;
        };
        let left = bare(left).to_token_stream().to_string();
        let right = bare(right).to_token_stream().to_string();
        let mirrored = |word: &str| {
            if word == "a" {
                "b".to_string()
            } else {
                word.to_string()
            }
        };
        let expected: Vec<String> = left.split(' ').map(mirrored).collect();
        let operator = operator.to_token_stream().to_string();
        let params = op.params().to_vec();
        (right == expected.join(" ")).then_some(Comparison {
            row,
            operator,
            left,
            params,
        })
    }

    /// Whether a row is `(left operator 0) as i32`, and its operand of the same type.
    fn is_test(&self, op: &Op) -> bool {
        let Some(Expr::Binary(test)) = op.expression().and_then(Expression::condition) else {
            return false;
        };
        let says = [&*test.left, &*test.right].map(|side| bare(side).to_token_stream().to_string());
        says == [self.left.as_str(), "0"]
            && test.op.to_token_stream().to_string() == self.operator
            && matches!(op.params(), [param] if self.params.first() == Some(param))
    }

    fn is_like(&self, other: &Comparison, operator: &str) -> bool {
        self.operator == operator && self.left == other.left && self.params == other.params
    }
}

/// The operator that is true when this one is false; floats are not ordered totally.
fn negated(comparison: &Comparison) -> Option<&'static str> {
    let is_float = |item: &TypeItem| item.number().is_some_and(NumberType::is_float);
    let total = !comparison.params.iter().any(is_float);
    match comparison.operator.as_str() {
        "==" => Some("!="),
        "!=" => Some("=="),
        "<" if total => Some(">="),
        ">=" if total => Some("<"),
        ">" if total => Some("<="),
        "<=" if total => Some(">"),
        _ => None,
    }
}

/// The operator that says the same with its sides swapped.
fn mirrored(operator: &str) -> Option<&'static str> {
    match operator {
        "==" => Some("=="),
        "!=" => Some("!="),
        "<" => Some(">"),
        ">" => Some("<"),
        "<=" => Some(">="),
        ">=" => Some("<="),
        _ => None,
    }
}
