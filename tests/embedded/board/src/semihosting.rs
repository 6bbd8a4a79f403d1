//! Semihosting: the debugger, here QEMU, does input and output for the guest.
//!
//! "Semihosting for AArch32 and AArch64" (Arm) defines the operations, RISC-V took them over with
//! another trap sequence. QEMU listens only with `-semihosting-config enable=on`.

const SYS_OPEN: usize = 0x01;
const SYS_WRITE0: usize = 0x04;
const SYS_READ: usize = 0x06;
const SYS_EXIT_EXTENDED: usize = 0x20;
const ADP_STOPPED_APPLICATION_EXIT: usize = 0x2_0026;

/// Mode 1 of `SYS_OPEN`: `fopen` with "rb".
const READ_BINARY: usize = 1;

/// Ends QEMU with `status`, of which the host sees the low eight bits.
pub fn exit(status: u32) -> ! {
    let block = [ADP_STOPPED_APPLICATION_EXIT, status as usize];
    loop {
        call(SYS_EXIT_EXTENDED, block.as_ptr() as usize);
    }
}

/// Writes `text` on the console; a NUL in it ends the piece it stands in.
pub fn write(text: &str) {
    let mut piece = [0; 65];
    for bytes in text.as_bytes().chunks(64) {
        for (to, from) in piece.iter_mut().zip(bytes) {
            *to = *from;
        }
        if let Some(end) = piece.get_mut(bytes.len()) {
            *end = 0;
        }
        call(SYS_WRITE0, piece.as_ptr() as usize);
    }
}

/// Writes a number in decimal.
pub fn write_number(number: u32) {
    let mut digits = [0; 11];
    let mut rest = number;
    let mut first = 0;
    // The last byte stays the NUL.
    for (place, digit) in digits.iter_mut().enumerate().rev().skip(1) {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            first = place;
            break;
        }
    }
    if let Some(text) = digits.get(first..) {
        call(SYS_WRITE0, text.as_ptr() as usize);
    }
}

/// A file of the host, read from its beginning.
pub struct File {
    handle: usize,
}

impl File {
    /// Opens a file of the folder that QEMU runs in, if it is there. The name must end with a NUL.
    pub fn open(name: &core::ffi::CStr) -> Option<Self> {
        let block = [name.as_ptr() as usize, READ_BINARY, name.count_bytes()];
        let handle = call(SYS_OPEN, block.as_ptr() as usize);
        (handle != usize::MAX).then_some(Self { handle })
    }

    /// Fills the buffer as far as the file goes, and says how far that was.
    pub fn read(&mut self, buffer: &mut [u8]) -> usize {
        let block = [self.handle, buffer.as_mut_ptr() as usize, buffer.len()];
        let left = call(SYS_READ, block.as_ptr() as usize);
        buffer.len().saturating_sub(left)
    }
}

fn call(operation: usize, argument: usize) -> usize {
    let result;
    // SAFETY: every caller passes what its operation defines: a pointer to a string with its NUL,
    // or to a block of words. QEMU reads there, fills the buffer that such a block names, and
    // changes one register.
    #[cfg(target_arch = "arm")]
    unsafe {
        core::arch::asm!("bkpt 0xab", inout("r0") operation => result, in("r1") argument, options(nostack));
    }
    // SAFETY: as above. The two no-ops mark the break as a semihosting call; the three must be
    // four bytes each and must not cross a page.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        core::arch::asm!(
            ".balign 16",
            ".option push",
            ".option norvc",
            "slli x0, x0, 0x1f",
            "ebreak",
            "srai x0, x0, 7",
            ".option pop",
            inout("a0") operation => result, in("a1") argument, options(nostack),
        );
    }
    result
}
