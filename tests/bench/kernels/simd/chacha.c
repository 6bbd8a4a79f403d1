// The ChaCha20 block function (RFC 8439), a row of its state in each vector: additions, rotations by
// shifts, lanes that move.
#include "../kernel.h"
#include <wasm_simd128.h>

#define ROTATE(v, bits) wasm_v128_or(wasm_i32x4_shl(v, bits), wasm_u32x4_shr(v, 32 - bits))
#define QUARTER(a, b, c, d) \
    a = wasm_i32x4_add(a, b), d = wasm_v128_xor(d, a), d = ROTATE(d, 16), \
    c = wasm_i32x4_add(c, d), b = wasm_v128_xor(b, c), b = ROTATE(b, 12), \
    a = wasm_i32x4_add(a, b), d = wasm_v128_xor(d, a), d = ROTATE(d, 8), \
    c = wasm_i32x4_add(c, d), b = wasm_v128_xor(b, c), b = ROTATE(b, 7)
#define TURN(v, by) wasm_i32x4_shuffle(v, v, (by) % 4, (by + 1) % 4, (by + 2) % 4, (by + 3) % 4)

u64 run(u32 n) {
    v128_t words = wasm_i32x4_const(0x61707865, 0x3320646E, 0x79622D32, 0x6B206574);
    v128_t key = wasm_i32x4_const(0x03020100, 0x07060504, 0x0B0A0908, 0x0F0E0D0C);
    v128_t rest = wasm_i32x4_const(0x13121110, 0x17161514, 0x1B1A1918, 0x1F1E1D1C);
    v128_t nonce = wasm_i32x4_const(1, 0x09000000, 0x4A000000, 0);
    u64 hash = 0;
    for (u32 block = 0; block < n * 16; block++) {
        v128_t a = words, b = key, c = rest, d = nonce;
        for (u32 round = 0; round < 10; round++) {
            QUARTER(a, b, c, d);
            b = TURN(b, 1), c = TURN(c, 2), d = TURN(d, 3);
            QUARTER(a, b, c, d);
            b = TURN(b, 3), c = TURN(c, 2), d = TURN(d, 1);
        }
        v128_t stream = wasm_v128_xor(wasm_i32x4_add(a, words), wasm_i32x4_add(b, key));
        stream = wasm_v128_xor(stream, wasm_v128_xor(wasm_i32x4_add(c, rest), wasm_i32x4_add(d, nonce)));
        hash = mix(hash, wasm_i64x2_extract_lane(stream, 0) ^ wasm_i64x2_extract_lane(stream, 1));
        nonce = wasm_i32x4_add(nonce, wasm_i32x4_const(1, 0, 0, 0));
    }
    return hash;
}
