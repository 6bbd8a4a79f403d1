// Conway's game of life on a torus of bytes.
#include "kernel.h"

enum { WIDTH = 64, CELLS = WIDTH * WIDTH };
static u8 cells[CELLS], later[CELLS];

static u32 neighbours(u32 x, u32 y) {
    u32 count = 0;
    for (i32 dy = -1; dy <= 1; dy++)
        for (i32 dx = -1; dx <= 1; dx++)
            if (dx || dy) count += cells[(y + dy) % WIDTH * WIDTH + (x + dx) % WIDTH];
    return count;
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    for (u32 i = 0; i < CELLS; i++) cells[i] = next(&state) >> 63;
    for (u32 round = 0; round < n; round++) {
        for (u32 y = 0; y < WIDTH; y++)
            for (u32 x = 0; x < WIDTH; x++) {
                u32 count = neighbours(x, y);
                later[y * WIDTH + x] = count == 3 || (count == 2 && cells[y * WIDTH + x]);
            }
        for (u32 i = 0; i < CELLS; i++) cells[i] = later[i];
    }
    for (u32 i = 0; i < CELLS; i++) hash = mix(hash, cells[i]);
    return hash;
}
