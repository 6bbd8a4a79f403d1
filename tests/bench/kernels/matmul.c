// Product of two 64 by 64 matrices of doubles: loads, multiplications, additions.
#include "kernel.h"

enum { SIZE = 64 };
static f64 a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

u64 run(u32 n) {
    for (u32 i = 0; i < SIZE; i++)
        for (u32 j = 0; j < SIZE; j++) {
            a[i][j] = (f64)(i * 3 + j) / SIZE;
            b[i][j] = (f64)(i + j * 5) / SIZE;
        }
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < SIZE; i++)
            for (u32 j = 0; j < SIZE; j++) {
                f64 sum = 0;
                for (u32 k = 0; k < SIZE; k++) sum += a[i][k] * b[k][j];
                c[i][j] = sum;
            }
        a[round % SIZE][round % 7] = c[round % 11][round % SIZE] / 65536;
    }
    f64 trace = 0;
    for (u32 i = 0; i < SIZE; i++) trace += c[i][SIZE - 1 - i];
    return trace * 1024;
}
