// The permutation Keccak-f[1600]: 64-bit rotates and exclusive ors over 25 lanes.
#include "kernel.h"

static const u64 ROUND[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
static const u8 ROTATION[24] = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
static const u8 LANE[24] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                            15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};

static inline u64 left(u64 x, u32 by) { return x << by | x >> (64 - by); }

static void permute(u64 s[25]) {
    for (u32 round = 0; round < 24; round++) {
        u64 parity[5];
        for (u32 i = 0; i < 5; i++) parity[i] = s[i] ^ s[i + 5] ^ s[i + 10] ^ s[i + 15] ^ s[i + 20];
        for (u32 i = 0; i < 5; i++) {
            u64 t = parity[(i + 4) % 5] ^ left(parity[(i + 1) % 5], 1);
            for (u32 j = 0; j < 25; j += 5) s[j + i] ^= t;
        }
        u64 moved = s[1];
        for (u32 i = 0; i < 24; i++) {
            u64 kept = s[LANE[i]];
            s[LANE[i]] = left(moved, ROTATION[i]);
            moved = kept;
        }
        for (u32 j = 0; j < 25; j += 5) {
            u64 row[5];
            for (u32 i = 0; i < 5; i++) row[i] = s[j + i];
            for (u32 i = 0; i < 5; i++) s[j + i] = row[i] ^ (~row[(i + 1) % 5] & row[(i + 2) % 5]);
        }
        s[0] ^= ROUND[round];
    }
}

u64 run(u32 n) {
    u64 s[25] = {0};
    for (u32 i = 0; i < n * 100; i++) permute(s);
    return s[0];
}
