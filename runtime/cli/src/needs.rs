//! `tabwasm inspect --needs FILE…`: what the tier without an allocator needs for a module.
//!
//! Whoever puts a module on a device must state the length of each slice. The table's length and
//! the lists' are measured by doing on this machine what the device would do; the number of frames
//! is computed from the calls, where they tell it.

use std::path::Path;

use tabwasm::Config;
use tabwasm::compact::{Module, Needs};
use tabwasm::profile::{Features, NoAlloc, NoAllocVector, Profile};
use tabwasm::reject::{Detail, Reject};
use tabwasm::spec::Limit;

use crate::args::Inspect;
use crate::calls::nesting;
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::input::Input;
use crate::json::Object;
use crate::output::line;

/// A module's table, and what making and running it takes.
pub struct Needed {
    /// For `Module::with_table`.
    pub table: Vec<u8>,
    /// The least arena that validation ends in.
    pub arena: usize,
    /// Lengths of the store's lists.
    pub needs: Needs,
    /// Bytes of a slot.
    pub width: usize,
    /// Callers that can wait, if it can be told.
    pub frames: Option<usize>,
}

/// Shows the needs of modules; the first failure decides how the process ends.
pub fn run(args: &Inspect) -> ExitStatus {
    let mut exit = ExitStatus::Success;
    for file in &args.files {
        let ended = show(file, args.json);
        if exit == ExitStatus::Success {
            exit = ended;
        }
    }
    exit
}

fn show(file: &Path, json: bool) -> ExitStatus {
    let input = match Input::read(file) {
        Ok(input) => input,
        Err(unread) if json => return unread.report_json(),
        Err(unread) => return unread.report(),
    };
    let needed = match measure(&input.bytes) {
        Ok(needed) => needed,
        Err(reject) => {
            diagnostic::rejected(&input, &reject);
            return ExitStatus::InvalidModule;
        }
    };
    if json {
        let line = Object::line().text("file", &input.name);
        let line = rows(&needed).fold(line, |line, (name, number, _)| match number {
            Some(number) => line.number(name, number),
            None => line.null(name),
        });
        line!("{line}");
        return ExitStatus::Success;
    }
    line!("{}", input.name);
    for (name, number, what) in rows(&needed) {
        match number {
            Some(number) => line!("  {name:<9} {number:>9}  {what}"),
            None => line!("  {name:<9}      open  {what}"),
        }
    }
    ExitStatus::Success
}

/// Measures a module in the profile with the narrowest slots that has what it uses.
pub fn measure(wasm: &[u8]) -> Result<Needed, Reject> {
    let reject = match measure_in::<NoAlloc>(wasm) {
        Ok(needed) => return Ok(needed),
        Err(reject) => reject,
    };
    match reject.detail() {
        Detail::Proposal(proposal) if NoAllocVector::PROPOSALS.contains(proposal) => {
            measure_in::<NoAllocVector>(wasm)
        }
        _ => Err(reject),
    }
}

/// Validates a module in an arena that grows until it is large enough.
fn measure_in<P: Profile>(wasm: &[u8]) -> Result<Needed, Reject> {
    let features = Features {
        proposals: P::PROPOSALS,
        limits: *Config::new().get_limits(),
    };
    let mut bytes = Vec::new();
    loop {
        let reject = match Module::measured(wasm, &features, &mut bytes) {
            Ok((module, arena)) => {
                return Ok(Needed {
                    table: module.table().to_vec(),
                    arena,
                    needs: module.needs(),
                    width: size_of::<P::Slot>(),
                    frames: nesting(wasm, &features)?,
                });
            }
            Err(reject) => reject,
        };
        let Detail::Limit {
            limit: Limit::Arena,
            at_least,
        } = reject.detail()
        else {
            return Err(reject);
        };
        let len = usize::try_from(at_least).map_err(|_| reject)?;
        bytes.resize(len.max(2 * bytes.len()), 0);
    }
}

/// Name, number and meaning of each need.
fn rows(needed: &Needed) -> impl Iterator<Item = (&'static str, Option<u64>, &'static str)> {
    let needs = needed.needs;
    let frames = needed.frames.map(|frames| frames as u64);
    let count = |number: usize| Some(number as u64);
    [
        ("arena", count(needed.arena), "bytes to validate it"),
        (
            "table",
            count(needs.table),
            "bytes of its table, which remain",
        ),
        (
            "slots",
            count(needs.slots),
            "of the value stack, for the function that needs most",
        ),
        ("width", count(needed.width), "bytes of each slot"),
        ("frames", frames, "callers that wait, at most"),
        ("instances", count(needs.instances), "instances"),
        (
            "links",
            count(needs.links),
            "imports of functions, tables, memories and globals",
        ),
        ("tables", count(needs.tables), "tables"),
        (
            "elements",
            Some(needs.elements),
            "elements of tables and of passive segments",
        ),
        ("memories", count(needs.memories), "memories"),
        ("memory", Some(needs.memory), "bytes of memories at first"),
        ("globals", count(needs.globals), "globals"),
        ("types", count(needs.types), "types"),
        ("segments", count(needs.segments), "segments"),
    ]
    .into_iter()
}
