// Points moved by 4 by 4 matrices of floats, as in graphics: splats, multiplications, additions.
#include "../kernel.h"
#include <wasm_simd128.h>

enum { POINTS = 512 };
static float points[POINTS][4], moved[POINTS][4];

u64 run(u32 n) {
    for (u32 i = 0; i < POINTS; i++)
        for (u32 k = 0; k < 4; k++) points[i][k] = (float)(i * 4 + k) / 64;
    v128_t x = wasm_f32x4_const(0.5f, 0.25f, 0, 0), y = wasm_f32x4_const(-0.25f, 0.5f, 0, 0);
    v128_t z = wasm_f32x4_const(0, 0, 1, 0), w = wasm_f32x4_const(1, 2, 3, 1);
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < POINTS; i++) {
            v128_t point = wasm_v128_load(points[i]);
            v128_t sum = wasm_f32x4_mul(x, wasm_i32x4_shuffle(point, point, 0, 0, 0, 0));
            sum = wasm_f32x4_add(sum, wasm_f32x4_mul(y, wasm_i32x4_shuffle(point, point, 1, 1, 1, 1)));
            sum = wasm_f32x4_add(sum, wasm_f32x4_mul(z, wasm_i32x4_shuffle(point, point, 2, 2, 2, 2)));
            sum = wasm_f32x4_add(sum, wasm_f32x4_mul(w, wasm_i32x4_shuffle(point, point, 3, 3, 3, 3)));
            wasm_v128_store(moved[i], sum);
        }
        points[round % POINTS][round % 4] = moved[round % 61][round % 3] / 2;
    }
    u64 hash = 0;
    for (u32 i = 0; i < POINTS; i++)
        for (u32 k = 0; k < 4; k++) hash = mix(hash, (u64)(i64)(moved[i][k] * 64));
    return hash;
}
