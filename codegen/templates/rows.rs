//! A row is tried in modules of one function: it is valid with operands of its types, refused with
//! others, with too few, or without its proposal; and it does the same whether its operands
//! are constants or variables, and in both engines.

#![cfg(feature = "alloc")]

use std::fmt::Write;
use tabwasm::compact::{self, Exit, Ram};
use tabwasm::profile::{NoAlloc, Profile};
#[cfg(not(feature = "std"))]
use tabwasm::profile::Alloc as Tier;
#[cfg(feature = "std")]
use tabwasm::profile::Std as Tier;
use tabwasm::spec::wire::{self, Composite, External, Number, Number::*};
use tabwasm::spec::{Opcode, Proposal, SectionId};
use tabwasm::{Config, Engine, Instance, Module, Result, Store, Trap, Val};

/// An opcode, its immediates, types of operands and results, and whether every build has it.
struct Row(Opcode, &'static [u8], &'static [Number], &'static [Number], bool);

/// An opcode, its operands, and what it gives.
struct Example(Opcode, &'static [Val], std::result::Result<&'static [Val], Trap>);

#[test]
fn as_in_the_examples() {
    for Example(opcode, operands, expected) in EXAMPLES {
        let row = ROWS.iter().find(|row| row.0 == *opcode).expect("the row");
        let Row(_, immediates, types, results, _) = row;
        let body = [variables(types.len()), code(*opcode), immediates.to_vec()].concat();
        let given = run(&module(types, results, &body), operands, results.len());
        let expected = match expected {
            Ok(values) => values.iter().map(shown).collect(),
            Err(trap) => trap.to_string(),
        };
        assert_eq!(given, expected, "{} {operands:?}", opcode.mnemonic());
    }
}

#[test]
fn valid_with_operands_of_its_types_only() {
    each(|Row(opcode, immediates, operands, results, _)| {
        let valid = |given: &[Number]| {
            let body = [variables(given.len()), code(*opcode), immediates.to_vec()].concat();
            Module::new(&Engine::default(), module(given, results, &body))
        };
        if !admitted(*opcode) {
            return refused(valid(operands), "not in this tier");
        }
        valid(operands).map_err(|error| format!("refused: {error}"))?;
        for place in 0..operands.len() {
            let mut wrong = operands.to_vec();
            wrong[place] = if wrong[place] == I32 { F64 } else { I32 };
            refused(valid(&wrong), "operand of another type")?;
            refused(valid(&operands[1..]), "operand missing")?;
        }
        Ok(())
    });
}

#[test]
fn refused_without_the_proposal() {
    each(|Row(opcode, immediates, operands, results, _)| {
        let mut config = Config::new();
        if opcode.proposal() == Proposal::Mvp {
            return Ok(());
        }
        for proposal in Proposal::ALL {
            config.wasm_proposal(proposal, false);
        }
        let body = [variables(operands.len()), code(*opcode), immediates.to_vec()].concat();
        let engine = Engine::new(&config).map_err(|error| format!("no engine: {error}"))?;
        refused(Module::new(&engine, module(operands, results, &body)), "proposal off")
    });
}

#[test]
fn the_same_on_constants_and_variables_and_in_both_engines() {
    each(|Row(opcode, immediates, operands, results, everywhere)| {
        if !admitted(*opcode) {
            return Ok(());
        }
        let mut tuples = vec![Vec::new()];
        for operand in *operands {
            let longer = |tuple: Vec<Val>| {
                let with = move |value| [tuple.clone(), vec![value]].concat();
                values(*operand).into_iter().map(with)
            };
            tuples = tuples.into_iter().flat_map(longer).collect();
        }
        let end = [code(*opcode), immediates.to_vec()].concat();
        let of_variables = module(operands, results, &[variables(operands.len()), end.clone()].concat());
        for tuple in tuples {
            let constants: Vec<u8> = tuple.iter().flat_map(constant).collect();
            let of_constants = module(&[], results, &[constants, end.clone()].concat());
            let (one, other) = (run(&of_variables, &tuple, results.len()), run(&of_constants, &[], results.len()));
            if one != other && *everywhere {
                return Err(format!("{tuple:?} gives {one}, but {other} as constants"));
            }
            if let Some(third) = run_compact(*opcode, &of_variables, &tuple)
                && one != third
            {
                return Err(format!("{tuple:?} gives {one}, but {third} in the compact engine"));
            }
        }
        Ok(())
    });
}

/// Tries all rows, and tells of those that are wrong.
fn each(mut test: impl FnMut(&Row) -> std::result::Result<(), String>) {
    let mut wrong = String::new();
    for row in ROWS {
        if let Err(message) = test(row) {
            let _ = writeln!(wrong, "row `{}`: {message}", row.0.mnemonic());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Whether the tier carries the proposal of an opcode.
fn admitted(opcode: Opcode) -> bool {
    Tier::PROPOSALS.contains(opcode.proposal())
}

fn refused(module: Result<Module>, why: &str) -> std::result::Result<(), String> {
    module.map_or(Ok(()), |_| Err(format!("valid: {why}")))
}

/// What a call gives: results as bits, or the trap.
fn run(module: &[u8], operands: &[Val], results: usize) -> String {
    let call = || -> Result<String> {
        let engine = Engine::default();
        let mut store = Store::new(&engine, ());
        let module = Module::new(&engine, module)?;
        let instance = Instance::new(&mut store, &module, &[])?;
        let function = instance.get_func(&mut store, "f").expect("the export");
        let mut given = vec![Val::I32(0); results];
        function.call(&mut store, operands, &mut given)?;
        Ok(given.iter().map(shown).collect())
    };
    call().unwrap_or_else(|error| error.root_cause().to_string())
}

/// The same in the compact engine; nothing if its tier refuses it, or to grow the memory
/// were up to its caller.
fn run_compact(opcode: Opcode, module: &[u8], operands: &[Val]) -> Option<String> {
    let mut arena = vec![0; 4_096];
    if !NoAlloc::PROPOSALS.contains(opcode.proposal()) {
        return None;
    }
    let module = compact::Module::new(module, &NoAlloc, &mut arena).ok()?;
    let needs = module.needs();
    let (mut slots, mut memory) = (vec![0; needs.slots], vec![0; needs.memory as usize]);
    let (mut instances, mut memories) = ([Default::default()], [Default::default()]);
    let mut types = vec![Default::default(); needs.types];
    let mut store = compact::Store::<NoAlloc>::new(Ram {
        slots: &mut slots,
        instances: &mut instances,
        types: &mut types,
        memories: &mut memories,
        memory: &mut memory,
        ..Ram::default()
    });
    let instance = store.instantiate(module, &[]).expect("an instance");
    let function = store.func(instance, "f").expect("the export");
    let operands: Vec<compact::Value> = operands.iter().map(compact_value).collect();
    store.call(function, &operands).expect("a call");
    let mut fuel = u64::MAX;
    match store.run(&mut fuel) {
        Exit::Done => Some(store.results().map(|value| shown(&full_value(value))).collect()),
        Exit::Trap(trap) => Some(trap.to_string()),
        _ => None,
    }
}

fn compact_value(value: &Val) -> compact::Value {
    match value {
        Val::I32(value) => compact::Value::I32(*value),
        Val::I64(value) => compact::Value::I64(*value),
        Val::F32(bits) => compact::Value::F32(*bits),
        Val::F64(bits) => compact::Value::F64(*bits),
        other => panic!("{other:?} is not a number"),
    }
}

fn full_value(value: compact::Value) -> Val {
    match value {
        compact::Value::I32(value) => Val::I32(value),
        compact::Value::I64(value) => Val::I64(value),
        compact::Value::F32(bits) => Val::F32(bits),
        compact::Value::F64(bits) => Val::F64(bits),
        other => panic!("{other:?} is not a number"),
    }
}

/// A value; all that are not numbers are alike.
fn shown(value: &Val) -> String {
    match value {
        Val::F32(bits) if f32::from_bits(*bits).is_nan() => "NaN".to_string(),
        Val::F64(bits) if f64::from_bits(*bits).is_nan() => "NaN".to_string(),
        value => format!("{value:?}"),
    }
}

fn values(number: Number) -> Vec<Val> {
    match number {
        I32 => [0, -1, 7, i32::MIN].map(Val::I32).into(),
        I64 => [0, -1, 7, i64::MIN].map(Val::I64).into(),
        F32 => [0.0, -1.5, f32::NAN, 3e9].map(|value| Val::F32(value.to_bits())).into(),
        F64 => [0.0, -1.5, f64::NAN, 3e19].map(|value| Val::F64(value.to_bits())).into(),
    }
}

/// A module with a memory and the function `f`.
fn module(operands: &[Number], results: &[Number], body: &[u8]) -> Vec<u8> {
    let types = |types: &[Number]| vector(types.iter().map(|number| vec![number.code()]).collect());
    let signature = [vec![Composite::Func.code()], types(operands), types(results)].concat();
    let function = [vec![0], body.to_vec(), code(Opcode::End)].concat();
    let function = [length(function.len()), function].concat();
    let sections = [
        section(SectionId::Type, vec![signature]),
        section(SectionId::Function, vec![vec![0]]),
        section(SectionId::Memory, vec![vec![0, 1]]),
        section(SectionId::Export, vec![vec![1, b'f', External::Func.code(), 0]]),
        section(SectionId::Code, vec![function]),
    ];
    [wire::MAGIC.to_vec(), wire::VERSION.to_vec(), sections.concat()].concat()
}

fn section(id: SectionId, items: Vec<Vec<u8>>) -> Vec<u8> {
    let body = vector(items);
    [vec![id.id()], length(body.len()), body].concat()
}

fn vector(items: Vec<Vec<u8>>) -> Vec<u8> {
    [length(items.len()), items.concat()].concat()
}

fn variables(count: usize) -> Vec<u8> {
    (0..count).flat_map(|place| [code(Opcode::LocalGet), length(place)].concat()).collect()
}

fn constant(value: &Val) -> Vec<u8> {
    match value {
        Val::I32(value) => [code(Opcode::I32Const), signed(i64::from(*value))].concat(),
        Val::I64(value) => [code(Opcode::I64Const), signed(*value)].concat(),
        Val::F32(bits) => [code(Opcode::F32Const), bits.to_le_bytes().to_vec()].concat(),
        Val::F64(bits) => [code(Opcode::F64Const), bits.to_le_bytes().to_vec()].concat(),
        other => panic!("{other:?} is not a number"),
    }
}

/// The bytes of an opcode.
fn code(opcode: Opcode) -> Vec<u8> {
    match opcode.code() {
        (None, byte) => vec![byte as u8],
        (Some(prefix), number) => [vec![prefix], length(number as usize)].concat(),
    }
}

/// LEB128, unsigned.
fn length(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7F {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// LEB128, signed.
fn signed(mut number: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = number as u8 & 0x7F;
        number >>= 7;
        if number == i64::from(byte & 0x40 != 0) * -1 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}
