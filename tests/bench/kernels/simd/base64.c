// Base64 by shuffles, after Muła and Lemire, "Faster Base64 Encoding and Decoding Using AVX2
// Instructions" (2018): twelve bytes become sixteen letters.
#include "../kernel.h"
#include <wasm_simd128.h>

enum { SIZE = 12 * 256 };
static u8 bytes[SIZE + 16], letters[SIZE / 3 * 4];

static inline v128_t encode(v128_t in) {
    in = wasm_i8x16_shuffle(in, in, 1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    // Four numbers of six bits in each 32 bits, moved to bytes of their own.
    v128_t first = wasm_v128_and(wasm_u32x4_shr(in, 10), wasm_u32x4_splat(0x3F));
    v128_t second = wasm_v128_and(wasm_i32x4_shl(in, 4), wasm_u32x4_splat(0x3F00));
    v128_t third = wasm_v128_and(wasm_u32x4_shr(in, 6), wasm_u32x4_splat(0x3F0000));
    v128_t fourth = wasm_v128_and(wasm_i32x4_shl(in, 8), wasm_u32x4_splat(0x3F000000));
    v128_t number = wasm_v128_or(wasm_v128_or(first, second), wasm_v128_or(third, fourth));
    // Which range of the alphabet a number is in gives what is added to it.
    v128_t range = wasm_u8x16_sub_sat(number, wasm_u8x16_splat(51));
    v128_t small = wasm_v128_and(wasm_i8x16_lt(number, wasm_i8x16_splat(26)), wasm_i8x16_splat(13));
    v128_t offsets = wasm_i8x16_const('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                                      '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
    return wasm_i8x16_add(number, wasm_i8x16_swizzle(offsets, wasm_v128_or(range, small)));
}

u64 run(u32 n) {
    u64 state = SEED;
    for (u32 i = 0; i < SIZE; i++) bytes[i] = next(&state) >> 56;
    u64 hash = 0;
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < SIZE; i += 12) wasm_v128_store(letters + i / 3 * 4, encode(wasm_v128_load(bytes + i)));
        hash = mix(hash, letters[round % (SIZE / 3 * 4)]);
        bytes[round % SIZE] ^= hash;
    }
    for (u32 i = 0; i < SIZE / 3 * 4; i++) hash = mix(hash, letters[i]);
    return hash;
}
