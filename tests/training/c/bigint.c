// Long multiplication of numbers of 2,048 bits, and division of the product by one word.
#include "kernel.h"

enum { WORDS = 64, DIVISOR = 1000000007 };
static u32 left[WORDS], right[WORDS], product[2 * WORDS];

static void multiply(void) {
    for (u32 i = 0; i < 2 * WORDS; i++) product[i] = 0;
    for (u32 i = 0; i < WORDS; i++) {
        u64 carry = 0;
        for (u32 j = 0; j < WORDS; j++) {
            u64 sum = (u64)left[i] * right[j] + product[i + j] + carry;
            product[i + j] = sum;
            carry = sum >> 32;
        }
        product[i + WORDS] = carry;
    }
}

static u32 divide(void) {
    u64 rest = 0;
    for (u32 i = 2 * WORDS; i-- > 0;) {
        rest = rest << 32 | product[i];
        product[i] = rest / DIVISOR;
        rest %= DIVISOR;
    }
    return rest;
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    for (u32 i = 0; i < WORDS; i++) {
        left[i] = next(&state);
        right[i] = next(&state);
    }
    for (u32 round = 0; round < n; round++) {
        multiply();
        left[round % WORDS] ^= divide();
        for (u32 i = 0; i < 2 * WORDS; i++) hash = hash * 31 + product[i];
    }
    return hash;
}
