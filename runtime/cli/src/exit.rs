//! How the process ends: the outcome of a command as one number.
//!
//! Scripts branch on it, so each kind of failure has its own code, which `--help` lists. Commands
//! return an [`ExitStatus`] to `main`, so that whatever they hold is dropped before the process ends. A
//! guest's own code passes through unchanged.

/// The outcome of a command, as scripts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// The command did what was asked.
    Success,
    /// Tests failed.
    Failure,
    /// The guest ended itself with this code.
    Guest(i32),
    /// The command makes no sense, or a file cannot be read.
    Usage,
    /// The module is malformed, invalid or over a limit.
    InvalidModule,
    /// Imports are missing or do not fit, or an instance cannot be made.
    Link,
    /// Time is up.
    Timeout,
    /// Fuel is used up.
    OutOfFuel,
    /// Ctrl-C.
    Interrupt,
    /// The guest trapped.
    Trap,
    /// Nobody reads the standard output any more.
    BrokenPipe,
}

impl ExitStatus {
    /// The code of the process.
    pub const fn code(self) -> i32 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Guest(code) => code,
            Self::Usage => 2,
            Self::InvalidModule => 3,
            Self::Link => 4,
            Self::Timeout => 124,
            Self::OutOfFuel => 125,
            Self::Interrupt => 130,
            Self::Trap => 134,
            Self::BrokenPipe => 141,
        }
    }
}
