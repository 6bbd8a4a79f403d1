//! Ctrl-C while a guest runs: the process ends with exit code 130.
//!
//! A guest may compute or wait for input, so nothing that it is doing is asked: the handler of the
//! signal ends the process. Nothing is left behind, for what a guest has written is out, and this
//! program changes no setting of the terminal. Who started it with the signal ignored (a shell, for
//! what runs in the background) wants it to be.

/// From now on, Ctrl-C ends the process so.
#[cfg(unix)]
pub(crate) fn ends_the_process() {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::SIGINT;
    use signal_hook::flag::register_conditional_shutdown;

    use crate::exit::ExitStatus;

    if is_ignored(SIGINT) {
        return;
    }
    let always = Arc::new(AtomicBool::new(true));
    // Without it the process ends too, by the signal itself.
    let _ = register_conditional_shutdown(SIGINT, ExitStatus::Interrupt.code(), always);
}

/// Elsewhere the system ends it, with a code of its own.
#[cfg(not(unix))]
pub(crate) fn ends_the_process() {}

/// Whether the process was started with a signal ignored, as far as the system tells.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
