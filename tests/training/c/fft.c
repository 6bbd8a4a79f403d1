// A fast Fourier transform of radix two, in place; its roots of unity are made by rotation.
#include "kernel.h"

enum { SIZE = 512 };
static f64 real[SIZE], imaginary[SIZE], cosines[SIZE], sines[SIZE];

static void roots(void) {
    const f64 c = 0.99992470183914450, s = 0.01227153828571993;
    cosines[0] = 1;
    sines[0] = 0;
    for (u32 i = 1; i < SIZE; i++) {
        cosines[i] = cosines[i - 1] * c - sines[i - 1] * s;
        sines[i] = cosines[i - 1] * s + sines[i - 1] * c;
    }
}

static void reverse(void) {
    for (u32 i = 1, j = 0; i < SIZE; i++) {
        u32 bit = SIZE / 2;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i >= j) continue;
        f64 swapped = real[i];
        real[i] = real[j];
        real[j] = swapped;
    }
}

static void transform(void) {
    reverse();
    for (u32 length = 2; length <= SIZE; length *= 2) {
        u32 stride = SIZE / length;
        for (u32 begin = 0; begin < SIZE; begin += length)
            for (u32 i = 0; i < length / 2; i++) {
                u32 p = begin + i, q = p + length / 2;
                f64 c = cosines[i * stride], s = sines[i * stride];
                f64 x = real[q] * c - imaginary[q] * s, y = real[q] * s + imaginary[q] * c;
                real[q] = real[p] - x;
                imaginary[q] = imaginary[p] - y;
                real[p] += x;
                imaginary[p] += y;
            }
    }
}

u64 run(u32 n) {
    u64 state = SEED;
    f64 sum = 0;
    roots();
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < SIZE; i++) {
            real[i] = (i32)(next(&state) >> 40);
            imaginary[i] = 0;
        }
        transform();
        sum += real[round % SIZE];
    }
    return (u64)(i64)sum;
}
