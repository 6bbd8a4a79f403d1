// A machine of eight registers whose arithmetic is called through pointers.
#include "kernel.h"

enum Op { SET, ADD, MULTIPLY, XOR, INCREMENT, LOOP, STOP };
typedef struct {
    u16 op, a, b, c;
} Code;
static const Code code[] = {
    {SET, 0, 0, 0}, {SET, 1, 1, 0},  {SET, 2, 0, 200}, {ADD, 3, 0, 1},  {MULTIPLY, 4, 3, 1},
    {XOR, 0, 0, 4}, {INCREMENT, 1},  {LOOP, 1, 2, 3},  {STOP},
};

static u64 add(u64 x, u64 y) { return x + y; }
static u64 multiply(u64 x, u64 y) { return x * y; }
static u64 exclusive_or(u64 x, u64 y) { return x ^ y; }
static u64 (*const functions[])(u64, u64) = {0, add, multiply, exclusive_or};

static u64 execute(u64 bias) {
    u64 registers[8] = {0};
    for (u32 pc = 0;;) {
        const Code *now = &code[pc++];
        switch (now->op) {
        case SET: registers[now->a] = now->c + now->b; break;
        case ADD:
        case MULTIPLY:
        case XOR: registers[now->a] = functions[now->op](registers[now->b], registers[now->c] + bias); break;
        case INCREMENT: registers[now->a]++; break;
        case LOOP:
            if (registers[now->a] < registers[now->b]) pc = now->c;
            break;
        default: return registers[0];
        }
    }
}

u64 run(u32 n) {
    u64 hash = 0;
    for (u32 round = 0; round < n; round++) hash = mix(hash, execute(round));
    return hash;
}
