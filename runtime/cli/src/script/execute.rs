//! Directives that run code.

use tabwasm::{Error, Instance, LinkError, Val};
use wast::{WastExecute, WastInvoke, WastRet, Wat};

use super::runner::{Runner, Stop};
use super::value::{self, Missing};

/// What running came to; an error is the guest's.
type Ran = Result<Vec<Val>, Error>;

impl Runner {
    /// `(invoke …)`: calls an export; a trap is a failure.
    pub(super) fn call(&mut self, invoke: &WastInvoke<'_>) -> Result<Vec<Val>, Stop> {
        Ok(self.invoke(invoke)??)
    }

    pub(super) fn assert_return(
        &mut self,
        exec: WastExecute<'_>,
        expected: &[WastRet<'_>],
    ) -> Result<(), Stop> {
        let results = self.execute(exec)??;
        value::compare(&self.store, expected, &results).map_err(Stop::Fail)
    }

    pub(super) fn assert_trap(&mut self, exec: WastExecute<'_>, message: &str) -> Result<(), Stop> {
        let ran = self.execute(exec)?;
        expect_trap(ran, message)
    }

    pub(super) fn assert_exhaustion(
        &mut self,
        call: &WastInvoke<'_>,
        message: &str,
    ) -> Result<(), Stop> {
        let ran = self.invoke(call)?;
        expect_trap(ran, message)
    }

    pub(super) fn assert_exception(&mut self, exec: WastExecute<'_>) -> Result<(), Stop> {
        match self.execute(exec)? {
            Ok(results) => Err(Stop::Fail(format!(
                "expected an exception, found {results:?}"
            ))),
            Err(_) => Err(Stop::Skip("exceptions".to_owned())),
        }
    }

    pub(super) fn assert_unlinkable(
        &mut self,
        mut wat: Wat<'_>,
        message: &str,
    ) -> Result<(), Stop> {
        let bytes = wat.encode().map_err(|error| Stop::Fail(error.message()))?;
        let module = self.compile(&bytes)?;
        match self.link(&module)? {
            Ok(_) => Err(Stop::Fail("it was linked".to_owned())),
            Err(error) => expect_link_error(&error, message),
        }
    }

    fn execute(&mut self, exec: WastExecute<'_>) -> Result<Ran, Stop> {
        match exec {
            WastExecute::Invoke(invoke) => self.invoke(&invoke),
            WastExecute::Wat(mut wat) => {
                let bytes = wat.encode().map_err(|error| Stop::Fail(error.message()))?;
                let module = self.compile(&bytes)?;
                Ok(self.link(&module)?.map(|_: Instance| Vec::new()))
            }
            WastExecute::Get { module, global, .. } => {
                let instance = self.instance(module)?;
                let global = instance
                    .get_global(&mut self.store, global)
                    .ok_or_else(|| Stop::Fail(format!("no global `{global}`")))?;
                Ok(Ok(vec![global.get(&mut self.store)]))
            }
        }
    }

    fn invoke(&mut self, invoke: &WastInvoke<'_>) -> Result<Ran, Stop> {
        let instance = self.instance(invoke.module)?;
        let func = instance
            .get_func(&mut self.store, invoke.name)
            .ok_or_else(|| Stop::Fail(format!("no function `{}`", invoke.name)))?;
        let mut params = Vec::new();
        for arg in &invoke.args {
            params.push(value::argument(&mut self.store, arg).map_err(
                |missing| match missing {
                    Missing::Proposal(proposal) => Stop::Skip(proposal.to_owned()),
                    Missing::Error(error) => error.into(),
                },
            )?);
        }
        let count = func.ty(&self.store).results().len();
        let mut results = vec![Val::I32(0); count];
        Ok(func
            .call(&mut self.store, &params, &mut results)
            .map(|()| results))
    }
}

fn expect_trap(ran: Ran, message: &str) -> Result<(), Stop> {
    let error = match ran {
        Ok(results) => {
            return Err(Stop::Fail(format!(
                "expected the trap `{message}`, found {results:?}"
            )));
        }
        Err(error) => error,
    };
    let Some(trap) = error.as_trap_code() else {
        return Err(Stop::Fail(format!(
            "expected the trap `{message}`, found the error: {error:#}"
        )));
    };
    let mut texts = trap.also().iter().copied().chain([trap.text()]);
    if texts.any(|text| message.starts_with(text)) {
        return Ok(());
    }
    Err(Stop::Fail(format!("expected `{message}`, found `{trap}`")))
}

fn expect_link_error(error: &Error, message: &str) -> Result<(), Stop> {
    let text = error.root_cause().to_string();
    if error.is::<LinkError>() && text.starts_with(message) {
        return Ok(());
    }
    Err(Stop::Fail(format!("expected `{message}`, found `{text}`")))
}
