//! Exports: each names an object that is there, and no two have the same name.
//!
//! Names are compared when all have been read: sorted, and then the sink may keep their order, or in
//! pairs, which takes no memory. Standard: section 3.5.12, "Modules".

use super::ModuleSink;
use super::environment::{Environment, ExportEntry, unknown};
use super::module::Pass;
use super::storage::{List, Storage};
use crate::policy;
use crate::profile::Gate;
use crate::read::{Export, Reader};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Limit, Proposal};
use crate::types::{ExternKind, FuncIdx, GlobalIdx};

impl<'a, G: Gate, S: Storage> Pass<'a, '_, G, S> {
    #[inline(never)]
    pub(super) fn export<M: ModuleSink<'a>>(
        &mut self,
        r: &mut Reader<'a>,
        sink: &mut M,
    ) -> Result<(), Reject> {
        let at = r.position();
        let (name, span) = self.name::<M>(r)?;
        let export: Export<'a> = r.export_of(name, self.gate)?;
        let index = export.index;
        let env = &self.env;
        let (code, count) = match export.kind {
            ExternKind::Func => (ErrorCode::UnknownFunction, env.funcs.len()),
            ExternKind::Table => (ErrorCode::UnknownTable, env.tables.len()),
            ExternKind::Memory => (ErrorCode::UnknownMemory, env.memories.len()),
            ExternKind::Global => (ErrorCode::UnknownGlobal, env.globals.len()),
            ExternKind::Tag => (ErrorCode::UnknownTag, env.tags.len()),
        };
        if index as usize >= count {
            return Err(unknown(code, index, count, at));
        }
        if export.kind == ExternKind::Func {
            self.declare(FuncIdx(index), at)?;
        }
        if exports_variable(&self.env, &export) {
            self.gate.admit(Proposal::MutableGlobals, at, ())?;
        }
        if M::BY_NAME || !policy::COMPARE_IN_PAIRS {
            let exports = &mut self.env.exports;
            let entry = ExportEntry {
                place: exports.len() as u32,
                at: at as u32,
            };
            let most = self.gate.limits().exports;
            exports.add(entry, Limit::Exports, most, at)?;
        }
        sink.export(&export, at, span)
    }

    /// Sorts the names of exports to find equal ones, and tells the sink of their order, or compares
    /// each with those before it.
    pub(super) fn exports_differ<M: ModuleSink<'a>>(
        &mut self,
        first: Reader<'a>,
        end: usize,
        sink: &mut M,
    ) -> Result<(), Reject> {
        if !M::BY_NAME && policy::COMPARE_IN_PAIRS {
            return names_differ(first, end);
        }
        let bytes = self.bytes;
        let reader = |export: &ExportEntry| Reader::range(bytes, export.at as usize..end);
        let name = |export: &ExportEntry| export_name(&mut reader(export));
        let exports = &mut self.env.exports;
        exports.sort(|a, b| name(a).cmp(&name(b)).then(a.place.cmp(&b.place)));
        let mut before = None;
        for index in 0..exports.len() {
            let export = exports.get(index).unwrap_or_default();
            let same = before.replace(name(&export)) == Some(name(&export));
            if same {
                let at = reader(&export).name_span()?.start;
                return Err(Reject::new(ErrorCode::DuplicateExport, at));
            }
        }
        if M::BY_NAME {
            let export = |index| exports.get(index).unwrap_or_default();
            sink.exports_by_name((0..exports.len()).map(|index| export(index).place))?;
        }
        exports.release();
        Ok(())
    }
}

/// Compares the names of exports that have been read, each with those before it.
fn names_differ(first: Reader<'_>, end: usize) -> Result<(), Reject> {
    let mut later = first;
    while later.position() < end {
        let mut export = later;
        let name = export_name(&mut later);
        let mut before = first;
        while before.position() < export.position() {
            if export_name(&mut before) == name {
                let at = export.name_span()?.start;
                return Err(Reject::new(ErrorCode::DuplicateExport, at));
            }
        }
    }
    Ok(())
}

/// The name of an export that has been read before, as bytes.
#[inline(never)]
fn export_name<'a>(r: &mut Reader<'a>) -> Option<&'a [u8]> {
    let length = r.again()?;
    let name = r.bytes(length as usize).ok()?;
    r.u8().ok()?;
    r.again()?;
    Some(name)
}

fn exports_variable<S: Storage>(env: &Environment<S>, export: &Export<'_>) -> bool {
    export.kind == ExternKind::Global
        && env
            .global(GlobalIdx(export.index))
            .is_some_and(|global| global.mutable)
}
