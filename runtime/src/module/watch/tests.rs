//! A pass asks at regular times, and ends when the answer is no.
//!
//! Questions are counted for modules of one large body, of many bodies and of many types, and
//! compared with the number of their bytes; after a refusal no further question is asked, and the
//! error is the one that the refusal gave.

use alloc::vec;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::engine::Engine;
use crate::engine::config::{CompilationMode, Config};
use crate::error::cause::I32Exit;
use crate::module::Module;

/// Bytes of the part that is long.
const LONG: usize = 400_000;

fn counted(bytes: &[u8]) -> Vec<u8> {
    let number = bytes.len();
    let byte = |at: u32| (number >> (7 * at)) as u8 & 0x7F | if at < 3 { 0x80 } else { 0 };
    [&(0..4).map(byte).collect::<Vec<_>>()[..], bytes].concat()
}

/// A module that begins with a function type, and the same content repeated.
fn module(types: &[u8], bodies: &[Vec<u8>]) -> Vec<u8> {
    let count = bodies.len() as u8;
    let code: Vec<u8> = bodies.iter().flat_map(|body| counted(body)).collect();
    [
        b"\0asm\x01\0\0\0\x01".to_vec(),
        counted(types),
        [&[3, 1 + count, count], &vec![0; bodies.len()][..]].concat(),
        [&[10], &counted(&[&[count], &code[..]].concat())[..]].concat(),
    ]
    .concat()
}

/// Modules of about `LONG` bytes: much code in one function or in many, many types.
fn long_modules() -> [Vec<u8>; 3] {
    let void = [1, 0x60, 0, 0];
    let body = |length: usize| [&[0], &vec![0x01; length][..], &[0x0B]].concat();
    let type_count = LONG / 103;
    let many = [0x60, 100].into_iter().chain([0x7F; 100]).chain([0]);
    let many: Vec<u8> = many.collect();
    let [low, high] = [type_count as u8 | 0x80, (type_count >> 7) as u8];
    let types = [&[low, high], &many.repeat(type_count)[..]].concat();
    [
        module(&void, &[body(LONG)]),
        module(&void, &vec![body(LONG / 100); 100]),
        module(&types, &[]),
    ]
}

/// Compiles; at question number `last` the answer is no. How often was asked?
fn questions(mode: CompilationMode, bytes: &[u8], last: usize) -> (usize, Result<()>) {
    let mut config = Config::new();
    config.compilation_mode(mode).parallel_compilation(false);
    let engine = Engine::new(&config).unwrap();
    let asked = AtomicUsize::new(0);
    let compiled = Module::compile(&engine, bytes.into(), &|| {
        if asked.fetch_add(1, Ordering::Relaxed) + 1 < last {
            Ok(())
        } else {
            Err(I32Exit(7).into())
        }
    });
    (asked.into_inner(), compiled.map(drop))
}

#[test]
fn questions_come_every_few_thousand_bytes() {
    for bytes in long_modules() {
        let (asked, compiled) = questions(CompilationMode::LazyTranslation, &bytes, usize::MAX);
        assert!(compiled.is_ok());
        let most = bytes.len() / Watch::STEP + 1;
        assert!((most * 9 / 10..=most).contains(&asked), "{asked} of {most}");
        // The answer no is the last that is asked for, and the error is the one given.
        for last in [1, 2, asked] {
            let (asked, compiled) = questions(CompilationMode::LazyTranslation, &bytes, last);
            assert_eq!(asked, last);
            assert!(compiled.is_err_and(|error| error.is::<I32Exit>()));
        }
    }
}

#[test]
fn eager_translation_asks_as_often_again() {
    let [one, many, _] = long_modules();
    for bytes in [one, many] {
        let (validating, _) = questions(CompilationMode::LazyTranslation, &bytes, usize::MAX);
        let (both, compiled) = questions(CompilationMode::Eager, &bytes, usize::MAX);
        assert!(compiled.is_ok());
        // Sections and bodies are passed over first, then each body twice; the passes over small bodies
        // are asked for together.
        let asked = validating * 3 / 2..=validating * 2;
        assert!(asked.contains(&both), "{both}, not {asked:?}");
        let (asked, compiled) = questions(CompilationMode::Eager, &bytes, both);
        assert_eq!(asked, both);
        assert!(compiled.is_err_and(|error| error.is::<I32Exit>()));
    }
}
