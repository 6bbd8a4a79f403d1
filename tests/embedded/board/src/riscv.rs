//! RISC-V startup: the way from the reset address to `run`.
//!
//! `virt` jumps to the first byte of its RAM in machine mode. QEMU has loaded all sections to
//! where they run, so only `.bss` and the stack are left to set up.

core::arch::global_asm!(
    ".section .reset, \"ax\"",
    ".global reset",
    ".type reset, @function",
    "reset:",
    "la sp, stack_top",
    "la t0, trap",
    ".option push",
    ".option arch, +zicsr",
    "csrw mtvec, t0",
    ".option pop",
    "la t0, bss_start",
    "la t1, bss_end",
    "1: bgeu t0, t1, 2f",
    "sw zero, 0(t0)",
    "addi t0, t0, 4",
    "j 1b",
    "2: la t0, stack_limit",
    "li t1, 0xaaaaaaaa", // what `stack::peak` looks for
    "3: sw t1, 0(t0)",
    "addi t0, t0, 4",
    "bltu t0, sp, 3b",
    "call run",
    ".size reset, . - reset",
    ".balign 4", // mtvec keeps its mode in the low two bits
    ".type trap, @function",
    "trap:",
    "call fault",
    ".size trap, . - trap",
);
