//! What becomes of one row: the body of its arm, or a function that the arm calls.
//!
//! A row with `do` reads its immediates and applies its function to slots; one with `control` or `hand` calls the
//! function that it names.

use super::{Group, at, is_access};
use crate::emit::rate;
use crate::model::{FieldType, Immediate, ImmediateKind, Meaning, Model, NumberType, Op, TypeItem};
use crate::names::{self, ident};
use proc_macro2::TokenStream;
use quote::quote;

pub(super) fn arm(op: &Op) -> String {
    let function = &op.function;
    match &op.meaning {
        Meaning::Control(name) => format!("check!({})", control(name)),
        Meaning::Hand { .. } => {
            format!(
                "check!($m.hand({}, &mut $r, |m, r| {function}(m, $slots, r)))",
                at(op)
            )
        }
        Meaning::Do(_) if is_access(op) => {
            let group = Group::of(op).unwrap_or(Group::Load);
            let (method, given) = group.access();
            let body = group.does(op);
            format!("check!($r.{method}$slots, |{given}| {body}))")
        }
        Meaning::Do(_) => {
            let call = computation(op);
            let immediates: String = op.immediates.iter().map(|i| read(op, i)).collect();
            if immediates.is_empty() {
                call
            } else {
                format!("{{ {immediates}{call} }}")
            }
        }
    }
}

pub(super) fn control(name: &str) -> String {
    format!("control::{}($m, $slots, &mut $r)", names::function(name))
}

/// Reads an immediate of a `do` row, or passes over it.
fn read(op: &Op, immediate: &Immediate) -> String {
    let Immediate { name, kind, .. } = immediate;
    if op.facts.names.contains(name) {
        format!("let {name} = check!($r.{kind}()); ")
    } else if is_one_number(*kind) {
        "check!($r.skip()); ".to_string()
    } else {
        format!("check!($r.{kind}()); ")
    }
}

/// Whether an immediate is one number in LEB128, which can be passed over.
fn is_one_number(kind: ImmediateKind) -> bool {
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
        | ImmediateKind::Field
        | ImmediateKind::Heap
        | ImmediateKind::I32
        | ImmediateKind::I64
        | ImmediateKind::U32 => true,
        ImmediateKind::Labels
        | ImmediateKind::Block
        | ImmediateKind::Catches
        | ImmediateKind::ValTypes
        | ImmediateKind::MemArg
        | ImmediateKind::Atomic
        | ImmediateKind::Lane
        | ImmediateKind::Lanes
        | ImmediateKind::F32
        | ImmediateKind::F64
        | ImmediateKind::V128 => false,
    }
}

/// The function of a `do` row with its arguments; what it gives is canonical where it has to be, and
/// traps end the arm.
pub(super) fn called(op: &Op, arguments: &str) -> String {
    let trap = if op.facts.may_trap { "?" } else { "" };
    let place = if is_apart(op) { "" } else { "semantics::" };
    let call = format!("{place}{}({arguments}){trap}", op.function);
    match op.nans {
        Some(shape) => format!("canonical_{shape}::<P>({call})"),
        None => call,
    }
}

/// Whether a row computes in a function of its own: with vectors, of which there are so many that one
/// function with all of them takes compilers minutes, in each crate that has a profile.
pub(super) fn is_apart(op: &Op) -> bool {
    let vector = |item: &TypeItem| item.number() == Some(NumberType::V128);
    let computes = op.expression().is_some() && !is_access(op) && !op.params().is_empty();
    let computes = computes && !op.facts.may_trap;
    computes && op.params().iter().chain(op.results()).any(vector)
}

/// The function of such a row. It takes vectors as their slots, so that arms have nothing to convert.
pub(super) fn apart(op: &Op) -> TokenStream {
    let (name, doc) = (ident(&op.function), format!("`{}`", op.key));
    let parameters = op.parameters();
    let vector = NumberType::V128.rust();
    let slots = quote! { [u64; 2] };
    let types = parameters.iter().map(|(name, rust)| {
        let (name, own): (_, TokenStream) = (ident(name), rust.parse().unwrap_or_default());
        let ty = if rust == vector { slots.clone() } else { own };
        quote! { #name: #ty }
    });
    let arguments = parameters.iter().map(|(name, rust)| {
        let name = ident(name);
        match rust == vector {
            true => quote! { V128::from_slots(#name) },
            false => quote! { #name },
        }
    });
    let call = quote! { semantics::#name(#(#arguments),*) };
    let (result, call) = match op.results().first().and_then(TypeItem::rust) {
        Some(rust) if rust == vector => (slots.clone(), quote! { #call.into_slots() }),
        rust => {
            let rust = rust.map(ident);
            (quote! { #rust }, call)
        }
    };
    quote! {
        #[doc = #doc]
        #[inline(never)]
        pub(crate) fn #name(#(#types),*) -> #result {
            #call
        }
    }
}

/// Applies the function of a `do` row to the operands on the stack.
fn computation(op: &Op) -> String {
    let function = &op.function;
    let used: Vec<&str> = op
        .immediates
        .iter()
        .map(|immediate| immediate.name.as_str())
        .filter(|name| op.facts.names.iter().any(|used| used == name))
        .collect();
    let operands = &["a", "b", "c", "d"][..op.params().len()];
    let arguments: Vec<&str> = used.iter().chain(operands).copied().collect();
    let place = if is_apart(op) { "" } else { "semantics::" };
    let call = format!("{place}{function}({})", arguments.join(", "));
    // As it stands, if it gives a result that may be a trap and takes nothing but operands.
    let f = if op.facts.may_trap && used.is_empty() {
        format!("semantics::{function}")
    } else if op.facts.may_trap {
        format!("|{}| {call}", operands.join(", "))
    } else {
        format!("|{}| Ok({call})", operands.join(", "))
    };
    match operands {
        ["a"] => format!("check!($r.unary($slots, {f}))"),
        ["a", "b"] => format!("check!($r.binary($slots, {f}))"),
        operands => {
            let pops: String = operands
                .iter()
                .rev()
                .map(|name| format!("let {name} = check!($r.pop($slots)); "))
                .collect();
            let value = if op.facts.may_trap {
                format!("check!({call})")
            } else {
                call
            };
            let push = format!("check!($r.push($slots, {value}))");
            if pops.is_empty() {
                push
            } else {
                format!("{{ {pops}{push} }}")
            }
        }
    }
}

/// The function of a `hand` row: immediates, operands, result.
pub(super) fn hand(model: &Model, op: &Op, module: &str, function: &str) -> TokenStream {
    let (name, doc) = (ident(&op.function), format!("`{}`", op.key));
    let (module, function) = (ident(module), ident(&names::function(function)));
    let reads = op.immediates.iter().map(|immediate| {
        let name = ident(&immediate.name);
        match immediate.kind.field() {
            FieldType::Index(rust) => {
                let rust = ident(rust);
                quote! { let #name = #rust(r.index()?); }
            }
            FieldType::ByHand(_) | FieldType::Borrowing(_) | FieldType::Primitive(_) => {
                let read = ident(immediate.kind.word());
                quote! { let #name = r.#read()?; }
            }
        }
    });
    let immediates = op.immediates.iter().map(|immediate| ident(&immediate.name));
    let operands: Vec<_> = ["a", "b", "c", "d"]
        .iter()
        .take(op.params().len())
        .map(|name| ident(name))
        .collect();
    let count = operands.len();
    let take = (count > 0).then(|| quote! { let [#(#operands),*] = *r.operands(slots)?; });
    let values = operands.iter().map(|operand| quote! { #operand.value() });
    let rate = rate::argument(model, op);
    let call = quote! { #module::#function(m #(, #immediates)* #(, #values)* #rate) };
    let drop = (count > 0).then(|| quote! { r.drop(#count); });
    let slots = match (count, op.results().len()) {
        (0, 0) => quote! { _ },
        _ => quote! { slots },
    };
    let body = match op.results() {
        [] => quote! { #call?; #drop },
        [item] => {
            let narrowed = narrowed(op, item);
            quote! { let value = #call?; #drop r.push(slots, #narrowed)?; }
        }
        several => {
            let names = (0..several.len()).map(|place| ident(&format!("value_{place}")));
            let names: Vec<_> = names.collect();
            quote! { let (#(#names),*) = #call?; #drop #(r.push(slots, #names)?;)* }
        }
    };
    quote! {
        #[doc = #doc]
        #[inline(never)]
        pub(crate) fn #name<'m, P: Profile>(
            m: &mut State<'m, '_, P>,
            #slots: &mut [P::Slot],
            r: &mut Registers<'m>,
        ) -> Result<(), Stop> {
            #(#reads)*
            #take
            #body
            Ok(())
        }
    }
}

/// A result of the type of addresses of `x` is as wide as these.
fn narrowed(op: &Op, item: &TypeItem) -> TokenStream {
    let object = item.arguments().first();
    match object.and_then(|argument| op.immediate(argument)) {
        Some(object) if item.is_address() => {
            let (method, x) = (
                ident(&format!("{}_address", object.kind)),
                ident(&object.name),
            );
            quote! { m.#method(#x, value) }
        }
        _ => quote! { value },
    }
}
