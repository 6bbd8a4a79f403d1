//! The instances of a script, and its directives.
//!
//! A script may make more instances than a device has memory for; the encoder marks where none of
//! the earlier ones is needed any more, and there the store begins again.

use core::marker::PhantomData;

use tabwasm::compact::{Exit, Extern, Instance, InstanceIdx, Module, Ram, Store, Value};
use tabwasm::profile::Profile;
use tabwasm::reject::{Detail, Reject};
use tabwasm::spec::{ErrorClass, Limits, Proposals, Trap};

use crate::cursor::Cursor;
use crate::format::{Header, Outcome as Expected, Tag};
use crate::outcome::Outcome;
use crate::value::{argument, matches};
use crate::{Broken, Buffers, Lists, Source};

/// The most instances that exist at a time.
pub(crate) const INSTANCES: usize = 256;
/// The most names that instances are registered by.
const NAMES: usize = 32;
/// The most imports of a module, and arguments of a call.
const IMPORTS: usize = 64;

/// A profile with the largest limits: the official scripts try some out.
struct Unlimited<P>(PhantomData<P>);

impl<P: Profile> Profile for Unlimited<P> {
    type Slot = P::Slot;
    const PROPOSALS: Proposals = P::PROPOSALS;
    const LIMITS: Limits = Limits::MAX;
}

/// Instances, and the memory that is left for more.
pub(crate) struct Player<'p, P: Profile> {
    pool: &'p mut [u8],
    store: Store<'p, 'p, Unlimited<P>>,
    /// What the records that make instances have made.
    made: [Result<InstanceIdx, Outcome>; INSTANCES],
    count: usize,
    names: [(&'p str, u32); NAMES],
    named: usize,
    /// Whether more memory was asked for than there is: what follows may go another way.
    refused: bool,
}

/// A directive did not pass.
enum Unmet {
    Broken,
    Outcome(Outcome),
}

impl<T: Into<Outcome>> From<T> for Unmet {
    fn from(outcome: T) -> Self {
        Self::Outcome(outcome.into())
    }
}

impl From<Broken> for Unmet {
    fn from(_: Broken) -> Self {
        Self::Broken
    }
}

impl<'p, P: Profile> Player<'p, P> {
    pub(crate) fn new(
        buffers: &'p mut Buffers<'_, P::Slot>,
        instances: &'p mut [Instance<'p>],
    ) -> Self {
        let Lists {
            slots,
            frames,
            links,
            tables,
            elements,
            memories,
            globals,
            types,
            segments,
        } = &mut *buffers.lists;
        let store = Store::new(Ram {
            slots,
            frames,
            instances,
            links,
            tables,
            elements,
            memories,
            memory: buffers.memory,
            globals,
            types,
            segments,
        });
        Self {
            pool: buffers.pool,
            store,
            made: [Err(Outcome::Skipped); INSTANCES],
            count: 0,
            names: [("", 0); NAMES],
            named: 0,
            refused: false,
        }
    }

    pub(crate) fn directive(
        &mut self,
        source: &mut impl Source,
        header: Header,
    ) -> Result<Outcome, Broken> {
        let bytes = self.record(source, header.length)?;
        let done = match header.tag {
            Tag::Module => {
                let made = self.make(bytes).map_err(|stop| match stop {
                    Unmet::Broken => Outcome::Failed("broken"),
                    Unmet::Outcome(outcome) => outcome,
                });
                *self.made.get_mut(self.count).ok_or(Broken)? = made;
                self.count += 1;
                made.map(drop).map_err(Unmet::from)
            }
            Tag::Definition => self.compile(bytes).map(drop),
            Tag::Malformed => self.rejected(bytes, ErrorClass::Malformed),
            Tag::Invalid => self.rejected(bytes, ErrorClass::Invalid),
            Tag::Unlinkable => self.unlinkable(bytes),
            Tag::StartTraps => self.start_traps(bytes),
            Tag::Register => self.register(bytes),
            Tag::Invoke => self.invoke(bytes),
            Tag::Get => self.get(bytes),
            Tag::File | Tag::Forget => Err(Unmet::Broken),
        };
        self.store.abort();
        match done {
            Ok(()) => Ok(Outcome::Passed),
            Err(Unmet::Outcome(Outcome::Failed(_))) if self.refused => Ok(Outcome::Exceeded),
            Err(Unmet::Outcome(outcome)) => Ok(outcome),
            Err(Unmet::Broken) => Err(Broken),
        }
    }

    /// The bytes of a record, which stay where they are.
    fn record(&mut self, source: &mut impl Source, length: u32) -> Result<&'p [u8], Broken> {
        let pool = core::mem::take(&mut self.pool);
        let (bytes, rest) = pool.split_at_mut_checked(length as usize).ok_or(Broken)?;
        self.pool = rest;
        if source.read(bytes) < bytes.len() {
            return Err(Broken);
        }
        Ok(bytes)
    }

    /// Validates a module; its table stays.
    fn compile(&mut self, wasm: &'p [u8]) -> Result<Module<'p>, Unmet> {
        let pool = core::mem::take(&mut self.pool);
        let made = Module::new(wasm, &Unlimited::<P>(PhantomData), pool)
            .map(|module| module.table().len());
        let (table, rest) = pool.split_at_mut_checked(made.unwrap_or(0)).ok_or(Broken)?;
        self.pool = rest;
        made?;
        Ok(Module::with_table(wasm, table)?)
    }

    fn make(&mut self, wasm: &'p [u8]) -> Result<InstanceIdx, Unmet> {
        let module = self.compile(wasm)?;
        let instance = self.link(module)??;
        match self.run() {
            Exit::Done => Ok(instance),
            Exit::Trap(trap) => Err(Outcome::Failed(trap.text()).into()),
            _ => Err(Outcome::Failed("the start function was left").into()),
        }
    }

    /// Instantiates; the inner error is the store's.
    fn link(
        &mut self,
        module: Module<'p>,
    ) -> Result<Result<InstanceIdx, tabwasm::compact::Error>, Unmet> {
        let mut imports = [Extern::Memory(u32::MAX); IMPORTS];
        let mut count = 0;
        for import in module.imports() {
            let place = imports.get_mut(count).ok_or(Outcome::Exceeded)?;
            count += 1;
            let names = self.names.get(..self.named).unwrap_or_default();
            let Some((_, number)) = names.iter().rev().find(|(name, _)| *name == import.module)
            else {
                continue;
            };
            let instance = self.instance(*number)?;
            if let Some(found) = self.store.export(instance, import.name) {
                *place = found;
            }
        }
        let imports = imports.get(..count).unwrap_or_default();
        Ok(self.store.instantiate(module, imports))
    }

    fn rejected(&mut self, wasm: &'p [u8], class: ErrorClass) -> Result<(), Unmet> {
        let Err(reject) = Module::new(wasm, &Unlimited::<P>(PhantomData), &mut *self.pool) else {
            return Err(Outcome::Failed("the module was accepted").into());
        };
        match reject.detail() {
            // Bytes that only mean something in a proposal outside of the standard are malformed.
            Detail::Proposal(proposal) if proposal.since().is_none() => {}
            _ if reject.class() == class => {}
            _ => return Err(rejected_otherwise(reject).into()),
        }
        Ok(())
    }

    fn unlinkable(&mut self, wasm: &'p [u8]) -> Result<(), Unmet> {
        let module = self.compile(wasm)?;
        match self.link(module)? {
            Ok(_) => Err(Outcome::Failed("it was linked").into()),
            Err(tabwasm::compact::Error::Import { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn start_traps(&mut self, bytes: &'p [u8]) -> Result<(), Unmet> {
        let mut cursor = Cursor(bytes);
        let text = cursor.text()?;
        let module = self.compile(cursor.0)?;
        let exit = match self.link(module)? {
            Ok(_) => self.run(),
            Err(tabwasm::compact::Error::Trap(trap)) => Exit::Trap(trap),
            Err(error) => return Err(error.into()),
        };
        trapped(exit, text)
    }

    fn register(&mut self, bytes: &'p [u8]) -> Result<(), Unmet> {
        let mut cursor = Cursor(bytes);
        let (number, name) = (cursor.number()?, cursor.text()?);
        *self.names.get_mut(self.named).ok_or(Broken)? = (name, number);
        self.named += 1;
        self.instance(number)?;
        Ok(())
    }

    fn invoke(&mut self, bytes: &'p [u8]) -> Result<(), Unmet> {
        let mut cursor = Cursor(bytes);
        let (number, name) = (cursor.number()?, cursor.text()?);
        let mut arguments = [Value::I32(0); IMPORTS];
        let count = usize::from(cursor.byte()?);
        for place in arguments.get_mut(..count).ok_or(Broken)? {
            *place = argument(cursor.value()?).ok_or(Broken)?;
        }
        let instance = self.instance(number)?;
        let func = self.store.func(instance, name);
        let func = func.ok_or(Outcome::Failed("no such function"))?;
        self.store
            .call(func, arguments.get(..count).unwrap_or_default())?;
        let exit = self.run();
        match Expected::from_byte(cursor.byte()?).ok_or(Broken)? {
            Expected::Trap => trapped(exit, cursor.text()?),
            Expected::Any if exit == Exit::Done => Ok(()),
            Expected::Results if exit == Exit::Done => equal(&mut cursor, self.store.results()),
            _ => match exit {
                Exit::Trap(trap) => Err(Outcome::Failed(trap.text()).into()),
                _ => Err(Outcome::Failed("the call was left").into()),
            },
        }
    }

    fn get(&mut self, bytes: &'p [u8]) -> Result<(), Unmet> {
        let mut cursor = Cursor(bytes);
        let (number, name) = (cursor.number()?, cursor.text()?);
        let instance = self.instance(number)?;
        let value = self.store.global_value(instance, name);
        let value = value.ok_or(Outcome::Failed("no such global"))?;
        cursor.byte()?;
        equal(&mut cursor, core::iter::once(value))
    }

    /// What a record has made.
    fn instance(&self, number: u32) -> Result<InstanceIdx, Outcome> {
        let made = self.made.get(..self.count).unwrap_or_default();
        match made.get(number as usize) {
            Some(made) => *made,
            None => Err(Outcome::Failed("no such instance")),
        }
    }

    /// Runs the call that is under way to its end.
    fn run(&mut self) -> Exit {
        loop {
            let mut fuel = u64::MAX;
            match self.store.run(&mut fuel) {
                Exit::Grow { .. } => {
                    self.refused = true;
                    self.store.refuse();
                }
                Exit::StackFull => return Exit::Trap(Trap::StackOverflow),
                exit => return exit,
            }
        }
    }
}

fn rejected_otherwise(reject: Reject) -> Outcome {
    match reject.class() {
        ErrorClass::Unsupported | ErrorClass::Limit => reject.into(),
        _ => Outcome::Failed("the module was rejected otherwise"),
    }
}

fn trapped(exit: Exit, text: &str) -> Result<(), Unmet> {
    let Exit::Trap(trap) = exit else {
        return Err(Outcome::Failed("it did not trap").into());
    };
    let mut texts = trap.also().iter().copied().chain([trap.text()]);
    if texts.any(|known| text.starts_with(known)) {
        return Ok(());
    }
    Err(Outcome::Failed(trap.text()).into())
}

/// Whether results are as the patterns that follow.
fn equal(
    cursor: &mut Cursor<'_>,
    mut results: impl ExactSizeIterator<Item = Value>,
) -> Result<(), Unmet> {
    let count = cursor.byte()?;
    if results.len() != usize::from(count) {
        return Err(Outcome::Failed("other results in number").into());
    }
    for _ in 0..count {
        let found = results.next().ok_or(Broken)?;
        if !matches(cursor, found)? {
            return Err(Outcome::Failed("another result").into());
        }
    }
    Ok(())
}
