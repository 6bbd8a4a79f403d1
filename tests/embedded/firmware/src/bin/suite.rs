//! Plays the encoded official scripts: `suite.bin` of the folder that QEMU runs in.
//!
//! Once in slots of 8 bytes, where what needs vectors is skipped, and once in slots of 16. The same
//! bytes are played on the machine that builds; both must count the same.

#![no_std]
#![no_main]

use board::semihosting::{File, write, write_number};
use firmware::memory::{Once, take};
use tabwasm::profile::{NoAlloc, NoAllocVector, Profile};
use tabwasm_player::format::Tag;
use tabwasm_player::{Buffers, Listener, Lists, Outcome, Source, lengths, play};

static POOL: Once<[u8; lengths::POOL]> = Once::new([0; lengths::POOL]);
static MEMORY: Once<[u8; lengths::MEMORY]> = Once::new([0; lengths::MEMORY]);
static NARROW: Once<Lists<<NoAlloc as Profile>::Slot>> = Once::new(Lists::EMPTY);
static WIDE: Once<Lists<<NoAllocVector as Profile>::Slot>> = Once::new(Lists::EMPTY);

#[unsafe(no_mangle)]
fn main() -> u32 {
    let (pool, memory) = (take(&POOL), take(&MEMORY));
    let buffers = Buffers {
        pool: &mut *pool,
        memory: &mut *memory,
        lists: take(&NARROW),
    };
    let narrow = run::<NoAlloc>("NoAlloc", buffers);
    let buffers = Buffers {
        pool,
        memory,
        lists: take(&WIDE),
    };
    narrow.max(run::<NoAllocVector>("NoAllocVector", buffers))
}

/// Plays all with the proposals of a profile; the status is 0 if nothing has failed.
fn run<P: Profile>(profile: &str, buffers: Buffers<'_, P::Slot>) -> u32 {
    let Some(file) = File::open(c"suite.bin") else {
        write("no file suite.bin\n");
        return 3;
    };
    let mut source = Script {
        file,
        buffer: [0; CHUNK],
        next: 0,
        end: 0,
    };
    let Ok(counts) = play::<P>(&mut source, buffers, &mut Failures) else {
        write("this is no encoded script\n");
        return 3;
    };
    write(profile);
    write(": ");
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
