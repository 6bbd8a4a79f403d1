//! How many instructions have been executed, given QEMU's `-icount shift=0`.
//!
//! With it each instruction takes one nanosecond of the guest's time.

/// Instructions since [`start`], to the precision of the board's timer.
pub struct Clock {
    start: u64,
}

/// Begins to count.
pub fn start() -> Clock {
    timer::begin();
    Clock { start: timer::now() }
}

impl Clock {
    /// Instructions executed since the start.
    pub fn instructions(&self) -> u64 {
        timer::now().wrapping_sub(self.start)
    }
}

/// The first timer of the CMSDK (Arm DDI 0479, 4.4): 32 bits that count down at 25 MHz.
#[cfg(target_arch = "arm")]
mod timer {
    const CONTROL: *mut u32 = 0x4000_0000 as *mut u32;
    const VALUE: *mut u32 = 0x4000_0004 as *mut u32;
    const RELOAD: *mut u32 = 0x4000_0008 as *mut u32;
    /// Nanoseconds, hence instructions, of one tick.
    const TICK: u64 = 40;

    pub(super) fn begin() {
        // SAFETY: the registers are there on both boards, and nothing else uses them.
        unsafe {
            CONTROL.write_volatile(0);
            RELOAD.write_volatile(u32::MAX);
            VALUE.write_volatile(u32::MAX);
            CONTROL.write_volatile(1);
        }
    }

    pub(super) fn now() -> u64 {
        // SAFETY: as above; reading has no effect.
        u64::from(u32::MAX - unsafe { VALUE.read_volatile() }) * TICK
    }
}

/// The counter of retired instructions (RISC-V privileged architecture, 3.1.10).
#[cfg(target_arch = "riscv32")]
mod timer {
    pub(super) fn begin() {}

    pub(super) fn now() -> u64 {
        let (low, high): (u32, u32);
        // SAFETY: reads two registers that exist in machine mode. A carry between the two reads
        // would need four billion instructions; no program here runs that long.
        unsafe {
            core::arch::asm!(
                ".option push",
                ".option arch, +zicsr",
                "csrr {0}, minstret",
                "csrr {1}, minstreth",
                ".option pop",
                out(reg) low, out(reg) high, options(nomem, nostack),
            );
        }
        u64::from(high) << 32 | u64::from(low)
    }
}
