//! A Linux program with nothing below it but the kernel: no std, no alloc, no libc.
//!
//! That it links with a stock stable toolchain is the proof that what it calls needs no allocator
//! and no standard library, and that its dependencies do not either. [`work`] calls every public
//! operation of the tier `no_alloc`.

#![no_std]
#![no_main]

mod linux;
mod memory;
mod work;

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

use core::fmt::Write;
use core::panic::PanicInfo;

/// Called by `_start`. Exits with 0 if all operations do their task; a panic exits with 1.
#[unsafe(no_mangle)]
extern "C" fn run(argument_count: usize) -> ! {
    match work::work(argument_count) {
        Ok(done) => {
            let _ = writeln!(linux::Output, "{done} operations without std and alloc");
            linux::exit(0)
        }
        Err(what) => {
            let _ = writeln!(linux::Output, "failed: {what}");
            linux::exit(2)
        }
    }
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    let _ = writeln!(linux::Output, "{info}");
    linux::exit(1)
}

/// `core` comes compiled for unwinding and names this; with `panic = "abort"` nobody calls it.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}
