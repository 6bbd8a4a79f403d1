// JSON, written and read by recursive descent; strings and numbers go into the sum.
#include "kernel.h"

enum { SIZE = 8192, ITEMS = 60 };
static char text[SIZE], *out;
static const char *in;
static u64 hash;

static void put(const char *s) {
    while (*s) *out++ = *s++;
}

static void put_number(u32 value) {
    char digits[10];
    u32 count = 0;
    do digits[count++] = '0' + value % 10;
    while (value /= 10);
    while (count) *out++ = digits[--count];
}

static void compose(u64 *state) {
    out = text;
    put("[");
    for (u32 i = 0; i < ITEMS; i++) {
        put(i ? ", {\"id\": " : "{\"id\": ");
        put_number(next(state) >> 40);
        put(", \"name\": \"item");
        put_number(i);
        put("\", \"tags\": [\"a\", \"bc\", true, null, -");
        put_number(next(state) >> 50);
        put(".25],\n \"ok\": false}");
    }
    put("]");
    *out = 0;
}

static u32 digit(void) { return *in >= '0' && *in <= '9'; }

static void blank(void) {
    while (*in == ' ' || *in == '\n' || *in == '\t') in++;
}

// Whether the next character is this one, which is then read.
static u32 accept(char c) {
    blank();
    if (*in != c) return 0;
    in++;
    return 1;
}

static u32 string(void) {
    if (!accept('"')) return 0;
    for (; *in != '"'; in++) {
        if (*in == '\\') in++;
        hash = mix(hash, *in);
    }
    in++;
    return 1;
}

static u32 number(void) {
    u32 negative = accept('-');
    u64 value = 0;
    if (!digit()) return 0;
    for (; digit(); in++) value = value * 10 + (*in - '0');
    if (*in == '.')
        for (in++; digit(); in++) value = value * 10 + (*in - '0');
    hash = mix(hash, negative ? -value : value);
    return 1;
}

static u32 word(const char *wanted) {
    for (; *wanted; wanted++)
        if (*in++ != *wanted) return 0;
    return 1;
}

NOINLINE static u32 value(void) {
    blank();
    switch (*in) {
    case '{':
        in++;
        if (accept('}')) return 1;
        do
            if (!string() || !accept(':') || !value()) return 0;
        while (accept(','));
        return accept('}');
    case '[':
        in++;
        if (accept(']')) return 1;
        do
            if (!value()) return 0;
        while (accept(','));
        return accept(']');
    case '"': return string();
    case 't': return word("true");
    case 'f': return word("false");
    case 'n': return word("null");
    default: return number();
    }
}

u64 run(u32 n) {
    u64 state = SEED;
    hash = 0;
    compose(&state);
    for (u32 round = 0; round < n; round++) {
        in = text;
        if (!value()) return round;
    }
    return hash;
}
