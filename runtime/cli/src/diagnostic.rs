//! What is shown when something is wrong.
//!
//! All commands report here, so that errors look alike: what, where, and the bytes or the backtrace
//! that show it. It goes to standard error, with colours only for a terminal.

use std::fmt::Display;

use clap::builder::styling::{AnsiColor, Style};
use tabwasm::reject::Reject;
use tabwasm::{Error, FrameInfo, WasmBacktrace};

use crate::hexdump::Hexdump;
use crate::input::Input;
use crate::locate::locate;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const NOTE: Style = Style::new().bold();

/// Shows an error.
pub fn error(message: impl Display) {
    anstream::eprintln!("{ERROR}error{ERROR:#}{NOTE}:{NOTE:#} {message}");
}

/// Shows what helps after an error.
pub fn help(message: impl Display) {
    anstream::eprintln!("  {NOTE}= help:{NOTE:#} {message}");
}

/// Shows why a module is not accepted: what, in which function, and the bytes there.
pub fn rejected(input: &Input, reject: &Reject) {
    error(reject);
    let place = locate(&input.bytes, reject.offset);
    let binary = if input.is_text { " (encoded)" } else { "" };
    let within = match &place {
        Some(place) => format!(", in {place}"),
        None => String::new(),
    };
    anstream::eprintln!("  --> {}{binary}:{:#x}{within}", input.name, reject.offset);
    let byte = reject.offset..reject.offset.saturating_add(1);
    let marked = place.and_then(|place| place.instruction()).unwrap_or(byte);
    for line in Hexdump::new(&input.bytes, marked).to_string().lines() {
        match line.starts_with(' ') {
            true => anstream::eprintln!("{ERROR}{line}{ERROR:#}"),
            false => anstream::eprintln!("{line}"),
        }
    }
}

/// Shows an error of the library with its causes and the guest's backtrace.
pub fn failed(failure: &Error) {
    error(format_args!("{failure:#}"));
    if let Some(backtrace) = failure.wasm_backtrace() {
        frames(backtrace);
    }
}

/// One line a frame; repetitions, as recursion makes them, are counted.
fn frames(backtrace: &WasmBacktrace) {
    let mut numbers = 0..;
    for run in backtrace.frames().chunk_by(|a, b| line(a) == line(b)) {
        let number = numbers.next().unwrap_or(0);
        anstream::eprintln!("  {number:>3}: {}", line(&run[0]));
        if run.len() > 1 {
            anstream::eprintln!("       … and {} more like this", run.len() - 1);
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
