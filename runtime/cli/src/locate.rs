//! Which function of a module an offset lies in, even if the module is not valid.

use std::fmt;

use tabwasm::profile;
use tabwasm::read::Span;
use tabwasm::reject::Reject;
use tabwasm::types::FuncIdx;
use tabwasm::validate::{self, Heap, ModuleSink};

#[cfg(not(feature = "std"))]
use profile::Alloc as Tier;
#[cfg(feature = "std")]
use profile::Std as Tier;

/// A place in a function.
#[derive(Clone, Debug)]
pub struct Place {
    func: FuncIdx,
    name: Option<String>,
    /// From the start of the function's body.
    offset: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "function {}", self.func.0)?;
        if let Some(name) = &self.name {
            write!(f, " `{name}`")?;
        }
        write!(f, " + {:#x}", self.offset)
    }
}

/// The function whose body the validator was reading when it came to an offset.
pub fn locate(bytes: &[u8], offset: usize) -> Option<Place> {
    let mut bodies = Bodies::default();
    // Where it ends is known; only how far it came is asked.
    let _ = validate::module(bytes, &Tier, Heap::default(), &mut bodies);
    let (func, span) = bodies
        .last
        .filter(|(_, span)| span.range().contains(&offset))?;
    let name = tabwasm::names::func_name(bytes, func).map(str::to_owned);
    Some(Place {
        func,
        name,
        offset: offset - span.start,
    })
}

#[derive(Default)]
struct Bodies {
    last: Option<(FuncIdx, Span)>,
    body: (),
}

impl ModuleSink<'_> for Bodies {
    type Body = ();

    fn body(&mut self, func: FuncIdx, span: Span) -> Result<&mut (), Reject> {
        self.last = Some((func, span));
        Ok(&mut self.body)
    }
}
