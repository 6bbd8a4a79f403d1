// Lengths of runs instead of runs, and back, with Adler's sum of what came out.
#include "kernel.h"

enum { SIZE = 4096, LONGEST = 255, MODULUS = 65521 };
static u8 plain[SIZE], packed[2 * SIZE], restored[SIZE];

static void fill(u64 *state) {
    for (u32 i = 0; i < SIZE;) {
        u64 random = next(state);
        for (u32 length = 1 + (random >> 59); length && i < SIZE; length--) plain[i++] = random >> 40;
    }
}

static u32 pack(void) {
    u32 out = 0;
    for (u32 i = 0, length; i < SIZE; i += length) {
        length = 1;
        while (i + length < SIZE && length < LONGEST && plain[i + length] == plain[i]) length++;
        packed[out++] = length;
        packed[out++] = plain[i];
    }
    return out;
}

static u32 unpack(u32 length) {
    u32 out = 0;
    for (u32 i = 0; i < length; i += 2)
        for (u32 left = packed[i]; left; left--) restored[out++] = packed[i + 1];
    return out;
}

static u32 adler(u32 length) {
    u32 low = 1, high = 0;
    for (u32 i = 0; i < length; i++) {
        low = (low + restored[i]) % MODULUS;
        high = (high + low) % MODULUS;
    }
    return high << 16 | low;
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    fill(&state);
    for (u32 round = 0; round < n; round++) {
        u32 sum = adler(unpack(pack()));
        hash = mix(hash, sum);
        plain[round % SIZE] = sum >> 16;
    }
    return hash;
}
