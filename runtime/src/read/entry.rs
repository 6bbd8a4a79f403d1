//! Entries of sections: imports, exports, segments, expressions.
//!
//! Parts that are read again later (initial values, elements, data) are kept as [`Span`]s of the
//! module, so that entries are `Copy` and outlive the borrow of its bytes.

use core::ops::Range;

use super::Reader;
use super::types::{admit, malformed};
use crate::generated::facts::wire;
use crate::profile::{Everything, Gate};
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Instruction, Proposal};
use crate::types::{
    ExternKind, FuncIdx, GlobalType, HeapType, MemoryIdx, MemoryType, RefType, TableIdx, TableType,
    TagType, TypeIdx, ValType,
};

/// A range of the module's bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

impl Span {
    /// As a range.
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// A reader of these bytes of the module.
    pub fn reader(self, module: &[u8]) -> Reader<'_> {
        Reader::range(module, self.range())
    }
}

/// An import.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Import<'a> {
    /// Name of the module.
    pub module: &'a str,
    /// Name within the module.
    pub name: &'a str,
    /// What is imported.
    pub ty: ImportType,
}

/// What an import asks for; type indices are canonical once validated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImportType {
    /// A function of this type.
    Func(TypeIdx),
    /// A table.
    Table(TableType),
    /// A memory.
    Memory(MemoryType),
    /// A global.
    Global(GlobalType),
    /// A tag.
    Tag(TagType),
}

/// An export.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Export<'a> {
    /// Its name.
    pub name: &'a str,
    /// What is exported.
    pub kind: ExternKind,
    /// Its index in the index space of its kind.
    pub index: u32,
}

/// A constant expression, the final `end` included.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct ConstExpr {
    /// Where it stands.
    pub span: Span,
}

/// When a segment is copied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SegmentMode<I> {
    /// By instructions.
    Passive,
    /// Never: it declares functions.
    Declarative,
    /// At instantiation.
    Active {
        /// The table or memory.
        target: I,
        /// Where to.
        offset: ConstExpr,
    },
}

/// An element segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ElementSegment {
    /// When it is copied.
    pub mode: SegmentMode<TableIdx>,
    /// The type of its elements.
    pub element: RefType,
    /// Its elements.
    pub items: ElementItems,
}

/// How an element segment is written.
#[derive(Clone, Copy)]
pub(crate) struct ElementForm {
    /// Whether it is copied at instantiation.
    pub(crate) active: bool,
    /// With a table index if it is active, declarative if not.
    pub(crate) explicit: bool,
    /// Whether elements are expressions.
    pub(crate) expressions: bool,
}

/// A data segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DataSegment {
    /// When it is copied.
    pub mode: SegmentMode<MemoryIdx>,
    /// Its bytes.
    pub bytes: Span,
}

/// The elements of a segment, read lazily.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ElementItems {
    /// How many there are.
    pub count: u32,
    /// Whether they are expressions rather than functions.
    pub expressions: bool,
    /// Where they stand.
    pub span: Span,
}

/// An element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ElementItem {
    /// A reference to this function.
    Func(FuncIdx),
    /// The value of an expression.
    Expr(ConstExpr),
}

impl ElementItems {
    /// The functions in order, if they are functions.
    #[cfg(feature = "alloc")]
    pub(crate) fn funcs(&self, module: &[u8]) -> Option<impl Iterator<Item = FuncIdx>> {
        let numbers = self.span.reader(module).numbers();
        (!self.expressions).then(|| numbers.take(self.count as usize).map(FuncIdx))
    }

    /// The elements in order; `module` holds the bytes that were validated.
    pub fn iter<'a>(&self, module: &'a [u8]) -> ElementItemsIter<'a> {
        let reader = self.span.reader(module);
        ElementItemsIter {
            reader,
            left: self.count,
            expressions: self.expressions,
        }
    }
}

/// Elements, one after the other.
#[derive(Clone, Debug)]
pub struct ElementItemsIter<'a> {
    reader: Reader<'a>,
    left: u32,
    expressions: bool,
}

impl Iterator for ElementItemsIter<'_> {
    type Item = ElementItem;

    fn next(&mut self) -> Option<ElementItem> {
        self.left = self.left.checked_sub(1)?;
        if self.expressions {
            self.reader.expression().ok().map(ElementItem::Expr)
        } else {
            self.reader
                .u32()
                .ok()
                .map(|index| ElementItem::Func(FuncIdx(index)))
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left as usize))
    }
}

impl<'a> Reader<'a> {
    /// An import.
    pub(crate) fn import(&mut self, gate: &impl Gate) -> Result<Import<'a>, Reject> {
        let module = self.name(gate)?;
        let name = self.name(gate)?;
        let ty = self.import_type(gate)?;
        Ok(Import { module, name, ty })
    }

    /// What an import asks for.
    pub(crate) fn import_type<G: Gate>(&mut self, gate: &G) -> Result<ImportType, Reject> {
        let kind = self.external(gate, ErrorCode::MalformedImportKind)?;
        Ok(match kind {
            ExternKind::Func => ImportType::Func(TypeIdx(self.u32()?)),
            ExternKind::Table => ImportType::Table(self.table_type(gate)?),
            ExternKind::Memory => ImportType::Memory(self.memory_type(gate)?),
            ExternKind::Global => ImportType::Global(self.global_type(gate)?),
            // Else the kind has not been admitted.
            ExternKind::Tag if G::may(Proposal::Exceptions) => {
                ImportType::Tag(self.tag_type(gate)?)
            }
            ExternKind::Tag => ImportType::Tag(TagType { func: TypeIdx(0) }),
        })
    }

    /// An export.
    pub(crate) fn export(&mut self, gate: &impl Gate) -> Result<Export<'a>, Reject> {
        let name = self.name(gate)?;
        self.export_of(name, gate)
    }

    /// What is exported under a name.
    pub(crate) fn export_of(
        &mut self,
        name: &'a str,
        gate: &impl Gate,
    ) -> Result<Export<'a>, Reject> {
        let kind = self.external(gate, ErrorCode::MalformedExportKind)?;
        Ok(Export {
            name,
            kind,
            index: self.u32()?,
        })
    }

    /// The kind of what is imported or exported.
    pub(crate) fn external(
        &mut self,
        gate: &impl Gate,
        error: ErrorCode,
    ) -> Result<ExternKind, Reject> {
        let at = self.position();
        let code = self.u8()?;
        let Some(external) = wire::External::from_code(code) else {
            return Err(malformed(error, at, code));
        };
        let kind = match external {
            wire::External::Func => ExternKind::Func,
            wire::External::Table => ExternKind::Table,
            wire::External::Memory => ExternKind::Memory,
            wire::External::Global => ExternKind::Global,
            wire::External::Tag => ExternKind::Tag,
        };
        admit(gate, external.proposal(), at, kind)
    }

    /// Instructions up to the `end` that ends them.
    pub(crate) fn skim(&mut self, gate: &impl Gate) -> Result<Span, Reject> {
        let start = self.position();
        let mut blocks = 1;
        while blocks > 0 {
            if self.is_at_end() {
                return Err(Reject::new(ErrorCode::EndExpected, self.position()));
            }
            let instruction = self.instruction(gate)?;
            if instruction.begins_block() {
                blocks += 1;
            } else if instruction == Instruction::End {
                blocks -= 1;
            }
        }
        Ok(Span {
            start,
            end: self.position(),
        })
    }

    /// A constant expression that was validated before.
    pub(crate) fn expression(&mut self) -> Result<ConstExpr, Reject> {
        self.constant(&Everything)
    }

    /// What may stand before the type of a table: whether an initial value follows the type.
    pub(crate) fn table_form(&mut self, gate: &impl Gate) -> Result<bool, Reject> {
        let at = self.position();
        let [initialised, reserved] = wire::INITIALISED;
        if self.peek() != Some(initialised) {
            return Ok(false);
        }
        self.u8()?;
        gate.admit(Proposal::FunctionReferences, at, ())?;
        if self.u8()? != reserved {
            return Err(Reject::new(ErrorCode::MalformedTable, at));
        }
        Ok(true)
    }

    /// What an element segment begins with.
    pub(crate) fn element_form(&mut self, gate: &impl Gate) -> Result<ElementForm, Reject> {
        let at = self.position();
        let flags = self.u32()?;
        let known = wire::ElementFlag::Inactive.code()
            | wire::ElementFlag::Explicit.code()
            | wire::ElementFlag::Expressions.code();
        if flags & !u32::from(known) != 0 {
            let detail = Detail::Number(flags.into());
            return Err(Reject::with(ErrorCode::MalformedElementSegment, at, detail));
        }
        if flags != 0 {
            gate.admit(Proposal::BulkMemory, at, ())?;
        }
        let has = |flag: wire::ElementFlag| flags & u32::from(flag.code()) != 0;
        Ok(ElementForm {
            active: !has(wire::ElementFlag::Inactive),
            explicit: has(wire::ElementFlag::Explicit),
            expressions: has(wire::ElementFlag::Expressions),
        })
    }

    /// The type of the elements of a segment.
    pub(crate) fn element_type(
        &mut self,
        gate: &impl Gate,
        form: ElementForm,
    ) -> Result<RefType, Reject> {
        // What is written short is a list of functions, which are never null.
        let func = RefType::new(false, HeapType::Func);
        if form.active && !form.explicit {
            return Ok(if form.expressions {
                RefType::FUNCREF
            } else {
                func
            });
        }
        if form.expressions {
            return self.ref_type(gate);
        }
        let at = self.position();
        let code = self.u8()?;
        match wire::ElementKind::from_code(code) {
            Some(wire::ElementKind::Func) => Ok(func),
            None => Err(malformed(ErrorCode::MalformedElementKind, at, code)),
        }
    }

    /// What a data segment begins with.
    pub(crate) fn data_kind(&mut self, gate: &impl Gate) -> Result<wire::DataKind, Reject> {
        let at = self.position();
        let flags = self.u32()?;
        let kind = u8::try_from(flags).ok().and_then(wire::DataKind::from_code);
        let Some(kind) = kind else {
            let detail = Detail::Number(flags.into());
            return Err(Reject::with(ErrorCode::MalformedDataSegment, at, detail));
        };
        admit(gate, kind.proposal(), at, kind)
    }

    /// A declaration of locals: how many, and their type; `total` counts them.
    pub(crate) fn local_run(
        &mut self,
        gate: &impl Gate,
        total: &mut u64,
    ) -> Result<(u32, ValType), Reject> {
        let at = self.position();
        let count = self.u32()?;
        let ty = self.val_type(gate)?;
        *total += u64::from(count);
        if *total > u64::from(u32::MAX) {
            return Err(Reject::new(ErrorCode::TooManyLocals, at));
        }
        Ok((count, ty))
    }
}
