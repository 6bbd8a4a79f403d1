//! `woven/operations.rs`, and a file for each tier: the operations of the fast engine, and the
//! handlers that each tier makes of them.
//!
//! Each row is declared as an operation; each form that `spec/forms.toml` has for it in a tier
//! becomes one instance of a generic handler, and one entry of a table that is computed when the
//! crate is compiled.

use super::Source;
use super::operation::{Operation, Origin, instruction, operations, register, suffix};
use crate::model::{ImmediateKind, Meaning, MemoryKind, Model, Op, TierId, TypeFunction, TypeItem};
use crate::names::ident;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use std::collections::BTreeMap;

/// `woven/operations.rs`, if a tier has forms. Which operations there are, and how many operands
/// each has, is the same in all tiers, since each class has forms in each.
pub fn shared(model: &Model) -> Option<Source> {
    let (tier, _, _) = model.forms.budgets.first()?;
    let operations = operations(model, *tier);
    let mut source = Source::new(
        "spec/instructions/ and spec/forms.toml",
        "Operations of the fast engine: what handlers can be asked to do.",
    );
    let rate = (!model.costs.rates.is_empty()).then(|| quote! { use crate::rate::Rate; });
    source.item(quote! {
        use super::semantics;
        use crate::exec::access::Access;
        use crate::exec::machine::Stop;
        use crate::fast::context::Context;
        use crate::fast::form::{self, Info};
        use crate::fast::handlers::*;
        use crate::fast::layout::Operand;
        use crate::fast::machine::{Addressed, Hand, Results};
        use crate::fast::native::Native;
        use crate::fast::operation::{self, load, load_lane, operation, store};
        use crate::exec::slot::Value;
        use crate::fast::register::RegisterClass;
        use crate::generated::facts::trap::Trap;
        #rate
        use crate::types::*;
    });
    source.item(names(&operations));
    infos(&mut source, &operations);
    source.item(native(model));
    rows(&mut source, model);
    Some(source)
}

/// `woven/<tier>.rs`, for tiers with forms.
pub fn emit(model: &Model, tier: TierId) -> Option<Source> {
    model.forms.budget(tier)?;
    let operations = operations(model, tier);
    let key = &model.tier(tier).key;
    let mut source = Source::new(
        "spec/{forms,fusion}.toml",
        &format!("Handlers of the fast engine in the tier `{key}`, and the forms of each class."),
    );
    source.item(quote! {
        use super::operations::*;
        use crate::fast::canonical::*;
        use crate::fast::control::*;
        use crate::fast::form::{self, Forms, forms};
        use crate::fast::frame::*;
        use crate::fast::fusion::{Fused, Pairs, fused, pairs};
        use crate::fast::handler::{Entry, entry};
        use crate::fast::instruction::*;
        use crate::fast::machine::CallHand;
        use crate::fast::memory::{Any, M32, M64};
        use crate::fast::native::*;
        use crate::fast::place::*;
        use crate::types::V128;
    });
    classes(&mut source, &operations);
    handlers(&mut source, &operations);
    super::fusion::emit(&mut source, &super::fusion::pairs(model, tier, &operations));
    Some(source)
}

fn names(operations: &[Operation<'_>]) -> TokenStream {
    let variants: Vec<_> = operations.iter().map(|own| ident(&own.variant)).collect();
    quote! {
        /// What a handler can be asked to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u16)]
        pub(crate) enum Operation { #(#variants),* }

        impl Operation {
            /// All of them, in the order of their numbers.
            pub(crate) const ALL: &[Self] = &[#(Self::#variants),*];
        }
    }
}

fn infos(source: &mut Source, operations: &[Operation<'_>]) {
    let mut table = Vec::new();
    for operation in operations {
        let mut info = format!("Info::new({}, &{})", operation.operands, operation.class);
        match operation.result {
            _ if operation.truth => info.push_str(".tests()"),
            Some(class) => info.push_str(&format!(".gives({})", register(class))),
            None => {}
        }
        if operation.results > 1 {
            info.push_str(&format!(".times({})", operation.results));
        }
        if operation.placed {
            info.push_str(".traps()");
        }
        for (method, other) in [
            ("swaps", &operation.swapped),
            ("negates", &operation.negation),
            ("with_zero", &operation.with_zero),
        ] {
            if let Some(other) = other {
                info.push_str(&format!(".{method}(Operation::{other})"));
            }
        }
        if let Origin::Memory(op, MemoryKind::First32) = operation.source {
            let others = MemoryKind::ALL.iter();
            let others = others.filter(|kind| **kind != MemoryKind::First32);
            let others: Vec<String> = others
                .map(|kind| format!("Operation::{}{}", op.variant, suffix(*kind)))
                .collect();
            info.push_str(&format!(".memories([{}])", others.join(", ")));
        }
        table.push(vec![
            format!("/* {} */", operation.variant),
            format!("{info},"),
        ]);
    }
    let open = format!("pub(crate) static INFOS: [Info; {}] = [", table.len());
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

/// What the processor does in place of rows.
fn native(model: &Model) -> TokenStream {
    let arms = model.forms.engine.iter().filter_map(|own| {
        let row = model.op(own.stands_for.as_ref()?)?;
        let able = ident(own.processor.as_ref()?);
        let (row, own) = (ident(&row.variant), ident(&crate::names::variant(&own.key)));
        Some(quote! { Self::#row if native.#able() => Self::#own, })
    });
    quote! {
        impl Operation {
            /// What the processor does in its place, if it can; otherwise itself.
            #[inline]
            pub(crate) fn on(self, native: Native) -> Self {
                match self { #(#arms)* operation => operation }
            }
        }
    }
}

fn classes(source: &mut Source, operations: &[Operation<'_>]) {
    let classes: BTreeMap<&str, &Operation<'_>> = operations
        .iter()
        .map(|operation| (operation.class.as_str(), operation))
        .collect();
    for (class, operation) in classes {
        let lines = operation.forms.chunks(16).map(|forms| {
            let forms = forms.iter().map(|form| format!("\"{form}\""));
            let forms: Vec<String> = forms.collect();
            vec![forms.join(" ")]
        });
        let doc = format!(
            "Places of operands and result in the class `{}`.",
            class.to_lowercase()
        );
        let open = format!("pub(crate) static {class}: Forms = forms![");
        source.table(&doc, &open, &lines.collect::<Vec<_>>(), "];");
    }
}

fn handlers(source: &mut Source, operations: &[Operation<'_>]) {
    let mut lines = Vec::new();
    for operation in operations {
        for form in &operation.forms {
            lines.push(vec![format!(
                "entry::<{}>(),",
                instruction(operation, form)
            )]);
        }
    }
    source.table(
        "The handlers of each operation in a row, in the order of its forms.",
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
    let own = op.immediates.iter().filter(|it| !it.kind.is_accessor());
    let own: String = own.map(|it| format!("; {}", it.rust())).collect();
    if op.facts.stores {
        let value = op.params().last().map_or("()", rust);
        return format!("store!({name}: ({value}{own}) = {function});");
    }
    if op.facts.loads {
        return match op.params() {
            [_, value] => format!(
                "load_lane!({name}: ({}{own}) -> {result} = {function});",
                rust(value)
            ),
            _ => format!("load!({name}: {result} = {function});"),
        };
    }
    let params: Vec<&str> = op.params().iter().map(rust).collect();
    let trap = if op.facts.may_trap { "?" } else { "" };
    format!(
        "operation!({name}: ({}{own}) -> {result} = {function}{trap});",
        params.join(", ")
    )
}

fn hand(model: &Model, op: &Op, module: &str, function: &str) -> TokenStream {
    let (name, doc) = (ident(&op.variant), format!("`{}`", op.key));
    let (module, function) = (ident(module), ident(&crate::names::function(function)));
    let kinds = op.immediates.iter().map(|immediate| layout(immediate.kind));
    let slots = Literal::usize_unsuffixed(op.params().len().max(op.results().len()));
    let immediates = op.immediates.iter().enumerate().map(|(at, immediate)| {
        let (name, ty) = (ident(&immediate.name), ident(&immediate.rust()));
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
    let rate = super::rate::argument(model, op);
    let words = match op.immediates.is_empty() {
        true => ident("_"),
        false => ident("immediates"),
    };
    quote! {
        #[doc = #doc]
        pub(crate) struct #name;

        impl Hand for #name {
            const IMMEDIATES: &'static [Operand] = &[#(#kinds),*];
            const SLOTS: usize = #slots;

            fn call(m: &mut Context, slots: &mut [u64], #words: &[u32]) -> Result<(), Stop> {
                #(#immediates)*
                #(#operands)*
                crate::exec::#module::#function(m, #(#names,)* #(#given),* #rate)?.put(slots);
                Ok(())
            }
        }
    }
}

/// What the word of an immediate is.
fn layout(kind: ImmediateKind) -> TokenStream {
    match kind {
        ImmediateKind::Func => quote! { Operand::Function },
        ImmediateKind::Table => quote! { Operand::Table(None) },
        ImmediateKind::Memory => quote! { Operand::Memory(None) },
        ImmediateKind::Global => quote! { Operand::Global },
        ImmediateKind::Data => quote! { Operand::Data },
        ImmediateKind::Elem => quote! { Operand::Element },
        ImmediateKind::Label
        | ImmediateKind::Labels
        | ImmediateKind::Local
        | ImmediateKind::Type
        | ImmediateKind::Tag
        | ImmediateKind::Field
        | ImmediateKind::Block
        | ImmediateKind::Catches
        | ImmediateKind::Heap
        | ImmediateKind::ValTypes
        | ImmediateKind::MemArg
        | ImmediateKind::Atomic
        | ImmediateKind::Lane
        | ImmediateKind::Lanes
        | ImmediateKind::I32
        | ImmediateKind::I64
        | ImmediateKind::F32
        | ImmediateKind::F64
        | ImmediateKind::V128
        | ImmediateKind::U32 => quote! { Operand::Immediate },
    }
}

/// An operand as its function wants it: addresses zero-extended.
fn operand(op: &Op, item: &TypeItem, at: usize) -> TokenStream {
    let at = Literal::usize_unsuffixed(at);
    let value = || {
        let ty = ident(item.rust().unwrap_or("Ref"));
        quote! { #ty::from_slot(slots[#at]) }
    };
    match item {
        TypeItem::Function {
            function,
            arguments,
        } => match function {
            TypeFunction::At | TypeFunction::MinAt => {
                let spaces = arguments
                    .iter()
                    .filter_map(|argument| op.immediate(argument));
                let masks = spaces.map(|immediate| {
                    let name = ident(&immediate.name);
                    quote! { & #name.mask(m) }
                });
                quote! { slots[#at] #(#masks)* }
            }
            TypeFunction::Local
            | TypeFunction::Global
            | TypeFunction::Elem
            | TypeFunction::Elems
            | TypeFunction::Field
            | TypeFunction::Fields
            | TypeFunction::Params
            | TypeFunction::Results
            | TypeFunction::Return
            | TypeFunction::Label
            | TypeFunction::Tag => value(),
        },
        TypeItem::Value(_) | TypeItem::Reference { .. } | TypeItem::AnyReference => value(),
    }
}
