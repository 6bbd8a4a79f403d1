//! Directives that run code: `invoke`, `get`, and the assertions on what comes of them.
//!
//! A trap must be the one that the script names, by the text of its row in `spec/traps.toml`; a
//! result must match its pattern. What fails in the library is told apart from what the guest does.

use wast::{WastExecute, WastInvoke, WastRet, Wat};

use super::library::{Failure, Kind, Library};
use super::runner::{Runner, Unmet};
use super::value::{self, Value};

/// What running came to; a failure is the guest's.
type Ran = Result<Vec<Value>, Failure>;

impl<L: Library> Runner<L> {
    /// `(invoke …)`: calls an export; a trap is a failure.
    pub(super) fn call(&mut self, invoke: &WastInvoke<'_>) -> Result<Vec<Value>, Unmet> {
        Ok(self.invoke(invoke)??)
    }

    pub(super) fn assert_return(
        &mut self,
        exec: WastExecute<'_>,
        expected: &[WastRet<'_>],
    ) -> Result<(), Unmet> {
        let results = self.execute(exec)??;
        value::compare(expected, &results).map_err(Unmet::Fail)
    }

    pub(super) fn assert_trap(
        &mut self,
        exec: WastExecute<'_>,
        message: &str,
    ) -> Result<(), Unmet> {
        let ran = self.execute(exec)?;
        expect_trap(ran, message)
    }

    pub(super) fn assert_exhaustion(
        &mut self,
        call: &WastInvoke<'_>,
        message: &str,
    ) -> Result<(), Unmet> {
        let ran = self.invoke(call)?;
        expect_trap(ran, message)
    }

    pub(super) fn assert_exception(&mut self, exec: WastExecute<'_>) -> Result<(), Unmet> {
        match self.execute(exec)? {
            Ok(results) => Err(Unmet::Fail(format!(
                "expected an exception, found {results:?}"
            ))),
            Err(_) => Err(Unmet::Skip("exceptions".to_owned())),
        }
    }

    pub(super) fn assert_unlinkable(
        &mut self,
        mut wat: Wat<'_>,
        message: &str,
    ) -> Result<(), Unmet> {
        let kind = Kind::of(&wat);
        let bytes = wat.encode().map_err(|error| Unmet::Fail(error.message()))?;
        let module = self.compile(kind, &bytes)?;
        match self.link(&module)? {
            Ok(_) => Err(Unmet::Fail("it was linked".to_owned())),
            Err(error) => expect_link_error(&error, message),
        }
    }

    fn execute(&mut self, exec: WastExecute<'_>) -> Result<Ran, Unmet> {
        match exec {
            WastExecute::Invoke(invoke) => self.invoke(&invoke),
            WastExecute::Wat(mut wat) => {
                let kind = Kind::of(&wat);
                let bytes = wat.encode().map_err(|error| Unmet::Fail(error.message()))?;
                let module = self.compile(kind, &bytes)?;
                Ok(self.link(&module)?.map(|_| Vec::new()))
            }
            WastExecute::Get { module, global, .. } => {
                let instance = self.instance(module)?;
                Ok(Ok(vec![self.library.global(&instance, global)?]))
            }
        }
    }

    fn invoke(&mut self, invoke: &WastInvoke<'_>) -> Result<Ran, Unmet> {
        let instance = self.instance(invoke.module)?;
        let params = invoke.args.iter().map(value::argument);
        let params = params.collect::<Result<Vec<_>, _>>();
        let params = params.map_err(|proposal| Unmet::Skip(proposal.to_owned()))?;
        Ok(self.library.call(&instance, invoke.name, &params))
    }
}

fn expect_trap(ran: Ran, message: &str) -> Result<(), Unmet> {
    let found = match ran {
        Ok(results) => format!("{results:?}"),
        Err(failure @ Failure::Trap(_)) if failure.is_expected(message) => return Ok(()),
        Err(failure @ Failure::Trap(_)) => format!("`{failure}`"),
        Err(failure) => format!("the error: {failure}"),
    };
    Err(Unmet::Fail(format!(
        "expected the trap `{message}`, found {found}"
    )))
}

fn expect_link_error(failure: &Failure, message: &str) -> Result<(), Unmet> {
    match failure {
        Failure::Link(_) if failure.is_expected(message) => Ok(()),
        _ => Err(Unmet::Fail(format!(
            "expected `{message}`, found `{failure}`"
        ))),
    }
}
