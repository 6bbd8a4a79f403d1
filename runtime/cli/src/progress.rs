//! Signs of life while work takes long.
//!
//! Reading and validating a large module can take seconds in which nothing is printed. Whoever looks
//! at a terminal then sees what is going on, from one second on; in files and pipes, and in front of
//! what a guest prints, there is nothing of it. How far a script has come is shown by `wast` itself.

use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::ProgressBar;

use crate::escape::Escaped;

/// Work that takes longer shows that it goes on.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);
/// Time between two pictures.
const TICK: Duration = Duration::from_millis(100);

/// Work that goes on until this is dropped; then nothing is left of it on the terminal.
pub(crate) struct Work(Option<(Sender<()>, JoinHandle<()>)>);

impl Work {
    /// Begins work, and says which if it takes long.
    pub(crate) fn begin(what: impl Display) -> Self {
        if !io::stderr().is_terminal() {
            return Self(None);
        }
        let what = Escaped(what).to_string();
        let (sender, receiver) = mpsc::channel();
        let shower = thread::spawn(move || {
            if receiver.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let spinner = ProgressBar::new_spinner().with_message(what);
                spinner.enable_steady_tick(TICK);
                // Nothing is sent: the other side is dropped.
                let _ = receiver.recv();
                spinner.finish_and_clear();
            }
        });
        Self(Some((sender, shower)))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Some((sender, shower)) = self.0.take() {
            drop(sender);
            let _ = shower.join();
        }
    }
}
