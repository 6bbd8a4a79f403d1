// Text: numbers formatted into a line, the line searched and split, the numbers parsed again.
#include "kernel.h"

enum { FIELDS = 400 };
static char text[FIELDS * 24];

static u32 length(const char *s) {
    u32 len = 0;
    while (s[len]) len++;
    return len;
}

static char *append(char *out, const char *s) {
    while (*s) *out++ = *s++;
    return out;
}

static char *format(char *out, i32 value, u32 base) {
    char digits[34];
    u32 len = 0, rest = value < 0 ? -(u32)value : value;
    if (value < 0) *out++ = '-';
    do digits[len++] = "0123456789abcdef"[rest % base];
    while (rest /= base);
    while (len) *out++ = digits[--len];
    return out;
}

static const char *parse(const char *s, u32 base, i32 *value) {
    u32 negative = *s == '-', sum = 0;
    for (s += negative;; s++) {
        u32 digit = *s >= '0' && *s <= '9' ? *s - '0' : (*s | 32) >= 'a' && (*s | 32) <= 'f' ? (*s | 32) - 'a' + 10 : 99;
        if (digit >= base) break;
        sum = sum * base + digit;
    }
    *value = negative ? -sum : sum;
    return s;
}

static const char *search(const char *where, const char *what) {
    for (; *where; where++) {
        u32 i = 0;
        while (what[i] && where[i] == what[i]) i++;
        if (!what[i]) return where;
    }
    return 0;
}

u64 run(u32 n) {
    u64 state = SEED, sum = 0;
    for (u32 round = 0; round < n; round++) {
        char *out = text;
        for (u32 i = 0; i < FIELDS; i++) {
            u64 random = next(&state);
            out = append(out, i % 3 ? "size=" : "offset=");
            out = format(out, (i32)(random >> 32) >> (random & 15), i % 3 ? 10 : 16);
            *out++ = i + 1 == FIELDS ? 0 : ';';
        }
        u32 found = 0;
        for (const char *at = text; (at = search(at, "offset=")); at++) found++;
        i32 total = 0;
        for (const char *at = text; *at;) {
            u32 base = *at == 'o' ? 16 : 10;
            while (*at++ != '=') {
            }
            i32 value;
            at = parse(at, base, &value);
            total = total * 31 + value;
            if (*at == ';') at++;
        }
        sum = mix(sum, (u64)found << 32 | (u32)(total + length(text)));
    }
    return sum;
}
