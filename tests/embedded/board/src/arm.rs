//! Cortex-M startup: the vector table and the way from reset to `run`.
//!
//! The core loads the stack pointer and the address of `reset` from the first two words of memory
//! (Armv7-M B1.5.3). In assembly, because no Rust may run before statics have their values. Only
//! instructions of Armv6-M, so that it serves all profiles.

core::arch::global_asm!(
    ".section .vectors, \"a\"",
    ".global vectors",
    "vectors:",
    ".word stack_top",
    ".word reset",
    ".rept 14", // NMI to SysTick; no interrupt is enabled
    ".word exception",
    ".endr",
    ".section .text.reset, \"ax\"",
    ".global reset",
    ".type reset, %function",
    ".thumb_func",
    "reset:",
    "ldr r0, =data_start",
    "ldr r1, =data_end",
    "ldr r2, =data_load",
    "1: cmp r0, r1",
    "bhs 2f",
    "ldmia r2!, {{r3}}",
    "stmia r0!, {{r3}}",
    "b 1b",
    "2: ldr r0, =bss_start",
    "ldr r1, =bss_end",
    "movs r2, #0",
    "3: cmp r0, r1",
    "bhs 4f",
    "stmia r0!, {{r2}}",
    "b 3b",
    "4: ldr r0, =stack_limit",
    "mov r1, sp",
    "ldr r2, =0xaaaaaaaa", // what `stack::peak` looks for
    "5: stmia r0!, {{r2}}",
    "cmp r0, r1",
    "blo 5b",
);

// The FPU is off after reset; a hard-float target needs it before any Rust runs (Armv7-M B3.2.20).
#[cfg(target_abi = "eabihf")]
core::arch::global_asm!(
    ".section .text.reset, \"ax\"",
    "ldr r0, =0xe000ed88", // CPACR
    "ldr r1, [r0]",
    "ldr r2, =0x00f00000", // full access to CP10 and CP11
    "orrs r1, r2",
    "str r1, [r0]",
    "dsb",
    "isb",
);

core::arch::global_asm!(
    ".section .text.reset, \"ax\"",
    "bl run",
    ".ltorg",
    ".size reset, . - reset",
    ".type exception, %function",
    ".thumb_func",
    "exception:",
    "bl fault",
    ".size exception, . - exception",
);
