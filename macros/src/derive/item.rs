//! What a type of Rust is among the types of components, and what is wrong with it.
//!
//! From the syntax of a `struct` or `enum` and its attributes to one [`Shape`] with labels in the
//! form that WIT asks for. The derives see only items without a fault, so that they need no checks.
//! Standard: Component Model, `Explainer.md`, "Type Definitions".

use proc_macro2::{Ident, Span};
use syn::{Attribute, Data, DataEnum, DataStruct, DeriveInput, Fields, Type, Variant};
use tabwasm::component::{is_label, layout};
use tabwasm::spec::MAX_COMPONENT_FIELDS;

use super::attribute;
use crate::message::{Errors, Message};

/// A type.
pub(super) struct Item {
    pub(super) shape: Shape,
}

/// The kind of a type, and what it consists of.
pub(super) enum Shape {
    Record(Vec<Field>),
    Flags(Vec<Field>),
    Variant(Vec<Case>),
    Enum(Vec<Case>),
}

/// A field of a record, or a flag.
pub(super) struct Field {
    pub(super) item: Ident,
    pub(super) label: String,
    pub(super) ty: Type,
}

/// A case.
pub(super) struct Case {
    pub(super) item: Ident,
    pub(super) label: String,
    pub(super) value: Option<Type>,
}

impl Item {
    /// The type, if nothing is wrong with it.
    pub(super) fn parse(input: &DeriveInput) -> syn::Result<Self> {
        let mut errors = Errors::default();
        let kind = attribute::kind(&input.attrs, &mut errors);
        let shape = match &input.data {
            Data::Struct(data) => structure(input, data, kind, &mut errors),
            Data::Enum(data) => cases(input, data, kind, &mut errors),
            Data::Union(data) => {
                let message = Message::new("a `union` is no type of components")
                    .help("write an `enum`, whose cases say which of them it is");
                errors.at(&data.union_token, message);
                Shape::Record(Vec::new())
            }
        };
        errors.finish(Self { shape })
    }
}

/// A record or flags.
fn structure(
    input: &DeriveInput,
    data: &DataStruct,
    kind: Option<(String, Span)>,
    errors: &mut Errors,
) -> Shape {
    let flags = suits(kind, ["record", "flags"], "a `struct`", "an `enum`", errors)
        .is_some_and(|kind| kind == "flags");
    if let Fields::Unnamed(fields) = &data.fields {
        let message = Message::new("the fields have no names").help(
            "write `struct … { first: …, second: … }`; what needs no names is a tuple, `(u32, u32)`",
        );
        errors.at(fields, message);
        return Shape::Record(Vec::new());
    }
    if data.fields.is_empty() {
        let what = if flags {
            "flags need"
        } else {
            "a record needs"
        };
        errors.at(
            &input.ident,
            Message::new(format!("{what} one field at least")),
        );
    }
    let mut labels = Labels::default();
    let mut fields = Vec::new();
    for field in &data.fields {
        let Some(item) = &field.ident else { continue };
        fields.push(Field {
            item: item.clone(),
            label: labels.label(item, &field.attrs, errors),
            ty: field.ty.clone(),
        });
        if flags && !is_bool(&field.ty) {
            let message = Message::new(format!("`{item}` is no flag"));
            errors.at(
                &field.ty,
                message.help("each flag is a field of the type `bool`"),
            );
        }
    }
    if flags && !fields.is_empty() && layout::flags(fields.len() as u64).is_none() {
        let most = (0..=fields.len() as u64).rfind(|count| layout::flags(*count).is_some());
        let message = Message::new(format!("{} flags are too many", fields.len()))
            .note(format!(
                "a type has {} at most, by `spec/component/layout.toml`",
                most.unwrap_or_default()
            ))
            .help("make a record of several");
        errors.at(&input.ident, message);
    }
    few(input, fields.len(), "fields", errors);
    if flags {
        Shape::Flags(fields)
    } else {
        Shape::Record(fields)
    }
}

/// A variant or an enum.
fn cases(
    input: &DeriveInput,
    data: &DataEnum,
    kind: Option<(String, Span)>,
    errors: &mut Errors,
) -> Shape {
    let kind = suits(kind, ["variant", "enum"], "an `enum`", "a `struct`", errors);
    if data.variants.is_empty() {
        errors.at(&input.ident, Message::new("it needs one case at least"));
    }
    let mut labels = Labels::default();
    let mut cases = Vec::new();
    for variant in &data.variants {
        let value = value(variant, errors);
        if kind.as_deref() == Some("enum") && !variant.fields.is_empty() {
            let message = Message::new(format!(
                "`{}` has a value, those of an `enum` have none",
                variant.ident
            ));
            errors.at(&variant.fields, message.help("say `#[component(variant)]`"));
        }
        cases.push(Case {
            item: variant.ident.clone(),
            label: labels.label(&variant.ident, &variant.attrs, errors),
            value,
        });
    }
    few(input, cases.len(), "cases", errors);
    let plain = cases.iter().all(|case| case.value.is_none());
    if plain && kind.as_deref() != Some("variant") {
        Shape::Enum(cases)
    } else {
        Shape::Variant(cases)
    }
}

/// The value of a case.
fn value(variant: &Variant, errors: &mut Errors) -> Option<Type> {
    let case = &variant.ident;
    match &variant.fields {
        Fields::Unit => None,
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            fields.unnamed.first().map(|field| field.ty.clone())
        }
        Fields::Unnamed(fields) => {
            let count = fields.unnamed.len();
            let message = Message::new(format!("`{case}` has {count} values"));
            let help = match count {
                0 => format!("write `{case}`"),
                _ => format!("make one of them, a tuple: `{case}((…))`"),
            };
            errors.at(fields, message.help(help));
            None
        }
        Fields::Named(fields) => {
            let message = Message::new(format!("the value of `{case}` has fields"))
                .help("give it a record, a `struct` with the same derives");
            errors.at(fields, message);
            None
        }
    }
}

/// The kind that was said, if a type of this form can be of it.
fn suits(
    kind: Option<(String, Span)>,
    own: [&str; 2],
    form: &str,
    other: &str,
    errors: &mut Errors,
) -> Option<String> {
    let (kind, span) = kind?;
    if !own.contains(&kind.as_str()) {
        let [one, two] = own;
        let message = Message::new(format!("{form} is no `{kind}`"))
            .help(format!("say `{one}` or `{two}`, or write {other}"));
        errors.push(message.at(span));
    }
    Some(kind)
}

fn few(input: &DeriveInput, count: usize, what: &str, errors: &mut Errors) {
    if count as u64 > MAX_COMPONENT_FIELDS {
        let message = Message::new(format!("{count} {what} are too many")).note(format!(
            "the limit `component_fields` is {MAX_COMPONENT_FIELDS} at most"
        ));
        errors.at(&input.ident, message);
    }
}

/// The labels of a type so far.
#[derive(Default)]
struct Labels(Vec<(String, Ident)>);

impl Labels {
    /// The label of a field or case, which must be one, and unlike the others.
    fn label(&mut self, item: &Ident, attributes: &[Attribute], errors: &mut Errors) -> String {
        let given = attribute::name(attributes, errors);
        let label = given
            .as_ref()
            .map_or_else(|| kebab(&item.to_string()), syn::LitStr::value);
        let span = given.map_or_else(|| item.span(), |name| name.span());
        if !is_label(&label) {
            let message = Message::new(format!("`{label}` is no label")).help(
                "labels are words with hyphens between them: `#[component(name = \"first-name\")]`",
            );
            errors.push(message.at(span));
        }
        // Labels are alike whatever their capitals and hyphens.
        let alike = label.to_ascii_lowercase().replace('-', "");
        if let Some((_, first)) = self.0.iter().find(|(other, _)| *other == alike) {
            let message = Message::new(format!("`{label}` is the label of `{first}`, too"))
                .note("capitals and hyphens do not tell labels apart");
            errors.push(message.at(span));
        }
        self.0.push((alike, item.clone()));
        label
    }
}

/// `first_name` and `FirstName` as `first-name`.
fn kebab(name: &str) -> String {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let mut label = String::new();
    let mut before = '_';
    for letter in name.chars() {
        if letter == '_' {
            label.push('-');
        } else {
            if letter.is_uppercase() && before != '_' && !before.is_uppercase() {
                label.push('-');
            }
            label.extend(letter.to_lowercase());
        }
        before = letter;
    }
    label.trim_matches('-').to_string()
}

fn is_bool(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("bool"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    #[test]
    fn names_become_labels() {
        assert_eq!(kebab("first_name"), "first-name");
        assert_eq!(kebab("FirstName"), "first-name");
        assert_eq!(kebab("r#type"), "type");
        assert_eq!(kebab("HTTPStatus"), "httpstatus");
        assert_eq!(kebab("_unused"), "unused");
    }

    #[test]
    fn too_many_cases() {
        let count = MAX_COMPONENT_FIELDS as usize + 1;
        let cases = (0..count).map(|case| quote::format_ident!("C{case}"));
        let input: DeriveInput = parse_quote! { enum Large { #(#cases),* } };
        let errors = Item::parse(&input).err().expect("an error").to_string();
        assert!(errors.contains("are too many"), "{errors}");
    }
}
