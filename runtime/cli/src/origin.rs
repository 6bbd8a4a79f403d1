//! The place in a text that a place in its binary was made from.
//!
//! The library speaks of offsets in the binary; whoever wrote text wants to see its line. After an
//! error the text is parsed once more, this time with the places of instructions; it is encoded
//! entry by entry in the order of the text, so that the index of a function, of an instruction or of
//! an entry says which place it is. Of components the places are not known.

use tabwasm::spec::SectionId;
use tabwasm::view::{Entries, ModuleView};
use wast::Wat;
use wast::core::{Func, FuncKind, Module, ModuleField, ModuleKind};
use wast::parser::{self, ParseBuffer};
use wast::token::Span;

use crate::input::Input;

/// A place in a text.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// From 1.
    pub line: usize,
    /// In bytes, from 1.
    pub column: usize,
    /// The line.
    pub text: &'a str,
}

impl<'a> Origin<'a> {
    /// Where in its text an offset in the binary comes from; none without text, or if it is none of
    /// the text.
    pub fn of(input: &'a Input, offset: usize) -> Option<Self> {
        let text = input.text.as_deref()?;
        let (line, column) = span(text, &input.bytes, offset)?.linecol_in(text);
        Some(Self {
            line: line + 1,
            column: column + 1,
            text: text.lines().nth(line).unwrap_or_default(),
        })
    }

    /// What stands before the place, the word that is there, and what follows.
    pub fn parts(&self) -> (&'a str, &'a str, &'a str) {
        let (before, there) = self
            .text
            .split_at_checked(self.column - 1)
            .unwrap_or_default();
        let ends = |c: char| c.is_whitespace() || "();\"".contains(c);
        let (word, after) = there.split_at(there.find(ends).unwrap_or(there.len()));
        (before, word, after)
    }
}

fn span(text: &str, bytes: &[u8], offset: usize) -> Option<Span> {
    let mut buffer = ParseBuffer::new(text).ok()?;
    buffer.track_instr_spans(true);
    let Wat::Module(mut module) = parser::parse(&buffer).ok()? else {
        return None;
    };
    // What is encoded now is in the order of these entries only if nothing is different.
    if module.encode().ok()? != bytes {
        return None;
    }
    let section = section(ModuleView::new(bytes).ok()?, offset)?;
    match section {
        SectionId::Code => in_body(&module, bytes, offset),
        _ => of_entry(&module, section, bytes, offset),
    }
}

fn section(view: ModuleView<'_>, offset: usize) -> Option<SectionId> {
    let mut sections = view.sections().flatten();
    let holds = |range: std::ops::Range<usize>| (range.start..=range.end).contains(&offset);
    sections
        .find(|section| holds(section.body.range()))
        .map(|section| section.id)
}

/// An instruction; of what is none, as the end of a function, the function.
fn in_body(module: &Module<'_>, bytes: &[u8], offset: usize) -> Option<Span> {
    let bodies = ModuleView::new(bytes).ok()?.bodies();
    let index = index(bodies.clone(), offset)?;
    let func = funcs(module).nth(index)?;
    let FuncKind::Inline { expression, .. } = &func.kind else {
        return Some(func.span);
    };
    let body = bodies.flatten().nth(index)?;
    let begun = body.instructions().take_while(|instruction| {
        let at = match instruction {
            Ok((at, _)) => *at,
            Err(reject) => reject.offset,
        };
        at <= offset
    });
    let begun = begun.count();
    let spans = expression.instr_spans.as_deref().unwrap_or_default();
    let instruction = begun.checked_sub(1).and_then(|last| spans.get(last));
    Some(instruction.copied().unwrap_or(func.span))
}

fn of_entry(module: &Module<'_>, id: SectionId, bytes: &[u8], offset: usize) -> Option<Span> {
    let view = ModuleView::new(bytes).ok()?;
    let index = match id {
        SectionId::Type => index(view.types(), offset),
        SectionId::Import => index(view.imports(), offset),
        SectionId::Function => index(view.functions(), offset),
        SectionId::Table => index(view.tables(), offset),
        SectionId::Memory => index(view.memories(), offset),
        SectionId::Tag => index(view.tags(), offset),
        SectionId::Global => index(view.globals(), offset),
        SectionId::Export => index(view.exports(), offset),
        SectionId::Start => Some(0),
        SectionId::Element => index(view.elements(), offset),
        SectionId::Data => index(view.data(), offset),
        SectionId::Code | SectionId::DataCount | SectionId::Custom => None,
    }?;
    let spans = fields(module).filter_map(|field| match field {
        ModuleField::Type(ty) => Some((SectionId::Type, ty.span)),
        ModuleField::Rec(group) => Some((SectionId::Type, group.span)),
        ModuleField::Import(import) => Some((SectionId::Import, import.span)),
        ModuleField::Func(func) => Some((SectionId::Function, func.span)),
        ModuleField::Table(table) => Some((SectionId::Table, table.span)),
        ModuleField::Memory(memory) => Some((SectionId::Memory, memory.span)),
        ModuleField::Tag(tag) => Some((SectionId::Tag, tag.span)),
        ModuleField::Global(global) => Some((SectionId::Global, global.span)),
        ModuleField::Export(export) => Some((SectionId::Export, export.span)),
        ModuleField::Start(func) => Some((SectionId::Start, func.span())),
        ModuleField::Elem(segment) => Some((SectionId::Element, segment.span)),
        ModuleField::Data(segment) => Some((SectionId::Data, segment.span)),
        ModuleField::Custom(_) => None,
    });
    let mut spans = spans.filter(|(section, _)| *section == id);
    spans.nth(index).map(|(_, span)| span)
}

/// Which entry of a list an offset is in: the last one that begins before it.
fn index<'a, T>(mut entries: Entries<'a, T>, offset: usize) -> Option<usize>
where
    Entries<'a, T>: Iterator,
{
    let mut begun: usize = 0;
    while entries.position().is_some_and(|start| start <= offset) {
        begun += 1;
        entries.next();
    }
    begun.checked_sub(1)
}

fn funcs<'a, 'm>(module: &'m Module<'a>) -> impl Iterator<Item = &'m Func<'a>> {
    fields(module).filter_map(|field| match field {
        ModuleField::Func(func) => Some(func),
        _ => None,
    })
}

fn fields<'a, 'm>(module: &'m Module<'a>) -> impl Iterator<Item = &'m ModuleField<'a>> {
    let fields = match &module.kind {
        ModuleKind::Text(fields) => fields.as_slice(),
        ModuleKind::Binary(_) => &[],
    };
    fields.iter()
}
