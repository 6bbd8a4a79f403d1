//! `woven/component/layout.rs`: sizes, alignments and flat forms of the Canonical ABI.
//!
//! Rows become functions that match on an enum of `types.rs`, so that the runtime computes the
//! layouts of all other types as constants. Standard: Component Model, `CanonicalABI.md`.

use crate::emit::Source;
use crate::emit::enumeration::{Member, accessor, enumeration, option};
use crate::emit::limits::grouped;
use crate::model::{Layout, Measure, Model, ValueLayout, ValueShape};
use crate::names::{constant, ident, variant};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

/// The file.
pub(super) fn emit(model: &Model) -> Source {
    let layout = &model.component.layout;
    let mut source = Source::new(
        "spec/component/layout.toml",
        "How values lie in memory and are passed to core functions.",
    );
    source.item(quote! {
        use super::types::Primitive;
        use crate::component::abi::ValueLayout;
    });
    for bound in &layout.bounds {
        let name = ident(&format!("MAX_{}", constant(&bound.key)));
        let (doc, max) = (format!("{}.", bound.doc), grouped(bound.number));
        source.item(quote! { #[doc = #doc] pub const #name: usize = #max; });
    }
    source.item(flats(layout));
    source.item(addresses(layout));
    let primitives = model.component.group("primitive");
    let keys: Vec<&str> = primitives
        .map_or(&[][..], |group| group.rows.as_slice())
        .iter()
        .map(|row| row.key.as_str())
        .collect();
    let is_primitive = |value: &&ValueLayout| keys.contains(&value.key.as_str());
    source.item(of_primitives(layout.values.iter().filter(is_primitive)));
    for value in layout.values.iter().filter(|value| !is_primitive(value)) {
        let (name, info) = (ident(&constant(&value.key)), info(value));
        let doc = format!("Layout of `{}`.", value.key);
        source.item(quote! { #[doc = #doc] pub const #name: ValueLayout = #info; });
    }
    source.item(packing(
        "What tells so many cases apart; nothing if there is no such number.",
        "discriminant",
        &layout.discriminants,
    ));
    source.item(packing(
        "What holds so many flags; nothing if there is no such number.",
        "flags",
        &layout.flags,
    ));
    source.item(encodings(layout));
    source
}

fn flats(layout: &Layout) -> TokenStream {
    let member = |key: &String| Member {
        name: ident(&variant(key)),
        doc: format!("`{key}`"),
    };
    let members: Vec<Member> = layout.flats.iter().map(|flat| member(&flat.key)).collect();
    let doc = "A core type of what is passed without a memory.";
    let list = enumeration("FlatType", doc, "u8", &members);
    let name = by_row(&layout.flats, |flat| (&flat.key, text(&flat.key)));
    let name = accessor("Its name.", "name", quote!(&'static str), &name);
    let joins = layout.flats.iter().flat_map(|flat| {
        let one = ident(&variant(&flat.key));
        flat.joins.iter().map(move |(other, join)| {
            let (other, join) = (ident(&variant(other)), ident(&variant(join)));
            (quote!((Self::#one, Self::#other)), quote!(Self::#join))
        })
    });
    let mut arms: Vec<(Vec<TokenStream>, TokenStream)> = Vec::new();
    for (pattern, join) in joins {
        match arms
            .iter_mut()
            .find(|(_, other)| other.to_string() == join.to_string())
        {
            Some((patterns, _)) => patterns.push(pattern),
            None => arms.push((vec![pattern], join)),
        }
    }
    let arms = arms
        .iter()
        .map(|(patterns, join)| quote! { #(#patterns)|* => #join });
    quote! {
        #list
        impl FlatType {
            #name

            /// The type that carries what is this one in some cases, and the other in others.
            pub const fn join(self, other: Self) -> Self {
                match (self, other) { #(#arms),* }
            }
        }
    }
}

fn addresses(layout: &Layout) -> TokenStream {
    let member = |row: &Measure| Member {
        name: ident(&variant(&row.key)),
        doc: format!("`{}`", row.key),
    };
    let members: Vec<Member> = layout.addresses.iter().map(member).collect();
    let doc = "The type of addresses and lengths of a memory.";
    let list = enumeration("AddressType", doc, "u8", &members);
    let sizes = by_row(&layout.addresses, |row| (&row.key, number(row.number)));
    let size = accessor("Its bytes.", "size", quote!(u32), &sizes);
    let flats = by_row(&layout.addresses, |row| {
        let flat = ident(&variant(&row.key));
        (&row.key, quote!(FlatType::#flat))
    });
    let flat = accessor("The core type.", "flat", quote!(FlatType), &flats);
    quote! { #list impl AddressType { #size #flat } }
}

fn of_primitives<'m>(values: impl Iterator<Item = &'m ValueLayout>) -> TokenStream {
    let arms: Vec<(Ident, TokenStream)> = values
        .map(|value| (ident(&variant(&value.key)), info(value)))
        .collect();
    let layout = accessor(
        "How its values lie in memory and are passed.",
        "layout",
        quote!(ValueLayout),
        &arms,
    );
    quote! { impl Primitive { #layout } }
}

fn info(value: &ValueLayout) -> TokenStream {
    match &value.shape {
        ValueShape::Words(words) => {
            let words = number(u64::from(*words));
            quote! { ValueLayout::Words(#words) }
        }
        ValueShape::Scalar { size, align, flat } => {
            let (size, align) = (number(u64::from(*size)), number(u64::from(*align)));
            let flat = ident(&variant(flat));
            quote! { ValueLayout::Scalar { size: #size, align: #align, flat: FlatType::#flat } }
        }
    }
}

/// A function from a count to the first primitive that has room for it.
fn packing(doc: &str, name: &str, rows: &[Measure]) -> TokenStream {
    let name = ident(name);
    let arms = rows.iter().enumerate().map(|(place, row)| {
        let from = match place.checked_sub(1).and_then(|before| rows.get(before)) {
            Some(before) => grouped(before.number + 1),
            None => Literal::u64_unsuffixed(0),
        };
        let (most, primitive) = (grouped(row.number), ident(&variant(&row.key)));
        quote! { #from..=#most => Some(Primitive::#primitive) }
    });
    quote! {
        #[doc = #doc]
        pub const fn #name(count: u64) -> Option<Primitive> {
            match count { #(#arms,)* _ => None }
        }
    }
}

fn encodings(layout: &Layout) -> TokenStream {
    let rows = &layout.encodings;
    let member = |key: &String| Member {
        name: ident(&variant(key)),
        doc: format!("`{}`", key.replace('_', "+")),
    };
    let members: Vec<Member> = rows.iter().map(|row| member(&row.key)).collect();
    let list = enumeration("StringEncoding", "An encoding of strings.", "u8", &members);
    let units = by_row(rows, |row| (&row.key, number(u64::from(row.unit))));
    let aligns = by_row(rows, |row| (&row.key, number(u64::from(row.align))));
    let tagged = by_row(rows, |row| {
        let tagged = row.tagged.as_ref().map(|key| {
            let name = ident(&variant(key));
            quote!(Self::#name)
        });
        (&row.key, option(tagged))
    });
    let unit = accessor("Bytes of a code unit.", "unit", quote!(u32), &units);
    let align = accessor("Alignment of a string.", "align", quote!(u32), &aligns);
    let doc = "The encoding of strings whose length has its highest bit set.";
    let tagged = accessor(doc, "tagged", quote!(Option<Self>), &tagged);
    quote! { #list impl StringEncoding { #unit #align #tagged } }
}

fn by_row<'m, T>(
    rows: &'m [T],
    value: impl Fn(&'m T) -> (&'m String, TokenStream),
) -> Vec<(Ident, TokenStream)> {
    let arm = |row| {
        let (key, value) = value(row);
        (ident(&variant(key)), value)
    };
    rows.iter().map(arm).collect()
}

fn number(value: u64) -> TokenStream {
    let literal = Literal::u64_unsuffixed(value);
    quote!(#literal)
}

fn text(value: &str) -> TokenStream {
    quote!(#value)
}
