// A generic sort and a pipeline of operations, both through function pointers: `call_indirect`.
#include "kernel.h"

enum { LEN = 2000 };
typedef struct {
    u32 key, value;
} Item;
typedef i32 (*Compare)(const void *, const void *);
typedef u32 (*Operation)(u32, u32);

static Item items[LEN];

static i32 by_key(const void *a, const void *b) {
    u32 x = ((const Item *)a)->key, y = ((const Item *)b)->key;
    return (x > y) - (x < y);
}
static i32 by_value(const void *a, const void *b) {
    u32 x = ((const Item *)a)->value, y = ((const Item *)b)->value;
    return (x < y) - (x > y);
}
static i32 by_low_bits(const void *a, const void *b) {
    return (i32)(((const Item *)a)->key & 1023) - (i32)(((const Item *)b)->key & 1023);
}

static u32 add(u32 a, u32 b) { return a + b; }
static u32 subtract(u32 a, u32 b) { return a - b; }
static u32 multiply(u32 a, u32 b) { return a * (b | 1); }
static u32 exclusive(u32 a, u32 b) { return a ^ b; }
static u32 rotate(u32 a, u32 b) { return a << (b & 31) | a >> (-b & 31); }
static u32 greater(u32 a, u32 b) { return a > b ? a : b; }

static Compare compares[] = {by_key, by_value, by_low_bits};
static Operation operations[] = {add, subtract, multiply, exclusive, rotate, greater};

// Shell sort with Ciura's gaps.
NOINLINE static void sort(Item *base, u32 len, Compare compare) {
    static const u32 gaps[] = {701, 301, 132, 57, 23, 10, 4, 1};
    for (u32 g = 0; g < sizeof gaps / sizeof *gaps; g++) {
        u32 gap = gaps[g];
        for (u32 i = gap; i < len; i++) {
            Item item = base[i];
            u32 j = i;
            for (; j >= gap && compare(&base[j - gap], &item) > 0; j -= gap)
                base[j] = base[j - gap];
            base[j] = item;
        }
    }
}

u64 run(u32 n) {
    u64 state = SEED, sum = 0;
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < LEN; i++) items[i] = (Item){next(&state) >> 40, next(&state) >> 40};
        sort(items, LEN, compares[round % 3]);
        u32 value = round;
        for (u32 i = 0; i < LEN; i++) {
            value = operations[items[i].key % 6](value, items[i].value);
            value = operations[items[i].value % 6](value, items[i].key);
        }
        sum = mix(sum, value);
    }
    return sum;
}
