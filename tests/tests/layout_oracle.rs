//! Layouts of the Canonical ABI against those that the reference implementation computes.
//!
//! The extract is no part of the project; without it this test says that it is skipped. Each type
//! of it is compared twice: written down in Rust, as the derives and the traits see it, and read from
//! its own text. Expected values never come from the tables.

use std::fs;

use tabwasm::component::{
    AddressType, CanonicalAbi, CanonicalAbiInfo, ComponentType, Primitive, Type,
};
use tabwasm_tests::shared;

#[test]
fn layouts() {
    let Some(folder) = shared("oracle") else {
        return println!("SKIPPED: layouts are not compared: there is no folder `shared/oracle`");
    };
    let text = fs::read_to_string(folder.join("canonical-layout.tsv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("type\talign32\tsize32\talign64\tsize64\tflat32")
    );
    let rust = rust();
    let (mut compared, mut in_rust) = (0, 0);
    for line in lines {
        let cells: Vec<&str> = line.split('\t').collect();
        let [name, expected @ ..] = cells.as_slice() else {
            panic!("no type in `{line}`")
        };
        let read = Parser(name).parse();
        let said = [AddressType::I32, AddressType::I64]
            .map(|address| CanonicalAbiInfo::of(&read, address).expect("a type of components"));
        let [memory32, memory64] = said;
        assert_eq!(
            row(&CanonicalAbi { memory32, memory64 }),
            expected,
            "{name}"
        );
        if let Some((_, abi)) = rust.iter().find(|(known, _)| known == name) {
            assert_eq!(row(abi), expected, "{name} in Rust");
            in_rust += 1;
        }
        compared += expected.len();
    }
    println!("{compared} facts compared, {in_rust} types in Rust");
    assert!(
        compared >= 22 * 5 && in_rust == rust.len(),
        "{compared}, {in_rust}"
    );
}

/// Cells of the extract.
fn row(abi: &CanonicalAbi) -> Vec<String> {
    let CanonicalAbi { memory32, memory64 } = abi;
    let flat = memory32.flat.types().expect("few core types");
    let flat: Vec<&str> = flat.iter().map(|flat| flat.name()).collect();
    let numbers = [memory32.align, memory32.size, memory64.align, memory64.size];
    let numbers = numbers.map(|number| number.to_string());
    numbers.into_iter().chain([flat.join(" ")]).collect()
}

/// Types of the extract that Rust has.
fn rust() -> Vec<(&'static str, CanonicalAbi)> {
    vec![
        ("bool", bool::ABI),
        ("s8", i8::ABI),
        ("u16", u16::ABI),
        ("u32", u32::ABI),
        ("s64", i64::ABI),
        ("f32", f32::ABI),
        ("f64", f64::ABI),
        ("char", char::ABI),
        ("string", str::ABI),
        ("list<u8>", <[u8]>::ABI),
        ("option<u8>", Option::<u8>::ABI),
        ("option<u64>", Option::<u64>::ABI),
        ("result<u32,string>", Result::<u32, String>::ABI),
        ("tuple<u8,u64,u8>", <(u8, u64, u8)>::ABI),
    ]
}

/// Reads `tuple<u8,list<u8>>`, `record{u8,u32}`, `variant{f32,_}`, `enum 3`, `flags 9`.
struct Parser<'a>(&'a str);

impl<'a> Parser<'a> {
    fn parse(mut self) -> Type<'static> {
        let ty = self.ty();
        assert_eq!(self.0, "", "behind a type");
        ty
    }

    fn ty(&mut self) -> Type<'static> {
        match self.word() {
            "list" => Type::List(leak(self.several()[0])),
            "option" => Type::Option(leak(self.several()[0])),
            "result" => {
                let types = self.several();
                Type::Result {
                    ok: Some(leak(types[0])),
                    err: Some(leak(types[1])),
                }
            }
            "tuple" => Type::Tuple(self.several().leak()),
            "record" => {
                let fields = self.several().into_iter().map(|ty| ("field", ty));
                Type::Record(fields.collect::<Vec<_>>().leak())
            }
            "variant" => {
                // `_` is read as the empty tuple.
                let some = |ty| (ty != Type::Tuple(&[])).then_some(ty);
                let cases = self.several().into_iter().map(|ty| ("case", some(ty)));
                Type::Variant(cases.collect::<Vec<_>>().leak())
            }
            "enum" => Type::Enum(self.labels()),
            "flags" => Type::Flags(self.labels()),
            "_" => Type::Tuple(&[]),
            name => {
                let known = Primitive::ALL
                    .into_iter()
                    .find(|known| known.name() == name);
                Type::Primitive(known.unwrap_or_else(|| panic!("no type `{name}`")))
            }
        }
    }

    /// What stands between brackets, of whatever form.
    fn several(&mut self) -> Vec<Type<'static>> {
        let mut types = Vec::new();
        while self.0.starts_with(['<', '{', ',']) {
            self.0 = &self.0[1..];
            types.push(self.ty());
        }
        self.0 = self.0.strip_prefix(['>', '}']).expect("the end of a list");
        types
    }

    fn labels(&mut self) -> &'static [&'static str] {
        self.0 = self.0.trim_start();
        vec!["label"; self.word().parse().expect("a number")].leak()
    }

    fn word(&mut self) -> &'a str {
        let end = self
            .0
            .find(|letter: char| !letter.is_alphanumeric() && letter != '-' && letter != '_');
        let (word, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest;
        word
    }
}

fn leak(ty: Type<'static>) -> &'static Type<'static> {
    Box::leak(Box::new(ty))
}
