// Elimination with pivots, and the sign of the determinant.
#include "kernel.h"

enum { SIZE = 40 };
static f64 matrix[SIZE][SIZE];

static f64 magnitude(f64 x) { return x < 0 ? -x : x; }

static u32 pivot(u32 column) {
    u32 best = column;
    for (u32 row = column + 1; row < SIZE; row++)
        if (magnitude(matrix[row][column]) > magnitude(matrix[best][column])) best = row;
    return best;
}

static f64 determinant(void) {
    f64 product = 1;
    for (u32 i = 0; i < SIZE; i++) {
        u32 best = pivot(i);
        if (best != i) {
            product = -product;
            for (u32 j = 0; j < SIZE; j++) {
                f64 swapped = matrix[i][j];
                matrix[i][j] = matrix[best][j];
                matrix[best][j] = swapped;
            }
        }
        product *= matrix[i][i];
        for (u32 row = i + 1; row < SIZE; row++) {
            f64 factor = matrix[row][i] / matrix[i][i];
            for (u32 j = i; j < SIZE; j++) matrix[row][j] -= factor * matrix[i][j];
        }
    }
    return product;
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < SIZE; i++)
            for (u32 j = 0; j < SIZE; j++) matrix[i][j] = (i32)(next(&state) >> 33) / 1e9 - 1;
        hash = mix(hash, determinant() > 0);
    }
    return hash;
}
