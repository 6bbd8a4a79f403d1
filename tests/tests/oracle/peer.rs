//! wasmparser: each row's bytes, with immediates, decoded by somebody else.
//!
//! Compared are the name, the order of immediates, the number of operands and results, the
//! proposal, and that the instruction ends where its bytes end.

use tabwasm_codegen::model::{Code, Immediate, ImmediateKind, Op, TypeItem};
use tabwasm_tests::tables;
use wasm_encoder::{Module, SectionId};
use wasmparser::{BinaryReader, OperatorsReader, Validator, WasmFeatures};

use super::{Report, bytes, proposal, reserved};

/// What wasmparser's own list says about an operator.
struct Listed {
    proposal: &'static str,
    name: &'static str,
    arity: &'static str,
}

macro_rules! list {
    ($(@$proposal:ident $name:ident $({ $($field:ident: $type:ty),* })? => $visit:ident ($($arity:tt)*))*) => {
        &[$(Listed {
            proposal: stringify!($proposal),
            name: stringify!($name),
            arity: stringify!($($arity)*),
        }),*]
    };
}

const OPERATORS: &[Listed] = wasmparser::for_each_operator!(list);

#[test]
fn rows() {
    let mut report = Report::default();
    let model = tables();
    for op in &model.ops {
        let immediates: Vec<u8> = op.immediates.iter().enumerate().flat_map(encode).collect();
        let Some(decoded) = Decoded::of(op.code, &immediates) else {
            report.lacks(format!(
                "row `{}`: wasmparser does not accept its bytes",
                op.key
            ));
            continue;
        };
        let name = if op.key == "select_typed" {
            "TypedSelect"
        } else {
            &op.variant
        };
        // Words that the standard writes as one are several there: `extmul`, `ExtMul`.
        let [ours, theirs] = [name, decoded.name()].map(str::to_lowercase);
        report.compare(&op.key, "key", ours, theirs);
        report.compare(&op.key, "imm (bytes left)", 0, decoded.left);
        for (place, immediate) in op.immediates.iter().enumerate() {
            let Some(field) = field(immediate.kind) else {
                continue;
            };
            let expected = format!("{field}: {}", number(place));
            let found = if decoded.text.contains(&expected) {
                &expected
            } else {
                &decoded.text
            };
            report.compare(&op.key, "imm", &expected, found);
        }
        let Some(listed) = decoded.listed() else {
            report.lacks(format!("wasmparser does not list `{}`", op.key));
            continue;
        };
        report.compare(&op.key, "file", proposal(&model, op), listed.proposal);
        let theirs = listed
            .arity
            .trim_start_matches("arity ")
            .trim_start_matches("memarg ");
        if let (Some(ours), false) = (arity(op), theirs == "custom") {
            report.compare(&op.key, "type (arity)", ours.as_str(), theirs);
        }
    }
    report.finish(800);
}

#[test]
fn reserved_opcodes() {
    let mut report = Report::default();
    for (code, proposal) in reserved(&tables()) {
        // Zeros are immediates of any kind.
        let decoded = Decoded::of(code, &[0; 20]);
        let listed = decoded.as_ref().and_then(Decoded::listed);
        let row = format!("{:02X?}", bytes(code));
        report.compare(
            &row,
            "reserved",
            proposal,
            listed.map_or("nothing", |listed| listed.proposal),
        );
    }
    report.finish(100);
}

#[test]
fn section_order() {
    let mut report = Report::default();
    let sections = tables().sections;
    for first in &sections {
        report.compare(&first.key, "id", first.id, id(&first.key));
        for second in &sections {
            let ours = first.order == 0 || second.order == 0 || first.order < second.order;
            let pair = format!("{} {}", first.key, second.key);
            report.compare(&pair, "order", ours, in_order(&first.key, &second.key));
        }
    }
    report.finish(200);
}

/// The id of a section, by wasm-encoder.
fn id(key: &str) -> u8 {
    let id = match key {
        "custom" => SectionId::Custom,
        "type" => SectionId::Type,
        "import" => SectionId::Import,
        "function" => SectionId::Function,
        "table" => SectionId::Table,
        "memory" => SectionId::Memory,
        "global" => SectionId::Global,
        "export" => SectionId::Export,
        "start" => SectionId::Start,
        "element" => SectionId::Element,
        "code" => SectionId::Code,
        "data" => SectionId::Data,
        "data_count" => SectionId::DataCount,
        "tag" => SectionId::Tag,
        other => panic!("no section `{other}`"),
    };
    id as u8
}

/// Whether one empty section may stand before another.
fn in_order(first: &str, second: &str) -> bool {
    if first == "start" && second != "custom" {
        // There is no function that it could name, which is found out first.
        return second != first && !in_order(second, first);
    }
    let mut bytes = Module::new().finish();
    for key in [first, second] {
        // A length of one byte, which says that there is nothing; or the number 0.
        bytes.extend([id(key), 1, 0]);
    }
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    match validator.validate_all(&bytes) {
        Ok(_) => true,
        Err(error) => !error.message().contains("out of order"),
    }
}

/// What wasmparser makes of some bytes.
struct Decoded {
    /// As `Debug` prints the operator, fields without `_index`.
    text: String,
    /// Bytes left over.
    left: usize,
}

impl Decoded {
    fn of(code: Code, immediates: &[u8]) -> Option<Decoded> {
        let around: &[u8] = match (code.prefix, code.value) {
            // `else` stands within `if`, and `catch` and its like within `try`.
            (None, 0x05) => &[0x04, 0x40],
            (None, 0x07 | 0x18 | 0x19) => &[0x06, 0x40],
            _ => &[],
        };
        let bytes = [around, &bytes(code), immediates].concat();
        let mut reader = OperatorsReader::new(BinaryReader::new(&bytes, 0));
        if !around.is_empty() {
            reader.read().ok()?;
        }
        let text = format!("{:?}", reader.read().ok()?).replace("_index", "");
        Some(Decoded {
            text,
            left: reader.get_binary_reader().bytes_remaining(),
        })
    }

    fn name(&self) -> &str {
        self.text.split(' ').next().unwrap_or_default()
    }

    fn listed(&self) -> Option<&'static Listed> {
        OPERATORS.iter().find(|listed| listed.name == self.name())
    }
}

/// Bytes for an immediate; indices are numbered by place, so that their order shows.
fn encode((place, immediate): (usize, &Immediate)) -> Vec<u8> {
    match immediate.kind {
        ImmediateKind::Labels => vec![1, 0, 0],
        ImmediateKind::Block => vec![0x40],
        ImmediateKind::Heap => vec![0x70],
        ImmediateKind::ValTypes => vec![1, 0x7F],
        ImmediateKind::MemArg => vec![immediate.number.unwrap_or(0).trailing_zeros() as u8, 0],
        ImmediateKind::F32 => vec![0; 4],
        ImmediateKind::F64 => vec![0; 8],
        ImmediateKind::V128 => vec![0; 16],
        ImmediateKind::Lane => vec![0],
        ImmediateKind::Lanes => vec![0; 16],
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
        | ImmediateKind::I32
        | ImmediateKind::I64
        | ImmediateKind::U32 => vec![number(place)],
        ImmediateKind::Catches | ImmediateKind::Atomic => {
            panic!("no bytes for an immediate `{}`", immediate.kind)
        }
    }
}

/// The value of the immediate in this place.
fn number(place: usize) -> u8 {
    place as u8 + 1
}

/// The name of wasmparser's field for an index or integer.
fn field(kind: ImmediateKind) -> Option<&'static str> {
    match kind {
        ImmediateKind::Label => Some("relative_depth"),
        ImmediateKind::Local => Some("local"),
        ImmediateKind::Global => Some("global"),
        ImmediateKind::Func => Some("function"),
        ImmediateKind::Type => Some("type"),
        ImmediateKind::Table => Some("table"),
        ImmediateKind::Memory => Some("mem"),
        ImmediateKind::Data => Some("data"),
        ImmediateKind::Elem => Some("elem"),
        ImmediateKind::I32 | ImmediateKind::I64 => Some("value"),
        ImmediateKind::Labels
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
        | ImmediateKind::F32
        | ImmediateKind::F64
        | ImmediateKind::V128
        | ImmediateKind::U32 => None,
    }
}

/// Numbers of operands and results, where no immediate decides about them.
fn arity(op: &Op) -> Option<String> {
    let signature = op.signature.as_ref()?;
    let fixed = |item: &TypeItem| match item {
        TypeItem::Function { function, .. } => !function.is_list(),
        TypeItem::Value(_) | TypeItem::Reference { .. } | TypeItem::AnyReference => true,
    };
    let all = signature.params.iter().chain(&signature.results).all(fixed);
    all.then(|| format!("{} -> {}", signature.params.len(), signature.results.len()))
}
