//! What wasmparser reads of a module, in the words of [`module`](crate::module).
//!
//! An implementation by other people with other mistakes: where both read the same, the reading is
//! probably right.

use std::ops::Range;

use wasmparser::{
    AbstractHeapType, CompositeInnerType, ConstExpr, DataKind, ElementItems, ElementKind,
    ExternalKind, FieldType, GlobalType, HeapType, KnownCustom, MemoryType, Name, Parser, Payload,
    RecGroup, RefType, StorageType, SubType, TableInit, TableType, TypeRef, UnpackedIndex, ValType,
};

use crate::Lines;

/// The lines of a module.
pub(crate) fn lines(bytes: &[u8]) -> Lines<String> {
    read(bytes).map_err(|error| error.to_string())
}

fn read(bytes: &[u8]) -> wasmparser::Result<Vec<String>> {
    let mut sections = Vec::new();
    let mut parts: [Vec<String>; 14] = Default::default();
    let [
        types,
        imports,
        functions,
        tables,
        memories,
        tags,
        globals,
        exports,
        start,
        elements,
        count,
        bodies,
        data,
        customs,
    ] = &mut parts;
    let mut name = None;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        if let Some((id, range)) = payload.as_section() {
            sections.push(format!("section {id} {range:?}"));
        }
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    types.push(format!("types {:?}", rec_group(&group?)));
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    let ty = extern_type(&import.ty);
                    imports.push(format!("import {} {} {ty}", import.module, import.name));
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    functions.push(format!("function {}", ty?));
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    let table = table?;
                    let init = match &table.init {
                        TableInit::RefNull => None,
                        TableInit::Expr(constant) => Some(expr(constant)),
                    };
                    tables.push(format!("{} {init:?}", table_type(&table.ty)));
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    memories.push(memory_type(&memory?));
                }
            }
            Payload::TagSection(section) => {
                for tag in section {
                    tags.push(format!("tag {}", tag?.func_type_idx));
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    let global = global?;
                    let init = expr(&global.init_expr);
                    globals.push(format!("{} {init}", global_type(&global.ty)));
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    let kind = kind(export.kind);
                    exports.push(format!("export {} {kind} {}", export.name, export.index));
                }
            }
            Payload::StartSection { func, .. } => start.push(format!("start {:?}", Some(func))),
            Payload::ElementSection(section) => {
                for element in section {
                    let element = element?;
                    let short = !matches!(element.kind, ElementKind::Active { .. });
                    elements.push(elements_line(&element.kind, element.items, short)?);
                }
            }
            Payload::DataCountSection { count: number, .. } => {
                count.push(format!("data count {:?}", Some(number)));
            }
            Payload::CodeSectionEntry(body) => {
                let mut locals = Vec::new();
                for local in body.get_locals_reader()? {
                    let (count, ty) = local?;
                    locals.push(format!("({count}, {})", val_type(ty)));
                }
                let mut offsets = Vec::new();
                let mut reader = body.get_operators_reader()?;
                while !reader.eof() {
                    offsets.push(reader.read_with_offset()?.1);
                }
                let locals = locals.join(", ");
                bodies.push(format!("body {:?} [{locals}] {offsets:?}", body.range()));
            }
            Payload::DataSection(section) => {
                for segment in section {
                    let segment = segment?;
                    let mode = match &segment.kind {
                        DataKind::Passive => "passive".to_string(),
                        DataKind::Active {
                            memory_index,
                            offset_expr,
                        } => {
                            format!("active {memory_index} {}", expr(offset_expr))
                        }
                    };
                    let end = segment.range.end;
                    let range = end - segment.data.len() as u64..end;
                    data.push(format!("data {mode} {range:?}"));
                }
            }
            Payload::CustomSection(section) => {
                customs.push(format!("custom {} {:?}", section.name(), section.data()));
                if let (KnownCustom::Name(names), None) = (section.as_known(), &name) {
                    name = Some(names_line(names));
                }
            }
            _ => {}
        }
    }
    if start.is_empty() {
        start.push("start None".to_string());
    }
    if count.is_empty() {
        count.push("data count None".to_string());
    }
    sections.extend(parts.into_iter().flatten());
    sections.extend(name);
    Ok(sections)
}

fn names_line(names: wasmparser::NameSectionReader<'_>) -> String {
    let (mut module, mut funcs) = (None, None);
    for name in names.into_iter().map_while(Result::ok) {
        match name {
            Name::Module { name, .. } if module.is_none() => module = Some(name),
            Name::Function(map) if funcs.is_none() => {
                let names = map.into_iter().map_while(Result::ok);
                funcs = Some(
                    names
                        .map(|naming| (naming.index, naming.name))
                        .collect::<Vec<_>>(),
                );
            }
            _ => {}
        }
    }
    format!("name {module:?} {:?}", funcs.unwrap_or_default())
}

fn elements_line(
    kind: &ElementKind<'_>,
    items: ElementItems<'_>,
    short: bool,
) -> wasmparser::Result<String> {
    let mode = match kind {
        ElementKind::Passive => "passive".to_string(),
        ElementKind::Declared => "declarative".to_string(),
        ElementKind::Active {
            table_index,
            offset_expr,
        } => {
            format!("active {} {}", table_index.unwrap_or(0), expr(offset_expr))
        }
    };
    let _ = short;
    let mut found = Vec::new();
    let ty = match items {
        ElementItems::Functions(functions) => {
            for function in functions {
                found.push(function?.to_string());
            }
            "(ref func)".to_string()
        }
        ElementItems::Expressions(ty, expressions) => {
            for constant in expressions {
                found.push(expr(&constant?));
            }
            ref_type(ty)
        }
    };
    Ok(format!("elements {mode} {ty} {found:?}"))
}

/// Types that are defined together.
pub(crate) fn rec_group(group: &RecGroup) -> Vec<String> {
    group.types().map(sub_type).collect()
}

fn sub_type(ty: &SubType) -> String {
    let supers: Vec<u32> = ty
        .supertype_idxs
        .iter()
        .filter_map(|index| index.as_module_index())
        .collect();
    let is_final = if ty.is_final { "final " } else { "" };
    let composite = match &ty.composite_type.inner {
        CompositeInnerType::Func(ty) => {
            let types = |types: &[ValType]| {
                types
                    .iter()
                    .map(|ty| val_type(*ty))
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            format!("func {} -> {}", types(ty.params()), types(ty.results()))
        }
        CompositeInnerType::Struct(ty) => {
            let fields: Vec<String> = ty.fields.iter().map(field).collect();
            format!("struct {}", fields.join(" "))
        }
        CompositeInnerType::Array(ty) => format!("array {}", field(&ty.0)),
        CompositeInnerType::Cont(_) => "continuation".to_string(),
    };
    format!("{is_final}{supers:?} {composite}")
}

fn field(field: &FieldType) -> String {
    let storage = match field.element_type {
        StorageType::I8 => "i8".to_string(),
        StorageType::I16 => "i16".to_string(),
        StorageType::Val(ty) => val_type(ty),
    };
    if field.mutable {
        format!("mut {storage}")
    } else {
        storage
    }
}

/// What is imported.
pub(crate) fn extern_type(ty: &TypeRef) -> String {
    match ty {
        TypeRef::Func(ty) | TypeRef::FuncExact(ty) => format!("func {ty}"),
        TypeRef::Table(ty) => table_type(ty),
        TypeRef::Memory(ty) => memory_type(ty),
        TypeRef::Global(ty) => global_type(ty),
        TypeRef::Tag(ty) => format!("tag {}", ty.func_type_idx),
    }
}

fn table_type(ty: &TableType) -> String {
    let element = ref_type(ty.element_type);
    format!(
        "table {element} {}..{:?} {}",
        ty.initial, ty.maximum, ty.table64
    )
}

fn memory_type(ty: &MemoryType) -> String {
    let page = ty.page_size_log2.unwrap_or(16);
    format!(
        "memory {}..{:?} {} {} {page}",
        ty.initial, ty.maximum, ty.memory64, ty.shared
    )
}

fn global_type(ty: &GlobalType) -> String {
    format!("global {} {}", val_type(ty.content_type), ty.mutable)
}

/// The kind of an export.
pub(crate) fn kind(kind: ExternalKind) -> &'static str {
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => "func",
        ExternalKind::Table => "table",
        ExternalKind::Memory => "memory",
        ExternalKind::Global => "global",
        ExternalKind::Tag => "tag",
    }
}

fn val_type(ty: ValType) -> String {
    match ty {
        ValType::Ref(ty) => ref_type(ty),
        other => other.to_string(),
    }
}

fn ref_type(ty: RefType) -> String {
    let heap = match ty.heap_type() {
        HeapType::Abstract { ty, .. } => abstract_type(ty).to_string(),
        HeapType::Concrete(index) | HeapType::Exact(index) => match index {
            UnpackedIndex::Module(index) => index.to_string(),
            other => format!("{other:?}"),
        },
    };
    let short = !heap.starts_with("no") && !heap.starts_with(|c: char| c.is_ascii_digit());
    match (ty.is_nullable(), heap.as_str()) {
        (true, "none") => "nullref".to_string(),
        (true, heap) if short => format!("{heap}ref"),
        (true, heap) => format!("(ref null {heap})"),
        (false, heap) => format!("(ref {heap})"),
    }
}

fn abstract_type(ty: AbstractHeapType) -> &'static str {
    use AbstractHeapType as Heap;
    match ty {
        Heap::Func => "func",
        Heap::Extern => "extern",
        Heap::Any => "any",
        Heap::None => "none",
        Heap::NoExtern => "noextern",
        Heap::NoFunc => "nofunc",
        Heap::Eq => "eq",
        Heap::Struct => "struct",
        Heap::Array => "array",
        Heap::I31 => "i31",
        Heap::Exn => "exn",
        Heap::NoExn => "noexn",
        Heap::Cont => "cont",
        Heap::NoCont => "nocont",
    }
}

fn expr(expr: &ConstExpr<'_>) -> String {
    let reader = expr.get_binary_reader();
    let range: Range<_> = reader.range();
    format!("{range:?}")
}
