// An interpreter of Brainfuck, with a table of matching brackets, on the usual greeting.
#include "kernel.h"

enum { CELLS = 512, LENGTH = 128, DEPTH = 32 };
static const char program[] = "++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.>++.";
static u8 tape[CELLS];
static u16 matches[LENGTH];

static void pair(void) {
    u32 open[DEPTH], depth = 0;
    for (u32 i = 0; program[i]; i++) {
        if (program[i] == '[') open[depth++] = i;
        if (program[i] != ']') continue;
        u32 begin = open[--depth];
        matches[i] = begin;
        matches[begin] = i;
    }
}

u64 run(u32 n) {
    u64 hash = 0;
    pair();
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < CELLS; i++) tape[i] = 0;
        u32 at = 0;
        for (u32 pc = 0; program[pc]; pc++) {
            switch (program[pc]) {
            case '>': at++; break;
            case '<': at--; break;
            case '+': tape[at]++; break;
            case '-': tape[at]--; break;
            case '.': hash = mix(hash, tape[at]); break;
            case '[': if (!tape[at]) pc = matches[pc]; break;
            case ']': if (tape[at]) pc = matches[pc]; break;
            }
        }
    }
    return hash;
}
