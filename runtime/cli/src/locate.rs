//! The function and the instruction at an offset, also of a module that is not valid.
//!
//! An error has an offset only. Validation is run again with a sink that remembers the last body
//! that was begun, and that body is decoded up to the offset. This costs time only after an error.

use std::fmt;
use std::ops::Range;

use tabwasm::profile;
use tabwasm::read::{Names, Reader, Sections, Span};
use tabwasm::reject::Reject;
use tabwasm::spec::{Instruction, SectionId};
use tabwasm::types::FuncIdx;
use tabwasm::validate::{self, Effect, Heap, ModuleSink, Sink};

#[cfg(not(feature = "std"))]
use profile::Alloc as Tier;
#[cfg(feature = "std")]
use profile::Std as Tier;

/// A location in a function.
#[derive(Clone, Debug)]
pub struct Location {
    func: FuncIdx,
    name: Option<String>,
    /// From the start of the function's body.
    offset: usize,
    instruction: Option<(&'static str, Range<usize>)>,
}

impl Location {
    /// The bytes of the instruction, if the location is one.
    pub fn instruction(&self) -> Option<Range<usize>> {
        self.instruction.as_ref().map(|(_, range)| range.clone())
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((mnemonic, _)) = self.instruction {
            write!(f, "`{mnemonic}` of ")?;
        }
        write!(f, "function {}", self.func.0)?;
        if let Some(name) = &self.name {
            write!(f, " `{name}`")?;
        }
        write!(f, " (function + {:#x})", self.offset)
    }
}

/// The function whose body the validator was reading when it came to an offset, and the
/// instruction there.
pub fn locate(bytes: &[u8], offset: usize) -> Option<Location> {
    let mut bodies = Bodies::default();
    // Where it ends is known; only how far it came is asked.
    let _ = validate::module(bytes, &Tier, Heap, &mut bodies);
    let (func, span) = bodies
        .last
        .filter(|(_, span)| span.range().contains(&offset))?;
    let name = names(bytes)
        .and_then(|names| names.func(func))
        .map(str::to_owned);
    let follows = bodies.body.end(bytes).is_none_or(|end| end == offset);
    let instruction = decode(bytes, offset).filter(|_| follows);
    let instruction =
        instruction.map(|(instruction, end)| (instruction.opcode().mnemonic(), offset..end));
    Some(Location {
        func,
        name,
        offset: offset - span.start,
        instruction,
    })
}

fn decode(bytes: &[u8], offset: usize) -> Option<(Instruction<'_>, usize)> {
    let mut reader = Reader::range(bytes, offset..bytes.len());
    let instruction = reader.instruction(&Tier).ok()?;
    Some((instruction, reader.position()))
}

fn names(bytes: &[u8]) -> Option<Names<'_>> {
    let mut sections = Sections::new(bytes).ok()?;
    while let Some(section) = sections.next(&Tier).ok()? {
        let mut content = section.body.reader(bytes);
        if section.id == SectionId::Custom && content.name(&Tier).ok()? == Names::SECTION {
            return Some(Names::new(content));
        }
    }
    None
}

/// How far the validator came.
#[derive(Default)]
struct Bodies {
    last: Option<(FuncIdx, Span)>,
    body: Body,
}

/// Where the last valid instruction of a body begins.
#[derive(Default)]
struct Body(Option<usize>);

impl Body {
    /// Where it ends.
    fn end(&self, bytes: &[u8]) -> Option<usize> {
        decode(bytes, self.0?).map(|(_, end)| end)
    }
}

impl ModuleSink<'_> for Bodies {
    type Body = Body;

    fn body(&mut self, func: FuncIdx, span: Span) -> Result<&mut Body, Reject> {
        self.last = Some((func, span));
        self.body = Body(None);
        Ok(&mut self.body)
    }
}

impl Sink<'_> for Body {
    fn accept(&mut self, at: usize, _: &Instruction<'_>, _: Effect) -> Result<(), Reject> {
        self.0 = Some(at);
        Ok(())
    }
}
