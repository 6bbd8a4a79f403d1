// Huffman's codes: counted, made by search for the two rarest, written as bits and read again.
#include "kernel.h"

enum { SIZE = 4096, SYMBOLS = 256 };
static u8 data[SIZE], bits[2 * SIZE];
static u32 counts[2 * SYMBOLS], zero[2 * SYMBOLS], one[2 * SYMBOLS], codes[SYMBOLS], lengths[SYMBOLS];
static u32 open[SYMBOLS], opened;

static void name(u32 node, u32 code, u32 length) {
    if (node < SYMBOLS) {
        codes[node] = code;
        lengths[node] = length ? length : 1;
        return;
    }
    name(zero[node], code << 1, length + 1);
    name(one[node], code << 1 | 1, length + 1);
}

static void to_front(u32 begin) {
    u32 rarest = begin;
    for (u32 i = begin + 1; i < opened; i++)
        if (counts[open[i]] < counts[open[rarest]]) rarest = i;
    u32 node = open[rarest];
    open[rarest] = open[begin];
    open[begin] = node;
}

static u32 make(void) {
    u32 made = SYMBOLS;
    opened = 0;
    for (u32 i = 0; i < SYMBOLS; i++)
        if (counts[i]) open[opened++] = i;
    while (opened > 1) {
        to_front(0);
        to_front(1);
        zero[made] = open[0];
        one[made] = open[1];
        counts[made] = counts[open[0]] + counts[open[1]];
        open[0] = made++;
        open[1] = open[--opened];
    }
    return open[0];
}

static u32 encode(void) {
    u64 pending = 0;
    u32 count = 0, out = 0;
    for (u32 i = 0; i < SIZE; i++) {
        pending = pending << lengths[data[i]] | codes[data[i]];
        count += lengths[data[i]];
        for (; count >= 8; count -= 8) bits[out++] = pending >> (count - 8);
    }
    return out;
}

static u64 decode(u32 root, u32 length, u64 hash) {
    u32 node = root, decoded = 0;
    for (u32 i = 0; i < length; i++)
        for (u32 bit = 8; bit-- > 0;) {
            node = bits[i] >> bit & 1 ? one[node] : zero[node];
            if (node >= SYMBOLS) continue;
            hash = hash * 31 + node;
            decoded++;
            node = root;
        }
    return mix(hash, decoded);
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < 2 * SYMBOLS; i++) counts[i] = 0;
        for (u32 i = 0; i < SIZE; i++) {
            u64 random = next(&state);
            data[i] = (random >> 58) * (random >> 50 & 3);
            counts[data[i]]++;
        }
        u32 root = make();
        name(root, 0, 0);
        hash = decode(root, encode(), hash);
    }
    return hash;
}
