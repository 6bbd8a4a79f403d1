//! Validated modules: what was read once and what instances and the translator ask for later.
//!
//! `compile` makes a [`Module`] only from bytes that passed the validator, the bodies of functions perhaps
//! excepted, which pass it before they are translated. Nothing changes in a module afterwards but the
//! cells of its code, which are filled as functions are translated. Instances
//! of any store of the engine share it. Standard: section 2.5, "Modules".

pub(crate) mod backtrace;
pub(crate) mod code;
pub(crate) mod function;
pub(crate) mod image;
pub(crate) mod origin;
mod parts;
pub(crate) mod tally;
mod watch;

use alloc::boxed::Box;
use core::fmt;
use core::ops::Range;
use core::ptr;

use self::code::Cell;
use self::code::ModuleCode;
use self::image::Images;
pub(crate) use self::parts::{ActiveData, CustomPart, ExportPart, ImportPart, Parts};
pub(crate) use self::watch::{SharedAsk, Watch, Watched};
use crate::engine::Engine;
use crate::engine::entity_type::EntityType;
use crate::engine::lock::Lock;
use crate::engine::registry::held::ModuleTypes;
use crate::engine::scoped::external::{ExportType, ExternType, ImportType};
use crate::error::Result;
use crate::read::{Names, Reader, SegmentMode, Span};
use crate::reject::Reject;
use crate::shared::Shared;
use crate::types::{
    DataIdx, ExternKind, FuncIdx, FuncSignature, GlobalIdx, GlobalType, MemoryIdx, TableIdx,
    TableType, TagIdx, TypeId, TypeIdx, ValType,
};
use crate::validate::{self, Environment, Heap, Scratch, Sink, Survey};

/// A module that was found valid: the proof that its code may run. With [`CompilationMode::Lazy`] each
/// function is found valid before it is called first.
///
/// [`CompilationMode::Lazy`]: crate::CompilationMode::Lazy
///
/// Cheap to clone; `Send` and `Sync`. Translated code is shared by all instances.
#[derive(Clone)]
pub struct Module(Shared<ModuleInner>);

pub(crate) struct ModuleInner {
    pub(crate) engine: Engine,
    pub(crate) bytes: Box<[u8]>,
    pub(crate) env: Environment<Heap>,
    pub(crate) types: ModuleTypes,
    pub(crate) code: ModuleCode,
    pub(crate) parts: Parts,
    pub(crate) images: Lock<Images>,
}

impl Module {
    /// Puts a module together from what was found valid.
    pub(crate) fn of(inner: ModuleInner) -> Result<Self> {
        Ok(Self(Shared::new(inner)?))
    }

    /// The engine that it was loaded for: it can be instantiated in stores of this one only.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// Whether these are the same module.
    pub fn same(a: &Self, b: &Self) -> bool {
        Shared::same(&a.0, &b.0)
    }

    /// Its name, from the custom section `name`.
    pub fn name(&self) -> Option<&str> {
        self.names()?.module()
    }

    /// What it needs, in order.
    pub fn imports(&self) -> impl ExactSizeIterator<Item = ImportType<'_>> {
        self.0.parts.imports.iter().map(|import| ImportType {
            module: self.text(import.module),
            name: self.text(import.name),
            ty: self.extern_type(import.kind, import.index),
        })
    }

    /// What its instances offer, in order.
    pub fn exports(&self) -> impl ExactSizeIterator<Item = ExportType<'_>> {
        self.0.parts.exports.iter().map(|export| ExportType {
            name: self.text(export.name),
            ty: self.extern_type(export.kind, export.index),
        })
    }

    /// The type of what its instances export under this name.
    pub fn get_export(&self, name: &str) -> Option<ExternType> {
        let export = self.export(name)?;
        Some(self.extern_type(export.kind, export.index))
    }

    /// Contents of its custom sections of this name.
    pub fn custom_sections<'m>(&'m self, name: &'m str) -> impl Iterator<Item = &'m [u8]> {
        let sections = self.0.parts.customs.iter();
        sections
            .filter(move |section| self.slice(section.name) == name.as_bytes())
            .map(|section| self.slice(section.content))
    }

    fn extern_type(&self, kind: ExternKind, index: u32) -> ExternType {
        self.entity_type(kind, index).in_engine(self.engine())
    }
}

/// For instances and the engine. Indices come from the validated module; for others there is
/// some value, never a panic.
impl Module {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    pub(crate) fn env(&self) -> &Environment<Heap> {
        &self.0.env
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.0.parts
    }

    /// Its active data segments.
    pub(crate) fn active_datas(&self) -> impl Iterator<Item = ActiveData<'_>> {
        let segments = (0..).map(DataIdx).zip(&self.parts().datas);
        segments.filter_map(|(data, segment)| match segment.mode {
            SegmentMode::Active { target, offset } => Some(ActiveData {
                data,
                target,
                offset,
                bytes: self.slice(segment.bytes),
            }),
            _ => None,
        })
    }

    pub(crate) fn code(&self) -> &ModuleCode {
        &self.0.code
    }

    /// Where calls find the code of a function, unless it is imported.
    pub(crate) fn cell(&self, func: FuncIdx) -> Option<*const Cell> {
        self.code()
            .cell(func.0.checked_sub(self.env().imported_funcs())?)
            .map(ptr::from_ref)
    }

    /// The engine's number of a type.
    pub(crate) fn type_id(&self, ty: TypeIdx) -> TypeId {
        self.0.types.id(ty)
    }

    /// Parameters and results of a defined function, counted from the first defined one.
    pub(crate) fn defined_signature(&self, index: u32) -> FuncSignature<'_> {
        let func = FuncIdx(self.env().imported_funcs().saturating_add(index));
        self.env().func_type(func).unwrap_or(FuncSignature {
            params: &[],
            results: &[],
        })
    }

    /// The engine's numbers of the types of all defined functions.
    pub(crate) fn defined_types(&self) -> impl Iterator<Item = TypeId> {
        let env = self.env();
        let defined = env.funcs.get(env.imported_funcs() as usize..);
        let types = defined.unwrap_or_default().iter();
        types.map(|ty| self.type_id(TypeIdx(*ty)))
    }

    /// Sends a defined function, counted from the first defined one, through the validator.
    pub(crate) fn walk<'m>(
        &'m self,
        index: u32,
        scratch: &mut Scratch<Heap>,
        sink: &mut impl Sink<'m>,
    ) -> Result<(), Reject> {
        let (func, span) = self.defined(index);
        let features = self.engine().features();
        validate::function(
            self.env(),
            features,
            self.bytes(),
            span,
            func,
            scratch,
            sink,
        )
    }

    /// Reads the instructions of a defined function, which may not be valid.
    pub(crate) fn survey(
        &self,
        index: u32,
        scratch: &mut Scratch<Heap>,
        survey: &mut impl Survey,
    ) -> Result<(), Reject> {
        let (func, span) = self.defined(index);
        let features = self.engine().features();
        validate::survey(
            self.env(),
            features,
            self.bytes(),
            span,
            func,
            scratch,
            survey,
        )
    }

    /// A defined function in the index space of the module, and its body; an empty one if there is none.
    fn defined(&self, index: u32) -> (FuncIdx, Span) {
        let func = FuncIdx(self.env().imported_funcs().saturating_add(index));
        let body = self.0.parts.bodies.get(index as usize).copied();
        (func, body.unwrap_or_default())
    }

    /// Where the body of a defined function begins.
    pub(crate) fn body_start(&self, index: u32) -> usize {
        self.defined(index).1.start
    }

    /// The bytes of a function, in the index space of the module.
    pub(crate) fn body(&self, func: u32) -> Option<Range<usize>> {
        let index = func.checked_sub(self.env().imported_funcs())?;
        self.0
            .parts
            .bodies
            .get(index as usize)
            .map(|body| body.range())
    }

    /// The name of a function, from the custom section `name`.
    pub(crate) fn func_name(&self, func: u32) -> Option<&str> {
        self.names()?.func(FuncIdx(func))
    }

    fn names(&self) -> Option<Names<'_>> {
        self.custom_sections(Names::SECTION)
            .next()
            .map(|content| Names::new(Reader::new(content)))
    }

    /// The export of this name.
    pub(crate) fn export(&self, name: &str) -> Option<ExportPart> {
        let Parts {
            exports, by_name, ..
        } = self.parts();
        let export = |place: &u32| exports.get(*place as usize);
        let key = |place: &u32| export(place).map(|export| self.slice(export.name));
        let found = by_name.binary_search_by(|place| key(place).cmp(&Some(name.as_bytes())));
        by_name.get(found.ok()?).and_then(export).copied()
    }

    /// The type of an object of the module, with the engine's numbers.
    pub(crate) fn entity_type(&self, kind: ExternKind, index: u32) -> EntityType {
        let env = self.env();
        match kind {
            ExternKind::Func => EntityType::Func(self.func_type_id(FuncIdx(index))),
            ExternKind::Table => {
                let ty = env.table(TableIdx(index)).unwrap_or_default();
                EntityType::Table(self.table_type(ty))
            }
            ExternKind::Memory => {
                EntityType::Memory(env.memory(MemoryIdx(index)).unwrap_or_default())
            }
            ExternKind::Global => {
                let ty = env.global(GlobalIdx(index)).unwrap_or_default();
                EntityType::Global(self.global_type(ty))
            }
            ExternKind::Tag => {
                let ty = env.tag(TagIdx(index)).unwrap_or(TypeIdx(0));
                EntityType::Tag(self.type_id(ty))
            }
        }
    }

    /// The engine's number of a function's type.
    pub(crate) fn func_type_id(&self, func: FuncIdx) -> TypeId {
        self.env()
            .func_type_index(func)
            .map_or(TypeId::default(), |ty| self.type_id(ty))
    }

    /// The type with the engine's numbers.
    pub(crate) fn table_type(&self, ty: TableType) -> TableType {
        let element = ty.element.renumber(|ty| self.type_id(TypeIdx(ty)).0);
        TableType { element, ..ty }
    }

    /// The type with the engine's numbers.
    pub(crate) fn global_type(&self, ty: GlobalType) -> GlobalType {
        GlobalType {
            content: self.val_type(ty.content),
            ..ty
        }
    }

    fn val_type(&self, ty: ValType) -> ValType {
        ty.renumber(|ty| self.type_id(TypeIdx(ty)).0)
    }

    /// The object of an import and its names.
    pub(crate) fn import(&self, import: &ImportPart) -> (&str, &str, EntityType) {
        let ty = self.entity_type(import.kind, import.index);
        (self.text(import.module), self.text(import.name), ty)
    }

    /// The name of an export.
    pub(crate) fn export_name(&self, export: &ExportPart) -> &str {
        self.text(export.name)
    }

    /// A name, which validation has found to be UTF-8.
    fn text(&self, span: Span) -> &str {
        core::str::from_utf8(self.slice(span)).unwrap_or_default()
    }

    fn slice(&self, span: Span) -> &[u8] {
        self.bytes().get(span.range()).unwrap_or_default()
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module")
            .field("name", &self.name())
            .field("bytes", &self.bytes().len())
            .field("functions", &self.env().func_count())
            .finish()
    }
}
