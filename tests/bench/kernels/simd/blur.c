// A 3 by 3 blur of a grey image, eight pixels at once: widening, additions, shifts, narrowing.
#include "../kernel.h"
#include <wasm_simd128.h>

enum { WIDTH = 256, HEIGHT = 64 };
static u8 image[HEIGHT][WIDTH + 16], blurred[HEIGHT][WIDTH + 16];

// Weights 1 2 1 of three neighbours.
static inline v128_t across(const u8 *row) {
    v128_t left = wasm_u16x8_load8x8(row - 1), middle = wasm_u16x8_load8x8(row), right = wasm_u16x8_load8x8(row + 1);
    return wasm_i16x8_add(wasm_i16x8_add(left, right), wasm_i16x8_shl(middle, 1));
}

u64 run(u32 n) {
    u64 state = SEED;
    for (u32 y = 0; y < HEIGHT; y++)
        for (u32 x = 0; x < WIDTH + 16; x++) image[y][x] = next(&state) >> 56;
    for (u32 round = 0; round < n; round++) {
        for (u32 y = 1; y < HEIGHT - 1; y++)
            for (u32 x = 8; x < WIDTH; x += 8) {
                v128_t sum = wasm_i16x8_add(across(&image[y - 1][x]), across(&image[y + 1][x]));
                sum = wasm_i16x8_add(sum, wasm_i16x8_shl(across(&image[y][x]), 1));
                sum = wasm_u16x8_shr(wasm_i16x8_add(sum, wasm_i16x8_splat(8)), 4);
                wasm_v128_store64_lane(&blurred[y][x], wasm_u8x16_narrow_i16x8(sum, sum), 0);
            }
        image[round % HEIGHT][8 + round % WIDTH] ^= blurred[1 + round % (HEIGHT - 2)][8 + round % (WIDTH - 8)];
    }
    u64 hash = 0;
    for (u32 y = 1; y < HEIGHT - 1; y++)
        for (u32 x = 8; x < WIDTH; x++) hash = mix(hash, blurred[y][x]);
    return hash;
}
