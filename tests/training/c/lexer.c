// A lexer by hand for a language like C: one branch for each kind of token.
#include "kernel.h"

enum { SIZE = 4096, SYMBOLS = 256 };
static char source[SIZE];
static u32 symbols[SYMBOLS];

static void compose(u64 *state) {
    static const char *const words[] = {"while", "if", "return", "x1", "count", "(",       ")",       "{",  "}",
                                        "==",    "= ", "+",      "12345", "0x1f", "// note\n", "\"str\"", "; ", "\n"};
    char *out = source;
    while (out < source + SIZE - 16) {
        for (const char *c = words[next(state) % 18]; *c; c++) *out++ = *c;
        if (next(state) >> 62) *out++ = ' ';
    }
    *out = 0;
}

static u32 is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static u32 is_digit(char c) { return c >= '0' && c <= '9'; }

static const char *identifier(const char *c) {
    u32 key = 5381;
    for (; is_letter(*c) || is_digit(*c); c++) key = key * 33 ^ *c;
    symbols[key % SYMBOLS]++;
    return c;
}

static const char *number(const char *c, u32 *value) {
    *value = 0;
    if (c[0] == '0' && c[1] == 'x') {
        for (c += 2;; c++)
            if (is_digit(*c)) *value = *value * 16 + (*c - '0');
            else if (*c >= 'a' && *c <= 'f') *value = *value * 16 + (*c - 'a' + 10);
            else return c;
    }
    for (; is_digit(*c); c++) *value = *value * 10 + (*c - '0');
    return c;
}

static u64 scan(u64 hash) {
    u32 line = 1, value;
    for (const char *c = source; *c;) {
        if (*c == ' ') {
            c++;
        } else if (*c == '\n') {
            line++;
            c++;
        } else if (is_letter(*c)) {
            c = identifier(c);
        } else if (is_digit(*c)) {
            c = number(c, &value);
            hash = mix(hash, value);
        } else if (*c == '"') {
            for (c++; *c && *c != '"'; c++) {}
            if (*c) c++;
        } else if (c[0] == '/' && c[1] == '/') {
            while (*c && *c != '\n') c++;
        } else {
            switch (*c) {
            case '=':
                hash += c[1] == '=' ? 3 : 5;
                c += c[1] == '=';
                break;
            case '(': case ')': hash += 7; break;
            case '{': case '}': hash += 9; break;
            default: hash ^= *c;
            }
            c++;
        }
    }
    return mix(hash, line);
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    for (u32 i = 0; i < SYMBOLS; i++) symbols[i] = 0;
    compose(&state);
    for (u32 round = 0; round < n; round++) hash = scan(hash) + symbols[round % SYMBOLS];
    return hash;
}
