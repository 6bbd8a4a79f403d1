// The Mandelbrot set on a grid of 128 by 96 points: short loops of double arithmetic.
#include "kernel.h"

enum { WIDTH = 128, HEIGHT = 96, LIMIT = 100 };

u64 run(u32 n) {
    u64 sum = 0;
    for (u32 round = 0; round < n; round++) {
        f64 zoom = 1.0 / (1 + round);
        for (u32 row = 0; row < HEIGHT; row++)
            for (u32 column = 0; column < WIDTH; column++) {
                f64 cx = (column * 3.0 / WIDTH - 2.0) * zoom - 0.4;
                f64 cy = (row * 2.0 / HEIGHT - 1.0) * zoom + 0.3;
                f64 x = 0, y = 0;
                u32 i = 0;
                for (; i < LIMIT && x * x + y * y <= 4; i++) {
                    f64 moved = x * x - y * y + cx;
                    y = 2 * x * y + cy;
                    x = moved;
                }
                sum = mix(sum, i);
            }
    }
    return sum;
}
