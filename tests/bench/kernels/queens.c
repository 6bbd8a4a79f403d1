// Solutions of the queens puzzle by bit masks: deep recursion with four arguments.
#include "kernel.h"

NOINLINE static u32 place(u32 all, u32 columns, u32 left, u32 right) {
    if (columns == all) return 1;
    u32 count = 0;
    for (u32 free = all & ~(columns | left | right); free;) {
        u32 bit = free & -free;
        free ^= bit;
        count += place(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return count;
}

u64 run(u32 n) {
    u64 sum = 0;
    for (u32 size = 4; size <= n; size++) sum = mix(sum, place((1u << size) - 1, 0, 0, 0));
    return sum;
}
