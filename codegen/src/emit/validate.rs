//! `woven/validate.rs`: the rules of each instruction, from `type`, `where` and `check`.
//!
//! A rule whose operands are single types becomes one call of `v.signature`; lists (`params(f)`,
//! `label(l)`) are popped and pushed one after the other. The local `tx` holds what the immediate
//! `x` refers to. Each rule stands twice: in `step`, for an instruction that was read before, and in
//! `next`, where the instruction is read.

use super::Source;
use super::decode;
use super::regular::is_regular;
use super::source::aligned;
use super::wire;
use crate::model::{
    Argument, Heap, Immediate, ImmediateKind, Model, Op, Predicate, Signature, TypeItem,
};
use crate::names::{constant, function, ident, variant};
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/instructions/, spec/proposals.toml",
        "The rules of each instruction.",
    );
    let needs = model
        .ops
        .iter()
        .any(|op| op.code.prefix.is_none() && op.needs.is_some());
    let capability = needs.then(|| quote! { use crate::capability::{self, available}; });
    let error_code = needs.then(|| quote! { use crate::generated::facts::error_code::ErrorCode; });
    let prefixes: Vec<_> = decode::prefixes(model)
        .into_iter()
        .map(|prefix| ident(&decode::behind(prefix)))
        .collect();
    source.item(quote! {
        #capability
        #error_code
        use super::decode::{#(#prefixes),*};
        use super::instruction::Instruction::{self, *};
        use crate::generated::facts::proposal::Proposal;
        use crate::profile::Gate;
        use crate::read::opcode::unknown;
        use crate::read::{Reader, immediate};
        use crate::reject::Reject;
        use crate::types::ValType;
        use crate::validate::type_fn::*;
        use crate::validate::validator::Validator;
        use crate::validate::{Storage, check, predicate};
    });
    for name in values(model) {
        let (short, name) = (ident(&constant(&name)), ident(&constant(&name)));
        source.item(quote! { const #short: ValType = ValType::#name; });
    }
    let (behind, plain): (Vec<&Op>, Vec<&Op>) =
        model.ops.iter().partition(|op| op.code.prefix.is_some());
    source.line(
        "/// Applies the rules of one instruction; without `REGULAR` of one that is not in `regular`.",
    );
    source.line("#[cfg_attr(not(small), inline(always))]");
    source.line("#[cfg_attr(small, inline(never))]");
    source.line("#[rustfmt::skip]");
    source.line("pub(crate) fn step<const REGULAR: bool, G: Gate, S: Storage>(");
    let rows = plain.iter().map(|op| {
        vec![
            head(model, op),
            format!("{}=> {},", guard(model, op), block(&rule(model, op))),
        ]
    });
    let incomplete = |op: &&&Op| is_regular(model, op) || !guard(model, op).is_empty();
    let other = match (behind.is_empty(), plain.iter().any(|op| incomplete(&op))) {
        (false, _) => Some("behind_prefix(v, instruction)"),
        (true, true) => Some("Ok(())"),
        (true, false) => None,
    };
    judge(&mut source, &rows.collect::<Vec<_>>(), other);
    if !behind.is_empty() {
        source.line("/// Of one that has a prefix. They are many, and `step` becomes part of each pass: compilers take");
        source.line("/// much longer than in proportion for functions of this length.");
        source.line("#[cfg_attr(not(small), inline(never))]");
        source.line("#[rustfmt::skip]");
        source.line("fn behind_prefix<G: Gate, S: Storage>(");
        judge(
            &mut source,
            &rules_in_common(model, &behind),
            Some("Ok(())"),
        );
    }
    next(&mut source, model, &plain);
    source.item(constants(model));
    source
}

/// The offset of the instruction; `at` is a function of the column `type`.
const AT: &str = "v.at";

/// The function that reads an instruction and applies its rules where it is read.
fn next(source: &mut Source, model: &Model, plain: &[&Op]) {
    source.line("/// Reads one instruction and applies its rules, with one jump for both.");
    source.line("#[inline(always)]");
    source.line("#[rustfmt::skip]");
    source.line("pub(crate) fn next<'a, G: Gate, S: Storage>(");
    source.line("    v: &mut Validator<'_, G, S>,");
    source.line("    r: &mut Reader<'a>,");
    source.line(") -> Result<Instruction<'a>, Reject> {");
    source.line("    let gate = v.gate;");
    source.line("    Ok(match r.u8()? {");
    let mut arms: Vec<(u32, Vec<String>)> = plain
        .iter()
        .map(|op| {
            let code = decode::code(None, op.code.value);
            (
                op.code.value,
                vec![code, format!("=> {},", judged(model, op))],
            )
        })
        .collect();
    arms.sort_by_key(|(code, _)| *code);
    let rows: Vec<Vec<String>> = arms.into_iter().map(|(_, arm)| arm).collect();
    for line in aligned(&rows) {
        source.line(&format!("        {line}"));
    }
    decode::others(source, model, AT, |behind| {
        format!("{{ let i = {behind}(r, gate, {AT})?; behind_prefix(v, &i)?; i }}")
    });
    source.line("    })");
    source.line("}\n");
}

/// What reads an instruction behind its opcode, judges it, and gives it.
fn judged(model: &Model, op: &Op) -> String {
    let mut steps: Vec<String> = decode::admit(model, op, AT).into_iter().collect();
    steps.extend(op.immediates.iter().map(|immediate| {
        let (name, read) = (bound(immediate), decode::read(immediate));
        format!("let {name} = {read};")
    }));
    if op.needs.is_some() {
        steps.push(format!("{};", decode::needed(op, AT, "()")));
    }
    steps.extend(rule(model, op));
    if let Some(result) = steps
        .pop_if(|step| !step.ends_with(';'))
        .filter(|it| it != DONE)
    {
        steps.push(format!("{result}?;"));
    }
    let fields: Vec<String> = op
        .immediates
        .iter()
        .map(|immediate| match (&immediate.name, bound(immediate)) {
            (name, bound) if name == bound => name.clone(),
            (name, bound) => format!("{name}: {bound}"),
        })
        .collect();
    steps.push(decode::instruction(op, &fields));
    block(&steps)
}

/// The name of an immediate beside the validator, which is `v`; no rule asks for a constant's value.
fn bound(immediate: &Immediate) -> &str {
    match immediate.name.as_str() {
        "v" => "value",
        name => name,
    }
}

/// Steps, the last of which gives a value.
fn block(steps: &[String]) -> String {
    match steps {
        [only] => only.clone(),
        steps => format!("{{ {} }}", steps.join(" ")),
    }
}

/// The rest of a function that matches an instruction, with what becomes of others.
fn judge(source: &mut Source, rows: &[Vec<String>], other: Option<&str>) {
    source.line("    v: &mut Validator<'_, G, S>,");
    source.line("    instruction: &Instruction<'_>,");
    source.line(") -> Result<(), Reject> {");
    source.line("    match *instruction {");
    for line in aligned(rows) {
        source.line(&format!("        {line}"));
    }
    if let Some(other) = other {
        source.line(&format!("        _ => {other},"));
    }
    source.line("    }");
    source.line("}");
    source.line("");
}

/// Rows of which each that has the rule of the next one leaves it to that.
fn rules_in_common(model: &Model, ops: &[&Op]) -> Vec<Vec<String>> {
    let arms: Vec<[String; 3]> = ops
        .iter()
        .map(|op| [pattern(op), guard(model, op), block(&rule(model, op))])
        .collect();
    let rows = arms.iter().enumerate().map(|(index, [head, guard, rule])| {
        let is_common = |[_, other, same]: &[String; 3]| other == guard && same == rule;
        match arms.get(index + 1).is_some_and(is_common) {
            true => vec![head.clone(), "|".to_string()],
            false => vec![head.clone(), format!("{guard}=> {rule},")],
        }
    });
    rows.collect()
}

/// The value types that signatures and predicates name.
fn values(model: &Model) -> BTreeSet<String> {
    let signatures = model
        .ops
        .iter()
        .flat_map(|op| op.params().iter().chain(op.results()));
    let predicates = model.ops.iter().flat_map(|op| &op.predicates);
    let items = signatures.chain(predicates.flat_map(Predicate::types));
    items
        .filter_map(|item| match item {
            TypeItem::Value(value) => Some(value.to_string()),
            TypeItem::Reference { .. } | TypeItem::AnyReference | TypeItem::Function { .. } => None,
        })
        .collect()
}

/// Which proposal admits an instruction in constant expressions.
fn constants(model: &Model) -> proc_macro2::TokenStream {
    let mut admitted = BTreeMap::<_, Vec<_>>::new();
    for op in &model.ops {
        if let Some(proposal) = op.constant {
            let proposal = &model.proposal(proposal).key;
            let guard = match is_regular(model, op) {
                true => "if REGULAR ".to_string(),
                false => guard(model, op),
            };
            admitted
                .entry((variant(proposal), guard))
                .or_default()
                .push(ident(&op.variant));
        }
    }
    let arms = admitted.iter().map(|((proposal, guard), ops)| {
        let proposal = ident(proposal);
        let guard: proc_macro2::TokenStream = guard.parse().expect("a guard is an expression");
        quote! { #(#ops { .. })|* #guard => Some(Proposal::#proposal) }
    });
    quote! {
        /// The proposal that admits an instruction, not regular without `REGULAR`, in constant expressions.
        pub(crate) fn constant<const REGULAR: bool, G: Gate>(
            instruction: &Instruction<'_>,
        ) -> Option<Proposal> {
            match *instruction { #(#arms,)* _ => None }
        }
    }
}

/// An instruction, if it can occur.
fn head(model: &Model, op: &Op) -> String {
    match is_regular(model, op) {
        true => format!("{} if REGULAR", pattern(op)),
        false => pattern(op),
    }
}

/// When an instruction can occur that is not regular: what no proposal admits is not linked.
fn guard(model: &Model, op: &Op) -> String {
    let proposal = model.proposal(op.proposal);
    if is_regular(model, op) || proposal.is_base() {
        return String::new();
    }
    format!("if G::may(Proposal::{}) ", variant(&proposal.key))
}

fn pattern(op: &Op) -> String {
    let used = |immediate: &&Immediate| op.check.is_some() || resolve(immediate).is_some();
    let fields: Vec<&str> = op
        .immediates
        .iter()
        .filter(used)
        .map(|immediate| immediate.name.as_str())
        .collect();
    match (fields.len(), op.immediates.len()) {
        (_, 0) => op.variant.clone(),
        (0, _) => format!("{} {{ .. }}", op.variant),
        (few, all) if few < all => format!("{} {{ {}, .. }}", op.variant, fields.join(", ")),
        _ => format!("{} {{ {} }}", op.variant, fields.join(", ")),
    }
}

/// The result of rules without one of their own.
const DONE: &str = "Ok(())";

/// What is asked of an instruction: statements, and a result.
fn rule(model: &Model, op: &Op) -> Vec<String> {
    match (&op.check, &op.signature) {
        (Some(check), _) => {
            let fields = op
                .immediates
                .iter()
                .map(|immediate| format!(", {}", immediate.name));
            let fields: String = fields.collect();
            vec![format!("check::{}(v{fields})", function(check))]
        }
        (None, Some(signature)) => rules(model, op, signature),
        (None, None) => vec![DONE.to_string()],
    }
}

/// The rules of a row without `check`: immediates, then predicates, then operands.
fn rules(model: &Model, op: &Op, signature: &Signature) -> Vec<String> {
    let mut steps: Vec<String> = op
        .immediates
        .iter()
        .filter(|immediate| !is_heap_only(op, immediate))
        .filter_map(|immediate| {
            let call = resolve(immediate)?;
            let bind = is_applied(op, &immediate.name);
            let name = &immediate.name;
            Some(if bind {
                format!("let t{name} = {call};")
            } else {
                format!("{call};")
            })
        })
        .collect();
    steps.extend(op.predicates.iter().map(|predicate| {
        let arguments = predicate.arguments.iter().map(|argument| match argument {
            Argument::Type(item) => format!(", {}", item_of(model, item)),
            Argument::Immediate(name) => format!(", {name}"),
        });
        format!(
            "predicate::{}(v{})?;",
            predicate.condition,
            arguments.collect::<String>()
        )
    }));
    let singles = signature
        .params
        .iter()
        .chain(&signature.results)
        .all(is_single);
    if singles && !signature.diverges {
        let list = |items: &[TypeItem]| {
            let items: Vec<String> = items.iter().map(|item| item_of(model, item)).collect();
            format!("[{}]", items.join(", "))
        };
        let (params, results) = (list(&signature.params), list(&signature.results));
        steps.push(format!("v.signature({params}, {results})"));
    } else {
        steps.extend(signature.params.iter().rev().map(|item| match item {
            TypeItem::AnyReference => "v.pop_ref()?;".to_string(),
            _ if is_single(item) => format!("v.pop({})?;", item_of(model, item)),
            _ => format!("v.pop_all({})?;", item_of(model, item)),
        }));
        steps.extend(signature.results.iter().map(|item| match item {
            _ if is_single(item) => format!("v.push({})?;", item_of(model, item)),
            _ => format!("v.push_all({})?;", item_of(model, item)),
        }));
        steps.push(if signature.diverges {
            "v.diverge()".into()
        } else {
            DONE.into()
        });
    }
    steps
}

/// What gives the entity that an immediate refers to, or judges it.
fn resolve(immediate: &Immediate) -> Option<String> {
    let Immediate { name, kind, number } = immediate;
    let number = number.map(|number| format!(", {number}"));
    match kind {
        ImmediateKind::Label
        | ImmediateKind::Local
        | ImmediateKind::Global
        | ImmediateKind::Func
        | ImmediateKind::Type
        | ImmediateKind::Table
        | ImmediateKind::Memory
        | ImmediateKind::Data
        | ImmediateKind::Elem
        | ImmediateKind::Tag
        | ImmediateKind::Heap
        | ImmediateKind::MemArg
        | ImmediateKind::Atomic
        | ImmediateKind::Lane
        | ImmediateKind::Lanes => {
            let (method, number) = (function(kind.word()), number.unwrap_or_default());
            Some(format!("v.{method}({name}{number})?"))
        }
        // A field is judged with its type; blocks, vectors and clauses are by `check`.
        ImmediateKind::Labels
        | ImmediateKind::Field
        | ImmediateKind::Block
        | ImmediateKind::Catches
        | ImmediateKind::ValTypes
        | ImmediateKind::I32
        | ImmediateKind::I64
        | ImmediateKind::F32
        | ImmediateKind::F64
        | ImmediateKind::V128
        | ImmediateKind::U32 => None,
    }
}

/// Whether an immediate is only the heap type of references, which checks that it exists.
fn is_heap_only(op: &Op, immediate: &Immediate) -> bool {
    let heap = op
        .params()
        .iter()
        .chain(op.results())
        .any(|item| match item {
            TypeItem::Reference { heap, .. } => heap.immediate() == Some(&immediate.name),
            TypeItem::Value(_) | TypeItem::AnyReference | TypeItem::Function { .. } => false,
        });
    heap && !is_applied(op, &immediate.name)
}

/// Whether a function of the column `type` is applied to an immediate.
fn is_applied(op: &Op, name: &str) -> bool {
    let predicates = op.predicates.iter().flat_map(Predicate::types);
    let mut items = op.params().iter().chain(op.results()).chain(predicates);
    items.any(|item| item.arguments().iter().any(|argument| argument == name))
}

/// Whether an item is one type, not a list.
fn is_single(item: &TypeItem) -> bool {
    match item {
        TypeItem::Value(_) | TypeItem::Reference { .. } => true,
        TypeItem::AnyReference => false,
        TypeItem::Function { function, .. } => !function.is_list(),
    }
}

/// An item as an expression.
fn item_of(model: &Model, item: &TypeItem) -> String {
    match item {
        TypeItem::Value(value) => constant(&value.to_string()),
        TypeItem::AnyReference => "FUNCREF".to_string(),
        TypeItem::Reference { nullable, heap } => {
            format!("reference({nullable}, {})", heap_of(model, heap))
        }
        TypeItem::Function {
            function,
            arguments,
        } if arguments.is_empty() => format!("{}(v)", self::function(function.word())),
        TypeItem::Function {
            function,
            arguments,
        } => {
            let arguments: Vec<String> = arguments
                .iter()
                .map(|argument| format!("t{argument}"))
                .collect();
            format!(
                "{}({})",
                self::function(function.word()),
                arguments.join(", ")
            )
        }
    }
}

/// A heap type as an expression.
fn heap_of(model: &Model, heap: &Heap) -> String {
    match heap {
        Heap::Abstract(key) => {
            let name = model
                .wire
                .code("heap", key)
                .map(wire::name)
                .unwrap_or_default();
            format!("crate::types::HeapType::{name}")
        }
        Heap::Immediate(name) => format!("v.heap({name})?"),
        Heap::Type(name) => format!("v.type_heap({name})?"),
        Heap::Func(name) => format!("v.func_heap({name})?"),
        Heap::Top(name) => format!("v.top_heap({name})?"),
    }
}
