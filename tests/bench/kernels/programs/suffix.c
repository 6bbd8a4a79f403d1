// The suffixes of a text in order, by doubling prefixes and counting; from them the transform of
// Burrows and Wheeler, ranks of recently used bytes, and all of it back.
#include "../kernel.h"

enum { SIZE = 3000, SYMBOLS = 256 };
static u8 text[SIZE], transformed[SIZE], moved[SIZE], restored[SIZE], order[SYMBOLS];
static i32 sorted[SIZE], ranks[SIZE], other[SIZE], counts[SIZE > SYMBOLS ? SIZE + 1 : SYMBOLS + 1];

static void fill(u64 *state) {
    static const char *const syllables[] = {"ban", "ana", "na", "mis", "sis", "sip", "pi ", "abra", "cad", "ab ", "ra "};
    for (u32 at = 0; at < SIZE;)
        for (const char *c = syllables[(next(state) >> 40) % 11]; *c && at < SIZE; c++) text[at++] = *c;
}

// Sorts rotations by their first `2 * length` bytes; they are in order by the first `length`.
static u32 refine(u32 length, u32 classes) {
    for (u32 i = 0; i < SIZE; i++) {
        i32 begin = sorted[i] - (i32)length;
        other[i] = begin < 0 ? begin + SIZE : begin;
    }
    for (u32 i = 0; i <= classes; i++) counts[i] = 0;
    for (u32 i = 0; i < SIZE; i++) counts[ranks[i]]++;
    for (u32 i = 1; i < classes; i++) counts[i] += counts[i - 1];
    for (u32 i = SIZE; i-- > 0;) sorted[--counts[ranks[other[i]]]] = other[i];
    other[sorted[0]] = 0;
    u32 distinct = 1;
    for (u32 i = 1; i < SIZE; i++) {
        u32 now = sorted[i], before = sorted[i - 1];
        if (ranks[now] != ranks[before] || ranks[(now + length) % SIZE] != ranks[(before + length) % SIZE]) distinct++;
        other[now] = distinct - 1;
    }
    for (u32 i = 0; i < SIZE; i++) ranks[i] = other[i];
    return distinct;
}

static void sort_rotations(void) {
    for (u32 i = 0; i <= SYMBOLS; i++) counts[i] = 0;
    for (u32 i = 0; i < SIZE; i++) counts[text[i] + 1]++;
    for (u32 i = 1; i <= SYMBOLS; i++) counts[i] += counts[i - 1];
    for (u32 i = 0; i < SIZE; i++) ranks[i] = counts[text[i]];
    for (u32 i = 0; i < SIZE; i++) sorted[counts[text[i]]++] = i;
    // Positions became classes: equal bytes have equal, consecutive numbers.
    u32 classes = 1;
    other[sorted[0]] = 0;
    for (u32 i = 1; i < SIZE; i++) {
        classes += ranks[sorted[i]] != ranks[sorted[i - 1]];
        other[sorted[i]] = classes - 1;
    }
    for (u32 i = 0; i < SIZE; i++) ranks[i] = other[i];
    for (u32 length = 1; length < SIZE && classes < SIZE; length *= 2) classes = refine(length, classes);
}

static u32 transform(void) {
    u32 first = 0;
    for (u32 i = 0; i < SIZE; i++) {
        if (!sorted[i]) first = i;
        transformed[i] = text[(sorted[i] + SIZE - 1) % SIZE];
    }
    return first;
}

static void reset(void) {
    for (u32 i = 0; i < SYMBOLS; i++) order[i] = i;
}

static void move_to_front(u32 rank, u8 symbol) {
    for (; rank > 0; rank--) order[rank] = order[rank - 1];
    order[0] = symbol;
}

static void encode(void) {
    reset();
    for (u32 i = 0; i < SIZE; i++) {
        u32 rank = 0;
        while (order[rank] != transformed[i]) rank++;
        moved[i] = rank;
        move_to_front(rank, transformed[i]);
    }
}

static void decode(u32 first) {
    reset();
    for (u32 i = 0; i < SIZE; i++) {
        transformed[i] = order[moved[i]];
        move_to_front(moved[i], transformed[i]);
    }
    for (u32 i = 0; i <= SYMBOLS; i++) counts[i] = 0;
    for (u32 i = 0; i < SIZE; i++) counts[transformed[i] + 1]++;
    for (u32 i = 1; i <= SYMBOLS; i++) counts[i] += counts[i - 1];
    for (u32 i = 0; i < SIZE; i++) other[counts[transformed[i]]++] = i;
    for (u32 i = 0, at = other[first]; i < SIZE; i++, at = other[at]) restored[i] = transformed[at];
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    for (u32 round = 0; round < n; round++) {
        fill(&state);
        sort_rotations();
        u32 first = transform();
        encode();
        decode(first);
        for (u32 i = 0; i < SIZE; i++) {
            if (restored[i] != text[i]) return i;
            hash = mix(hash, moved[i]);
        }
    }
    return hash;
}
