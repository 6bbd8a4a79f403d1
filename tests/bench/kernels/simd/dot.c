// Dot products of 16-bit integers and of floats, as of filters and of neural networks.
#include "../kernel.h"
#include <wasm_simd128.h>

enum { SIZE = 4096 };
static i16 a[SIZE], b[SIZE];
static float c[SIZE], d[SIZE];

u64 run(u32 n) {
    u64 state = SEED;
    for (u32 i = 0; i < SIZE; i++) {
        a[i] = next(&state) >> 52;
        b[i] = next(&state) >> 53;
        c[i] = (float)a[i] / 64;
        d[i] = (float)b[i] / 32;
    }
    u64 hash = 0;
    for (u32 round = 0; round < n; round++) {
        v128_t whole = wasm_i32x4_splat(0), real = wasm_f32x4_splat(0);
        for (u32 i = 0; i < SIZE; i += 8)
            whole = wasm_i32x4_add(whole, wasm_i32x4_dot_i16x8(wasm_v128_load(a + i), wasm_v128_load(b + i)));
        for (u32 i = 0; i < SIZE; i += 4)
            real = wasm_f32x4_add(real, wasm_f32x4_mul(wasm_v128_load(c + i), wasm_v128_load(d + i)));
        hash = mix(hash, wasm_i64x2_extract_lane(whole, 0) ^ wasm_i64x2_extract_lane(whole, 1));
        hash = mix(hash, wasm_i64x2_extract_lane(real, 0) ^ wasm_i64x2_extract_lane(real, 1));
        a[round % SIZE] ^= hash & 15;
    }
    return hash;
}
