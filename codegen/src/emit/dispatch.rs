//! `<tier>/dispatch.rs`: the operations of the fast engine and all its handlers.

use super::Source;
use super::operation::{MEMORIES, Operation, Origin, instruction, operations};
use crate::model::{Meaning, Model, Op, Tier, TypeItem};
use crate::names::ident;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use std::collections::BTreeMap;

/// The file, for tiers with forms.
pub fn emit(model: &Model, tier: &Tier) -> Option<Source> {
    model
        .forms
        .budgets
        .iter()
        .find(|(key, _, _)| *key == tier.key)?;
    let operations = operations(model, &tier.key);
    let mut source = Source::new(
        "spec/instructions/ and spec/{forms,fusion}.toml",
        "Operations of the fast engine, and the handlers that run them.",
    );
    source.item(imports(model));
    source.item(names(&operations));
    infos(&mut source, &operations);
    classes(&mut source, &operations);
    fused(&mut source, model, &operations);
    handlers(&mut source, model, &operations);
    rows(&mut source, model);
    Some(source)
}

fn imports(model: &Model) -> TokenStream {
    let rate = (!model.costs.rates.is_empty()).then(|| quote! { use crate::rate::Rate; });
    quote! {
        use crate::exec::access::Access;
        use crate::exec::machine::Stop;
        use crate::fast::context::Context;
        use crate::fast::control::*;
        use crate::fast::form::{self, Forms, Info, forms, number};
        use crate::fast::handler::{Entry, entry};
        use crate::fast::layout::Operand;
        use crate::fast::instruction::*;
        use crate::fast::machine::{Addressed, CallHand, Hand, Results};
        use crate::fast::memory::{Any, M32, M64};
        use crate::fast::operation::{self, load, operation, store};
        use crate::fast::place::*;
        use crate::fast::translate::Kind::{F32, F64, Int};
        use crate::fast::value::Value;
        use crate::generated::shared::semantics;
        #rate
        use crate::spec::Trap;
        use crate::types::*;
    }
}

fn names(operations: &[Operation<'_>]) -> TokenStream {
    let variants = operations.iter().map(|operation| ident(&operation.variant));
    quote! {
        /// What a handler can be asked to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u16)]
        pub(crate) enum Operation { #(#variants),* }
    }
}

fn infos(source: &mut Source, operations: &[Operation<'_>]) {
    let mut table = Vec::new();
    for operation in operations {
        let mut info = format!("Info::new({}, &{})", operation.operands, operation.class);
        match operation.result {
            _ if operation.truth => info.push_str(".tests()"),
            Some(kind) => info.push_str(&format!(".gives({kind})")),
            None => {}
        }
        if operation.placed {
            info.push_str(".traps()");
        }
        for (method, other) in [
            ("swaps", &operation.swapped),
            ("negates", &operation.negation),
        ] {
            if let Some(other) = other {
                info.push_str(&format!(".{method}(Operation::{other})"));
            }
        }
        if let Origin::Memory(op, kind) = operation.source
            && kind == MEMORIES[0].0
        {
            let others = MEMORIES[1..].iter();
            let others: Vec<String> = others
                .map(|(_, suffix, _)| format!("Operation::{}{suffix}", op.variant))
                .collect();
            info.push_str(&format!(".memories([{}])", others.join(", ")));
        }
        table.push(vec![
            format!("/* {} */", operation.variant),
            format!("{info},"),
        ]);
    }
    let open = format!("pub(crate) const INFOS: [Info; {}] = [", table.len());
    source.table(
        "What the translator knows of each operation.",
        &open,
        &table,
        "];",
    );
    source.item(quote! {
        /// The number of each operation's first handler.
        pub(crate) static BASES: [u16; INFOS.len()] = form::bases(&INFOS);
    });
}

fn classes(source: &mut Source, operations: &[Operation<'_>]) {
    let classes: BTreeMap<&str, &Operation<'_>> = operations
        .iter()
        .map(|operation| (operation.class.as_str(), operation))
        .collect();
    for (class, operation) in classes {
        let lines = operation.forms.chunks(16).map(|forms| {
            let forms: Vec<String> = forms.iter().map(|form| format!("{form:?}")).collect();
            vec![forms.join(" ")]
        });
        let doc = format!(
            "Places of operands and result in the class `{}`.",
            class.to_lowercase()
        );
        let open = format!("static {class}: Forms = forms![");
        source.table(&doc, &open, &lines.collect::<Vec<_>>(), "];");
    }
}

/// The two handlers of a fused pair, by operation and form.
fn pair<'m>(
    operations: &'m [Operation<'m>],
    sequence: &[String],
) -> Option<[(&'m Operation<'m>, String, usize); 2]> {
    let handler = |text: &String| {
        let (key, form) = text.split_once(' ').unwrap_or((text, ""));
        let variant = crate::names::variant(key);
        let form: String = form
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .collect();
        let at = operations
            .iter()
            .position(|operation| operation.variant == variant)?;
        let number = operations[at]
            .forms
            .iter()
            .position(|known| *known == form)?;
        Some((&operations[at], form, at << 16 | number))
    };
    match sequence {
        [first, second] => Some([handler(first)?, handler(second)?]),
        _ => None,
    }
}

/// The fused pairs of a tier, in the order of their handlers.
pub fn pairs<'m>(
    model: &Model,
    operations: &'m [Operation<'m>],
) -> Vec<[(&'m Operation<'m>, String, usize); 2]> {
    let sequences = model.forms.fusions.iter().map(|fusion| &fusion.sequence);
    let mut pairs: Vec<_> = sequences
        .filter_map(|sequence| pair(operations, sequence))
        .collect();
    pairs.sort_by_key(|[first, second]| (first.2, second.2));
    pairs.dedup_by_key(|[first, second]| (first.2, second.2));
    pairs
}

fn fused(source: &mut Source, model: &Model, operations: &[Operation<'_>]) {
    let number = |(operation, form, _): &(&Operation<'_>, String, usize)| {
        format!("number(Operation::{}, {form:?})", operation.variant)
    };
    let rows: Vec<Vec<String>> = pairs(model, operations)
        .iter()
        .map(|[first, second]| {
            vec![
                format!("({},", number(first)),
                format!("{}),", number(second)),
            ]
        })
        .collect();
    let open = "pub(crate) static FUSED: &[(u16, u16)] = &[";
    source.table(
        "Pairs of handlers that one handler can stand for, in order.",
        open,
        &rows,
        "];",
    );
}

fn handlers(source: &mut Source, model: &Model, operations: &[Operation<'_>]) {
    let mut lines = Vec::new();
    for operation in operations {
        for form in &operation.forms {
            lines.push(vec![format!(
                "entry::<{}>(),",
                instruction(operation, form)
            )]);
        }
    }
    for [first, second] in pairs(model, operations) {
        let (first, second) = (
            instruction(first.0, &first.1),
            instruction(second.0, &second.1),
        );
        lines.push(vec![format!("entry::<Seq<{first}, {second}>>(),")]);
    }
    source.table(
        "All handlers: those of each operation in a row, in the order of its forms, then the fused.",
        "pub(crate) static HANDLERS: &[Entry] = &[",
        &lines,
        "];",
    );
}

fn rows(source: &mut Source, model: &Model) {
    for op in &model.ops {
        match &op.meaning {
            Meaning::Do(_) if super::operation::is_constant(op) => {}
            Meaning::Do(_) => {
                source.line(&format!("{}\n", declaration(op)));
            }
            Meaning::Hand { module, function } => {
                source.item(hand(model, op, module, function));
            }
            Meaning::Control(_) => {}
        }
    }
}

/// `operation!(I32Add: (i32, i32) -> i32 = i32_add);`
fn declaration(op: &Op) -> String {
    let rust = |item: &TypeItem| item.rust().unwrap_or("Ref");
    let (name, function) = (&op.variant, &op.function);
    let result = op.results().first().map_or("()", rust);
    if op.facts.stores {
        let value = op.params().last().map_or("()", rust);
        return format!("store!({name}: {value} = {function});");
    }
    if op.facts.loads {
        return format!("load!({name}: {result} = {function});");
    }
    let params: Vec<&str> = op.params().iter().map(rust).collect();
    let trap = if op.facts.may_trap { "?" } else { "" };
    format!(
        "operation!({name}: ({}) -> {result} = {function}{trap});",
        params.join(", ")
    )
}

fn hand(model: &Model, op: &Op, module: &str, function: &str) -> TokenStream {
    let (name, doc) = (ident(&op.variant), format!("`{}`", op.key));
    let (module, function) = (ident(module), ident(&crate::names::function(function)));
    let kinds = op
        .immediates
        .iter()
        .map(|immediate| layout(immediate.rust()));
    let slots = Literal::usize_unsuffixed(op.params().len().max(op.results().len()));
    let immediates = op.immediates.iter().enumerate().map(|(at, immediate)| {
        let (name, ty) = (ident(&immediate.name), ident(immediate.rust()));
        let at = Literal::usize_unsuffixed(at);
        quote! { let #name = #ty(immediates[#at]); }
    });
    let names = op.immediates.iter().map(|immediate| ident(&immediate.name));
    let letters = ["a", "b", "c", "d"].map(ident);
    let params = op.params().iter().zip(&letters);
    let operands = params.enumerate().map(|(at, (item, name))| {
        let value = operand(op, item, at);
        quote! { let #name = #value; }
    });
    let given = letters.iter().take(op.params().len());
    let rate = super::opcode::rate(model, op);
    quote! {
        #[doc = #doc]
        pub(crate) struct #name;

        impl Hand for #name {
            const IMMEDIATES: &'static [Operand] = &[#(#kinds),*];
            const SLOTS: usize = #slots;

            fn call(m: &mut Context, slots: &mut [u64], immediates: &[u32]) -> Result<(), Stop> {
                #(#immediates)*
                #(#operands)*
                crate::exec::#module::#function(m, #(#names,)* #(#given),* #rate)?.put(slots);
                Ok(())
            }
        }
    }
}

/// What the word of an immediate is.
fn layout(rust: &str) -> TokenStream {
    match rust {
        "FuncIdx" => quote! { Operand::Function },
        "TableIdx" => quote! { Operand::Table(None) },
        "MemoryIdx" => quote! { Operand::Memory(None) },
        "GlobalIdx" => quote! { Operand::Global },
        "DataIdx" => quote! { Operand::Data },
        "ElemIdx" => quote! { Operand::Element },
        _ => quote! { Operand::Immediate },
    }
}

/// An operand as its function wants it: addresses zero-extended.
fn operand(op: &Op, item: &TypeItem, at: usize) -> TokenStream {
    let at = Literal::usize_unsuffixed(at);
    match item {
        TypeItem::Function { name, arguments } if name == "at" || name == "min_at" => {
            let spaces = arguments
                .iter()
                .filter_map(|argument| op.immediate(argument));
            let masks = spaces.map(|immediate| {
                let name = ident(&immediate.name);
                quote! { & #name.mask(m) }
            });
            quote! { slots[#at] #(#masks)* }
        }
        _ => {
            let ty = ident(item.rust().unwrap_or("Ref"));
            quote! { #ty::from_slot(slots[#at]) }
        }
    }
}
