// Bytes looked for in a text, sixteen at once, and counted: comparisons, masks, tests of all lanes.
#include "../kernel.h"
#include <wasm_simd128.h>

enum { SIZE = 16384 };
static u8 text[SIZE];

static u32 find(u32 from, u8 byte) {
    v128_t wanted = wasm_i8x16_splat(byte);
    for (; from < SIZE; from += 16) {
        v128_t equal = wasm_i8x16_eq(wasm_v128_load(text + from), wanted);
        if (wasm_v128_any_true(equal)) return from + __builtin_ctz(wasm_i8x16_bitmask(equal));
    }
    return SIZE;
}

static u32 count(u8 byte) {
    v128_t wanted = wasm_i8x16_splat(byte), sum = wasm_i64x2_splat(0);
    for (u32 i = 0; i < SIZE; i += 16) {
        v128_t ones = wasm_v128_and(wasm_i8x16_eq(wasm_v128_load(text + i), wanted), wasm_i8x16_splat(1));
        sum = wasm_i32x4_add(sum, wasm_u32x4_extadd_pairwise_u16x8(wasm_u16x8_extadd_pairwise_u8x16(ones)));
    }
    return wasm_i32x4_extract_lane(sum, 0) + wasm_i32x4_extract_lane(sum, 1) + wasm_i32x4_extract_lane(sum, 2) +
           wasm_i32x4_extract_lane(sum, 3);
}

u64 run(u32 n) {
    u64 state = SEED;
    for (u32 i = 0; i < SIZE; i++) text[i] = (next(&state) >> 57) & 63;
    u64 hash = 0;
    for (u32 round = 0; round < n; round++) {
        text[SIZE - 1 - round % 4096] = 64 + round % 7;
        hash = mix(hash, find(0, 64 + round % 7));
        hash = mix(hash, count(round % 64));
    }
    return hash;
}
