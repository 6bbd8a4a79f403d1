// A mix in the spirit of an embedded benchmark: list, integer matrix, state machine, and a
// 16-bit CRC over the results of all three.
#include "kernel.h"

enum { NODES = 200, SIZE = 12, INPUT = 512 };
typedef struct Node {
    struct Node *next;
    i16 data, index;
} Node;
static Node pool[NODES];
static i16 left[SIZE][SIZE], right[SIZE][SIZE];
static i32 product[SIZE][SIZE];
static u8 input[INPUT];

static u16 crc8(u8 data, u16 crc) {
    for (u32 i = 0; i < 8; i++) {
        u32 carry = (data ^ crc) & 1;
        crc >>= 1;
        data >>= 1;
        if (carry) crc ^= 0xA001;
    }
    return crc;
}
static u16 crc16(u16 data, u16 crc) { return crc8(data >> 8, crc8(data, crc)); }
static u16 crc32(u32 data, u16 crc) { return crc16(data >> 16, crc16(data, crc)); }

static u16 lists(u32 seed, u16 crc) {
    Node *head = 0;
    for (u32 i = 0; i < NODES; i++) {
        pool[i] = (Node){head, (i16)(i * 251 ^ seed), i};
        head = &pool[i];
    }
    // Insertion into a second, ordered list.
    Node *ordered = 0;
    while (head) {
        Node *node = head, **at = &ordered;
        head = head->next;
        while (*at && (*at)->data < node->data) at = &(*at)->next;
        node->next = *at;
        *at = node;
    }
    for (Node *node = ordered; node; node = node->next) crc = crc16(node->index ^ node->data, crc);
    return crc;
}

static u16 matrices(u32 seed, u16 crc) {
    for (u32 i = 0; i < SIZE; i++)
        for (u32 j = 0; j < SIZE; j++) {
            left[i][j] = (seed + i * SIZE + j) & 0x7F;
            right[i][j] = (seed ^ (i + j * SIZE)) & 0x7F;
        }
    i32 last = 0;
    for (u32 i = 0; i < SIZE; i++)
        for (u32 j = 0; j < SIZE; j++) {
            i32 sum = 0;
            for (u32 k = 0; k < SIZE; k++) sum += left[i][k] * right[k][j];
            product[i][j] = sum;
            // Bit fields of the products, and a running comparison.
            crc = crc16((sum >> 2 & 0xF) * (sum >> 5 & 0x7F) + (sum > last), crc);
            last = sum;
        }
    return crc;
}

static u16 states(u32 seed, u16 crc) {
    static const char *samples[] = {"5012,", "-874,", "+122,", "35.54400,", ".1234500,", "-110.700,",
                                    "+0.64400,", "5.500e+3,", "-.123e-2,", "T0.3e-1F,", "1T3.4e4z,"};
    u32 len = 0, counts[8] = {0};
    while (len < INPUT) {
        for (const char *c = samples[(seed + len) % 11]; *c && len < INPUT; c++) input[len++] = *c;
    }
    u32 state = 0;
    for (u32 i = 0; i < len; i++) {
        u8 c = input[i];
        u32 digit = (u32)(c - '0') < 10;
        if (c == ',') {
            counts[state]++;
            state = 0;
            continue;
        }
        switch (state) {
        case 0: state = digit ? 2 : c == '+' || c == '-' ? 1 : c == '.' ? 3 : 7; break;
        case 1: state = digit ? 2 : c == '.' ? 3 : 7; break;
        case 2: state = digit ? 2 : c == '.' ? 3 : c == 'e' ? 4 : 7; break;
        case 3: state = digit ? 3 : c == 'e' || c == 'E' ? 4 : 7; break;
        case 4: state = c == '+' || c == '-' ? 5 : digit ? 6 : 7; break;
        case 5: state = digit ? 6 : 7; break;
        case 6: state = digit ? 6 : 7; break;
        default: break;
        }
    }
    for (u32 i = 0; i < 8; i++) crc = crc32(counts[i], crc);
    return crc;
}

u64 run(u32 n) {
    u16 crc = 0;
    for (u32 round = 0; round < n * 10; round++) {
        crc = lists(round, crc);
        crc = matrices(round, crc);
        crc = states(round, crc);
    }
    return crc;
}
