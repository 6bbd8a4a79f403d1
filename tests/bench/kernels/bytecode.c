// A register machine with a big switch, running three programs of its own.
#include "kernel.h"

enum Op {
    LI, MOV, ADD, SUB, MUL, DIV, MOD, AND, OR, XOR, SHL, SHR, ROTL, NOT, NEG, ADDI, MULI, ANDI,
    LESS, EQUAL, LOAD, STORE, JUMP, JZ, JNZ, JLT, JGE, CALL, RET, HALT
};

// An instruction: operation, target register, and two registers or one signed constant. In a
// conditional jump the first two are compared and the last is the target.
typedef struct {
    u8 op, a;
    i16 b, c;
} Code;

// r1 = sum over i in 1..r0 of gcd(i, 30030).
static const Code gcd[] = {
    /* 0 */ {LI, 1, 0},
    /* 1 */ {LI, 2, 1},
    /* 2 */ {JGE, 2, 0, 12},
    /* 3 */ {MOV, 3, 2},
    /* 4 */ {LI, 4, 30030},
    /* 5 */ {JZ, 4, 0, 9},
    /* 6 */ {MOD, 5, 3, 4},
    /* 7 */ {MOV, 3, 4},
    /* 8 */ {JUMP, 0, 0, 13},
    /* 9 */ {ADD, 1, 1, 3},
    /* 10 */ {ADDI, 2, 2, 1},
    /* 11 */ {JUMP, 0, 0, 2},
    /* 12 */ {HALT},
    /* 13 */ {MOV, 4, 5},
    /* 14 */ {JUMP, 0, 0, 5},
};

// Bubble sort of r0 cells of memory, then r1 = a hash of them.
static const Code bubble[] = {
    /* 0 */ {MOV, 2, 0},
    /* 1 */ {ADDI, 2, 2, -1},
    /* 2 */ {JZ, 2, 0, 14},
    /* 3 */ {LI, 3, 0},
    /* 4 */ {JGE, 3, 2, 1},
    /* 5 */ {LOAD, 4, 3, 0},
    /* 6 */ {LOAD, 5, 3, 1},
    /* 7 */ {LESS, 6, 5, 4},
    /* 8 */ {JZ, 6, 0, 11},
    /* 9 */ {STORE, 5, 3, 0},
    /* 10 */ {STORE, 4, 3, 1},
    /* 11 */ {ADDI, 3, 3, 1},
    /* 12 */ {JUMP, 0, 0, 4},
    /* 13 */ {HALT},
    /* 14 */ {LI, 1, 17},
    /* 15 */ {LI, 3, 0},
    /* 16 */ {JGE, 3, 0, 13},
    /* 17 */ {LOAD, 4, 3, 0},
    /* 18 */ {MULI, 1, 1, 31},
    /* 19 */ {XOR, 1, 1, 4},
    /* 20 */ {ANDI, 5, 3, 7},
    /* 21 */ {ROTL, 1, 1, 5},
    /* 22 */ {ADDI, 3, 3, 1},
    /* 23 */ {JUMP, 0, 0, 16},
};

// r1 = popcounts and multiplications of a generator in a subroutine, r0 times.
static const Code random[] = {
    /* 0 */ {LI, 1, 0},
    /* 1 */ {LI, 2, 12345},
    /* 2 */ {LI, 8, 1},
    /* 3 */ {CALL, 0, 0, 8},
    /* 4 */ {ADD, 1, 1, 4},
    /* 5 */ {SUB, 0, 0, 8},
    /* 6 */ {JNZ, 0, 0, 3},
    /* 7 */ {HALT},
    /* 8 */ {LI, 3, 13},
    /* 9 */ {SHL, 5, 2, 3},
    /* 10 */ {XOR, 2, 2, 5},
    /* 11 */ {LI, 3, 17},
    /* 12 */ {SHR, 5, 2, 3},
    /* 13 */ {XOR, 2, 2, 5},
    /* 14 */ {LI, 3, 5},
    /* 15 */ {SHL, 5, 2, 3},
    /* 16 */ {XOR, 2, 2, 5},
    /* 17 */ {MOV, 5, 2},
    /* 18 */ {LI, 4, 0},
    /* 19 */ {JZ, 5, 0, 24},
    /* 20 */ {SUB, 6, 5, 8},
    /* 21 */ {AND, 5, 5, 6},
    /* 22 */ {ADDI, 4, 4, 1},
    /* 23 */ {JUMP, 0, 0, 19},
    /* 24 */ {RET},
};

static u32 memory[64];

NOINLINE static u32 interpret(const Code *code, u32 argument) {
    u32 r[16] = {argument};
    u32 calls[16], depth = 0;
    for (u32 ip = 0;;) {
        Code i = code[ip++];
        switch ((enum Op)i.op) {
        case LI: r[i.a] = i.b; break;
        case MOV: r[i.a] = r[i.b]; break;
        case ADD: r[i.a] = r[i.b] + r[i.c]; break;
        case SUB: r[i.a] = r[i.b] - r[i.c]; break;
        case MUL: r[i.a] = r[i.b] * r[i.c]; break;
        case DIV: r[i.a] = r[i.c] ? r[i.b] / r[i.c] : 0; break;
        case MOD: r[i.a] = r[i.c] ? r[i.b] % r[i.c] : 0; break;
        case AND: r[i.a] = r[i.b] & r[i.c]; break;
        case OR: r[i.a] = r[i.b] | r[i.c]; break;
        case XOR: r[i.a] = r[i.b] ^ r[i.c]; break;
        case SHL: r[i.a] = r[i.b] << (r[i.c] & 31); break;
        case SHR: r[i.a] = r[i.b] >> (r[i.c] & 31); break;
        case ROTL: r[i.a] = r[i.b] << (r[i.c] & 31) | r[i.b] >> (-r[i.c] & 31); break;
        case NOT: r[i.a] = ~r[i.b]; break;
        case NEG: r[i.a] = -r[i.b]; break;
        case ADDI: r[i.a] = r[i.b] + i.c; break;
        case MULI: r[i.a] = r[i.b] * i.c; break;
        case ANDI: r[i.a] = r[i.b] & i.c; break;
        case LESS: r[i.a] = r[i.b] < r[i.c]; break;
        case EQUAL: r[i.a] = r[i.b] == r[i.c]; break;
        case LOAD: r[i.a] = memory[(r[i.b] + i.c) & 63]; break;
        case STORE: memory[(r[i.b] + i.c) & 63] = r[i.a]; break;
        case JUMP: ip = i.c; break;
        case JZ: if (!r[i.a]) ip = i.c; break;
        case JNZ: if (r[i.a]) ip = i.c; break;
        case JLT: if (r[i.a] < r[i.b]) ip = i.c; break;
        case JGE: if (r[i.a] >= r[i.b]) ip = i.c; break;
        case CALL: calls[depth++ & 15] = ip; ip = i.c; break;
        case RET: ip = calls[--depth & 15]; break;
        case HALT: return r[1];
        }
    }
}

u64 run(u32 n) {
    u64 state = SEED, sum = 0;
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < 64; i++) memory[i] = next(&state) >> 32;
        sum = mix(sum, interpret(gcd, 300));
        sum = mix(sum, interpret(bubble, 64));
        sum = mix(sum, interpret(random, 200));
    }
    return sum;
}
