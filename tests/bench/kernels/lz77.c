// Compression with a hash table of three-byte matches, expansion, and a comparison of the two.
#include "kernel.h"

enum { SIZE = 16384, WINDOW = 4096, LONGEST = 18, SHORTEST = 3, BUCKETS = 4096 };
static u8 plain[SIZE], packed[SIZE * 2], restored[SIZE];
static i32 heads[BUCKETS];

// Text of repeated words with some noise.
static void fill(u64 *state) {
    static const char *words[] = {"module ", "function ", "memory ",  "table ", "import ", "export ",
                                  "global ", "element ",  "segment ", "stack ", "label "};
    for (u32 at = 0; at < SIZE;) {
        u64 random = next(state);
        if ((random & 7) == 0) {
            plain[at++] = random >> 40;
            continue;
        }
        for (const char *c = words[(random >> 20) % 11]; *c && at < SIZE; c++) plain[at++] = *c;
    }
}

static u32 hash(const u8 *p) { return ((p[0] << 16 | p[1] << 8 | p[2]) * 2654435761u) >> 20; }

// Tokens of two bytes for a match (distance of 12 bits, length of 4) or one for a literal, with
// a byte of flags before each eight.
static u32 compress(void) {
    for (u32 i = 0; i < BUCKETS; i++) heads[i] = -WINDOW;
    u32 out = 0, flags = 0, count = 8;
    for (u32 at = 0; at < SIZE;) {
        if (count == 8) {
            flags = out++;
            packed[flags] = 0;
            count = 0;
        }
        u32 length = 0, distance = 0;
        if (at + SHORTEST <= SIZE) {
            u32 bucket = hash(plain + at);
            i32 candidate = heads[bucket];
            heads[bucket] = at;
            if (candidate >= 0 && at - candidate < WINDOW) {
                distance = at - candidate;
                u32 limit = SIZE - at < LONGEST ? SIZE - at : LONGEST;
                while (length < limit && plain[candidate + length] == plain[at + length]) length++;
            }
        }
        if (length >= SHORTEST) {
            packed[flags] |= 1 << count;
            packed[out++] = distance >> 4;
            packed[out++] = distance << 4 | (length - SHORTEST);
            at += length;
        } else {
            packed[out++] = plain[at++];
        }
        count++;
    }
    return out;
}

static u32 expand(u32 len) {
    u32 out = 0;
    for (u32 at = 0; at < len;) {
        u32 flags = packed[at++];
        for (u32 bit = 0; bit < 8 && at < len; bit++, flags >>= 1) {
            if (flags & 1) {
                u32 distance = packed[at] << 4 | packed[at + 1] >> 4;
                u32 length = (packed[at + 1] & 15) + SHORTEST;
                at += 2;
                for (; length; length--, out++) restored[out] = restored[out - distance];
            } else {
                restored[out++] = packed[at++];
            }
        }
    }
    return out;
}

u64 run(u32 n) {
    u64 state = SEED, sum = 0;
    for (u32 round = 0; round < n; round++) {
        fill(&state);
        u32 len = compress();
        u32 same = expand(len) == SIZE;
        for (u32 i = 0; i < SIZE; i++) same &= plain[i] == restored[i];
        sum = mix(sum, (u64)len << 1 | same);
    }
    return sum;
}
