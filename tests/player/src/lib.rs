//! Plays encoded test scripts on Tabwasm without an allocator.
//!
//! The same code plays them on a microcontroller, on a machine of the other byte order, and on the
//! host: whatever gives the bytes of a script is a [`Source`], and all memory is the caller's
//! [`Buffers`]. Modules go through the public interface of the tier `no_alloc` only.

#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "std")]
extern crate std;

mod buffers;
mod cursor;
#[cfg(feature = "std")]
pub mod desk;
pub mod format;
mod outcome;
mod segment;
mod value;

use tabwasm::profile::Profile;

pub use buffers::{Buffers, Lists, lengths};
use format::{Header, Tag};
pub use outcome::Outcome;
use segment::Player;

/// Where a script comes from.
pub trait Source {
    /// Fills the buffer as far as there are bytes, and says how far that was.
    fn read(&mut self, buffer: &mut [u8]) -> usize;
}

/// Hears about directives that did not pass.
pub trait Listener {
    /// What came of a directive; the file's name and the line say which.
    fn hear(&mut self, file: &str, line: u32, tag: Tag, outcome: Outcome);
}

/// What came of all directives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Scripts.
    pub files: u32,
    /// Directives that did what the script says.
    pub passed: u32,
    /// Directives that did not.
    pub failed: u32,
    /// Directives that need a proposal which the tier does not have.
    pub skipped: u32,
    /// Directives beyond a limit of the tier or of the buffers.
    pub exceeded: u32,
}

/// The bytes are no encoded script.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Broken;

/// Longest name of a script that is kept.
const NAME: usize = 64;

/// Plays all scripts of a source with the proposals of a profile.
pub fn play<P: Profile>(
    source: &mut impl Source,
    mut buffers: Buffers<'_, P::Slot>,
    listener: &mut impl Listener,
) -> Result<Counts, Broken> {
    let mut counts = Counts::default();
    let mut name = [0; NAME];
    let mut length = 0;
    let mut next = header(source)?;
    while let Some(header) = next {
        match header.tag {
            Tag::File => {
                length = header.length as usize;
                let place = name.get_mut(..length).ok_or(Broken)?;
                if source.read(place) < length {
                    return Err(Broken);
                }
                counts.files += 1;
            }
            Tag::Forget => {}
            _ => return Err(Broken),
        }
        let file = name.get(..length).unwrap_or_default();
        let file = core::str::from_utf8(file).map_err(|_| Broken)?;
        next = segment::<P>(source, file, &mut buffers, listener, &mut counts)?;
    }
    Ok(counts)
}

/// Plays until the next script, or until nothing of this one is needed any more.
#[inline(never)]
fn segment<P: Profile>(
    source: &mut impl Source,
    file: &str,
    buffers: &mut Buffers<'_, P::Slot>,
    listener: &mut impl Listener,
    counts: &mut Counts,
) -> Result<Option<Header>, Broken> {
    let mut instances = [Default::default(); segment::INSTANCES];
    let mut player = Player::<P>::new(buffers, &mut instances);
    loop {
        let Some(header) = header(source)? else {
            return Ok(None);
        };
        if matches!(header.tag, Tag::File | Tag::Forget) {
            return Ok(Some(header));
        }
        let outcome = player.directive(source, header)?;
        if header.line == 0 && outcome == Outcome::Passed {
            continue;
        }
        match outcome {
            Outcome::Passed => counts.passed += 1,
            Outcome::Failed(_) => counts.failed += 1,
            Outcome::Skipped => counts.skipped += 1,
            Outcome::Exceeded => counts.exceeded += 1,
        }
        if outcome != Outcome::Passed {
            listener.hear(file, header.line, header.tag, outcome);
        }
    }
}

/// The next header, if there is one.
fn header(source: &mut impl Source) -> Result<Option<Header>, Broken> {
    let mut bytes = [0; Header::SIZE];
    match source.read(&mut bytes) {
        0 => Ok(None),
        Header::SIZE => Header::from_bytes(bytes).map(Some).ok_or(Broken),
        _ => Err(Broken),
    }
}

impl core::fmt::Display for Counts {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self {
            files,
            passed,
            failed,
            skipped,
            exceeded,
        } = self;
        write!(
            f,
            "{files} files, {passed} passed, {failed} failed, {skipped} skipped, {exceeded} exceeded"
        )
    }
}
