//! One text for all mutants: a generated file with the patches of each.
//!
//! What belongs to a mutant stands on lines of its own behind `/*mutant 17*/`, so that an error of
//! the compiler says which one it cannot make.

use crate::patch::{Parsed, Patch, range};
use proc_macro2::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::Range;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, ExprIndex, ExprMethodCall};

/// The mark of a mutant's lines.
pub(crate) const MARK: &str = "/*mutant ";

/// A file with the patches of all mutants.
pub(crate) fn merge(path: &str, text: &str, patches: &[(u32, Patch)]) -> Result<String, String> {
    let mut edits = Edits::default();
    let mut more = String::new();
    for (id, patch) in patches {
        match patch {
            Patch::Replace { range, with } => {
                edits.replace(range).push((*id, with.clone()));
            }
            Patch::Disable { range, guard, end } => {
                edits
                    .disabled
                    .entry((range.start, range.end, *guard))
                    .or_default()
                    .insert(*id);
                edits.open.extend(*end);
            }
            Patch::Insert {
                at,
                pattern,
                guard,
                body,
            } => {
                let guard = guard.as_ref().map(|guard| format!(" && ({guard})"));
                let guard = guard.unwrap_or_default();
                let arm = format!("{pattern} if {ACTIVE} == {id}{guard} => {{ {body} }}");
                edits.inserted.entry(*at).or_default().push((*id, arm));
            }
            Patch::Element { .. } | Patch::Constant { .. } => {}
            Patch::Probe { text } => {
                let _ = write!(more, "\n{}\n#[allow(dead_code)] {text}\n{END}\n", mark(*id));
            }
        }
    }
    more += &elements(path, text, patches, &mut edits)?;
    more += &constants(patches);
    Ok(edits.apply(text, 0..text.len()) + &more)
}

/// The name of the function that gives a constant as the active mutant has it.
pub(crate) fn accessor(name: &str) -> String {
    format!("{}__now", name.to_lowercase())
}

const ACTIVE: &str = "crate::mutant::active()";
const END: &str = "/*end*/";

fn mark(id: u32) -> String {
    format!("{MARK}{id}*/")
}

/// An expression, and what it is for which mutants.
type Replaced = (Range<usize>, Vec<(u32, String)>);

#[derive(Default)]
struct Edits {
    replaced: Vec<Replaced>,
    disabled: BTreeMap<(usize, usize, bool), BTreeSet<u32>>,
    inserted: BTreeMap<usize, Vec<(u32, String)>>,
    open: BTreeSet<(usize, bool)>,
    /// Text for text, whatever the mutant.
    fixed: Vec<(Range<usize>, String)>,
}

impl Edits {
    fn replace(&mut self, range: &Range<usize>) -> &mut Vec<(u32, String)> {
        let at = match self.replaced.iter().position(|(other, _)| other == range) {
            Some(at) => at,
            None => {
                self.replaced.push((range.clone(), Vec::new()));
                self.replaced.len() - 1
            }
        };
        &mut self.replaced[at].1
    }

    /// The text of a range, with all edits within.
    fn apply(&self, text: &str, within: Range<usize>) -> String {
        let mut out = String::new();
        let mut at = within.start;
        // From where on arms may be added: what takes no text would be found again.
        let mut arms = at;
        while let Some((start, edit)) = self.next(at, arms, &within) {
            out += &text[at..start];
            at = self.one(text, &mut out, start, edit);
            arms = at.max(start + 1);
        }
        out += &text[at..within.end];
        out
    }

    /// The first edit from here on; the widest, if several begin there.
    fn next(&self, at: usize, arms: usize, within: &Range<usize>) -> Option<(usize, Next<'_>)> {
        let inside =
            |range: &Range<usize>| range.start >= at && range.end <= within.end && range != within;
        let replaced = self.replaced.iter().filter(|(range, _)| inside(range));
        let replaced = replaced
            .min_by_key(|(range, _)| (range.start, usize::MAX - range.end))
            .map(|(range, with)| (range.start, Next::Replace(range.clone(), with)));
        let fixed = self.fixed.iter().filter(|(range, _)| inside(range));
        let fixed = fixed
            .min_by_key(|(range, _)| range.start)
            .map(|(range, with)| (range.start, Next::Fixed(range.clone(), with)));
        let disabled = self
            .disabled
            .range((at, 0, false)..)
            .next()
            .filter(|((_, end, _), _)| *end <= within.end)
            .map(|((start, end, guard), ids)| (*start, Next::Disable(*start..*end, *guard, ids)));
        let inserted = self
            .inserted
            .range(arms..within.end.max(arms))
            .next()
            .map(|(at, arms)| (*at, Next::Insert(arms)));
        let open = self
            .open
            .range((arms, false)..(within.end.max(arms), false))
            .next()
            .map(|(at, comma)| (*at, Next::Open(*comma)));
        let all = [inserted, open, replaced, fixed, disabled];
        all.into_iter().flatten().min_by_key(|(start, _)| *start)
    }

    /// Writes one edit; the place behind it.
    fn one(&self, text: &str, out: &mut String, start: usize, edit: Next<'_>) -> usize {
        match edit {
            Next::Replace(range, others) => {
                let _ = write!(out, "(match {ACTIVE} {{");
                for (id, with) in others {
                    let _ = write!(out, "\n{} {id} => {{ {with} }}\n{END}", mark(*id));
                }
                let own = self.apply(text, range.clone());
                let _ = write!(out, " _ => {{ {own} }} }})");
                range.end
            }
            Next::Fixed(range, with) => {
                out.push_str(with);
                range.end
            }
            Next::Disable(range, guard, ids) => {
                let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
                let active = format!("!matches!({ACTIVE}, {})", ids.join(" | "));
                let own = &text[range.clone()];
                let _ = match guard {
                    true => write!(out, "({own}) && {active}"),
                    false => write!(out, "{own} if {active}"),
                };
                range.end
            }
            Next::Insert(arms) => {
                for (id, arm) in arms {
                    let _ = write!(out, "\n{} {arm}\n{END}", mark(*id));
                }
                start
            }
            Next::Open(comma) => {
                let _ = write!(out, "{} {OPEN}", if comma { "" } else { "," });
                start
            }
        }
    }
}

/// For a mutant that lacks an arm.
const OPEN: &str = "_ => panic!(\"no arm\"), ";

enum Next<'a> {
    Replace(Range<usize>, &'a [(u32, String)]),
    Fixed(Range<usize>, &'a str),
    Disable(Range<usize>, bool, &'a BTreeSet<u32>),
    Insert(&'a [(u32, String)]),
    Open(bool),
}

/// Functions that look up static arrays, and their calls in place of the index.
fn elements(
    path: &str,
    text: &str,
    patches: &[(u32, Patch)],
    edits: &mut Edits,
) -> Result<String, String> {
    let mut arrays = BTreeMap::<&str, (&str, Vec<(u32, usize, &str)>)>::new();
    for (id, patch) in patches {
        if let Patch::Element {
            array,
            of,
            index,
            with,
        } = patch
        {
            let (_, all) = arrays.entry(array).or_insert((of, Vec::new()));
            all.push((*id, *index, with));
        }
    }
    let mut more = String::new();
    for (array, (of, others)) in &arrays {
        let parsed = Parsed::new(path, text)?;
        let mut uses = Uses {
            array,
            found: Vec::new(),
        };
        uses.visit_file(parsed.file());
        if uses.found.is_empty() {
            return Err(format!("{path}: nothing looks up `{array}`"));
        }
        for Use {
            whole,
            index,
            checked,
        } in uses.found
        {
            let (index, accessor) = (&text[index], accessor(array));
            let call = match checked {
                true => format!("{array}.get({index}).map(|_| {accessor}({index}))"),
                false => format!("(*{accessor}({index}))"),
            };
            edits.fixed.push((whole, call));
        }
        let _ = write!(
            more,
            "\nconst fn {}(index: usize) -> &'static {of} {{ match ({ACTIVE}, index) {{",
            accessor(array)
        );
        for (id, index, with) in others {
            let _ = write!(
                more,
                "\n{} ({id}, {index}) => {{ const OTHER: {of} = {with}; &OTHER }}\n{END}",
                mark(*id)
            );
        }
        let _ = writeln!(more, " _ => &{array}[index] }} }}");
    }
    Ok(more)
}

/// Where an array is looked up.
struct Uses<'a> {
    array: &'a str,
    found: Vec<Use>,
}

/// A place where an array is looked up.
struct Use {
    whole: Range<usize>,
    index: Range<usize>,
    /// By `get`.
    checked: bool,
}

impl Uses<'_> {
    fn add(&mut self, whole: Span, array: &Expr, index: &Expr, checked: bool) {
        if matches!(array, Expr::Path(path) if path.path.is_ident(self.array)) {
            self.found.push(Use {
                whole: range(whole),
                index: range(index.span()),
                checked,
            });
        }
    }
}

impl Visit<'_> for Uses<'_> {
    fn visit_expr_index(&mut self, node: &ExprIndex) {
        self.add(node.span(), &node.expr, &node.index, false);
        visit::visit_expr_index(self, node);
    }

    fn visit_expr_method_call(&mut self, node: &ExprMethodCall) {
        if let (true, Some(index)) = (node.method == "get", node.args.first()) {
            self.add(node.span(), &node.receiver, index, true);
        }
        visit::visit_expr_method_call(self, node);
    }
}

/// Functions that give constants.
fn constants(patches: &[(u32, Patch)]) -> String {
    let mut constants = BTreeMap::<&str, (&str, String)>::new();
    for (id, patch) in patches {
        if let Patch::Constant {
            name,
            of,
            field,
            with,
        } = patch
        {
            let (_, arms) = constants.entry(name).or_insert((of, String::new()));
            let other = match field {
                Some(field) => {
                    format!("{{ let mut other = {name}; other.{field} = {with}; other }}")
                }
                None => format!("{{ {with} }}"),
            };
            let _ = write!(arms, "\n{} {id} => {other}\n{END}", mark(*id));
        }
    }
    let function = |(name, (of, arms)): (&&str, &(&str, String))| {
        format!(
            "\n#[allow(dead_code)] pub(crate) const fn {}() -> {of} {{ match {ACTIVE} {{{arms} _ => {name} }} }}\n",
            accessor(name)
        )
    };
    constants.iter().map(function).collect()
}
