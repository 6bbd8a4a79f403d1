//! The state of a running script, and its directives.
//!
//! A script names modules and instances and refers to them later. A name may stand for something
//! that was skipped; whoever uses it is then skipped for the same reason, so that one missing
//! proposal is not reported as many failures.

use std::collections::HashMap;

use tabwasm::reject::{Detail, Reject};
use tabwasm::spec::{ErrorClass, Proposal};
use wast::token::Id;
use wast::{QuoteWat, WastDirective};

use super::library::{Failure, Kind, Library};
use super::report::Outcome;

/// A directive does not go on.
#[derive(Clone, Debug)]
pub(super) enum Unmet {
    /// It needs what the library does not have.
    Skip(String),
    Fail(String),
}

impl From<Failure> for Unmet {
    fn from(failure: Failure) -> Self {
        match (unsupported(&failure), failure) {
            (Some(proposal), _) => Self::Skip(proposal.name().to_owned()),
            (None, Failure::Lacks(what)) => Self::Skip(what.to_owned()),
            (None, failure) => Self::Fail(failure.to_string()),
        }
    }
}

impl From<Unmet> for Outcome {
    fn from(stop: Unmet) -> Self {
        match stop {
            Unmet::Skip(reason) => Self::Skipped(reason),
            Unmet::Fail(message) => Self::Failed(message),
        }
    }
}

/// What a name in the script stands for; a stop is passed on to all that use it.
type Held<T> = Result<T, Unmet>;

/// Instances and modules by their names in the script.
pub(super) struct Runner<L: Library> {
    pub(super) library: L,
    current: Option<Held<L::Instance>>,
    instances: HashMap<String, Held<L::Instance>>,
    last_definition: Option<Held<L::Module>>,
    definitions: HashMap<String, Held<L::Module>>,
    /// Registered names whose instance was skipped.
    missing: HashMap<String, Unmet>,
}

/// The keyword of a directive.
pub(super) fn kind(directive: &WastDirective<'_>) -> &'static str {
    match directive {
        WastDirective::Module(wat) => match Kind::of_quoted(wat) {
            Kind::Module => "module",
            Kind::Component => "component",
        },
        WastDirective::ModuleDefinition(wat) => match Kind::of_quoted(wat) {
            Kind::Module => "module definition",
            Kind::Component => "component definition",
        },
        WastDirective::ModuleInstance { .. } => "module instance",
        WastDirective::AssertMalformed { .. } => "assert_malformed",
        WastDirective::AssertMalformedCustom { .. } => "assert_malformed_custom",
        WastDirective::AssertInvalid { .. } => "assert_invalid",
        WastDirective::AssertInvalidCustom { .. } => "assert_invalid_custom",
        WastDirective::Register { .. } => "register",
        WastDirective::Invoke(_) => "invoke",
        WastDirective::AssertTrap { .. } => "assert_trap",
        WastDirective::AssertReturn { .. } => "assert_return",
        WastDirective::AssertExhaustion { .. } => "assert_exhaustion",
        WastDirective::AssertUnlinkable { .. } => "assert_unlinkable",
        WastDirective::AssertException { .. } => "assert_exception",
        WastDirective::AssertSuspension { .. } => "assert_suspension",
        WastDirective::Thread(_) => "thread",
        WastDirective::Wait { .. } => "wait",
    }
}

impl<L: Library> Runner<L> {
    /// Of a library that knows the module `spectest` and nothing else.
    pub(super) fn new(library: L) -> Self {
        Self {
            library,
            current: None,
            instances: HashMap::new(),
            last_definition: None,
            definitions: HashMap::new(),
            missing: HashMap::new(),
        }
    }

    pub(super) fn run(&mut self, directive: WastDirective<'_>) -> Outcome {
        let result = match directive {
            WastDirective::Module(module) => self.module(module),
            WastDirective::ModuleDefinition(module) => self.definition(module),
            WastDirective::ModuleInstance {
                instance, module, ..
            } => self.instance_of(instance, module),
            WastDirective::Register { name, module, .. } => self.register(name, module),
            WastDirective::AssertMalformed {
                module, message, ..
            }
            | WastDirective::AssertMalformedCustom {
                module, message, ..
            } => {
                return self.assert_rejected(module, ErrorClass::Malformed, message);
            }
            WastDirective::AssertInvalid {
                module, message, ..
            }
            | WastDirective::AssertInvalidCustom {
                module, message, ..
            } => {
                return self.assert_rejected(module, ErrorClass::Invalid, message);
            }
            WastDirective::AssertUnlinkable {
                module, message, ..
            } => self.assert_unlinkable(module, message),
            WastDirective::Invoke(invoke) => self.call(&invoke).map(drop),
            WastDirective::AssertReturn { exec, results, .. } => self.assert_return(exec, &results),
            WastDirective::AssertTrap { exec, message, .. } => self.assert_trap(exec, message),
            WastDirective::AssertExhaustion { call, message, .. } => {
                self.assert_exhaustion(&call, message)
            }
            WastDirective::AssertException { exec, .. } => self.assert_exception(exec),
            WastDirective::AssertSuspension { .. } => {
                Err(Unmet::Skip("stack switching".to_owned()))
            }
            WastDirective::Thread(_) | WastDirective::Wait { .. } => {
                Err(Unmet::Skip("threads".to_owned()))
            }
        };
        match result {
            Ok(()) => Outcome::Passed,
            Err(stop) => stop.into(),
        }
    }

    /// `(module …)`: defines and instantiates.
    fn module(&mut self, mut wat: QuoteWat<'_>) -> Result<(), Unmet> {
        let name = wat.name();
        let kind = Kind::of_quoted(&wat);
        let held = encode(&mut wat)
            .and_then(|bytes| self.compile(kind, &bytes))
            .and_then(|module| self.instantiate(&module));
        self.hold(name, held)
    }

    /// `(module definition …)`: defines.
    fn definition(&mut self, mut wat: QuoteWat<'_>) -> Result<(), Unmet> {
        let name = wat.name();
        let kind = Kind::of_quoted(&wat);
        let held = encode(&mut wat).and_then(|bytes| self.compile(kind, &bytes));
        let result = held.as_ref().map(drop).map_err(Unmet::clone);
        if let Some(name) = name {
            self.definitions
                .insert(name.name().to_owned(), held.clone());
        }
        self.last_definition = Some(held);
        result
    }

    /// `(module instance …)`: instantiates what was defined.
    fn instance_of(
        &mut self,
        instance: Option<Id<'_>>,
        module: Option<Id<'_>>,
    ) -> Result<(), Unmet> {
        let held = match module {
            Some(name) => self.definitions.get(name.name()),
            None => self.last_definition.as_ref(),
        };
        let held = held
            .cloned()
            .unwrap_or_else(|| Err(Unmet::Fail("no such definition".to_owned())));
        let held = held.and_then(|module| self.instantiate(&module));
        self.hold(instance, held)
    }

    fn hold(&mut self, name: Option<Id<'_>>, held: Held<L::Instance>) -> Result<(), Unmet> {
        let result = held.as_ref().map(drop).map_err(Unmet::clone);
        if let Some(name) = name {
            self.instances.insert(name.name().to_owned(), held.clone());
        }
        self.current = Some(held);
        result
    }

    /// The instance of that name, or the current one.
    pub(super) fn instance(&self, name: Option<Id<'_>>) -> Held<L::Instance> {
        let held = match name {
            Some(name) => self.instances.get(name.name()),
            None => self.current.as_ref(),
        };
        held.cloned()
            .unwrap_or_else(|| Err(Unmet::Fail("no such instance".to_owned())))
    }

    fn register(&mut self, name: &str, module: Option<Id<'_>>) -> Result<(), Unmet> {
        let instance = self.instance(module).inspect_err(|stop| {
            self.missing.insert(name.to_owned(), stop.clone());
        })?;
        self.missing.remove(name);
        Ok(self.library.register(name, &instance)?)
    }

    pub(super) fn compile(&mut self, kind: Kind, bytes: &[u8]) -> Held<L::Module> {
        Ok(self.library.compile(kind, bytes)?)
    }

    /// Links and starts; an import from a skipped instance skips this one too, and so does what the tier
    /// does not have.
    pub(super) fn link(
        &mut self,
        module: &L::Module,
    ) -> Result<Result<L::Instance, Failure>, Unmet> {
        let mut providers = self.library.providers(module).into_iter();
        if let Some(stop) = providers.find_map(|name| self.missing.get(&name)) {
            return Err(stop.clone());
        }
        match self.library.instantiate(module) {
            Err(failure @ Failure::Lacks(_)) => Err(failure.into()),
            ended => Ok(ended),
        }
    }

    fn instantiate(&mut self, module: &L::Module) -> Held<L::Instance> {
        Ok(self.link(module)??)
    }

    fn assert_rejected(
        &mut self,
        mut wat: QuoteWat<'_>,
        class: ErrorClass,
        message: &str,
    ) -> Outcome {
        let kind = Kind::of_quoted(&wat);
        let Ok(bytes) = wat.encode() else {
            return Outcome::TextOnly;
        };
        let failure = match self.library.compile(kind, &bytes) {
            Ok(_) => return Outcome::Failed("it was accepted".to_owned()),
            Err(failure) => failure,
        };
        if let Some(proposal) = unsupported(&failure) {
            // Bytes that only mean something in a proposal outside of the standard are malformed.
            let standard = proposal.since().is_some();
            return match class {
                ErrorClass::Malformed if !standard => Outcome::Passed,
                _ => Outcome::Skipped(proposal.name().to_owned()),
            };
        }
        match failure {
            Failure::Rejected(reject) if kind == Kind::Component && is_verdict(&reject) => {
                Outcome::Passed
            }
            Failure::Rejected(reject)
                if reject.class() == class && failure.is_expected(message) =>
            {
                Outcome::Passed
            }
            _ => Outcome::Failed(format!(
                "expected `{message}`, rejected otherwise: {failure}"
            )),
        }
    }
}

/// Whether it is what is wrong with a component, not how large it is. Scripts do not tell more: where
/// a component is malformed and where invalid is not in the standard, and their messages are those
/// of one implementation.
fn is_verdict(reject: &Reject) -> bool {
    reject.class() != ErrorClass::Limit
}

/// The binary of a module that is part of the script.
fn encode(wat: &mut QuoteWat<'_>) -> Result<Vec<u8>, Unmet> {
    wat.encode().map_err(|error| Unmet::Fail(error.message()))
}

/// The proposal that is missing, if that is why the module was not accepted.
fn unsupported(failure: &Failure) -> Option<Proposal> {
    match failure {
        Failure::Rejected(reject) => match reject.detail() {
            Detail::Proposal(proposal) => Some(proposal),
            _ => None,
        },
        _ => None,
    }
}
