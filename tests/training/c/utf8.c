// Text in UTF-8: encoded from code points, decoded with all faults that there can be, letters folded.
#include "kernel.h"

enum { POINTS = 1500, FAULT = 0xFFFD };
static u8 text[POINTS * 4];

static u8 *encode(u8 *out, u32 point) {
    if (point < 0x80) {
        *out++ = point;
        return out;
    }
    u32 rest = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    *out++ = (0xFF00 >> (rest + 1) & 0xFF) | point >> 6 * rest;
    while (rest) *out++ = 0x80 | (point >> 6 * --rest & 0x3F);
    return out;
}

static const u8 *decode(const u8 *in, const u8 *end, u32 *point) {
    static const u32 least[] = {0, 0x80, 0x800, 0x10000};
    u32 first = *in++, rest = 0;
    *point = first;
    if (first < 0x80) return in;
    *point = FAULT;
    if (first < 0xC0 || first >= 0xF8) return in;
    rest = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    u32 value = first & (0x3F >> rest);
    for (u32 i = 0; i < rest; i++) {
        if (in == end || (*in & 0xC0) != 0x80) return in;
        value = value << 6 | (*in++ & 0x3F);
    }
    if (value >= least[rest] && value < 0x110000 && (value < 0xD800 || value > 0xDFFF)) *point = value;
    return in;
}

static u32 fold(u32 point) {
    if (point >= 'A' && point <= 'Z') return point + 32;
    if (point >= 0xC0 && point <= 0xDE && point != 0xD7) return point + 32;
    if (point >= 0x391 && point <= 0x3A9) return point + 32;
    return point >= 0x410 && point <= 0x42F ? point + 32 : point;
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    for (u32 round = 0; round < n; round++) {
        u8 *end = text;
        for (u32 i = 0; i < POINTS; i++) {
            u64 random = next(&state);
            static const u32 limits[] = {0x80, 0x80, 0x80, 0x500, 0x500, 0x10000, 0x110000, 0x100};
            end = encode(end, (random >> 20) % limits[random >> 61]);
        }
        // Some bytes are damaged.
        for (u32 i = 0; i < POINTS / 50; i++) text[next(&state) % (end - text)] ^= 0x40;
        u32 point;
        for (const u8 *in = text; in < end;) {
            in = decode(in, end, &point);
            hash = mix(hash, fold(point));
        }
    }
    return hash;
}
