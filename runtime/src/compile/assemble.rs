//! From bytes to the parts of a module, in the validator's one pass.
//!
//! The validator reads each entry once and hands it to a sink; the [`Assembler`] is that sink. It
//! keeps spans and indices, not copies, in [`Parts`].
//! Instances are made from the parts alone, so that no section is decoded a second time. Standard:
//! section 2.5, "Modules".

use alloc::vec::Vec;

use crate::allocation;
use crate::error::Result;
use crate::module::{CustomPart, ExportPart, ImportPart, Parts, SharedAsk, Watch, Watched};
use crate::profile::Features;
use crate::read::{
    ConstExpr, DataSegment, ElementSegment, Export, Import, ImportType as Imported, Span,
};
use crate::reject::Reject;
use crate::spec::ErrorCode;
use crate::types::{
    DataIdx, ElemIdx, ExternKind, FuncIdx, GlobalIdx, GlobalType, TableIdx, TableType,
};
use crate::validate::{self, Environment, Heap, ModuleSink};

/// Validates a module and takes it apart; with `skip`, the bodies of functions are left for later.
pub(super) fn assemble(
    bytes: &[u8],
    features: &Features,
    skip: bool,
    ask: &SharedAsk<'_>,
) -> Result<(Environment<Heap>, Parts)> {
    let mut ask = || ask();
    let mut watch = Watch::new(&mut ask, 0);
    let mut sink = Assembler {
        parts: Parts::default(),
        body: Watched {
            sink: (),
            watch: &mut watch,
        },
        imported: [0; 5],
        skip,
    };
    let validated = validate::module(bytes, features, Heap, &mut sink);
    let parts = sink.parts;
    match watch.error() {
        Some(error) => Err(error),
        None => Ok((validated?, parts)),
    }
}

struct Assembler<'t, 'w> {
    parts: Parts,
    body: Watched<'t, 'w, ()>,
    /// Imports so far, by kind.
    imported: [u32; 5],
    /// Whether bodies are left out.
    skip: bool,
}

/// Adds an item if there is memory for it.
fn push<T>(list: &mut Vec<T>, item: T) -> Result<(), Reject> {
    list.try_reserve(1).map_err(|_| out_of_memory())?;
    list.push(item);
    Ok(())
}

fn out_of_memory() -> Reject {
    Reject::new(ErrorCode::OutOfMemory, 0)
}

impl<'a, 't, 'w> ModuleSink<'a> for Assembler<'t, 'w> {
    type Body = Watched<'t, 'w, ()>;

    const BY_NAME: bool = true;

    fn reach(&mut self, at: usize) -> Result<(), Reject> {
        self.body.watch.at(at)
    }

    fn skip(&mut self, _: FuncIdx, span: Span) -> Result<bool, Reject> {
        push(&mut self.parts.bodies, span)?;
        Ok(self.skip)
    }

    fn body(&mut self, _: FuncIdx, _: Span) -> Result<&mut Self::Body, Reject> {
        Ok(&mut self.body)
    }

    fn import(&mut self, import: &Import<'a>, _: usize, names: [Span; 2]) -> Result<(), Reject> {
        let kind = match import.ty {
            Imported::Func(_) => ExternKind::Func,
            Imported::Table(_) => ExternKind::Table,
            Imported::Memory(_) => ExternKind::Memory,
            Imported::Global(_) => ExternKind::Global,
            Imported::Tag(_) => ExternKind::Tag,
        };
        let [module, name] = names;
        let next = &mut self.imported[kind as usize];
        let part = ImportPart {
            module,
            name,
            kind,
            index: *next,
        };
        *next += 1;
        push(&mut self.parts.imports, part)
    }

    fn table(&mut self, _: TableIdx, _: &TableType, init: Option<ConstExpr>) -> Result<(), Reject> {
        push(&mut self.parts.tables, init)
    }

    fn global(&mut self, _: GlobalIdx, _: &GlobalType, init: ConstExpr) -> Result<(), Reject> {
        push(&mut self.parts.globals, init)
    }

    fn export(&mut self, export: &Export<'a>, _: usize, name: Span) -> Result<(), Reject> {
        push(
            &mut self.parts.exports,
            ExportPart {
                name,
                kind: export.kind,
                index: export.index,
            },
        )
    }

    fn exports_by_name(
        &mut self,
        places: impl ExactSizeIterator<Item = u32>,
    ) -> Result<(), Reject> {
        self.parts.by_name = allocation::boxed_list(places).map_err(|_| out_of_memory())?;
        Ok(())
    }

    fn start(&mut self, func: FuncIdx) -> Result<(), Reject> {
        self.parts.start = Some(func);
        Ok(())
    }

    fn element(&mut self, _: ElemIdx, segment: &ElementSegment) -> Result<(), Reject> {
        push(&mut self.parts.elements, *segment)
    }

    fn data(&mut self, _: DataIdx, segment: &DataSegment) -> Result<(), Reject> {
        push(&mut self.parts.datas, *segment)
    }

    fn custom(&mut self, _: &'a str, name: Span, content: Span) -> Result<(), Reject> {
        push(&mut self.parts.customs, CustomPart { name, content })
    }
}
