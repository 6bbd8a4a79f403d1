//! Every fused handler does what its two parts do in a row.
//!
//! Each pair runs on random operand words, registers, slots, memory and globals: once as one
//! instruction, once as two. Afterwards all of these are the same, and so is where the run went on. A run
//! that fuel or the clock stops goes on with more of it.

use alloc::vec::Vec;

use super::*;
use crate::api::instance::Instance;
use crate::engine::Engine;
use crate::engine::config::{CompilationMode, Config};
use crate::exec::slot::Value;
use crate::fast::context::Context;
use crate::fast::distance;
use crate::fast::form;
use crate::fast::frame::DONE;
use crate::fast::handler::{HANDLER_WORDS, address, enter};
use crate::fast::layout::Operand;
use crate::fast::stack::{Record, Stack};
use crate::fast::state::{Exit, State};
use crate::fast::vector::{held, hold};
use crate::fast::verify::Bounds;
use crate::module::Module;
use crate::module::code::halves;
use crate::platform;
use crate::store::Store;
use crate::store::pointers::StorePointers;
use crate::types::{TypeIdx, V128};

/// How often each pair runs.
const ROUNDS: usize = 12;
/// Slots of the frame.
const FRAME: u64 = 12;
/// Bytes of memory.
const MEMORY: u64 = 1 << 16;

/// Numbers without a pattern (xorshift64*), small ones as often as large ones.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 8) % end
    }

    fn value(&mut self) -> u64 {
        match self.below(4) {
            0 => self.below(8),
            1 => self.below(MEMORY + 16),
            2 => u64::from(self.next() as u32),
            _ => self.next(),
        }
    }
}

/// Operand words of an instruction in the module; targets are written when it is known where they lead.
fn operands(number: u16, random: &mut Random, module: &Module) -> Vec<u32> {
    let mut words = Vec::new();
    for operand in entry(number).unwrap().layout.operands() {
        match *operand {
            Operand::Slot => words.push(random.below(FRAME) as u32),
            Operand::Slots(count) => words.push(random.below(FRAME - count as u64) as u32),
            Operand::Immediate => words.push(random.value() as u32),
            Operand::Long => words.extend([random.value() as u32, random.next() as u32]),
            Operand::Vector => words.extend([(); 4].map(|()| random.value() as u32)),
            Operand::Target(_) | Operand::Entry => words.push(0),
            Operand::Global | Operand::Table(_) => words.push(0),
            Operand::Targets(_) => {
                let count = random.below(4);
                words.push(count as u32);
                words.extend((0..=count).map(|_| 0));
            }
            Operand::FrameSize => words.push(FRAME as u32),
            Operand::Zeroed => {
                let first = random.below(FRAME / 2);
                words.extend([first, random.below(FRAME / 2)].map(|word| word as u32));
            }
            Operand::Local | Operand::Frame => words.push(random.below(FRAME) as u32),
            Operand::Cell => {
                let cell = core::ptr::from_ref(module.code().cell(0).unwrap());
                words.extend(halves(cell as u64));
            }
            Operand::Type => words.push(module.type_id(TypeIdx(random.below(2) as u32)).0),
            Operand::Again => {}
            Operand::Offset(false) => words.push(random.below(64) as u32),
            Operand::Down => {
                let from = random.below(FRAME / 2);
                let to = random.below(from + 1);
                words.extend([from, to, random.below(FRAME / 2)].map(|word| word as u32));
            }
            other => panic!("this test does not know what {other:?} may be"),
        }
    }
    words
}

/// Where runs go on: behind the instructions, at their targets, or at the head of the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    First,
    Second,
    Behind,
    Target,
    Head,
    Caller,
}

/// Code of one instruction or two, with others behind that end the run.
struct Code {
    words: Vec<u64>,
    /// The words where instructions begin, the last three where runs go on.
    starts: Vec<usize>,
}

impl Code {
    fn new(instructions: &[(u16, &[&[u32]])]) -> Self {
        let (mut words, mut starts, mut targets) = (Vec::<u32>::new(), Vec::new(), Vec::new());
        for (number, operands) in instructions {
            starts.push(words.len());
            let entry = entry(*number).unwrap();
            words.extend(address(entry.handler));
            let (own, mut at) = (words.len(), words.len());
            words.extend(operands.concat());
            for operand in entry.layout.operands() {
                match *operand {
                    Operand::Target(from) => targets.push((at, own + from)),
                    // A call of the function itself begins with it.
                    Operand::Entry => targets.push((at, at)),
                    Operand::Targets(from) => {
                        let count = words[at] as usize;
                        let each = |index| (at + 1 + index, own + from + index);
                        targets.extend((0..=count).map(each));
                    }
                    _ => {}
                }
                at += operand.words();
            }
            words.resize(words.len().next_multiple_of(HANDLER_WORDS), 0);
        }
        for _ in 0..3 {
            starts.push(words.len());
            // SAFETY: an instruction outside of any function begins with the address of its handler.
            words.extend(unsafe { *DONE.ip().cast::<[u32; HANDLER_WORDS]>() });
        }
        for (number, (word, from)) in targets.into_iter().enumerate() {
            let to = starts[starts.len() - 1 - (number + 1) % 3];
            words[word] = distance::between(from, to);
        }
        let pair = |pair: &[u32]| {
            let [a, b] = [pair[0].to_ne_bytes(), pair[1].to_ne_bytes()];
            u64::from_ne_bytes([a, b].concat().try_into().unwrap())
        };
        let words = words.chunks_exact(HANDLER_WORDS).map(pair).collect();
        Self { words, starts }
    }

    fn address(&self, start: usize) -> *const u32 {
        let word = self.starts[start];
        self.words.as_ptr().cast::<u32>().wrapping_add(word)
    }

    /// Where an instruction is that a run stopped at, or its part.
    fn place(&self, context: &Context) -> Place {
        let (ip, ends) = (context.ip, self.starts.len() - 3);
        let at = (0..self.starts.len()).find(|at| self.address(*at) == ip);
        match at {
            None if ip == DONE.ip() => Place::Caller,
            Some(0) if context.part.is_some() => Place::Second,
            Some(0) => Place::First,
            Some(1) if ends == 2 => Place::Second,
            Some(at) => [Place::Behind, Place::Target, Place::Head][at - ends],
            None => panic!("the run stopped outside of its code"),
        }
    }
}

/// All that a run can change.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// Why it stopped on the way, fuel that it lacked, and where.
    pause: Option<(Exit, u64, Place)>,
    exit: Exit,
    fuel: u64,
    trap: Option<crate::spec::Trap>,
    place: Place,
    registers: [u64; 8],
    /// Records that are there, and what the innermost one keeps; of the code only where it goes on.
    records: usize,
    kept: [u64; 5],
    vector: u128,
    frame: Vec<u64>,
    memory: Vec<u8>,
    global: [u64; 2],
}

/// A machine to run code on.
struct Bench {
    store: StorePointers,
    stack: Stack,
    memory: Vec<u8>,
}

impl Bench {
    /// Runs code from registers and slots that follow from a seed.
    ///
    /// # Safety
    /// The store is live, and nobody else uses it; the operand words of the code are as the layouts of its
    /// handlers say, within the frame and the module.
    unsafe fn run(&mut self, code: &Code, seed: u64) -> Outcome {
        let mut random = Random(seed);
        let sp = self.stack.base();
        let bounds = Bounds::new(&mut self.stack);
        // SAFETY: the stack has more slots than the frame and a record, which stands at its top. The
        // caller promises that the store is live and free; its one instance has a memory and a global.
        unsafe {
            let inner = self.store.inner.as_ref();
            let instance = inner.instances.addresses()[0];
            for slot in 0..FRAME as usize {
                *sp.add(slot) = random.value();
            }
            // What a call does not keep is not compared with what is there.
            for record in 1..4 {
                self.stack.top().sub(record).write_bytes(0, 1);
            }
            let record = self.stack.top().sub(1);
            *record = Record {
                ip: DONE.ip(),
                sp,
                p: random.value(),
                q: random.value(),
                fp: f64::from_bits(random.next()),
                fq: f64::from_bits(random.next()),
            };
            let mut context = Context::new(self.store, instance, record, bounds);
            context.loop_head = code.address(code.starts.len() - 1);
            (context.fuel, context.deadline) = (random.value(), random.below(2));
            let global = instance.as_ref().globals[0].as_ptr();
            (*global).value = [random.value(), random.value()];
            core::slice::from_raw_parts_mut(context.base, MEMORY as usize)
                .copy_from_slice(&self.memory);
            let context: *mut Context = &mut context;
            let vector = u128::from(random.next()) << 64 | u128::from(random.next());
            enter(
                code.address(0),
                State {
                    sp,
                    context,
                    acc: random.value(),
                    p: random.value(),
                    q: random.value(),
                    f: f64::from_bits(random.next()),
                    g: f32::from_bits(random.next() as u32),
                    fp: f64::from_bits(random.next()),
                    fq: f64::from_bits(random.next()),
                    v: hold(V128::from(vector)),
                },
            );
            let pause = match (*context).exit {
                exit @ (Exit::OutOfFuel | Exit::Epoch) => {
                    let place = code.place(&*context);
                    (*context).part = None;
                    ((*context).fuel, (*context).deadline) = (u64::from(u32::MAX) << 1, 1);
                    let stopped = (*context).state.take().unwrap();
                    enter((*context).ip, stopped);
                    Some((exit, (*context).required, place))
                }
                _ => None,
            };
            let s = (*context).state.take().unwrap();
            let exit = (*context).exit;
            Outcome {
                pause,
                exit,
                fuel: (*context).fuel,
                trap: (exit == Exit::Trap).then_some((*context).trap),
                place: code.place(&*context),
                registers: [
                    s.acc,
                    s.p,
                    s.q,
                    s.f.to_bits(),
                    s.g.into_slot(),
                    s.fp.to_bits(),
                    s.fq.to_bits(),
                    s.sp.offset_from(sp) as u64,
                ],
                records: self.stack.top().offset_from((*context).records) as usize,
                kept: match (*context).records == self.stack.top() {
                    true => [0; 5],
                    false => {
                        let record = *(*context).records;
                        let pins = [record.fp, record.fq].map(f64::to_bits);
                        let frame = record.sp.offset_from(sp) as u64;
                        [frame, record.p, record.q, pins[0], pins[1]]
                    }
                },
                vector: held(s.v).as_u128(),
                frame: (0..FRAME as usize).map(|slot| *sp.add(slot)).collect(),
                memory: core::slice::from_raw_parts((*context).base, MEMORY as usize).to_vec(),
                global: (*global).value,
            }
        }
    }
}

#[test]
fn every_pair_does_what_its_parts_do() {
    let text = "(module (memory 1) (global (mut v128) (v128.const i64x2 0 0))
        (type (func)) (type (func (result i32)))
        (table funcref (elem $f $f)) (func $f (type 0)))";
    let mut config = Config::new();
    config.compilation_mode(CompilationMode::Eager);
    let engine = Engine::new(&config).unwrap();
    let module = Module::new(&engine, wat::parse_str(text).unwrap()).unwrap();
    let mut store = Store::new(&engine, ());
    Instance::new(&mut store, &module, &[]).unwrap();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut bench = Bench {
        store: store.0.pointers(),
        stack: Stack::new(platform::own(), MEMORY as usize).unwrap(),
        memory: (0..MEMORY).map(|_| random.next() as u8).collect(),
    };
    let (mut pairs, mut traps) = (0, 0);
    for number in HANDLERS.len() as u16.. {
        let Some((first, then)) = parts(number) else {
            break;
        };
        for round in 0..ROUNDS {
            let [before, behind] = [first, then].map(|part| operands(part, &mut random, &module));
            let fused = Code::new(&[(number, &[&before, &behind])]);
            let apart = Code::new(&[(first, &[&before]), (then, &[&behind])]);
            let seed = random.next() | 1;
            // SAFETY: the store is alive, and nothing else uses it; `operands` gave words of these
            // layouts.
            let [one, two] = [&fused, &apart].map(|code| unsafe { bench.run(code, seed) });
            let names = [first, then].map(form::Named);
            assert_eq!(
                one.exit, two.exit,
                "{} {}, round {round}",
                names[0], names[1]
            );
            assert!(
                one == two,
                "{} {}, round {round}: {:?}, {:?}",
                names[0],
                names[1],
                one.place,
                two.place
            );
            traps += usize::from(one.trap.is_some());
        }
        pairs += 1;
    }
    let rows = PAIRS.iter().map(|row| row.firsts.len() * row.thens.len());
    assert_eq!(pairs, rows.sum::<usize>());
    std::println!("{pairs} pairs, {traps} of {} runs trapped", pairs * ROUNDS);
}
