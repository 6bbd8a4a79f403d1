//! Faults of the translator, seeded into what it laid down: the verifier finds each.
//!
//! A verifier that accepts everything would pass every other test. So each test takes right code,
//! changes one word of it, or one entry of the log, and compares what the verifier says.

use alloc::string::{String, ToString};
use alloc::vec;

use super::*;
use crate::engine::Engine;
use crate::fast::form::form;
use crate::fast::operations::Operation;
use crate::fast::translate::{Place, To, Workspace, unverified};
use crate::module::Watch;
use crate::module::origin::OriginList;
use crate::platform;

/// A section of up to 127 bytes.
fn section(id: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![id, content.len() as u8];
    bytes.extend(content);
    bytes
}

/// Two functions `[i32 i32] -> [i32]`. The first uses memory, global, table, the second function
/// and all kinds of branches.
fn module() -> Module {
    #[rustfmt::skip]
    let body = [
        1, 2, 0x7E,                   // locals: 2 × i64
        0x02, 0x40,                   // block
        0x20, 0, 0x45, 0x0D, 0,       //   (br_if 0 (i32.eqz (local.get 0)))
        0x03, 0x40,                   //   loop
        0x20, 1, 0x0E, 2, 0, 1, 1,    //     (br_table 0 1 1 (local.get 1))
        0x0B,                         //   end
        0x0B,                         // end
        0x02, 0x40,                   // block
        0x03, 0x40,                   //   loop
        0x20, 1, 0x0D, 0,             //     (br_if 0 (local.get 1))
        0x20, 0, 0x0D, 1,             //     (br_if 1 (local.get 0))
        0x0B,                         //   end
        0x0B,                         // end
        0x20, 0, 0x24, 0,             // (global.set 0 (local.get 0))
        0x20, 0, 0x28, 2, 4, 0x1A,    // (drop (i32.load offset=4 (local.get 0)))
        0x3F, 0, 0x1A,                // (drop (memory.size))
        0x02, 0x7F,                   // block (result i32)
        0x20, 0, 0x20, 1,             //   (local.get 0) (local.get 1)
        0x20, 0, 0x0E, 1, 0, 0,       //   (br_table 0 0 (local.get 0))
        0x0B, 0x1A,                   // end, drop
        0x20, 0, 0x20, 1, 0x10, 1,    // (call 1 (local.get 0) (local.get 1))
        0x20, 1, 0x20, 0, 0x11, 0, 0, // (call_indirect (type 0) … (local.get 1) (local.get 0))
        0x0B,
    ];
    let other = [0, 0x20, 0, 0x0B];
    let mut code = vec![2];
    for body in [&body[..], &other] {
        code.push(body.len() as u8);
        code.extend(body);
    }
    let sections = [
        section(1, &[1, 0x60, 2, 0x7F, 0x7F, 1, 0x7F]),
        section(3, &[2, 0, 0]),
        section(4, &[1, 0x70, 0, 1]),
        section(5, &[1, 0, 1]),
        section(6, &[1, 0x7F, 1, 0x41, 0, 0x0B]),
        section(10, &code),
    ];
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    bytes.extend(sections.concat());
    Module::new(&Engine::default(), bytes).unwrap()
}

/// What the translator laid down for the first function.
struct Laying {
    module: Module,
    locals: usize,
    /// Handler and operand words of each instruction, and whether a loop ends behind it.
    instructions: Vec<(u16, Vec<u32>, bool)>,
    places: Vec<(u32, u32)>,
}

impl Laying {
    fn new() -> Self {
        let module = module();
        let (code, log, locals) = unverified(
            &module,
            0,
            &mut Workspace::default(),
            &mut Watch::new(&mut || Ok(()), 0),
        )
        .unwrap();
        let words = words(&code);
        let operands = |laid: &Laid| {
            let operands = laid.own()..laid.own() + laid.operands as usize;
            (laid.handler, words[operands].to_vec(), laid.ends_loop)
        };
        let instructions = log.0.iter().map(operands).collect();
        let places = code.origins.pairs().collect();
        Self {
            module,
            locals,
            instructions,
            places,
        }
    }

    /// The words of the first operand of a kind.
    fn operand(&mut self, is: impl Fn(Operand) -> bool) -> &mut [u32] {
        for (handler, words, _) in &mut self.instructions {
            let mut at = 0;
            for operand in fusion::entry(*handler).unwrap().layout.operands() {
                if is(*operand) {
                    return &mut words[at..];
                }
                at += operand.words();
            }
        }
        panic!("no such operand");
    }

    /// The first instruction with an operand of a kind.
    fn instruction(&mut self, is: impl Fn(Operand) -> bool) -> &mut (u16, Vec<u32>, bool) {
        let has = |handler: u16| {
            let layout = &fusion::entry(handler).unwrap().layout;
            layout.operands().iter().any(|operand| is(*operand))
        };
        let mut instructions = self.instructions.iter_mut();
        instructions.find(|(handler, ..)| has(*handler)).unwrap()
    }

    /// What the verifier says.
    fn said(&self) -> String {
        let (mut words, mut log) = (Vec::new(), Log::default());
        for (handler, operands, ends_loop) in &self.instructions {
            log.lay(words.len(), *handler, operands.len());
            if *ends_loop {
                log.end_loop();
            }
            let entry = fusion::entry(*handler);
            words.extend(entry.map_or([0; HANDLER_WORDS], |entry| address(entry.handler)));
            words.extend(operands);
            words.resize(words.len().next_multiple_of(HANDLER_WORDS), 0);
        }
        self.said_of(&words, &log)
    }

    fn said_of(&self, words: &[u32], log: &Log) -> String {
        let pair = |pair: &[u32]| {
            let [a, b] = [pair[0].to_ne_bytes(), pair[1].to_ne_bytes()];
            u64::from_ne_bytes([a, b].concat().try_into().unwrap())
        };
        let mut origins = OriginList::default();
        for &(word, offset) in &self.places {
            origins.push(word, offset).unwrap();
        }
        let code = Code {
            words: words.chunks_exact(2).map(pair).collect(),
            origins: origins.finish().unwrap(),
            tally: None,
        };
        match check(&self.module, 0, self.locals, &code, log) {
            Ok(()) => String::new(),
            Err(error) => {
                assert!(error.is::<InternalError>());
                error.to_string()
            }
        }
    }
}

/// The words of code, which holds them in pairs.
fn words(code: &Code) -> Vec<u32> {
    let pairs = code.words.iter().map(|pair| pair.to_ne_bytes());
    let word = |word: &[u8]| u32::from_ne_bytes(word.try_into().unwrap());
    pairs
        .flat_map(|pair| [word(&pair[..4]), word(&pair[4..])])
        .collect()
}

/// Asserts that the verifier finds what `$seed` does to the code, and says so.
macro_rules! finds {
    ($($name:ident: $said:literal |$laying:ident| $seed:block)*) => {$(
        #[test]
        fn $name() {
            let mut laying = Laying::new();
            let $laying = &mut laying;
            $seed
            let said = laying.said();
            assert!(said.contains($said), "{said}");
        }
    )*};
}

#[test]
fn what_the_translator_lays_down_is_right() {
    assert_eq!(Laying::new().said(), "");
}

finds! {
    a_slot_beyond_the_frame: "1 slots from 99 of" |t| {
        t.operand(|operand| operand == Operand::Slot)[0] = 99;
    }
    a_frame_that_is_too_small_for_its_locals: "a frame of 3 slots, at least 4 needed" |t| {
        t.operand(|operand| operand == Operand::FrameSize)[0] = 3;
    }
    a_frame_that_is_too_small_for_its_operands: " of 4" |t| {
        t.operand(|operand| operand == Operand::FrameSize)[0] = 4;
    }
    a_parameter_that_is_zeroed: "zeroes 1 slots from 1, not locals" |t| {
        t.operand(|operand| operand == Operand::Zeroed)[..2].copy_from_slice(&[1, 1]);
    }
    more_zeroed_than_locals: "zeroes 3 slots from 2, not locals" |t| {
        t.operand(|operand| operand == Operand::Zeroed)[..2].copy_from_slice(&[2, 3]);
    }
    a_pinned_local_that_is_none: "1 slots from 4 of 4" |t| {
        t.operand(|operand| operand == Operand::Local)[0] = 4;
    }
    a_target_beyond_the_code: "no instruction begins at the target" |t| {
        t.operand(|operand| operand == Operand::Target(0))[0] = 1_000;
    }
    a_target_within_an_instruction: "no instruction begins at the target" |t| {
        t.operand(|operand| operand == Operand::Target(0))[0] += 1;
    }
    a_wrong_target_in_a_table: "no instruction begins at the target" |t| {
        t.operand(|operand| matches!(operand, Operand::Targets(_)))[2] += 1;
    }
    a_wrong_target_in_a_table_that_moves: "no instruction begins at the target" |t| {
        t.operand(|operand| matches!(operand, Operand::MovingTargets))[3] += 1;
    }
    a_table_that_moves_upwards: "from slot 5 up to 6" |t| {
        let words = t.operand(|operand| matches!(operand, Operand::MovingTargets));
        words[4] = words[0] + 1;
    }
    a_table_that_moves_from_beyond_the_frame: "1 slots from 1000 of" |t| {
        t.operand(|operand| matches!(operand, Operand::MovingTargets))[0] = 1_000;
    }
    a_wrong_handler: "words, there are 3" |t| {
        let jump = form(Operation::Jump, &[], None).unwrap();
        t.instruction(|operand| operand == Operand::Cell).0 = jump;
    }
    a_wrong_handler_with_as_many_words: "no such table" |t| {
        let (handler, words, _) = t.instruction(|operand| operand == Operand::Cell);
        *handler = form(Operation::CallIndirect, &[Place::A], None).unwrap();
        words[0] = 0;
        words[1] = 7;
    }
    a_number_without_a_handler: "no handler 65535" |t| {
        t.instructions[1].0 = u16::MAX;
    }
    a_missing_word: "the handler takes 3 words, there are 2" |t| {
        t.instruction(|operand| operand == Operand::Cell).1.pop();
    }
    an_extra_word: "the handler takes 3 words, there are 4" |t| {
        t.instruction(|operand| operand == Operand::Cell).1.push(0);
    }
    a_target_too_many: "words, there are" |t| {
        t.instruction(|operand| matches!(operand, Operand::Targets(_))).1.push(0);
    }
    a_cell_of_another_module: "is no cell of the module" |t| {
        let foreign = module();
        let cell = core::ptr::from_ref(foreign.code().cell(1).unwrap()) as u64;
        let halves = crate::module::code::halves(cell);
        t.operand(|operand| operand == Operand::Cell)[..2].copy_from_slice(&halves);
    }
    an_address_within_a_cell: "is no cell of the module" |t| {
        t.operand(|operand| operand == Operand::Cell)[0] += 4;
    }
    a_global_that_is_not_there: "no such global 1" |t| {
        t.operand(|operand| operand == Operand::Global)[0] = 1;
    }
    a_memory_that_is_not_there: "no such memory 1" |t| {
        t.operand(|operand| operand == Operand::Memory(None))[0] = 1;
    }
    a_table_that_is_not_there: "no such table 1" |t| {
        t.operand(|operand| operand == Operand::Table(Some(false)))[0] = 1;
    }
    a_type_that_is_not_there: "no such type 9" |t| {
        t.operand(|operand| operand == Operand::Type)[0] = 9;
    }
    arguments_beyond_the_frame: "2 slots from" |t| {
        let frame = t.operand(|operand| operand == Operand::FrameSize)[0];
        t.operand(|operand| operand == Operand::Frame)[0] = frame - 1;
    }
    a_return_with_other_results: "0 values, the type has 1" |t| {
        let last = t.instructions.last_mut().unwrap();
        *last = (form(Operation::Return, &[], None).unwrap(), vec![], false);
    }
    code_that_falls_off_its_end: "goes on behind the code" |t| {
        t.instructions.pop();
    }
    a_second_entry: "a function begins with its frame, and only it does" |t| {
        let enter = t.instructions[0].clone();
        t.instructions.push(enter);
    }
    no_entry: "a function begins with its frame, and only it does" |t| {
        t.instructions.remove(0);
    }
    a_call_that_keeps_no_pinned_local: "other pinned locals than those of the function" |t| {
        t.instruction(|operand| operand == Operand::Cell).0 = form(Operation::Call, &[], None).unwrap();
    }
    a_register_of_a_local_that_is_not_pinned: "other pinned locals" |t| {
        let copy = form(Operation::MoveF64, &[Place::P], Some(To::S)).unwrap();
        // Behind what jumps over it: distances stay right.
        let last = t.instructions.len() - 1;
        t.instructions.insert(last, (copy, vec![0], false));
    }
    a_loop_whose_head_is_not_kept: "no loop whose head the context has" |t| {
        let head = |(handler, ..): &(u16, Vec<u32>, bool)| *handler == form(Operation::LoopHead, &[], None).unwrap();
        let at = t.instructions.iter().rposition(head).unwrap();
        t.instructions[at].0 = form(Operation::Epoch, &[], None).unwrap();
    }
    a_call_in_a_loop_whose_head_is_kept: "no loop whose head the context has" |t| {
        let call = t.instruction(|operand| operand == Operand::Cell).clone();
        let again = |(handler, ..): &(u16, Vec<u32>, bool)| {
            fusion::entry(*handler).unwrap().layout.operands().contains(&Operand::Again)
        };
        let at = t.instructions.iter().position(again).unwrap();
        t.instructions.insert(at, call);
    }
    places_that_do_not_ascend: "not the place" |t| {
        t.places.reverse();
    }
    a_place_in_another_body: "not the place 0xffff of the module" |t| {
        t.places[1].1 = 0xFFFF;
    }
}

#[test]
fn the_address_of_another_handler() {
    let laying = Laying::new();
    let (code, log, _) = unverified(
        &laying.module,
        0,
        &mut Workspace::default(),
        &mut Watch::new(&mut || Ok(()), 0),
    )
    .unwrap();
    let mut words = words(&code);
    words[0] ^= 0x10;
    let said = laying.said_of(&words, &log);
    assert!(
        said.contains("word 0: not the address of handler"),
        "{said}"
    );
}

#[test]
fn instructions_that_do_not_join() {
    let laying = Laying::new();
    let (code, mut log, _) = unverified(
        &laying.module,
        0,
        &mut Workspace::default(),
        &mut Watch::new(&mut || Ok(()), 0),
    )
    .unwrap();
    log.0.remove(2);
    let said = laying.said_of(&words(&code), &log);
    assert!(said.contains("the instruction should begin at"), "{said}");
}

#[test]
fn frames_lie_within_the_stack() {
    let mut stack = Stack::new(platform::own(), 0).unwrap();
    let bounds = Bounds::new(&mut stack);
    let (base, top) = (stack.base().cast_const(), stack.top().cast_const());
    let ip = core::ptr::null();
    bounds.assert(ip, base, top);
    bounds.assert(ip, base.wrapping_add(1), top.wrapping_sub(1));
    bounds.assert(LEAVE.ip(), core::ptr::null(), top);
}

#[test]
#[should_panic = "the frame lies within the stack"]
fn a_frame_above_the_records() {
    let mut stack = Stack::new(platform::own(), 0).unwrap();
    let bounds = Bounds::new(&mut stack);
    let records = stack.top().cast_const().wrapping_sub(1);
    bounds.assert(core::ptr::null(), records.wrapping_add(1).cast(), records);
}

#[test]
#[should_panic = "records lie within the stack"]
fn a_record_above_the_stack() {
    let mut stack = Stack::new(platform::own(), 0).unwrap();
    let bounds = Bounds::new(&mut stack);
    let records = stack.top().cast_const().wrapping_add(1);
    bounds.assert(core::ptr::null(), stack.base(), records);
}
