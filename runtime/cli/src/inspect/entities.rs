//! What imports and exports of a module are, as texts.
//!
//! An export is an index into the imported and the defined entities of its kind; the lists of both
//! are made once. What an index does not lead to is shown as unknown, for modules need not be valid.

use std::fmt::Write;

use tabwasm::read::{CompositeType, Export, ImportType, SubType};
use tabwasm::reject::Reject;
use tabwasm::types::{
    ExternKind, GlobalType, MemoryType, TableType, TagType, TypeIdx, ValType, ValTypes,
};
use tabwasm::view::ModuleView;

/// The types of a module's entities, in the order of their indices.
#[derive(Default)]
pub(super) struct Entities {
    types: Vec<String>,
    funcs: Vec<TypeIdx>,
    tables: Vec<TableType>,
    memories: Vec<MemoryType>,
    globals: Vec<GlobalType>,
    tags: Vec<TagType>,
}

impl Entities {
    /// Those of a module.
    pub(super) fn of(module: ModuleView<'_>) -> Result<Self, Reject> {
        let mut all = Self::default();
        for group in module.types() {
            all.types.extend(group?.iter().map(|ty| signature(&ty)));
        }
        for import in module.imports() {
            match import?.ty {
                ImportType::Func(ty) => all.funcs.push(ty),
                ImportType::Table(ty) => all.tables.push(ty),
                ImportType::Memory(ty) => all.memories.push(ty),
                ImportType::Global(ty) => all.globals.push(ty),
                ImportType::Tag(ty) => all.tags.push(ty),
            }
        }
        for ty in module.functions() {
            all.funcs.push(ty?);
        }
        for table in module.tables() {
            all.tables.push(table?.ty);
        }
        for ty in module.memories() {
            all.memories.push(ty?);
        }
        for global in module.globals() {
            all.globals.push(global?.ty);
        }
        for ty in module.tags() {
            all.tags.push(ty?);
        }
        Ok(all)
    }

    /// What an import asks for: `func(i32) -> i64`.
    pub(super) fn imported(&self, ty: &ImportType) -> String {
        match ty {
            ImportType::Func(ty) => format!("func{}", self.signature(*ty)),
            ImportType::Table(ty) => table(ty),
            ImportType::Memory(ty) => memory(ty),
            ImportType::Global(ty) => global(ty),
            ImportType::Tag(ty) => format!("tag{}", self.signature(ty.func)),
        }
    }

    /// What is exported, likewise.
    pub(super) fn exported(&self, export: &Export<'_>) -> String {
        let index = export.index as usize;
        let ty = match export.kind {
            ExternKind::Func => self.funcs.get(index).copied().map(ImportType::Func),
            ExternKind::Table => self.tables.get(index).copied().map(ImportType::Table),
            ExternKind::Memory => self.memories.get(index).copied().map(ImportType::Memory),
            ExternKind::Global => self.globals.get(index).copied().map(ImportType::Global),
            ExternKind::Tag => self.tags.get(index).copied().map(ImportType::Tag),
        };
        match ty {
            Some(ty) => self.imported(&ty),
            None => format!("{} {index}, which there is not", kind(export.kind)),
        }
    }

    fn signature(&self, ty: TypeIdx) -> &str {
        let signature = self.types.get(ty.0 as usize);
        signature.map_or(" of an unknown type", String::as_str)
    }
}

/// The word for a kind.
pub(super) fn kind(kind: ExternKind) -> &'static str {
    match kind {
        ExternKind::Func => "func",
        ExternKind::Table => "table",
        ExternKind::Memory => "memory",
        ExternKind::Global => "global",
        ExternKind::Tag => "tag",
    }
}

/// `(i32, i32) -> i64`
fn signature(ty: &SubType<'_>) -> String {
    let list = |types: ValTypes<'_>| {
        let types: Vec<String> = types.iter().map(|ty: ValType| ty.to_string()).collect();
        types.join(", ")
    };
    let CompositeType::Func { params, results } = ty.composite else {
        return String::new();
    };
    let mut text = format!("({})", list(params));
    if !results.is_empty() {
        // Writing to a string does not fail.
        let _ = write!(text, " -> {}", list(results));
    }
    text
}

fn table(ty: &TableType) -> String {
    let index = if ty.is_64 { "i64 " } else { "" };
    format!("table {index}of {}, {}", ty.element, size(ty.min, ty.max))
}

fn memory(ty: &MemoryType) -> String {
    let index = if ty.is_64 { "i64 " } else { "" };
    let shared = if ty.shared { "shared " } else { "" };
    let unit = match ty.page_size() {
        1 => "bytes".to_owned(),
        size if size == MemoryType::default().page_size() => "pages".to_owned(),
        size => format!("pages of {size} bytes"),
    };
    format!("memory {index}{shared}of {} {unit}", size(ty.min, ty.max))
}

fn size(min: u64, max: Option<u64>) -> String {
    match max {
        Some(max) if max == min => format!("exactly {min}"),
        Some(max) => format!("{min} to {max}"),
        None => format!("at least {min}"),
    }
}

fn global(ty: &GlobalType) -> String {
    match ty.mutable {
        true => format!("global mut {}", ty.content),
        false => format!("global {}", ty.content),
    }
}
