// Search for patterns of two letters with the table of Knuth, Morris and Pratt.
#include "kernel.h"

enum { SIZE = 8192, LENGTH = 11, NONE = -1 };
static char text[SIZE], pattern[LENGTH];
static i32 border[LENGTH];

static void fill(char *to, u32 length, u64 *state) {
    for (u32 i = 0; i < length; i++) to[i] = 'a' + (next(state) >> 63);
}

static void prepare(void) {
    i32 matched = NONE;
    border[0] = NONE;
    for (u32 i = 1; i < LENGTH; i++) {
        while (matched != NONE && pattern[matched + 1] != pattern[i]) matched = border[matched];
        if (pattern[matched + 1] == pattern[i]) matched++;
        border[i] = matched;
    }
}

static u32 search(void) {
    i32 matched = NONE;
    u32 sum = 0;
    for (u32 i = 0; i < SIZE; i++) {
        while (matched != NONE && (matched + 1 == LENGTH || pattern[matched + 1] != text[i])) matched = border[matched];
        if (pattern[matched + 1] == text[i]) matched++;
        if (matched == LENGTH - 1) sum += i;
    }
    return sum;
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    fill(text, SIZE, &state);
    for (u32 round = 0; round < n; round++) {
        fill(pattern, LENGTH, &state);
        prepare();
        hash = mix(hash, search());
    }
    return hash;
}
