// How many letters must change between two texts: dynamic programming with one row.
#include "kernel.h"

enum { SIZE = 256 };
static u8 left[SIZE], right[SIZE];
static i32 row[SIZE + 1];

static i32 smaller(i32 a, i32 b) { return a < b ? a : b; }

static i32 distance(void) {
    for (i32 j = 0; j <= SIZE; j++) row[j] = j;
    for (i32 i = 1; i <= SIZE; i++) {
        i32 diagonal = row[0];
        row[0] = i;
        for (i32 j = 1; j <= SIZE; j++) {
            i32 above = row[j];
            row[j] = smaller(diagonal + (left[i - 1] != right[j - 1]), smaller(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[SIZE];
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < SIZE; i++) {
            left[i] = next(&state) >> 60;
            right[i] = next(&state) >> 60;
        }
        hash = mix(hash, distance());
    }
    return hash;
}
