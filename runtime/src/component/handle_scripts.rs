//! Scripts of handles, which the executable definition of the standard ran: what each step gives, and
//! what the tables of all instances hold in the end.
//!
//! The instances have no code: a script says what they do. What it does is done by the functions that
//! code would call, in the order in which the engine would call them. Scripts with waitable sets and
//! asynchronous calls are left out.

use std::string::String;
use std::vec::Vec;
use std::{format, println, vec};

use super::abi::CanonicalOptions;
use super::abi::dynamic::Handles;
use super::abi::oracle::json::Json;
use super::abi::oracle::{self, lines};
use super::adapter::Size;
use super::builtin::{Builtin, Does};
use super::guest::{dropped_all, end_call, entity, leaving};
use super::handles::HostHandles;
use super::lowered::{self, Adapter};
use super::resource::{Kind, ResourceAny, ResourceType};
use super::types::{Defined, FuncType, ResourceId, TypeTable, ValueType};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::spec::Trap;
use crate::store::component::{
    ComponentEntity, ComponentInstance, GuestOptions, Handle, HandleKind, HandleTable, LiftedFunc,
    Owner, ResourceEntity, ResourceNumber,
};
use crate::store::entity::{Turn, Turns};
use crate::store::inner::StoreInner;

/// The number of the only component.
const COMPONENT: u32 = 0;
/// Numbers that stand for core functions.
const CORE: u32 = 1;
const POST_RETURN: u32 = 2;
const DTOR: u32 = 3;

const OPTIONS: GuestOptions = GuestOptions {
    memory: None,
    realloc: None,
    address: crate::component::AddressType::I32,
    encoding: crate::component::StringEncoding::Utf8,
};

#[test]
fn scripts_end_as_the_standard_says() {
    let Some(lines) = lines("handles.jsonl") else {
        return;
    };
    let (mut ran, mut trapped, mut left) = (0, 0, 0);
    for line in &lines {
        let id = line.field("id").text();
        let waits = |step: &Json| step.field("op").text().starts_with("ws-");
        if id.starts_with("async-") || line.field("steps").list().iter().any(waits) {
            left += 1;
            continue;
        }
        trapped += usize::from(Script::new(line).run());
        ran += 1;
    }
    println!("{ran} scripts ran, {trapped} of them to a trap; {left} wait, and are left out");
    assert!(ran > 450 && trapped > 100);
}

struct Script<'l> {
    line: &'l Json,
    store: StoreInner,
    instances: Vec<&'l str>,
    resources: Vec<(&'l str, &'l Json)>,
    /// Calls that have not returned, innermost last.
    pending: Vec<Pending>,
    /// Destructors that the step has entered.
    entered: Vec<(String, u32)>,
}

enum Pending {
    /// A call of an instance by the host.
    Host { to: u32, result: Option<Passed> },
    /// A call of one instance by another.
    Guest {
        turns: std::boxed::Box<dyn Turns>,
        frame: Vec<u64>,
        at: usize,
        next: u64,
    },
    /// A call of the host by an instance, with what the host was lent.
    Import {
        from: u32,
        result: Option<Passed>,
        lent: Vec<ResourceAny>,
    },
}

/// A type of parameters and results.
#[derive(Clone, Copy)]
struct Passed {
    own: bool,
    resource: ResourceId,
}

impl<'l> Script<'l> {
    fn new(line: &'l Json) -> Self {
        let object = |json: &'l Json| match json {
            Json::Object(fields) => fields,
            _ => panic!("no object: {json:?}"),
        };
        let names: Vec<_> = object(line.field("instances")).iter().collect();
        let place = |name: &str| names.iter().position(|it| it.0 == name).map(|at| at as u32);
        let instances = names.iter().map(|(_, parent)| ComponentInstance {
            parent: match parent {
                Json::String(parent) => place(parent),
                _ => None,
            },
            entered: false,
            may_leave: true,
            backpressure: 0,
            handles: HandleTable::default(),
        });
        let resources: Vec<_> = object(line.field("resources"))
            .iter()
            .map(|(name, json)| (name.as_str(), json))
            .collect();
        let mut store = StoreInner::new(Engine::default());
        for (_, resource) in &resources {
            let owner = place(resource.field("impl").text()).expect("an instance");
            let none = matches!(resource.field("dtor"), Json::String(text) if text == "none");
            store.resources.push(ResourceEntity {
                owner: Owner::Guest(COMPONENT, owner),
                dtor: (!none).then_some(DTOR),
            });
        }
        let numbers = (0..resources.len() as u32).map(ResourceNumber);
        let component = ComponentEntity {
            core_instances: Vec::new(),
            trampolines: Vec::new(),
            instances: instances.collect(),
            resources: numbers.collect(),
            host_resources: Vec::new(),
            lifts: Vec::new(),
        };
        assert_eq!(store.components.push(component).ok(), Some(COMPONENT));
        Self {
            line,
            store,
            instances: names.iter().map(|(name, _)| name.as_str()).collect(),
            resources,
            pending: Vec::new(),
            entered: Vec::new(),
        }
    }

    /// Whether it ended in a trap.
    fn run(mut self) -> bool {
        let steps = self.line.field("steps").list();
        for (place, step) in steps.iter().enumerate() {
            let shown = format!("{} step {place}: {step:?}", self.line.field("id").text());
            self.entered.clear();
            let result = self.step(step, &shown);
            if step.find("trap").is_some() {
                assert!(result.is_err(), "{shown} does not trap");
                assert_eq!(place + 1, steps.len());
                return true;
            }
            result.unwrap_or_else(|error| panic!("{shown}: {error:#}"));
            let dtors = step.find("dtors").map_or(&[][..], Json::list);
            let dtors: Vec<_> = dtors
                .iter()
                .map(|dtor| (dtor.list()[0].text().into(), dtor.list()[1].number() as u32))
                .collect();
            assert_eq!(self.entered, dtors, "{shown}");
            // The last of the steps in a function `post-return`.
            if is_freeing(step) && !steps.get(place + 1).is_some_and(is_freeing) {
                let ended = self.returned();
                ended.unwrap_or_else(|error| panic!("{shown}: {error:#}"));
            }
        }
        self.compare_tables();
        false
    }

    fn step(&mut self, step: &Json, shown: &str) -> Result<()> {
        let name = step.field("in").text();
        let own = self.instances.iter().position(|it| *it == name);
        let own = own.map(|place| place as u32);
        match step.field("op").text() {
            "call" => {
                let callee = step.field("to").text();
                let to = self.instances.iter().position(|it| *it == callee);
                self.call(step, own, to.map(|place| place as u32), shown)
            }
            "return" => self.give(step, shown),
            op => {
                let (_, ty) = self.resource(step.field("rt"));
                let (does, argument) = match op {
                    "new" => (Does::New(ty), step.field("rep")),
                    "rep" => (Does::Rep(ty), step.field("i")),
                    "drop" => (Does::Drop(ty), step.field("i")),
                    _ => panic!("{shown}"),
                };
                let result = self.builtin(own.expect("a guest"), does, argument.number() as u64)?;
                if let Some(expected) = step.find("result") {
                    assert_eq!(i128::from(result), expected.number(), "{shown}");
                }
                Ok(())
            }
        }
    }

    /// Calls a built-in, with the destructor that it calls.
    fn builtin(&mut self, instance: u32, does: Does, argument: u64) -> Result<u64> {
        let builtin = Builtin {
            component: COMPONENT,
            instance,
            home: 0,
            does,
        };
        let mut frame = [argument];
        let mut turn = builtin.turn(&mut self.store, &mut frame, 0)?;
        while let Turn::Call { func, at, next } = turn {
            let (Does::Drop(ty), DTOR, 0) = (does, func, at) else {
                panic!("{does:?} calls {func}");
            };
            self.dtor(ty, frame[0] as u32)?;
            turn = builtin.turn(&mut self.store, &mut frame, next)?;
        }
        Ok(frame[0])
    }

    fn dtor(&mut self, ty: ResourceNumber, rep: u32) -> Result<()> {
        let (name, resource) = self.resources[ty.0 as usize];
        self.entered.push((name.into(), rep));
        match resource.field("dtor") {
            Json::String(text) if text == "trap" => Err(Trap::UnreachableCodeReached.into()),
            Json::String(_) => Ok(()),
            drop => {
                let (_, dropped) = self.resource(&drop.list()[1]);
                let owner = resource.field("impl").text();
                let owner = self.instances.iter().position(|it| *it == owner);
                let owner = owner.expect("an instance") as u32;
                self.builtin(owner, Does::Drop(dropped), rep.into())?;
                Ok(())
            }
        }
    }

    fn call(&mut self, step: &Json, from: Option<u32>, to: Option<u32>, shown: &str) -> Result<()> {
        let written = step.field("params").list();
        let passed =
            |this: &Self| -> Vec<Passed> { written.iter().map(|ty| this.passed(ty)).collect() };
        let result = match step.field("result") {
            Json::Null => None,
            ty => Some(ty),
        };
        let args: Vec<u64> = step
            .field("args")
            .list()
            .iter()
            .map(|it| it.number() as u64)
            .collect();
        let expected = || -> Vec<u64> {
            let expected = step.field("callee_args").list().iter();
            expected.map(|it| it.number() as u64).collect()
        };
        match (from, to) {
            (None, Some(to)) => {
                entity(&mut self.store, COMPONENT)?.enter(None, to)?;
                self.store.calls.begin()?;
                let mut found = Vec::new();
                for (passed, rep) in passed(self).iter().zip(args) {
                    found.push(u64::from(self.lower(to, *passed, rep as u32)?));
                }
                assert_eq!(found, expected(), "{shown}");
                let result = result.map(|ty| self.passed(ty));
                self.pending.push(Pending::Host { to, result });
            }
            (Some(from), Some(to)) => {
                let mut types = TypeTable::default();
                let mut value = |json: &Json| self.value(&mut types, json);
                let ty = FuncType {
                    params: written.iter().map(|ty| ("p".into(), value(ty))).collect(),
                    result: result.map(&mut value),
                    is_async: false,
                };
                let options = CanonicalOptions::default();
                let size = &mut Size::new(u64::MAX);
                let adapter = Adapter::new(&types, &ty, options, options, size)?;
                let callee = LiftedFunc {
                    core: CORE,
                    instance: to,
                    options: OPTIONS,
                    post_return: step.find("post_return").map(|_| POST_RETURN),
                    is_async: false,
                };
                let outside = entity(&mut self.store, COMPONENT)?.outside(Some(from), to);
                let caller = (COMPONENT, from, OPTIONS);
                let turns = lowered::call(0, adapter, caller, callee, outside)?;
                let mut frame = vec![0; turns.slots()];
                frame[..args.len()].copy_from_slice(&args);
                let Turn::Call {
                    func: CORE,
                    at,
                    next,
                } = turns.turn(&mut self.store, &mut frame, 0)?
                else {
                    panic!("{shown}: the core function is called");
                };
                let expected = expected();
                assert_eq!(frame[at..at + expected.len()], expected, "{shown}");
                self.pending.push(Pending::Guest {
                    turns,
                    frame,
                    at,
                    next,
                });
            }
            (Some(from), None) => {
                leaving(&mut self.store, COMPONENT, from)?;
                self.store.calls.begin()?;
                let (mut found, mut lent) = (Vec::new(), Vec::new());
                for (passed, index) in passed(self).iter().zip(args) {
                    let value = self.lift(from, *passed, index as u32)?;
                    found.push(u64::from(self.rep(value)));
                    if !passed.own {
                        lent.push(value);
                    }
                }
                assert_eq!(found, expected(), "{shown}");
                let result = result.map(|ty| self.passed(ty));
                self.pending.push(Pending::Import { from, result, lent });
            }
            (None, None) => panic!("{shown}"),
        }
        Ok(())
    }

    /// The innermost call returns.
    fn give(&mut self, step: &Json, shown: &str) -> Result<()> {
        let results = step.field("results").list();
        let result = results.first().map(|it| it.number() as u64);
        let expected = step.find("caller_results").map_or(&[][..], Json::list);
        let expected = expected.first().map(|it| it.number() as u64);
        let frees = step.find("post_return").is_some();
        let found = match self.pending.pop().expect("a call") {
            Pending::Host { to, result: ty } => {
                dropped_all(&self.store)?;
                let found = match (ty, result) {
                    (Some(ty), Some(index)) => {
                        let value = self.lift(to, ty, index as u32)?;
                        Some(u64::from(self.rep(value)))
                    }
                    _ => None,
                };
                self.pending.push(Pending::Host { to, result: None });
                match frees {
                    true => _ = entity(&mut self.store, COMPONENT)?.may_leave(to, false),
                    false => self.returned()?,
                }
                found
            }
            Pending::Guest {
                turns,
                mut frame,
                at,
                next,
            } => {
                for (slot, result) in frame[at..].iter_mut().zip(results) {
                    *slot = result.number() as u64;
                }
                let turn = turns.turn(&mut self.store, &mut frame, next)?;
                let found = expected.map(|_| frame[0]);
                match turn {
                    Turn::Done => assert!(!frees, "{shown}"),
                    Turn::Again { .. } => panic!("{shown}: handles are few"),
                    Turn::Call { func, at, next } => {
                        assert!(func == POST_RETURN && frees, "{shown}");
                        self.pending.push(Pending::Guest {
                            turns,
                            frame,
                            at,
                            next,
                        });
                    }
                }
                found
            }
            Pending::Import {
                from,
                result: ty,
                lent,
            } => {
                // What the host was lent it drops.
                for value in lent {
                    let Kind::Guest(_, ty) = value.ty.0 else {
                        panic!("{shown}");
                    };
                    let handle = self.store.given.remove(value.index, ty)?;
                    if let HandleKind::Borrow { call } = handle.kind {
                        self.store.calls.returned(call);
                    }
                }
                let found = match (ty, result) {
                    (Some(ty), Some(rep)) => Some(self.lower(from, ty, rep as u32)?.into()),
                    _ => None,
                };
                end_call(&mut self.store)?;
                found
            }
        };
        if step.find("trap").is_none() {
            assert_eq!(found, expected, "{shown}");
        }
        Ok(())
    }

    /// The innermost call is over.
    fn returned(&mut self) -> Result<()> {
        match self.pending.pop().expect("a call") {
            Pending::Host { to, .. } => {
                end_call(&mut self.store)?;
                let entity = entity(&mut self.store, COMPONENT)?;
                entity.may_leave(to, true);
                entity.leave(None, to);
            }
            Pending::Guest {
                turns,
                mut frame,
                next,
                ..
            } => {
                let turn = turns.turn(&mut self.store, &mut frame, next)?;
                assert!(matches!(turn, Turn::Done));
            }
            Pending::Import { .. } => panic!("the host has no `post-return`"),
        }
        Ok(())
    }

    /// Passes a resource of the host, for which this number stands, to an instance.
    fn lower(&mut self, to: u32, passed: Passed, rep: u32) -> Result<u32, Error> {
        let ty = ResourceNumber(passed.resource.0);
        let handle = Handle::new(ty, rep, HandleKind::Own);
        let most = u64::MAX;
        let index = self.store.given.add(handle, most)?;
        let value = ResourceAny {
            ty: ResourceType(Kind::Guest(self.store.id, ty)),
            index,
            owned: passed.own,
        };
        let (_, mut handles) = HostHandles::with_memory(&mut self.store, COMPONENT, to, OPTIONS);
        Ok(match passed.own {
            true => handles.lower_own(passed.resource, value)?,
            false => handles.lower_borrow(passed.resource, value)?,
        })
    }

    /// Takes a resource of an instance to the host.
    fn lift(&mut self, from: u32, passed: Passed, index: u32) -> Result<ResourceAny, Trap> {
        let (_, mut handles) = HostHandles::with_memory(&mut self.store, COMPONENT, from, OPTIONS);
        match passed.own {
            true => handles.lift_own(passed.resource, index),
            false => handles.lift_borrow(passed.resource, index),
        }
    }

    fn rep(&mut self, value: ResourceAny) -> u32 {
        self.store.given.any(value.index).expect("a handle").rep
    }

    /// A type of values between instances.
    fn value(&self, types: &mut TypeTable, json: &Json) -> ValueType {
        let Json::Array(parts) = json else {
            return oracle::ty(types, json);
        };
        let [kind, parts @ ..] = &parts[..] else {
            panic!("no type: {json:?}");
        };
        let mut optional = |json: &Json| match json {
            Json::Null => None,
            json => Some(self.value(types, json)),
        };
        let defined = match kind.text() {
            "own" | "borrow" => {
                let Passed { own, resource } = self.passed(json);
                match own {
                    true => Defined::Own(resource),
                    false => Defined::Borrow(resource),
                }
            }
            "option" => Defined::Option(optional(&parts[0]).expect("a type")),
            "result" => Defined::Result {
                ok: optional(&parts[0]),
                err: optional(&parts[1]),
            },
            "variant" => {
                let cases = parts[0].list().iter().zip(["a", "b"]);
                Defined::Variant(
                    cases
                        .map(|(ty, name)| (name.into(), optional(ty)))
                        .collect(),
                )
            }
            "tuple" => Defined::Tuple(parts[0].list().iter().filter_map(optional).collect()),
            "list" => {
                let element = optional(&parts[0]).expect("a type");
                Defined::FixedList(element, parts[1].number() as u32)
            }
            _ => panic!("no type: {json:?}"),
        };
        ValueType::Defined(types.add(defined).expect("memory").expect("a layout"))
    }

    fn passed(&self, ty: &Json) -> Passed {
        let [kind, resource] = ty.list() else {
            panic!("no type of handles: {ty:?}");
        };
        Passed {
            own: kind.text() == "own",
            resource: self.resource(resource).0,
        }
    }

    fn resource(&self, name: &Json) -> (ResourceId, ResourceNumber) {
        let place = self.resources.iter().position(|it| it.0 == name.text());
        let place = place.expect("a type of resources") as u32;
        (ResourceId(place), ResourceNumber(place))
    }

    fn compare_tables(&mut self) {
        let id = self.line.field("id").text();
        let tables = self.line.field("tables");
        for (place, name) in self.instances.clone().into_iter().enumerate() {
            let entity = self.store.components.get(COMPONENT).expect("the component");
            let (live, free, len) = entity.instances[place].handles.parts();
            let table = tables.field(name);
            let live: Vec<_> = live
                .into_iter()
                .map(|(index, handle)| {
                    let kind = match handle.kind {
                        HandleKind::Own => "own",
                        HandleKind::Borrow { .. } => "borrow",
                    };
                    let resource = self.resources[handle.ty.0 as usize].0;
                    (index, resource, handle.rep, kind, handle.lends)
                })
                .collect();
            let expected = table.field("live").list().iter().map(|json| {
                let [index, resource, rep, kind, lends] = json.list() else {
                    panic!("{id}: {json:?}");
                };
                (
                    index.number() as u32,
                    resource.text(),
                    rep.number() as u32,
                    kind.text(),
                    lends.number() as u32,
                )
            });
            assert_eq!(live, expected.collect::<Vec<_>>(), "{id} {name}");
            let expected = table.field("free").list().iter();
            let expected: Vec<_> = expected.map(|it| it.number() as u32).collect();
            assert_eq!(free, expected, "{id} {name}");
            assert_eq!(i128::from(len), table.field("len").number(), "{id} {name}");
        }
    }
}

/// Whether a step is one of a function `post-return`.
fn is_freeing(step: &Json) -> bool {
    let calls = matches!(step.field("op").text(), "call" | "return");
    !calls && step.find("post_return").is_some()
}
