//! What the runtime's decoder reads of a module, and what a view reads of the same.
//!
//! Both go through the readers of the library, but one validates on its way. The decoder
//! canonicalises type indices; they are left out here, and compared with wasmparser.

use tabwasm::profile::{Features, Std};
use tabwasm::read::{ConstExpr, DataSegment, ElementSegment, Export, Import, ImportType, Span};
use tabwasm::reject::Reject;
use tabwasm::spec::Instruction;
use tabwasm::types::{
    DataIdx, ElemIdx, FuncIdx, GlobalIdx, GlobalType, MemoryIdx, MemoryType, TableIdx, TableType,
    TagIdx, TypeIdx,
};
use tabwasm::validate::{Effect, Heap, ModuleSink, Sink, module};
use tabwasm::view::ModuleView;

use crate::Lines;

/// The lines of the decoder, if the module is valid.
pub(crate) fn lines(bytes: &[u8]) -> Option<Vec<String>> {
    let mut decoded = Decoded {
        bytes,
        lines: Vec::new(),
        body: Offsets::default(),
    };
    module(bytes, &Features::of::<Std>(), Heap, &mut decoded).ok()?;
    Some(decoded.lines)
}

/// The lines of a view, section by section in their order.
pub(crate) fn view(bytes: &[u8]) -> Lines<Reject> {
    let module = ModuleView::new(bytes)?;
    let mut lines = Vec::new();
    let mut customs = module.customs();
    for section in module.sections() {
        use tabwasm::spec::SectionId as Id;
        match section?.id {
            Id::Import => all(module.imports(), &mut lines, |import| import_line(&import))?,
            Id::Function => all(module.functions(), &mut lines, |_| "function".to_string())?,
            Id::Table => all(module.tables(), &mut lines, |table| {
                table_line(&table.ty, table.init)
            })?,
            Id::Memory => all(module.memories(), &mut lines, |memory| {
                format!("{memory:?}")
            })?,
            Id::Tag => all(module.tags(), &mut lines, |_| "tag".to_string())?,
            Id::Global => {
                all(module.globals(), &mut lines, |global| {
                    global_line(&global.ty, global.init)
                })?;
            }
            Id::Export => all(module.exports(), &mut lines, |export| format!("{export:?}"))?,
            Id::Start => lines.push(format!("start {:?}", module.start()?)),
            Id::Element => all(module.elements(), &mut lines, |segment| {
                element_line(&segment)
            })?,
            Id::Data => all(module.data(), &mut lines, |segment| format!("{segment:?}"))?,
            Id::Custom => {
                if let Some(custom) = customs.next() {
                    let custom = custom?;
                    lines.push(format!("custom {} {}", custom.name, custom.content().len()));
                }
            }
            Id::Code => {
                for body in module.bodies() {
                    let body = body?;
                    lines.push(format!("body {:?}", body.span()));
                    let offsets = body.instructions().map(|one| one.map(|(at, _)| at));
                    lines.push(format!("{:?}", offsets.collect::<Result<Vec<_>, _>>()?));
                }
            }
            Id::Type | Id::DataCount => {}
        }
    }
    Ok(lines)
}

fn all<T>(
    entries: impl Iterator<Item = Result<T, Reject>>,
    lines: &mut Vec<String>,
    line: impl Fn(T) -> String,
) -> Result<(), Reject> {
    for entry in entries {
        lines.push(line(entry?));
    }
    Ok(())
}

/// The lines as they come; names stand where the decoder says.
struct Decoded<'a> {
    bytes: &'a [u8],
    lines: Vec<String>,
    body: Offsets,
}

/// The offsets of the instructions of a body.
#[derive(Default)]
struct Offsets(Vec<usize>);

impl<'a> Sink<'a> for Offsets {
    fn accept(&mut self, at: usize, _: &Instruction<'a>, _: Effect) -> Result<(), Reject> {
        self.0.push(at);
        Ok(())
    }
}

impl Decoded<'_> {
    fn line(&mut self, line: String) -> Result<(), Reject> {
        self.lines.push(line);
        Ok(())
    }
}

impl<'a> ModuleSink<'a> for Decoded<'_> {
    type Body = Offsets;

    fn body(&mut self, _: FuncIdx, span: Span) -> Result<&mut Offsets, Reject> {
        self.line(format!("body {span:?}"))?;
        self.body = Offsets::default();
        Ok(&mut self.body)
    }

    fn end_body(&mut self, _: FuncIdx) -> Result<(), Reject> {
        self.line(format!("{:?}", self.body.0))
    }

    fn import(&mut self, import: &Import<'a>, _: usize, names: [Span; 2]) -> Result<(), Reject> {
        let names = names.map(|name| self.bytes.get(name.range()));
        let [module, name] = [import.module, import.name].map(|name| Some(name.as_bytes()));
        assert_eq!(names, [module, name]);
        self.line(import_line(import))
    }

    fn func(&mut self, _: FuncIdx, _: TypeIdx) -> Result<(), Reject> {
        self.line("function".to_string())
    }

    fn table(
        &mut self,
        _: TableIdx,
        ty: &TableType,
        init: Option<ConstExpr>,
    ) -> Result<(), Reject> {
        self.line(table_line(ty, init))
    }

    fn memory(&mut self, _: MemoryIdx, ty: &MemoryType) -> Result<(), Reject> {
        self.line(format!("{ty:?}"))
    }

    fn tag(&mut self, _: TagIdx, _: TypeIdx) -> Result<(), Reject> {
        self.line("tag".to_string())
    }

    fn global(&mut self, _: GlobalIdx, ty: &GlobalType, init: ConstExpr) -> Result<(), Reject> {
        self.line(global_line(ty, init))
    }

    fn export(&mut self, export: &Export<'a>, _: usize, name: Span) -> Result<(), Reject> {
        assert_eq!(self.bytes.get(name.range()), Some(export.name.as_bytes()));
        self.line(format!("{export:?}"))
    }

    fn start(&mut self, func: FuncIdx) -> Result<(), Reject> {
        self.line(format!("start {:?}", Some(func)))
    }

    fn element(&mut self, _: ElemIdx, segment: &ElementSegment) -> Result<(), Reject> {
        self.line(element_line(segment))
    }

    fn data(&mut self, _: DataIdx, segment: &DataSegment) -> Result<(), Reject> {
        self.line(format!("{segment:?}"))
    }

    fn custom(&mut self, name: &'a str, at: Span, content: Span) -> Result<(), Reject> {
        assert_eq!(self.bytes.get(at.range()), Some(name.as_bytes()));
        self.line(format!("custom {name} {}", content.range().len()))
    }
}

fn import_line(import: &Import<'_>) -> String {
    let ty = match &import.ty {
        ImportType::Func(_) => "func".to_string(),
        ImportType::Table(ty) => table_line(ty, None),
        ImportType::Memory(ty) => format!("{ty:?}"),
        ImportType::Global(ty) => format!("global {}", ty.mutable),
        ImportType::Tag(_) => "tag".to_string(),
    };
    format!("import {} {} {ty}", import.module, import.name)
}

fn table_line(ty: &TableType, init: Option<ConstExpr>) -> String {
    format!("table {}..{:?} {} {init:?}", ty.min, ty.max, ty.is_64)
}

fn global_line(ty: &GlobalType, init: ConstExpr) -> String {
    format!("global {} {init:?}", ty.mutable)
}

fn element_line(segment: &ElementSegment) -> String {
    format!("elements {:?} {:?}", segment.mode, segment.items)
}
