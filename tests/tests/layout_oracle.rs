//! Layouts of the Canonical ABI against those that the reference implementation computes.
//!
//! The extract is no part of the project; without it this test says that it is skipped. Each type
//! of it is compared twice: written down in Rust, as the derives and the traits see it, and read from
//! its own text. Expected values never come from the tables.

use std::fs;

use tabwasm::component::{
    AddressType, CanonicalAbi, CanonicalAbiInfo, ComponentType, Primitive, Type,
};
use tabwasm_macros::ComponentType;
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
        ("record{u8,u32,u16}", Record::ABI),
        ("variant{f32,u64,_}", Variant::ABI),
        ("enum 3", Enum3::ABI),
        ("enum 257", Enum257::ABI),
        ("flags 3", Flags3::ABI),
        ("flags 9", Flags9::ABI),
        ("flags 32", Flags32::ABI),
    ]
}

#[derive(ComponentType)]
#[expect(dead_code)]
struct Record {
    a: u8,
    b: u32,
    c: u16,
}

#[derive(ComponentType)]
#[expect(dead_code)]
enum Variant {
    A(f32),
    B(u64),
    C,
}

#[derive(ComponentType)]
#[expect(dead_code)]
enum Enum3 {
    A,
    B,
    C,
}

#[derive(ComponentType)]
#[rustfmt::skip]
#[expect(dead_code)]
enum Enum257 {
    C0, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12, C13, C14, C15, C16, C17, C18, C19, C20, C21, C22, C23,
    C24, C25, C26, C27, C28, C29, C30, C31, C32, C33, C34, C35, C36, C37, C38, C39, C40, C41, C42, C43, C44, C45,
    C46, C47, C48, C49, C50, C51, C52, C53, C54, C55, C56, C57, C58, C59, C60, C61, C62, C63, C64, C65, C66, C67,
    C68, C69, C70, C71, C72, C73, C74, C75, C76, C77, C78, C79, C80, C81, C82, C83, C84, C85, C86, C87, C88, C89,
    C90, C91, C92, C93, C94, C95, C96, C97, C98, C99, C100, C101, C102, C103, C104, C105, C106, C107, C108, C109,
    C110, C111, C112, C113, C114, C115, C116, C117, C118, C119, C120, C121, C122, C123, C124, C125, C126, C127,
    C128, C129, C130, C131, C132, C133, C134, C135, C136, C137, C138, C139, C140, C141, C142, C143, C144, C145,
    C146, C147, C148, C149, C150, C151, C152, C153, C154, C155, C156, C157, C158, C159, C160, C161, C162, C163,
    C164, C165, C166, C167, C168, C169, C170, C171, C172, C173, C174, C175, C176, C177, C178, C179, C180, C181,
    C182, C183, C184, C185, C186, C187, C188, C189, C190, C191, C192, C193, C194, C195, C196, C197, C198, C199,
    C200, C201, C202, C203, C204, C205, C206, C207, C208, C209, C210, C211, C212, C213, C214, C215, C216, C217,
    C218, C219, C220, C221, C222, C223, C224, C225, C226, C227, C228, C229, C230, C231, C232, C233, C234, C235,
    C236, C237, C238, C239, C240, C241, C242, C243, C244, C245, C246, C247, C248, C249, C250, C251, C252, C253,
    C254, C255, C256,
}

#[derive(ComponentType)]
#[component(flags)]
#[rustfmt::skip]
#[expect(dead_code)]
struct Flags3 {
    f0: bool, f1: bool, f2: bool,
}

#[derive(ComponentType)]
#[component(flags)]
#[rustfmt::skip]
#[expect(dead_code)]
struct Flags9 {
    f0: bool, f1: bool, f2: bool, f3: bool, f4: bool, f5: bool, f6: bool, f7: bool, f8: bool,
}

#[derive(ComponentType)]
#[component(flags)]
#[rustfmt::skip]
#[expect(dead_code)]
struct Flags32 {
    f0: bool, f1: bool, f2: bool, f3: bool, f4: bool, f5: bool, f6: bool, f7: bool, f8: bool, f9: bool, f10: bool,
    f11: bool, f12: bool, f13: bool, f14: bool, f15: bool, f16: bool, f17: bool, f18: bool, f19: bool, f20: bool,
    f21: bool, f22: bool, f23: bool, f24: bool, f25: bool, f26: bool, f27: bool, f28: bool, f29: bool, f30: bool,
    f31: bool,
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
