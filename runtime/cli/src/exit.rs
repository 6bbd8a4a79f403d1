//! How the process ends.

/// The outcome of a command, as scripts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
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
    /// The guest trapped.
    Trap,
    /// Nobody reads the standard output any more.
    BrokenPipe,
}

impl Exit {
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
            Self::Trap => 134,
            Self::BrokenPipe => 141,
        }
    }
}
