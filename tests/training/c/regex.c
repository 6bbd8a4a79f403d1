// Regular expressions by backtracking, in the manner of Kernighan and Pike: `.`, `*` and `$`.
#include "kernel.h"

enum { SIZE = 4096 };
static char text[SIZE];

NOINLINE static u32 here(const char *pattern, const char *at);

static u32 star(char c, const char *pattern, const char *at) {
    do
        if (here(pattern, at)) return 1;
    while (*at && (*at++ == c || c == '.'));
    return 0;
}

NOINLINE static u32 here(const char *pattern, const char *at) {
    if (!pattern[0]) return 1;
    if (pattern[1] == '*') return star(pattern[0], pattern + 2, at);
    if (pattern[0] == '$' && !pattern[1]) return !*at;
    return *at && (pattern[0] == '.' || pattern[0] == *at) && here(pattern + 1, at + 1);
}

u64 run(u32 n) {
    static const char *const patterns[] = {"ab*c", "a.*hh", "d.f", "gg*a$", "hgf"};
    u64 state = SEED, hash = 0;
    for (u32 i = 0; i < SIZE - 1; i++) text[i] = "abcdefgh \n"[next(&state) % 10];
    for (u32 round = 0; round < n; round++) {
        u32 found = 0;
        for (const char *at = text; *at; at++) found += here(patterns[round % 5], at);
        hash = mix(hash, found);
    }
    return hash;
}
