//! How many instructions have been executed, given QEMU's `-icount shift=0`.
//!
//! With it each instruction takes one nanosecond of the guest's time, so that the board's timer
//! counts instructions, and the count is the same on every machine.

/// Instructions since [`start`], to the precision of the board's timer.
pub struct Clock {
    start: u32,
}

/// Begins to count.
pub fn start() -> Clock {
    timer::begin();
    Clock {
        start: timer::now(),
    }
}

impl Clock {
    /// Instructions executed since the start; correct up to four billion.
    pub fn instructions(&self) -> u32 {
        timer::now()
            .wrapping_sub(self.start)
            .wrapping_mul(timer::TICK)
    }
}

/// The first timer of the CMSDK (Arm DDI 0479, 4.4): 32 bits that count down at 25 MHz.
#[cfg(target_arch = "arm")]
mod timer {
    const CONTROL: *mut u32 = 0x4000_0000 as *mut u32;
    const VALUE: *mut u32 = 0x4000_0004 as *mut u32;
    const RELOAD: *mut u32 = 0x4000_0008 as *mut u32;
    /// Nanoseconds, hence instructions, of one tick.
    pub(super) const TICK: u32 = 40;

    pub(super) fn begin() {
        // SAFETY: the registers are there on both boards, and nothing else uses them.
        unsafe {
            CONTROL.write_volatile(0);
            RELOAD.write_volatile(u32::MAX);
            VALUE.write_volatile(u32::MAX);
            CONTROL.write_volatile(1);
        }
    }

    pub(super) fn now() -> u32 {
        // SAFETY: as above; reading has no effect.
        u32::MAX - unsafe { VALUE.read_volatile() }
    }
}

/// The counter of retired instructions (RISC-V privileged architecture, 3.1.10).
#[cfg(target_arch = "riscv32")]
mod timer {
    pub(super) const TICK: u32 = 1;

    pub(super) fn begin() {}

    pub(super) fn now() -> u32 {
        let count;
        // SAFETY: reads a register that exists in machine mode.
        unsafe {
            core::arch::asm!(
                ".option push",
                ".option arch, +zicsr",
                "csrr {0}, minstret",
                ".option pop",
                out(reg) count, options(nomem, nostack),
            );
        }
        count
    }
}
