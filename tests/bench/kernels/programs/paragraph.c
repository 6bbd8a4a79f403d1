// Text in lines of equal width: words with places to hyphenate, the breaks with the least badness over
// a whole paragraph, and spaces spread over each line.
#include "../kernel.h"

enum { WORDS = 240, LETTERS = 14, PIECES = WORDS * LETTERS / 2, WIDTH = 46, LINES = 400, ENDLESS = 1 << 30 };

// What is never broken. A piece that ends a word has a space after it, others a hyphen if a line ends.
typedef struct {
    u16 begin;
    u8 length, ends_word;
} Piece;
static char letters[WORDS * LETTERS], page[LINES * WIDTH];
static Piece pieces[PIECES];
static u32 count, lines;
static i32 badness[PIECES + 1];
static u32 previous[PIECES + 1], breaks[LINES];

static u32 vowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }

static void write(u64 *state) {
    u32 at = 0;
    for (u32 word = 0; word < WORDS; word++) {
        u64 random = next(state);
        u32 length = 2 + (random >> 60) % (LETTERS - 2);
        for (u32 i = 0; i < length; i++, random = next(state))
            letters[at++] = (i ^ random >> 63) & 1 ? "aeiou"[(random >> 20) % 5] : "bcdfglmnprstvz"[(random >> 20) % 14];
    }
    letters[at] = 0;
}

// Words may be broken between a vowel and a consonant with a vowel after it, not next to their ends.
static void divide(u64 *state) {
    count = 0;
    u32 at = 0;
    while (letters[at]) {
        u32 end = at + 2 + next(state) % (LETTERS - 3);
        u32 begin = at;
        for (; letters[at] && at < end; at++) {
            u32 breakable = at > begin + 1 && at + 2 < end && vowel(letters[at - 1]) && !vowel(letters[at]) && vowel(letters[at + 1]);
            if (!breakable) continue;
            pieces[count++] = (Piece){begin, at - begin, 0};
            begin = at;
        }
        pieces[count++] = (Piece){begin, at - begin, 1};
    }
}

static i32 cube(i32 x) { return x * x * x; }

// For each break the best way to get there, in the order of breaks.
NOINLINE static void choose(void) {
    badness[0] = 0;
    for (u32 end = 1; end <= count; end++) {
        i32 best = ENDLESS;
        u32 from = end - 1;
        const Piece *last = &pieces[end - 1];
        i32 width = last->ends_word ? -1 : 1;
        for (u32 begin = end; begin-- > 0;) {
            width += pieces[begin].length + pieces[begin].ends_word;
            if (width > WIDTH && begin < end - 1) break;
            i32 slack = WIDTH - width;
            i32 bad = end == count ? 0 : cube(slack < 0 ? -slack * 8 : slack);
            if (!last->ends_word) bad += 400;
            bad += badness[begin];
            if (bad < best) {
                best = bad;
                from = begin;
            }
        }
        badness[end] = best;
        previous[end] = from;
    }
    lines = 0;
    for (u32 end = count; end; end = previous[end]) breaks[lines++] = end;
}

static char *copy(char *out, const Piece *piece) {
    for (u32 i = 0; i < piece->length; i++) *out++ = letters[piece->begin + i];
    return out;
}

// A line that is too short gets further spaces, from the right end and from the left in turn.
static void set(u32 number, u32 begin, u32 end) {
    char *out = page + number * WIDTH, *limit = out + WIDTH;
    u32 used = pieces[end - 1].ends_word ? 0 : 1, gaps = 0;
    for (u32 i = begin; i < end; i++) {
        used += pieces[i].length;
        gaps += i + 1 < end && pieces[i].ends_word;
    }
    u32 spaces = end == count || used + gaps > WIDTH ? gaps : WIDTH - used;
    for (u32 i = begin, gap = 0; i < end; i++) {
        out = copy(out, &pieces[i]);
        if (i + 1 == end && !pieces[i].ends_word) *out++ = '-';
        if (i + 1 == end || !pieces[i].ends_word) continue;
        u32 side = number & 1 ? gaps - 1 - gap : gap;
        u32 width = spaces / gaps + (side < spaces % gaps);
        for (u32 j = 0; j < width; j++) *out++ = ' ';
        gap++;
    }
    while (out < limit) *out++ = ' ';
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    for (u32 round = 0; round < n; round++) {
        write(&state);
        divide(&state);
        choose();
        for (u32 i = 0, begin = 0; i < lines; i++) {
            u32 end = breaks[lines - 1 - i];
            set(i, begin, end);
            begin = end;
        }
        for (u32 i = 0; i < lines * WIDTH; i++) hash = mix(hash, page[i]);
    }
    return hash;
}
