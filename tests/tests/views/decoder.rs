//! What the runtime's decoder reads of a module, and a view of the same.
//!

use tabwasm::reject::Reject;
use tabwasm::types::{ExternKind, TypeIdx};
use tabwasm::view::ModuleView;
use tabwasm::{Engine, ExternType, Module};

use crate::Lines;

/// The lines of the decoder, if the module is valid.
pub fn lines(bytes: &[u8]) -> Option<Vec<String>> {
    let module = Module::new(&Engine::default(), bytes).ok()?;
    let mut lines = vec![format!("name {:?}", module.name())];
    for import in module.imports() {
        let kind = kind(&import.ty());
        lines.push(format!("import {} {} {kind}", import.module(), import.name()));
    }
    for export in module.exports() {
        lines.push(format!("export {} {}", export.name(), kind(&export.ty())));
    }
    let view = ModuleView::new(bytes).ok()?;
    for custom in view.customs().flatten() {
        let contents: Vec<&[u8]> = module.custom_sections(custom.name).collect();
        lines.push(format!("custom {} {contents:?}", custom.name));
    }
    Some(lines)
}

fn kind(ty: &ExternType) -> String {
    match ty {
        ExternType::Func(ty) => {
            let params: Vec<String> = ty.params().map(|ty| format!("{ty:?}")).collect();
            let results: Vec<String> = ty.results().map(|ty| format!("{ty:?}")).collect();
            format!("func {} {}", params.len(), results.len())
        }
        ExternType::Table(_) => "table".to_string(),
        ExternType::Memory(ty) => format!("memory {ty:?}"),
        ExternType::Global(ty) => format!("global {}", ty.mutable),
        ExternType::Tag(_) => "tag".to_string(),
    }
}
