//! The entry point and the two system calls of x86-64 Linux that the program needs.
//!
//! Written by hand, since a library that has them would bring what the program must do without.
//! Standard: System V ABI, section 3.4.1, "Initial Stack".

use core::arch::{asm, global_asm};
use core::fmt;

const WRITE: usize = 1;
const EXIT_GROUP: usize = 231;
const STDOUT: usize = 1;

// The kernel leaves argc where the stack pointer is, and the stack aligned (System V ABI 3.4.1).
global_asm!(
    ".global _start",
    "_start:",
    "xor ebp, ebp",
    "mov rdi, [rsp]",
    "and rsp, -16",
    "call run",
    "ud2",
);

/// Ends the process.
pub(crate) fn exit(status: i32) -> ! {
    loop {
        call(EXIT_GROUP, status as usize, 0, 0);
    }
}

/// Standard output as a [`fmt::Write`].
pub(crate) struct Output;

impl fmt::Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let written = call(WRITE, STDOUT, rest.as_ptr() as usize, rest.len());
            rest = usize::try_from(written)
                .ok()
                .and_then(|n| rest.get(n..))
                .ok_or(fmt::Error)?;
        }
        Ok(())
    }
}

fn call(number: usize, a: usize, b: usize, c: usize) -> isize {
    let result;
    // SAFETY: the callers use two calls only: one ends the process, the other reads the bytes of a
    // live slice. The kernel keeps every register but rax, rcx and r11.
    unsafe {
        asm!(
            "syscall",
            inout("rax") number => result, in("rdi") a, in("rsi") b, in("rdx") c,
            out("rcx") _, out("r11") _, options(nostack),
        );
    }
    result
}
