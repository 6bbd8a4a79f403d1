// Bulk memory: copies and fills of many sizes, overlapping ones among them.
#include "kernel.h"

enum { SIZE = 65536 };
static u8 a[SIZE], b[SIZE];

u64 run(u32 n) {
    u64 state = SEED, sum = 0;
    for (u32 i = 0; i < SIZE; i++) {
        a[i] = i ^ i >> 8;
        b[i] = 0;
    }
    for (u32 round = 0; round < n * 1000; round++) {
        u64 random = next(&state);
        u32 from = random & 0x7FFF, to = random >> 16 & 0x7FFF;
        // Mostly short, sometimes long, as programs do it.
        u32 len = (random >> 32 & 0x7FFF) >> (random >> 48 & 15);
        switch (random >> 60) {
        case 0: __builtin_memset(a + to, random >> 52, len); break;
        case 1: case 2: case 3: __builtin_memmove(a + to, a + from, len); break;
        case 4: case 5: case 6: case 7: __builtin_memcpy(a + to, b + from, len); break;
        default: __builtin_memcpy(b + to, a + from, len); break;
        }
        sum = mix(sum, a[from] | b[to] << 8);
    }
    return sum;
}
