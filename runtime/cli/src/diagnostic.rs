//! What is shown when something is wrong.
//!
//! All commands report here, so that errors look alike: what, where, and the bytes or the backtrace
//! that show it. It goes to standard error, with colours only for a terminal, and as far as that can
//! be written: the answer is the exit code.

use std::fmt::Display;

use clap::builder::styling::{AnsiColor, Style};
use tabwasm::reject::Reject;
use tabwasm::{Error, FrameInfo, WasmBacktrace};

use crate::escape::Escaped;
use crate::hexdump::Hexdump;
use crate::input::Input;
use crate::lacks;
use crate::locate::{Location, locate};
use crate::origin::Origin;
use crate::output;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const NOTE: Style = Style::new().bold();
/// Most characters of a line of text that are shown on each side of a place.
const AROUND: usize = 60;

/// Shows an error.
pub fn error(message: impl Display) {
    let message = Escaped(message);
    output::message(format_args!(
        "{ERROR}error{ERROR:#}{NOTE}:{NOTE:#} {message}"
    ));
}

/// Shows an error of several lines, as those of the text format with an excerpt.
pub fn error_with_excerpt(message: impl Display) {
    let message = message.to_string();
    let mut lines = message.lines();
    error(lines.next().unwrap_or_default());
    for line in lines {
        output::message(format_args!("{}", Escaped(line)));
    }
}

/// Shows what helps after an error.
pub fn help(message: impl Display) {
    let message = Escaped(message);
    output::message(format_args!("  {NOTE}= help:{NOTE:#} {message}"));
}

/// Shows why a module is not accepted: what, in which function, and the line of the text there, or
/// the bytes if there is none.
pub fn rejected(input: &Input, reject: &Reject) {
    error(reject);
    let place = locate(&input.bytes, reject.offset);
    let within = match &place {
        Some(place) => format!(", in {place}"),
        None => String::new(),
    };
    let (name, within) = (Escaped(&input.name), Escaped(within));
    match Origin::of(input, reject.offset) {
        Some(origin) => {
            let Origin { line, column, .. } = origin;
            output::message(format_args!("  --> {name}:{line}:{column}{within}"));
            excerpt(&origin);
        }
        None => {
            let binary = if input.text.is_some() {
                " (encoded)"
            } else {
                ""
            };
            let offset = reject.offset;
            output::message(format_args!("  --> {name}{binary}:{offset:#x}{within}"));
            bytes(input, offset, place);
        }
    }
    let missing = lacks::of(&input.bytes, reject);
    if missing.len() > 1 {
        let missing = missing.join("`, `");
        help(format_args!(
            "all proposals that the module needs and does not have here: `{missing}`"
        ));
    }
}

/// The bytes at an offset, those of the instruction there underlined.
fn bytes(input: &Input, offset: usize, place: Option<Location>) {
    let byte = offset..offset.saturating_add(1);
    let marked = place.and_then(|place| place.instruction()).unwrap_or(byte);
    for line in Hexdump::new(&input.bytes, marked).to_string().lines() {
        match line.starts_with(' ') {
            true => output::message(format_args!("{ERROR}{line}{ERROR:#}")),
            false => output::message(format_args!("{line}")),
        }
    }
}

/// A line of text, the word at the place underlined. Of a long line, what is around the place.
fn excerpt(origin: &Origin<'_>) {
    let shown = |text: &str| Escaped(text.replace('\t', "    ")).to_string();
    let (before, word, after) = origin.parts();
    let (before, word, after) = (shown(before), shown(word), shown(after));
    let skipped = before.chars().count().saturating_sub(AROUND);
    let mut head: String = before.chars().skip(skipped).collect();
    if skipped > 0 {
        head.insert(0, '…');
    }
    let mut tail: String = after.chars().take(AROUND).collect();
    if tail.len() < after.len() {
        tail.push('…');
    }
    let (indent, length) = (head.chars().count(), word.chars().count().max(1));
    let (number, mark) = (origin.line.to_string(), "^".repeat(length));
    let gutter = number.len();
    output::message(format_args!(" {number} | {head}{word}{tail}"));
    output::message(format_args!(
        " {:gutter$} | {:indent$}{ERROR}{mark}{ERROR:#}",
        "", ""
    ));
}

/// Shows an error of the library with its causes and the guest's backtrace.
pub fn failed(failure: &Error) {
    let backtrace = failure.wasm_backtrace();
    match backtrace.and_then(WasmBacktrace::memory_fault) {
        Some(fault) => error(format_args!("{failure:#}: {fault}")),
        None => error(format_args!("{failure:#}")),
    }
    if let Some(backtrace) = backtrace {
        frames(backtrace);
    }
}

/// One line a frame; repetitions, as recursion makes them, are counted.
fn frames(backtrace: &WasmBacktrace) {
    let mut numbers = 0..;
    for run in backtrace.frames().chunk_by(|a, b| line(a) == line(b)) {
        let number = numbers.next().unwrap_or(0);
        let line = line(&run[0]);
        output::message(format_args!("  {number:>3}: {}", Escaped(line)));
        if run.len() > 1 {
            let more = run.len() - 1;
            output::message(format_args!("       … and {more} more like this"));
            numbers.nth(run.len() - 2);
        }
    }
}

fn line(frame: &FrameInfo) -> String {
    let name = match frame.func_name() {
        Some(name) => format!(" `{name}`"),
        None => String::new(),
    };
    let offset = match (frame.module_offset(), frame.func_offset()) {
        (Some(module), Some(func)) => format!(" at {module:#x} (function + {func:#x})"),
        (Some(module), None) => format!(" at {module:#x}"),
        (None, _) => String::new(),
    };
    format!("function {}{name}{offset}", frame.func_index())
}
