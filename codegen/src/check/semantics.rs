//! Whether `do` keeps to the language of the tables, uses what the row has, and cannot panic.
//!
//! A cell is one Rust expression that rustc will type. What rustc would accept and must not be
//! there is refused here: calls of anything but primitives, operators that panic, loops and blocks,
//! operands that are never used. The language is described in `spec/README.md`.

use super::{Context, place};
use crate::diag::Diagnostic;
use crate::model::{Immediate, NumberType, Op, Origin, TypeItem, bare};
use std::ops::Range;
use syn::spanned::Spanned;
use syn::{BinOp, Block, Expr, ExprBinary, ExprMethodCall, Stmt, UnOp};

const OPERANDS: [&str; 4] = ["a", "b", "c", "d"];

pub(super) fn check(context: &mut Context<'_>) {
    for op in context.model.ops.iter().filter(|op| !op.broken) {
        let Some(expression) = op.expression() else {
            continue;
        };
        let mut walk = Walk {
            op,
            cell: op.cell("do"),
            used: Vec::new(),
            report: Vec::new(),
        };
        walk.expression(&expression.tree);
        let Walk {
            used, mut report, ..
        } = walk;
        if report.is_empty() {
            report = unused(context, op, &used);
        }
        context.report.extend(report);
    }
}

/// Operands and immediates that the meaning leaves out.
fn unused(context: &Context<'_>, op: &Op, used: &[String]) -> Vec<Diagnostic> {
    let operands = OPERANDS
        .iter()
        .take(op.params().len())
        .map(|name| ("operand", name.to_string()));
    let in_type = |immediate: &&Immediate| {
        let text = context.tree.get(&op.origin.file).unwrap_or_default();
        let cell = op
            .cells
            .iter()
            .find(|(column, _)| column == "type")
            .map(|(_, cell)| cell);
        let cell = cell
            .and_then(|cell| text.get(cell.start..cell.end))
            .unwrap_or_default();
        cell.split(|letter: char| !letter.is_alphanumeric())
            .any(|word| word == immediate.name)
    };
    let immediates = op.immediates.iter().filter(|immediate| !in_type(immediate));
    let immediates = immediates.map(|immediate| ("immediate", immediate.name.clone()));
    let left = operands
        .chain(immediates)
        .filter(|(_, name)| !used.contains(name));
    left.map(|(what, name)| {
        let message = format!("{what} `{name}` of `{}` is never used", op.key);
        Diagnostic::error(message).at(op.cell("do"), format!("does not mention `{name}`"))
    })
    .collect()
}

struct Walk<'a> {
    op: &'a Op,
    cell: &'a Origin,
    used: Vec<String>,
    report: Vec<Diagnostic>,
}

impl Walk<'_> {
    fn expression(&mut self, expression: &Expr) {
        match expression {
            Expr::Lit(_) => {}
            Expr::Paren(node) => self.expression(&node.expr),
            Expr::Group(node) => self.expression(&node.expr),
            Expr::Cast(node) => self.expression(&node.expr),
            Expr::Try(node) => self.expression(&node.expr),
            Expr::Index(node) => [&node.expr, &node.index]
                .into_iter()
                .for_each(|part| self.expression(part)),
            Expr::Path(node) => {
                if let Some(name) = node.path.get_ident() {
                    self.name(&name.to_string(), node.span().byte_range());
                }
            }
            Expr::Call(node) => {
                match bare(&node.func) {
                    Expr::Path(path) if path.path.get_ident().is_some() => self.bare_call(path),
                    Expr::Path(_) => {}
                    other => self.refuse(other, "a computed function"),
                }
                node.args
                    .iter()
                    .for_each(|argument| self.expression(argument));
            }
            Expr::MethodCall(node) => {
                self.access(node);
                self.expression(&node.receiver);
                node.args
                    .iter()
                    .for_each(|argument| self.expression(argument));
            }
            Expr::Binary(node) => {
                self.binary(node);
                [&node.left, &node.right]
                    .into_iter()
                    .for_each(|part| self.expression(part));
            }
            Expr::Unary(node) => {
                let literal = matches!(bare(&node.expr), Expr::Lit(_));
                match node.op {
                    UnOp::Not(_) => {}
                    UnOp::Neg(_) if literal || self.is_float(&node.expr) => {}
                    UnOp::Neg(_) => self.raw("-", "wrapping_neg", node.span().byte_range()),
                    _ => self.refuse(expression, "a dereference"),
                }
                self.expression(&node.expr);
            }
            Expr::If(node) => {
                self.expression(&node.cond);
                self.branch(&node.then_branch);
                match &node.else_branch {
                    Some((_, other)) => match &**other {
                        Expr::Block(block) => self.branch(&block.block),
                        other => self.expression(other),
                    },
                    None => self.refuse(expression, "an `if` without `else`"),
                }
            }
            other => self.refuse(other, noun(other)),
        }
    }

    fn branch(&mut self, block: &Block) {
        match &block.stmts[..] {
            [Stmt::Expr(value, None)] => self.expression(value),
            _ => self.refuse(block, "a block of statements"),
        }
    }

    fn name(&mut self, name: &str, range: Range<usize>) {
        let operands = &OPERANDS[..self.op.params().len().min(OPERANDS.len())];
        if operands.contains(&name) || self.op.immediate(name).is_some() {
            return self.used.push(name.to_string());
        }
        let count = [
            "no operands",
            "one operand",
            "two operands",
            "three operands",
            "four operands",
        ];
        let mut label = count[operands.len()].to_string();
        if !operands.is_empty() {
            label = format!("{label}: {}", operands.join(", "));
        }
        let message = format!("`{name}` is not an operand of `{}`", self.op.key);
        self.report
            .push(Diagnostic::error(message).at(&self.at(range), label));
    }

    fn bare_call(&mut self, path: &syn::ExprPath) {
        let name = path
            .path
            .get_ident()
            .map(ToString::to_string)
            .unwrap_or_default();
        let error = Diagnostic::error(format!("`{name}` is no primitive"));
        let error = error.at(
            &self.at(path.span().byte_range()),
            "expected `<module>::<function>`",
        );
        self.report
            .push(error.help("write the function in runtime/src/num/ and name its module"));
    }

    /// Loads and stores move as many bytes as the immediate says.
    fn access(&mut self, node: &ExprMethodCall) {
        let Expr::Path(receiver) = bare(&node.receiver) else {
            return;
        };
        let Some(name) = receiver.path.get_ident().map(ToString::to_string) else {
            return;
        };
        let Some(immediate) = self.op.immediate(&name) else {
            return;
        };
        let scalar = node
            .turbofish
            .as_ref()
            .and_then(|turbofish| turbofish.args.first());
        let Some(syn::GenericArgument::Type(syn::Type::Path(scalar))) = scalar else {
            return;
        };
        let scalar = scalar
            .path
            .get_ident()
            .map(ToString::to_string)
            .unwrap_or_default();
        let bits = scalar.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        let Ok(bytes) = bits.parse::<u32>().map(|bits| bits / 8) else {
            return;
        };
        if !immediate.kind.is_accessor() || immediate.number == Some(bytes) {
            return;
        }
        let verb = format!("{}s", node.method);
        let plural = if bytes == 1 { "" } else { "s" };
        let alignment = immediate.number.unwrap_or_default();
        let message = format!(
            "`{}` {verb} {bytes} byte{plural} but its alignment is memarg<{alignment}>",
            self.op.key
        );
        let error =
            Diagnostic::error(message).at(self.op.cell("imm"), format!("expected memarg<{bytes}>"));
        let place = self.at(node.method.span().byte_range());
        self.report
            .push(error.with(&place, format!("`{name}.{}::<{scalar}>`", node.method)));
    }

    fn binary(&mut self, node: &ExprBinary) {
        let (sign, instead) = match node.op {
            BinOp::Add(_) => ("+", "wrapping_add"),
            BinOp::Sub(_) => ("-", "wrapping_sub"),
            BinOp::Mul(_) => ("*", "wrapping_mul"),
            BinOp::Div(_) => ("/", "int::div_s(a, b)?"),
            BinOp::Rem(_) => ("%", "int::rem_s(a, b)?"),
            BinOp::Shl(_) => ("<<", "wrapping_shl"),
            BinOp::Shr(_) => (">>", "wrapping_shr"),
            BinOp::AddAssign(_) | BinOp::SubAssign(_) | BinOp::MulAssign(_) => {
                return self.refuse(node, "an assignment");
            }
            _ => return,
        };
        let shift = matches!(node.op, BinOp::Shl(_) | BinOp::Shr(_));
        if shift || !(self.is_float(&node.left) || self.is_float(&node.right)) {
            self.raw(sign, instead, node.op.span().byte_range());
        }
    }

    fn raw(&mut self, sign: &str, instead: &str, range: Range<usize>) {
        let error = Diagnostic::error(format!("`{sign}` on integers can panic"));
        let error = error.at(&self.at(range), "raw arithmetic");
        self.report.push(error.help(format!(
            "use `{instead}`, or a primitive of runtime/src/num/int.rs"
        )));
    }

    /// Whether an expression is surely a float.
    fn is_float(&self, expression: &Expr) -> bool {
        match bare(expression) {
            Expr::Path(path) => {
                let name = path
                    .path
                    .get_ident()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                let operand = OPERANDS.iter().position(|operand| *operand == name);
                let item = operand.and_then(|place| self.op.params().get(place));
                let immediate = self.op.immediate(&name);
                item.and_then(TypeItem::number)
                    .is_some_and(NumberType::is_float)
                    || immediate.is_some_and(|immediate| immediate.kind.is_float())
            }
            Expr::Cast(cast) => {
                matches!(&*cast.ty, syn::Type::Path(path) if path.path.is_ident("f32") || path.path.is_ident("f64"))
            }
            Expr::Unary(unary) => self.is_float(&unary.expr),
            Expr::Binary(binary) => self.is_float(&binary.left) || self.is_float(&binary.right),
            _ => false,
        }
    }

    fn refuse(&mut self, node: &impl Spanned, what: &str) {
        let error = Diagnostic::error(format!("{what} is not an expression of the table language"));
        let error = error.at(&self.at(node.span().byte_range()), "not here");
        self.report.push(
            error.help("move it to a function in runtime/src/num/ and call that, or use `hand`"),
        );
    }

    /// A range of the expression as a place in the file; the cell begins with a quote.
    fn at(&self, range: Range<usize>) -> Origin {
        place::part(self.cell, range.start + 1..range.end + 1)
    }
}

fn noun(expression: &Expr) -> &'static str {
    match expression {
        Expr::Block(_) | Expr::Unsafe(_) => "a block",
        Expr::Closure(_) => "a closure",
        Expr::Macro(_) => "a macro",
        Expr::Match(_) => "a `match`",
        Expr::While(_) | Expr::ForLoop(_) | Expr::Loop(_) => "a loop",
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => "a jump",
        Expr::Assign(_) => "an assignment",
        Expr::Reference(_) => "a borrow",
        Expr::Field(_) => "a field",
        Expr::Tuple(_) | Expr::Array(_) | Expr::Struct(_) | Expr::Repeat(_) => "a compound value",
        _ => "this",
    }
}
