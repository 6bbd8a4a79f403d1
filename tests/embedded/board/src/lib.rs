//! What a program needs to run on a bare board in QEMU.
//!
//! Startup code hands over to [`run`], which calls the binary's `fn main() -> u32` and exits with
//! its result. Output, files and exit go through semihosting: QEMU does them for the guest. A
//! panic exits with 1, a CPU fault with 2. No crates, no heap, no formatting machinery, so that
//! what a firmware measures is the library under test.

#![no_std]

#[cfg(target_arch = "arm")]
mod arm;
pub mod clock;
#[cfg(target_arch = "riscv32")]
mod riscv;
pub mod semihosting;
pub mod stack;

use core::panic::PanicInfo;
use semihosting::{write, write_number};

unsafe extern "Rust" {
    /// What the firmware does; each binary defines it. The result is the exit status of QEMU.
    safe fn main() -> u32;
}

/// Called by the startup code when stack and statics are ready.
#[unsafe(no_mangle)]
extern "C" fn run() -> ! {
    semihosting::exit(main())
}

/// Called by the startup code for every exception: nothing here expects one.
#[unsafe(no_mangle)]
extern "C" fn fault() -> ! {
    write("fault\n");
    semihosting::exit(2)
}

/// Not linked where nothing can panic.
#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    write("panic");
    if let Some(location) = info.location() {
        write(" at ");
        write(location.file());
        write(":");
        write_number(location.line());
    }
    write("\n");
    semihosting::exit(1)
}

/// Prints a line that names a figure, as `run.sh` reads it.
pub fn report(name: &str, figure: u32) {
    write(name);
    write(" ");
    write_number(figure);
    write("\n");
}
