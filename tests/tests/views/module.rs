//! What a [`ModuleView`] reads: a line for each section and entry.
//!
//! `peer_module` writes the same lines from what wasmparser reads, and the test compares them.

use tabwasm::read::{
    CompositeType, ConstExpr, ElementItem, FieldType, ImportType, SegmentMode, StorageType, SubType,
};
use tabwasm::reject::Reject;
use tabwasm::types::{ExternKind, GlobalType, MemoryType, TableType};
use tabwasm::view::ModuleView;

use crate::Lines;

/// The lines of a module.
pub(crate) fn lines(bytes: &[u8]) -> Lines<Reject> {
    let module = ModuleView::new(bytes)?;
    let mut lines = Vec::new();
    for section in module.sections() {
        let section = section?;
        lines.push(format!(
            "section {} {:?}",
            section.id.id(),
            section.body.range()
        ));
    }
    for group in module.types() {
        let types: Vec<String> = group?.iter().map(|ty| sub_type(&ty)).collect();
        lines.push(format!("types {types:?}"));
    }
    for import in module.imports() {
        let import = import?;
        lines.push(format!(
            "import {} {} {}",
            import.module,
            import.name,
            extern_type(&import.ty)
        ));
    }
    for ty in module.functions() {
        lines.push(format!("function {}", ty?.0));
    }
    for table in module.tables() {
        let table = table?;
        lines.push(format!(
            "{} {:?}",
            table_type(&table.ty),
            table.init.map(expr)
        ));
    }
    for memory in module.memories() {
        lines.push(memory_type(&memory?));
    }
    for tag in module.tags() {
        lines.push(format!("tag {}", tag?.func.0));
    }
    for global in module.globals() {
        let global = global?;
        lines.push(format!("{} {}", global_type(&global.ty), expr(global.init)));
    }
    for export in module.exports() {
        let export = export?;
        lines.push(format!(
            "export {} {} {}",
            export.name,
            kind(export.kind),
            export.index
        ));
    }
    lines.push(format!("start {:?}", module.start()?.map(|func| func.0)));
    for segment in module.elements() {
        let segment = segment?;
        let items: Vec<String> = segment
            .items
            .iter(bytes)
            .map(|item| match item {
                ElementItem::Func(func) => func.0.to_string(),
                ElementItem::Expr(constant) => expr(constant),
            })
            .collect();
        let mode = mode(segment.mode, |table| table.0);
        lines.push(format!("elements {mode} {} {items:?}", segment.element));
    }
    lines.push(format!("data count {:?}", module.data_count()?));
    for body in module.bodies() {
        let body = body?;
        let locals: Result<Vec<_>, _> = body.locals().collect();
        let offsets: Result<Vec<usize>, _> = body
            .instructions()
            .map(|one| one.map(|(at, _)| at))
            .collect();
        lines.push(format!(
            "body {:?} {:?} {:?}",
            body.span().range(),
            locals?,
            offsets?
        ));
    }
    for segment in module.data() {
        let segment = segment?;
        let mode = mode(segment.mode, |memory| memory.0);
        lines.push(format!("data {mode} {:?}", segment.bytes.range()));
    }
    for custom in module.customs() {
        let custom = custom?;
        lines.push(format!("custom {} {:?}", custom.name, custom.content()));
    }
    if let Some(names) = module.names() {
        lines.push(format!(
            "name {:?} {:?}",
            names.module(),
            names.funcs().collect::<Vec<_>>()
        ));
    }
    Ok(lines)
}

/// A type.
pub(crate) fn sub_type(ty: &SubType<'_>) -> String {
    let supers: Vec<u32> = ty.supertypes.iter().map(|index| index.0).collect();
    let is_final = if ty.is_final { "final " } else { "" };
    let composite = match ty.composite {
        CompositeType::Func { params, results } => {
            let types = |types: tabwasm::types::ValTypes<'_>| {
                types
                    .iter()
                    .map(|ty| ty.to_string())
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            format!("func {} -> {}", types(params), types(results))
        }
        CompositeType::Struct { fields } => {
            let fields: Vec<String> = fields.iter().map(field).collect();
            format!("struct {}", fields.join(" "))
        }
        CompositeType::Array { element } => format!("array {}", field(element)),
    };
    format!("{is_final}{supers:?} {composite}")
}

fn field(field: FieldType) -> String {
    let storage = match field.storage {
        StorageType::Val(ty) => ty.to_string(),
        StorageType::I8 => "i8".to_string(),
        StorageType::I16 => "i16".to_string(),
    };
    if field.mutable {
        format!("mut {storage}")
    } else {
        storage
    }
}

/// What is imported.
pub(crate) fn extern_type(ty: &ImportType) -> String {
    match ty {
        ImportType::Func(ty) => format!("func {}", ty.0),
        ImportType::Table(ty) => table_type(ty),
        ImportType::Memory(ty) => memory_type(ty),
        ImportType::Global(ty) => global_type(ty),
        ImportType::Tag(ty) => format!("tag {}", ty.func.0),
    }
}

fn table_type(ty: &TableType) -> String {
    format!("table {} {}..{:?} {}", ty.element, ty.min, ty.max, ty.is_64)
}

fn memory_type(ty: &MemoryType) -> String {
    let page = ty.page_size_log2;
    format!(
        "memory {}..{:?} {} {} {page}",
        ty.min, ty.max, ty.is_64, ty.shared
    )
}

fn global_type(ty: &GlobalType) -> String {
    format!("global {} {}", ty.content, ty.mutable)
}

fn kind(kind: ExternKind) -> &'static str {
    match kind {
        ExternKind::Func => "func",
        ExternKind::Table => "table",
        ExternKind::Memory => "memory",
        ExternKind::Global => "global",
        ExternKind::Tag => "tag",
    }
}

fn mode<I: Copy>(mode: SegmentMode<I>, number: impl Fn(I) -> u32) -> String {
    match mode {
        SegmentMode::Passive => "passive".to_string(),
        SegmentMode::Declarative => "declarative".to_string(),
        SegmentMode::Active { target, offset } => {
            format!("active {} {}", number(target), expr(offset))
        }
    }
}

fn expr(expr: ConstExpr) -> String {
    format!("{:?}", expr.span.range())
}
