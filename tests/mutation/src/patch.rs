//! What a mutant changes in a generated file, as patches of the original.
//!
//! Both files are parsed, and walked side by side down to the smallest expressions that differ.
//! A patch says which part of the original is replaced while the mutant is active, so that one
//! text can carry all mutants. What no patch can say, because it is not decided at run time, is
//! listed by name: signatures, fields, macros.

use crate::likeness::{method_name, name_of, same, same_set, tokens};
use proc_macro2::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use syn::spanned::Spanned;
use syn::{
    Arm, Block, Expr, File, ImplItem, Item, ItemConst, ItemEnum, ItemFn, ItemImpl, ItemStatic, Pat,
    Stmt, Variant,
};

/// A part of a file that is another while a mutant is active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Patch {
    /// An expression is another one.
    Replace {
        /// The expression.
        range: Range<usize>,
        /// The other.
        with: String,
    },
    /// An arm of a match is not there.
    Disable {
        /// Its pattern, or its guard.
        range: Range<usize>,
        /// Whether that is a guard.
        guard: bool,
        /// The end of the match within its braces, and whether a comma stands there; none if its
        /// last arm takes everything.
        end: Option<(usize, bool)>,
    },
    /// An arm is there.
    Insert {
        /// The start of the match within its braces.
        at: usize,
        /// The pattern.
        pattern: String,
        /// Its guard.
        guard: Option<String>,
        /// The body.
        body: String,
    },
    /// An element of a static array is another one.
    Element {
        /// The array.
        array: String,
        /// Type of its elements.
        of: String,
        /// Which.
        index: usize,
        /// The other.
        with: String,
    },
    /// A constant is another one, or a field of it.
    Constant {
        /// Its name.
        name: String,
        /// Its type.
        of: String,
        /// The field.
        field: Option<String>,
        /// The other.
        with: String,
    },
    /// A function whose signature is another one: for the compiler to judge, not called.
    Probe {
        /// The function, under a name that nothing else has.
        text: String,
    },
}

/// What a mutant changes in a file.
#[derive(Debug, Default)]
pub(crate) struct Patches {
    /// What can be made.
    pub(crate) all: Vec<Patch>,
    /// What cannot.
    pub(crate) rigid: Vec<String>,
}

/// A generated file, parsed.
pub(crate) struct Parsed<'a> {
    text: &'a str,
    file: File,
}

impl<'a> Parsed<'a> {
    /// Parses it.
    pub(crate) fn new(path: &str, text: &'a str) -> Result<Self, String> {
        let file = syn::parse_file(&arms_as_functions(text))
            .map_err(|error| format!("{path}: {error}"))?;
        Ok(Self { text, file })
    }

    /// The parsed file.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }
}

/// A text with each macro that is a match written as a function, all else in its place: the arms of
/// the compact engine are such macros, and are walked as others are.
fn arms_as_functions(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut within = false;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        let other = match bare.strip_prefix("macro_rules! ") {
            Some(name) => {
                within = true;
                format!("fn {}() {{", name.trim_end_matches(" {"))
            }
            None if within && bare.ends_with(":ident) => {") => "{".to_string(),
            None if within && bare == "    };" => "}".to_string(),
            None if within => bare.replace('$', " "),
            None => bare.to_string(),
        };
        within &= bare != "}";
        out += &other;
        out.extend(std::iter::repeat_n(' ', bare.len() - other.len()));
        out += &line[bare.len()..];
    }
    out
}

/// What makes the second file of the first.
pub(crate) fn patch(id: u32, before: &Parsed<'_>, after: &Parsed<'_>) -> Patches {
    let mut walk = Walk {
        id,
        text: after.text,
        patches: Patches::default(),
    };
    walk.items(&before.file.items, &after.file.items);
    walk.patches
}

struct Walk<'a> {
    id: u32,
    /// The mutant's text.
    text: &'a str,
    patches: Patches,
}

impl Walk<'_> {
    fn items(&mut self, before: &[Item], after: &[Item]) {
        for item in after {
            let name = name_of(item);
            match before.iter().find(|other| name_of(other) == name) {
                Some(other) => self.item(other, item),
                None => self.rigid(format!("{name} is new")),
            }
        }
        for item in before {
            let name = name_of(item);
            if !after.iter().any(|other| name_of(other) == name) && !name.starts_with("use ") {
                self.rigid(format!("{name} goes"));
            }
        }
    }

    fn item(&mut self, before: &Item, after: &Item) {
        match (before, after) {
            (Item::Fn(before), Item::Fn(after)) => self.function(before, after),
            (Item::Impl(before), Item::Impl(after)) => self.methods(before, after),
            (Item::Enum(before), Item::Enum(after)) => self.variants(before, after),
            (Item::Static(before), Item::Static(after)) => self.table(before, after),
            (Item::Const(before), Item::Const(after)) => self.constant(before, after),
            (Item::Use(_), _) => {}
            (before, after) if same(before, after) => {}
            (_, after) => self.rigid(name_of(after)),
        }
    }

    fn function(&mut self, before: &ItemFn, after: &ItemFn) {
        if same(&before.sig, &after.sig) {
            return self.block(&before.block, &after.block);
        }
        let name = &after.sig.ident;
        let text = &self.text[range(after.sig.fn_token.span).start..range(after.span()).end];
        let text = text.replacen(&name.to_string(), &format!("{name}__{}", self.id), 1);
        self.patches.all.push(Patch::Probe { text });
        self.rigid(format!("the signature of fn {name}"));
    }

    fn methods(&mut self, before: &ItemImpl, after: &ItemImpl) {
        for item in &after.items {
            let other = before
                .items
                .iter()
                .find(|other| method_name(other) == method_name(item));
            match (other, item) {
                (Some(ImplItem::Fn(before)), ImplItem::Fn(after))
                    if same(&before.sig, &after.sig) =>
                {
                    self.block(&before.block, &after.block);
                }
                (Some(before), after) if same_set(before, after) => {}
                (_, after) => self.rigid(format!(
                    "{} of {}",
                    method_name(after),
                    name_of(&Item::Impl(before.clone()))
                )),
            }
        }
    }

    /// The order of variants says nothing, nor does that of fields; what they are does.
    fn variants(&mut self, before: &ItemEnum, after: &ItemEnum) {
        let fields = |one: &ItemEnum| {
            let of = |variant: &Variant| {
                let fields: BTreeSet<String> = variant.fields.iter().map(tokens).collect();
                (variant.ident.to_string(), fields)
            };
            one.variants.iter().map(of).collect::<BTreeMap<_, _>>()
        };
        if fields(before) != fields(after) {
            self.rigid(format!("the variants of enum {}", after.ident));
        }
    }

    fn table(&mut self, before: &ItemStatic, after: &ItemStatic) {
        if same(before, after) {
            return;
        }
        let rigid = format!("static {}", after.ident);
        let (Expr::Array(old), Expr::Array(new)) = (&*before.expr, &*after.expr) else {
            return self.rigid(rigid);
        };
        let syn::Type::Array(of) = &*after.ty else {
            return self.rigid(rigid);
        };
        if old.elems.len() != new.elems.len() {
            return self.rigid(rigid);
        }
        for (index, (old, new)) in old.elems.iter().zip(&new.elems).enumerate() {
            if !same(old, new) {
                self.patches.all.push(Patch::Element {
                    array: after.ident.to_string(),
                    of: tokens(&of.elem),
                    index,
                    with: self.of(new.span()).to_string(),
                });
            }
        }
    }

    fn constant(&mut self, before: &ItemConst, after: &ItemConst) {
        if same(&before.expr, &after.expr) {
            return;
        }
        let (name, of) = (after.ident.to_string(), tokens(&after.ty));
        let mut push = |field, with: &Expr| {
            self.patches.all.push(Patch::Constant {
                name: name.clone(),
                of: of.clone(),
                field,
                with: self.text[range(with.span())].to_string(),
            });
        };
        match (&*before.expr, &*after.expr) {
            (Expr::Struct(old), Expr::Struct(new)) if old.fields.len() == new.fields.len() => {
                for (old, new) in old.fields.iter().zip(&new.fields) {
                    if !same(old, new) {
                        push(Some(tokens(&new.member)), &new.expr);
                    }
                }
            }
            (_, new) => push(None, new),
        }
    }

    fn block(&mut self, before: &Block, after: &Block) {
        if same(before, after) {
            return;
        }
        if before.stmts.len() != after.stmts.len() {
            return self.rigid("another number of statements".to_string());
        }
        for (before, after) in before.stmts.iter().zip(&after.stmts) {
            match (before, after) {
                (before, after) if same(before, after) => {}
                (Stmt::Expr(before, _), Stmt::Expr(after, _)) => self.expression(before, after),
                (Stmt::Local(before), Stmt::Local(after)) if same(&before.pat, &after.pat) => {
                    match (&before.init, &after.init) {
                        (Some(before), Some(after)) => self.expression(&before.expr, &after.expr),
                        _ => self.rigid("a variable without a value".to_string()),
                    }
                }
                (_, after) => self.rigid(format!("the statement `{}`", tokens(after))),
            }
        }
    }

    fn expression(&mut self, before: &Expr, after: &Expr) {
        match (before, after) {
            (before, after) if same(before, after) => {}
            (Expr::Match(old), Expr::Match(new)) if same(&old.expr, &new.expr) => {
                let braces = old.brace_token.span;
                let inner = range(braces.open()).end..range(braces.close()).start;
                self.arms(&old.arms, &new.arms, inner);
            }
            (Expr::Block(old), Expr::Block(new)) if alike(&old.block, &new.block) => {
                self.block(&old.block, &new.block);
            }
            (Expr::Loop(old), Expr::Loop(new)) => self.block(&old.body, &new.body),
            (Expr::Call(old), Expr::Call(new))
                if same(&old.func, &new.func) && old.args.len() == new.args.len() =>
            {
                for (old, new) in old.args.iter().zip(&new.args) {
                    self.expression(old, new);
                }
            }
            (before, after) => self.patches.all.push(Patch::Replace {
                range: range(before.span()),
                with: self.of(after.span()).to_string(),
            }),
        }
    }

    fn arms(&mut self, before: &[Arm], after: &[Arm], inner: Range<usize>) {
        let by_pattern = |arms| -> BTreeMap<String, &Arm> {
            <[Arm]>::iter(arms)
                .map(|arm| (tokens(&arm.pat), arm))
                .collect()
        };
        let (old, new) = (by_pattern(before), by_pattern(after));
        for arm in after {
            match old.get(&tokens(&arm.pat)) {
                Some(other) => self.expression(&other.body, &arm.body),
                None => {
                    let (pattern, guard) = split(&arm.pat);
                    self.patches.all.push(Patch::Insert {
                        at: inner.start,
                        pattern: self.of(pattern.span()).to_string(),
                        guard: guard.map(|guard| self.of(guard.span()).to_string()),
                        body: self.of(arm.body.span()).to_string(),
                    });
                }
            }
        }
        let open = before.last().filter(|arm| !matches!(arm.pat, Pat::Wild(_)));
        let open = open.map(|arm| (inner.end, arm.comma.is_some()));
        for arm in before {
            if !new.contains_key(&tokens(&arm.pat)) {
                let (pattern, guard) = split(&arm.pat);
                self.patches.all.push(Patch::Disable {
                    range: range(guard.map_or(pattern.span(), Spanned::span)),
                    guard: guard.is_some(),
                    end: open,
                });
            }
        }
    }

    fn of(&self, span: Span) -> &str {
        &self.text[range(span)]
    }

    fn rigid(&mut self, what: String) {
        self.patches.rigid.push(what);
    }
}

fn split(pattern: &Pat) -> (&Pat, Option<&Expr>) {
    match pattern {
        Pat::Guard(guarded) => (&guarded.pat, Some(&guarded.guard)),
        plain => (plain, None),
    }
}

fn alike(before: &Block, after: &Block) -> bool {
    let kinds =
        |block: &Block| -> Vec<_> { block.stmts.iter().map(std::mem::discriminant).collect() };
    kinds(before) == kinds(after)
        && before.stmts.iter().zip(&after.stmts).all(|two| match two {
            (Stmt::Local(before), Stmt::Local(after)) => same(&before.pat, &after.pat),
            (Stmt::Macro(before), Stmt::Macro(after)) => same(before, after),
            _ => true,
        })
}

/// The place of a span in its text.
pub(crate) fn range(span: Span) -> Range<usize> {
    span.byte_range()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arms_in_macros_are_patched() {
        let file = |arms: &str| {
            format!(
                "macro_rules! arms {{\n    ($a:ident, $b:ident) => {{\n        match $a {{\n{arms}        }}\n    }};\n}}\n\npub(crate) use arms;\n"
            )
        };
        let (before, after) = (
            file("            0x6A => check!($b.add()),\n            _ => astray!(),\n"),
            file("            0x6B => check!($b.add()),\n            _ => astray!(),\n"),
        );
        let parsed = |text| Parsed::new("arms.rs", text);
        let (Ok(old), Ok(new)) = (parsed(&before), parsed(&after)) else {
            panic!("not Rust");
        };
        let Patches { all, rigid } = patch(1, &old, &new);
        assert!(rigid.is_empty(), "{rigid:?}");
        let [
            Patch::Insert { pattern, body, .. },
            Patch::Disable { range, .. },
        ] = &all[..]
        else {
            panic!("{all:?}");
        };
        assert_eq!((&**pattern, &**body), ("0x6B", "check!($b.add())"));
        assert_eq!(&before[range.clone()], "0x6A");
    }
}
