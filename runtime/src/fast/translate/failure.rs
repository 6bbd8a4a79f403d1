//! Why a translation ends without code.
//!
//! Steps of the translator give operand words and labels, not results: the first failure is kept
//! beside the code, whatever is laid down after it is of no use, and the walk over the body ends
//! behind this instruction. So no step has to look, and none can continue with a guess.

use core::fmt;

use super::operand::{Place, To};
use crate::allocation::OutOfMemory;
use crate::error::Error;
use crate::error::cause::{InternalError, LimitError};
use crate::fast::operations::Operation;
use crate::reject::Reject;
use crate::spec::ErrorCode;

/// Why there is no code.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Failure {
    /// The translator contradicts itself or its tables.
    Internal {
        /// What cannot be.
        contradiction: Contradiction,
        /// Offset in the module of the instruction.
        at: usize,
    },
    /// The allocator has no memory for the code.
    OutOfMemory,
    /// The module would have more code than its limit allows.
    TooMuchCode(LimitError),
}

/// What cannot be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Contradiction {
    /// The tables have no such handler.
    NoForm {
        /// The operation.
        operation: Operation,
        /// Where its operands are, as many as there are.
        places: [Option<Place>; 3],
        /// Where its result would go.
        to: Option<To>,
    },
    /// Something with this index was asked for that is not there.
    Unknown {
        /// What it would be.
        what: &'static str,
        /// Its index.
        index: u32,
    },
}

impl Failure {
    /// What ends the walk over the body; the failure itself is asked of the translator.
    pub(super) fn stop(at: usize) -> Reject {
        Reject::new(ErrorCode::OutOfMemory, at)
    }
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoForm {
                operation,
                places,
                to,
            } => {
                write!(f, "no form of `{operation:?}`")?;
                let mut word = " reads";
                for place in places.iter().flatten() {
                    write!(f, "{word} {place:?}")?;
                    word = "";
                }
                match to {
                    Some(to) => write!(f, " writes {to:?}"),
                    None => Ok(()),
                }
            }
            Self::Unknown { what, index } => write!(f, "no {what} {index}"),
        }
    }
}

impl From<OutOfMemory> for Failure {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

impl From<LimitError> for Failure {
    fn from(error: LimitError) -> Self {
        Self::TooMuchCode(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Internal { contradiction, at } => {
                InternalError::new(format_args!("{contradiction} (at offset {at:#x})")).into()
            }
            Failure::OutOfMemory => OutOfMemory.into(),
            Failure::TooMuchCode(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;
    use crate::engine::Engine;
    use crate::fast::pins::FuncPins;
    use crate::fast::translate::Memory;
    use crate::fast::translate::Translator;
    use crate::module::Module;
    use crate::validate::Scratch;

    /// `(module (func))`
    const EMPTY: &[u8] = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0A\x04\x01\x02\0\x0B";

    #[test]
    fn the_first_failure_ends_the_walk_and_is_what_is_said() {
        let module = Module::new(&Engine::default(), EMPTY).unwrap();
        let mut translator = Translator::new(&module, 0, FuncPins::default(), Memory::default());
        for (operation, at) in [(Operation::I32Add, 7), (Operation::I64Add, 9)] {
            translator.at = at;
            translator.contradict(Contradiction::NoForm {
                operation,
                places: [Some(Place::S), Some(Place::A), None],
                to: Some(To::J),
            });
        }
        assert!(
            module
                .walk(0, &mut Scratch::default(), &mut translator)
                .is_err()
        );
        let error = Error::from(translator.code.finish().err().unwrap());
        assert!(error.is::<InternalError>());
        assert_eq!(
            error.to_string(),
            "internal error: no form of `I32Add` reads S A writes J (at offset 0x7)"
        );
    }
}
