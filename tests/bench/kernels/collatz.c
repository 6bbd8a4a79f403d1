// The longest Collatz chain below a bound: 64-bit arithmetic and an unpredictable branch.
#include "kernel.h"

u64 run(u32 n) {
    u32 best = 0, longest = 0;
    for (u32 start = 1; start < n * 1000; start++) {
        u32 steps = 0;
        for (u64 x = start; x != 1; steps++) x = x & 1 ? 3 * x + 1 : x >> 1;
        if (steps > longest) {
            longest = steps;
            best = start;
        }
    }
    return (u64)best << 32 | longest;
}
