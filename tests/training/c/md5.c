// The compression function of MD5, with random constants instead of sines.
#include "kernel.h"

enum { STEPS = 64 };
static u32 constants[STEPS];
static const u8 shifts[] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
static u8 message[64];

static u32 load(const u8 *p) { return p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24; }

static void compress(u32 digest[4]) {
    u32 a = digest[0], b = digest[1], c = digest[2], d = digest[3];
    for (u32 i = 0; i < STEPS; i++) {
        u32 f, word;
        if (i < 16) {
            f = (b & c) | (~b & d);
            word = i;
        } else if (i < 32) {
            f = (d & b) | (~d & c);
            word = (5 * i + 1) % 16;
        } else if (i < 48) {
            f = b ^ c ^ d;
            word = (3 * i + 5) % 16;
        } else {
            f = c ^ (b | ~d);
            word = 7 * i % 16;
        }
        u32 sum = a + f + constants[i] + load(message + 4 * word);
        u32 shift = shifts[i / 16 * 4 + i % 4];
        a = d;
        d = c;
        c = b;
        b += sum << shift | sum >> (32 - shift);
    }
    digest[0] += a;
    digest[1] += b;
    digest[2] += c;
    digest[3] += d;
}

u64 run(u32 n) {
    u64 state = SEED;
    u32 digest[] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476};
    for (u32 i = 0; i < STEPS; i++) constants[i] = next(&state);
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < sizeof message; i++) message[i] = round * i + (round >> 3);
        compress(digest);
    }
    return mix((u64)digest[0] << 32 | digest[1], (u64)digest[2] << 32 | digest[3]);
}
