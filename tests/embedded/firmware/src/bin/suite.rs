//! Plays the encoded official scripts: `suite.bin` of the folder that QEMU runs in.
//!
//! The same bytes are played on the machine that builds; both must count the same.

#![no_std]
#![no_main]

use board::semihosting::{File, write, write_number};
use firmware::memory::{Once, take};
use tabwasm::compact::{Frame, Global, Link, Memory, Segment, Table};
use tabwasm::types::{Ref, TypeId};
use tabwasm_player::format::Tag;
use tabwasm_player::{Buffers, Listener, Outcome, Source, lengths, play};

static POOL: Once<[u8; lengths::POOL]> = Once::new([0; lengths::POOL]);
static MEMORY: Once<[u8; lengths::MEMORY]> = Once::new([0; lengths::MEMORY]);
static SLOTS: Once<[u64; lengths::SLOTS]> = Once::new([0; lengths::SLOTS]);
static ELEMENTS: Once<[Ref; lengths::ELEMENTS]> = Once::new([Ref::NULL; lengths::ELEMENTS]);
static TYPES: Once<[TypeId; lengths::TYPES]> = Once::new([TypeId(0); lengths::TYPES]);
static LISTS: Once<Option<Lists>> = Once::new(None);

/// Lists whose items have no constant value.
struct Lists {
    frames: [Frame; lengths::FRAMES],
    links: [Link; lengths::ENTITIES],
    tables: [Table; lengths::ENTITIES],
    memories: [Memory; lengths::ENTITIES],
    globals: [Global; lengths::ENTITIES],
    segments: [Segment; lengths::TYPES],
}

impl Lists {
    fn new() -> Self {
        Self {
            frames: [Frame::default(); lengths::FRAMES],
            links: [Link::default(); lengths::ENTITIES],
            tables: [Table::default(); lengths::ENTITIES],
            memories: [Memory::default(); lengths::ENTITIES],
            globals: [Global::default(); lengths::ENTITIES],
            segments: [Segment::default(); lengths::TYPES],
        }
    }
}

#[unsafe(no_mangle)]
fn main() -> u32 {
    let Some(file) = File::open(c"suite.bin") else {
        write("no file suite.bin\n");
        return 3;
    };
    let lists = take(&LISTS).get_or_insert_with(Lists::new);
    let buffers = Buffers {
        pool: take(&POOL),
        slots: take(&SLOTS),
        frames: &mut lists.frames,
        links: &mut lists.links,
        tables: &mut lists.tables,
        elements: take(&ELEMENTS),
        memories: &mut lists.memories,
        memory: take(&MEMORY),
        globals: &mut lists.globals,
        types: take(&TYPES),
        segments: &mut lists.segments,
    };
    let mut source = Script {
        file,
        buffer: [0; CHUNK],
        next: 0,
        end: 0,
    };
    let Ok(counts) = play(&mut source, buffers, &mut Failures) else {
        write("this is no encoded script\n");
        return 3;
    };
    for (number, what) in [
        (counts.files, " files, "),
        (counts.passed, " passed, "),
        (counts.failed, " failed, "),
        (counts.skipped, " skipped, "),
        (counts.exceeded, " exceeded\n"),
    ] {
        write_number(number);
        write(what);
    }
    u32::from(counts.failed > 0)
}

/// Bytes that are read at once.
const CHUNK: usize = 4096;

/// A file, read in chunks.
struct Script {
    file: File,
    buffer: [u8; CHUNK],
    next: usize,
    end: usize,
}

impl Source for Script {
    fn read(&mut self, buffer: &mut [u8]) -> usize {
        let mut count = 0;
        for byte in buffer {
            if self.next == self.end {
                self.end = self.file.read(&mut self.buffer);
                self.next = 0;
            }
            let ready = self.buffer.get(..self.end).unwrap_or_default();
            let Some(from) = ready.get(self.next) else {
                break;
            };
            *byte = *from;
            self.next += 1;
            count += 1;
        }
        count
    }
}

/// Prints failures.
struct Failures;

impl Listener for Failures {
    fn hear(&mut self, file: &str, line: u32, _: Tag, outcome: Outcome) {
        if let Outcome::Failed(why) = outcome {
            write(file);
            write(":");
            write_number(line);
            write(": ");
            write(why);
            write("\n");
        }
    }
}
