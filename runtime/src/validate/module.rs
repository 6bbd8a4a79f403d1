//! The pass over a module: sections in order, entries one by one.
//!
//! Each entry is read, checked against what the sections before it have declared, put into the
//! index spaces and told to the sink. What can only be checked later (functions that `ref.func` may
//! name, counts that sections announce) is kept until then. Standard: section 3.5, "Modules", and
//! section 5.5.

use super::environment::{Environment, TypeDef, unknown};
use super::function::function;
use super::stack::Scratch;
use super::storage::{List, Storage};
use super::{ModuleSink, Sink, frame};
use crate::generated::facts::wire;
use crate::policy;
use crate::profile::Gate;
use crate::read::{Import, ImportType, Reader, Sections, Span, malformed};
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Limit, Proposal, SectionId};
use crate::types::{
    DataIdx, ElemIdx, ExternKind, FuncIdx, GlobalIdx, GlobalType, MemoryIdx, MemoryType, TableIdx,
    TableType, TagIdx, TagType, TypeIdx, ValType,
};

/// Reads and validates a module, tells the sink what it consists of, and gives its index spaces.
pub fn module<'a, G: Gate, S: Storage, M: ModuleSink<'a>>(
    bytes: &'a [u8],
    gate: &G,
    storage: S,
    sink: &mut M,
) -> Result<Environment<S>, Reject> {
    let mut pass = Pass::new(bytes, gate, storage);
    pass.run::<true, M>(sink)?;
    Ok(pass.env)
}

/// Takes the sections one by one; gives the offset behind the last.
pub(super) fn sections<'a>(
    bytes: &'a [u8],
    gate: &impl Gate,
    mut take: impl FnMut(SectionId, &mut Reader<'a>) -> Result<(), Reject>,
) -> Result<usize, Reject> {
    let size = bytes.len() as u64;
    if size > gate.limits().module_size {
        return Err(Reject::limit(Limit::ModuleSize, size, 0));
    }
    let mut sections = Sections::new(bytes)?;
    let mut custom = 0_u32;
    while let Some(section) = sections.next(gate)? {
        let mut reader = section.body.reader(bytes);
        take(section.id, &mut reader)?;
        if section.id != SectionId::Custom {
            reader.complete()?;
            continue;
        }
        custom += 1;
        if u64::from(custom) > gate.limits().custom_sections {
            let at = section.body.start;
            return Err(Reject::limit(Limit::CustomSections, custom.into(), at));
        }
    }
    Ok(sections.position())
}

/// Whether there are as many as there must be.
pub(super) fn agree(code: ErrorCode, there: u32, expected: u32, at: usize) -> Result<(), Reject> {
    if there == expected {
        return Ok(());
    }
    let detail = Detail::OutOf(there.into(), expected.into());
    Err(Reject::with(code, at, detail))
}

/// The pass over one module.
pub(crate) struct Pass<'a, 'g, G, S: Storage> {
    pub(crate) bytes: &'a [u8],
    pub(crate) gate: &'g G,
    pub(crate) env: Environment<S>,
    pub(crate) scratch: Scratch<S>,
}

impl<'a, 'g, G: Gate, S: Storage> Pass<'a, 'g, G, S> {
    pub(super) fn new(bytes: &'a [u8], gate: &'g G, storage: S) -> Self {
        let (env, scratch) = storage.open();
        Self {
            bytes,
            gate,
            env,
            scratch,
        }
    }

    /// Reads and validates the module, with bodies or without.
    pub(super) fn run<const BODIES: bool, M: ModuleSink<'a>>(
        &mut self,
        sink: &mut M,
    ) -> Result<(), Reject> {
        let end = sections(self.bytes, self.gate, |id, reader| {
            self.section::<BODIES, M>(id, reader, sink)
        })?;
        let counts = &self.env.counts;
        let (bodies, funcs) = (counts.bodies, self.env.defined_funcs());
        agree(ErrorCode::CodeCount, bodies, funcs, end)?;
        match counts.data {
            Some(announced) => agree(ErrorCode::DataCount, counts.data_segments, announced, end),
            None => Ok(()),
        }
    }

    fn section<const BODIES: bool, M: ModuleSink<'a>>(
        &mut self,
        id: SectionId,
        r: &mut Reader<'a>,
        sink: &mut M,
    ) -> Result<(), Reject> {
        match id {
            SectionId::Custom => {
                let (name, at) = self.name::<M>(r)?;
                let content = Span {
                    start: r.position(),
                    end: r.end(),
                };
                sink.custom(name, at, content)
            }
            SectionId::Type => self.types(r, sink),
            SectionId::Start => self.start(r, sink),
            SectionId::DataCount => {
                self.env.counts.data = Some(r.u32()?);
                Ok(())
            }
            SectionId::Code => self.code::<BODIES, M>(r, sink),
            id => self.entries(id, r, sink),
        }
    }

    /// Sections that are lists of independent entries.
    #[inline(never)]
    fn entries<M: ModuleSink<'a>>(
        &mut self,
        id: SectionId,
        r: &mut Reader<'a>,
        sink: &mut M,
    ) -> Result<(), Reject> {
        let limit = id.limit().unwrap_or(Limit::ModuleSize);
        let count = r.count(limit, self.gate.limits().get(limit))?;
        let first = *r;
        for number in 0..count {
            sink.reach(r.position())?;
            match id {
                SectionId::Import => self.import(r, sink)?,
                SectionId::Function => self.func(r, sink)?,
                SectionId::Table => self.table(r, sink)?,
                SectionId::Memory => self.memory(r, sink)?,
                SectionId::Tag if G::may(Proposal::Exceptions) => self.tag(r, sink)?,
                SectionId::Global => self.global(r, sink)?,
                SectionId::Export => self.export(r, sink)?,
                SectionId::Element => self.element(number, r, sink)?,
                SectionId::Data => self.data(number, r, sink)?,
                SectionId::Custom
                | SectionId::Type
                | SectionId::Start
                | SectionId::DataCount
                | SectionId::Code
                | SectionId::Tag => {}
            }
        }
        if id == SectionId::Export {
            self.exports_differ(first, r.position(), sink)
        } else {
            Ok(())
        }
    }

    #[inline(never)]
    fn types<M: ModuleSink<'a>>(&mut self, r: &mut Reader<'a>, sink: &mut M) -> Result<(), Reject> {
        let limits = self.gate.limits();
        let count = r.count(Limit::Types, limits.types)?;
        // A type takes three bytes at least.
        let likely = (count as usize).min(r.remaining() / 3);
        self.env.types.reserve(likely);
        self.env.nodes.reserve(likely);
        for _ in 0..count {
            let at = r.position();
            sink.reach(at)?;
            let first = self.env.types.len() as u32;
            let mut length = r.group_length(self.gate)?;
            if !G::may(Proposal::FunctionReferences) {
                // Then there is one type, and the compiler is to know.
                length = 1;
            }
            for _ in 0..length {
                self.ty(r, first, length)?;
            }
            self.env.close_group::<G>(first, limits.types, at)?;
        }
        if !policy::COMPARE_IN_PAIRS {
            // The tree has found equal types, and serves no more.
            self.env.nodes.release();
        }
        Ok(())
    }

    /// One type of a group that begins at `first`.
    fn ty(&mut self, r: &mut Reader<'a>, first: u32, length: u32) -> Result<(), Reject> {
        let at = r.position();
        let code = r.u8()?;
        if let Some(form) = wire::Subtype::from_code(code) {
            return Err(match form.proposal() {
                // Groups do not nest.
                _ if form == wire::Subtype::Rec => malformed(ErrorCode::MalformedType, at, code),
                proposal => Reject::proposal(proposal.unwrap_or(Proposal::Gc), at),
            });
        }
        match wire::Composite::from_code(code) {
            Some(wire::Composite::Func) => {}
            Some(other) => {
                return Err(Reject::proposal(
                    other.proposal().unwrap_or(Proposal::Gc),
                    at,
                ));
            }
            None => return Err(malformed(ErrorCode::MalformedType, at, code)),
        }
        let limits = self.gate.limits();
        let start = self.env.value_types.len() as u32;
        let params = r.count(Limit::Params, limits.params)?;
        self.value_types(r, params, first, length)?;
        let results = r.result_count(self.gate)?;
        self.value_types(r, results, first, length)?;
        let index = self.env.types.len() as u32;
        let (params, results) = (params as u16, results as u16);
        let def = TypeDef {
            start,
            params,
            results,
            canonical: index,
            group: first,
        };
        self.env.types.add(def, Limit::Types, limits.types, at)
    }

    fn value_types(
        &mut self,
        r: &mut Reader<'a>,
        count: u32,
        first: u32,
        length: u32,
    ) -> Result<(), Reject> {
        for _ in 0..count {
            let at = r.position();
            let ty = r.val_type(self.gate)?;
            let inside = G::may(Proposal::FunctionReferences)
                && ty
                    .as_ref_type()
                    .and_then(|ty| ty.concrete())
                    .is_some_and(|index| index >= first && index - first < length);
            let ty = if inside {
                ty
            } else {
                self.env.resolve::<G>(ty, at)?
            };
            self.env.value_types.add(ty, Limit::Types, u64::MAX, at)?;
        }
        Ok(())
    }

    #[inline(never)]
    fn import<M: ModuleSink<'a>>(
        &mut self,
        r: &mut Reader<'a>,
        sink: &mut M,
    ) -> Result<(), Reject> {
        let at = r.position();
        let ((module, module_span), (name, name_span)) = (self.name::<M>(r)?, self.name::<M>(r)?);
        let ty = match r.external(self.gate, ErrorCode::MalformedImportKind)? {
            ExternKind::Func => {
                let ty = TypeIdx(r.u32()?);
                self.env.counts.imported_funcs += 1;
                ImportType::Func(self.add_func(ty, at)?)
            }
            ExternKind::Table => {
                let mut ty = r.table_type(self.gate)?;
                ty.element = self.env.resolve_ref::<G>(ty.element, at)?;
                self.env.counts.imported_tables += 1;
                self.add_table(&ty, at)?;
                ImportType::Table(ty)
            }
            ExternKind::Memory => {
                self.env.counts.imported_memories += 1;
                ImportType::Memory(self.memory_type(r, at)?)
            }
            ExternKind::Global => {
                let mut ty = r.global_type(self.gate)?;
                if ty.mutable {
                    self.gate.admit(Proposal::MutableGlobals, at, ())?;
                }
                ty.content = self.env.resolve::<G>(ty.content, at)?;
                self.env.counts.imported_globals += 1;
                self.add_global(ty, at)?;
                ImportType::Global(ty)
            }
            ExternKind::Tag => {
                let mut ty = TagType { func: TypeIdx(0) };
                // Else the kind has not been admitted.
                if G::may(Proposal::Exceptions) {
                    ty = r.tag_type(self.gate)?;
                    self.env.counts.imported_tags += 1;
                    ty.func = self.add_tag(ty.func, at)?;
                }
                ImportType::Tag(ty)
            }
        };
        sink.import(&Import { module, name, ty }, at, [module_span, name_span])
    }

    /// A name and where it stands; it is empty if it is passed over.
    #[inline]
    pub(super) fn name<M: ModuleSink<'a>>(
        &self,
        r: &mut Reader<'a>,
    ) -> Result<(&'a str, Span), Reject> {
        let mut name = "";
        if M::NAMES || !policy::PASS_OVER_NAMES {
            name = r.name(self.gate)?;
        } else {
            r.pass_name(self.gate)?;
        }
        let end = r.position();
        let start = end.saturating_sub(name.len());
        Ok((name, Span { start, end }))
    }

    #[inline(never)]
    fn func<M: ModuleSink<'a>>(&mut self, r: &mut Reader<'a>, sink: &mut M) -> Result<(), Reject> {
        let at = r.position();
        let func = FuncIdx(self.env.func_count());
        let ty = self.add_func(TypeIdx(r.u32()?), at)?;
        sink.func(func, ty)
    }

    #[inline(never)]
    fn table<M: ModuleSink<'a>>(&mut self, r: &mut Reader<'a>, sink: &mut M) -> Result<(), Reject> {
        let at = r.position();
        let explicit = r.table_form(self.gate)?;
        let table = TableIdx(self.env.tables.len() as u32);
        let mut ty = r.table_type(self.gate)?;
        ty.element = self.env.resolve_ref::<G>(ty.element, at)?;
        let init = if explicit {
            Some(self.constant(r, ValType::reference(ty.element))?)
        } else if !G::may(Proposal::FunctionReferences) || ty.element.is_nullable() {
            None
        } else {
            let (expected, found) = (ty.element.into(), ty.element.nullable().into());
            let detail = Detail::Types { expected, found };
            return Err(Reject::with(ErrorCode::TypeMismatch, at, detail));
        };
        self.add_table(&ty, at)?;
        sink.table(table, &ty, init)
    }

    #[inline(never)]
    fn memory<M: ModuleSink<'a>>(
        &mut self,
        r: &mut Reader<'a>,
        sink: &mut M,
    ) -> Result<(), Reject> {
        let at = r.position();
        let memory = MemoryIdx(self.env.memories.len() as u32);
        let ty = self.memory_type(r, at)?;
        sink.memory(memory, &ty)
    }

    fn tag<M: ModuleSink<'a>>(&mut self, r: &mut Reader<'a>, sink: &mut M) -> Result<(), Reject> {
        let at = r.position();
        let tag = TagIdx(self.env.tag_count());
        let ty = r.tag_type(self.gate)?;
        let ty = self.add_tag(ty.func, at)?;
        sink.tag(tag, ty)
    }

    #[inline(never)]
    fn global<M: ModuleSink<'a>>(
        &mut self,
        r: &mut Reader<'a>,
        sink: &mut M,
    ) -> Result<(), Reject> {
        let at = r.position();
        let global = GlobalIdx(self.env.globals.len() as u32);
        let mut ty = r.global_type(self.gate)?;
        ty.content = self.env.resolve::<G>(ty.content, at)?;
        let init = self.constant(r, ty.content)?;
        self.add_global(ty, at)?;
        sink.global(global, &ty, init)
    }

    #[inline(never)]
    fn start<M: ModuleSink<'a>>(&mut self, r: &mut Reader<'a>, sink: &mut M) -> Result<(), Reject> {
        let at = r.position();
        let func = FuncIdx(r.u32()?);
        match self.env.signature_of(func) {
            Some(ty) if ty.params.is_empty() && ty.results.is_empty() => sink.start(func),
            Some(_) => Err(Reject::new(ErrorCode::StartFunction, at)),
            None => Err(unknown(
                ErrorCode::UnknownFunction,
                func.0,
                self.env.funcs.len(),
                at,
            )),
        }
    }

    #[inline(never)]
    fn element<M: ModuleSink<'a>>(
        &mut self,
        number: u32,
        r: &mut Reader<'a>,
        sink: &mut M,
    ) -> Result<(), Reject> {
        let at = r.position();
        let segment = self.element_segment(r)?;
        // Else no instruction asks for it.
        if G::may(Proposal::BulkMemory) {
            let most = self.gate.limits().element_segments;
            let elements = &mut self.env.elements;
            elements.add(segment.element, Limit::ElementSegments, most, at)?;
        }
        sink.element(ElemIdx(number), &segment)
    }

    #[inline(never)]
    fn data<M: ModuleSink<'a>>(
        &mut self,
        number: u32,
        r: &mut Reader<'a>,
        sink: &mut M,
    ) -> Result<(), Reject> {
        let segment = self.data_segment(r)?;
        self.env.counts.data_segments += 1;
        sink.data(DataIdx(number), &segment)
    }

    #[inline(never)]
    fn code<const BODIES: bool, M: ModuleSink<'a>>(
        &mut self,
        r: &mut Reader<'a>,
        sink: &mut M,
    ) -> Result<(), Reject> {
        let at = r.position();
        let count = r.u32()?;
        agree(ErrorCode::CodeCount, count, self.env.defined_funcs(), at)?;
        for number in 0..count {
            sink.reach(r.position())?;
            let func = FuncIdx(self.env.imported_funcs() + number);
            let length = r.u32()?;
            let mut body = r.sub(length)?;
            if BODIES {
                let span = Span {
                    start: body.position(),
                    end: body.end(),
                };
                if !sink.skip(func, span)? {
                    let body = sink.body(func, span)?;
                    self.body(func, span, body)?;
                    sink.end_body(func)?;
                }
            } else {
                frame::body(&mut body, self.gate)?;
            }
            self.env.counts.bodies += 1;
        }
        Ok(())
    }

    #[inline]
    fn body(&mut self, func: FuncIdx, span: Span, sink: &mut impl Sink<'a>) -> Result<(), Reject> {
        function(
            &self.env,
            self.gate,
            self.bytes,
            span,
            func,
            &mut self.scratch,
            sink,
        )
    }

    fn add_func(&mut self, ty: TypeIdx, at: usize) -> Result<TypeIdx, Reject> {
        let ty = self.env.known_type(ty, at)?;
        let most = self.gate.limits().functions;
        self.env.funcs.add(ty.0, Limit::Functions, most, at)?;
        Ok(ty)
    }

    fn add_table(&mut self, ty: &TableType, at: usize) -> Result<(), Reject> {
        let ty = &ty.narrowed::<G>();
        check_table(ty, at)?;
        if !self.env.tables.is_empty() && !self.gate.has(Proposal::ReferenceTypes) {
            return Err(Reject::new(ErrorCode::MultipleTables, at));
        }
        let most = self.gate.limits().tables;
        self.env.tables.add(*ty, Limit::Tables, most, at)
    }

    /// Reads the type of a memory and adds the memory.
    #[inline(never)]
    fn memory_type(&mut self, r: &mut Reader<'a>, at: usize) -> Result<MemoryType, Reject> {
        let ty = r.memory_type(self.gate)?.narrowed::<G>();
        check_memory(&ty, at)?;
        if !self.env.memories.is_empty() && !self.gate.has(Proposal::MultiMemory) {
            return Err(Reject::new(ErrorCode::MultipleMemories, at));
        }
        let most = self.gate.limits().memories;
        self.env.memories.add(ty, Limit::Memories, most, at)?;
        Ok(ty)
    }

    fn add_global(&mut self, ty: GlobalType, at: usize) -> Result<(), Reject> {
        let most = self.gate.limits().globals;
        self.env.globals.add(ty, Limit::Globals, most, at)
    }

    fn add_tag(&mut self, ty: TypeIdx, at: usize) -> Result<TypeIdx, Reject> {
        let ty = self.env.known_type(ty, at)?;
        if self
            .env
            .signature(ty)
            .is_some_and(|func| !func.results.is_empty())
        {
            return Err(Reject::new(ErrorCode::TagResults, at));
        }
        let most = self.gate.limits().tags;
        self.env.tags.add(ty.0, Limit::Tags, most, at)?;
        Ok(ty)
    }
}

/// The type of a table is sound.
#[inline(always)]
pub(super) fn check_table(ty: &TableType, at: usize) -> Result<(), Reject> {
    ordered(ty.min, ty.max, at)?;
    let most = u64::from(u32::MAX);
    let size = ty.max.unwrap_or(ty.min);
    if !ty.is_64 && size > most {
        let detail = Detail::AtMost(size, most);
        return Err(Reject::with(ErrorCode::TableSize, at, detail));
    }
    Ok(())
}

/// The type of a memory is sound.
#[inline(always)]
pub(super) fn check_memory(ty: &MemoryType, at: usize) -> Result<(), Reject> {
    ordered(ty.min, ty.max, at)?;
    if wire::PageSize::from_code(ty.page_size_log2).is_none() {
        let detail = Detail::Number(ty.page_size());
        return Err(Reject::with(ErrorCode::CustomPageSize, at, detail));
    }
    let most = ty.most_pages();
    let size = ty.max.unwrap_or(ty.min).max(ty.min);
    if size > most {
        let detail = Detail::AtMost(size, most);
        return Err(Reject::with(ErrorCode::MemorySize, at, detail));
    }
    if ty.shared && ty.max.is_none() {
        return Err(Reject::new(ErrorCode::SharedWithoutMaximum, at));
    }
    Ok(())
}

fn ordered(min: u64, max: Option<u64>, at: usize) -> Result<(), Reject> {
    match max {
        Some(max) if max < min => Err(Reject::with(
            ErrorCode::SizeMinimum,
            at,
            Detail::AtMost(min, max),
        )),
        _ => Ok(()),
    }
}
