// A linked list: built in scattered order, reversed, searched, merge-sorted. Dependent loads.
#include "kernel.h"

enum { LEN = 4096 };
typedef struct Node {
    struct Node *next;
    i32 key;
    u32 weight;
} Node;
static Node pool[LEN];

static Node *build(u64 *state) {
    Node *head = 0;
    for (u32 i = 0; i < LEN; i++) {
        // 1597 is odd: every node is used once.
        Node *node = &pool[i * 1597 % LEN];
        *node = (Node){head, next(state) >> 44, i};
        head = node;
    }
    return head;
}

static Node *reverse(Node *head) {
    Node *done = 0;
    while (head) {
        Node *rest = head->next;
        head->next = done;
        done = head;
        head = rest;
    }
    return done;
}

static u32 find(const Node *head, i32 key) {
    u32 steps = 0;
    for (; head && head->key != key; head = head->next) steps++;
    return steps;
}

static Node *merge(Node *a, Node *b) {
    Node first = {0}, *tail = &first;
    while (a && b) {
        Node **smaller = a->key <= b->key ? &a : &b;
        tail->next = *smaller;
        tail = *smaller;
        *smaller = tail->next;
    }
    tail->next = a ? a : b;
    return first.next;
}

// Bottom up: `sorted[i]` holds a list of 2^i nodes or none.
static Node *sort(Node *head) {
    Node *sorted[16] = {0};
    while (head) {
        Node *carry = head;
        head = head->next;
        carry->next = 0;
        u32 i = 0;
        for (; sorted[i]; i++) {
            carry = merge(sorted[i], carry);
            sorted[i] = 0;
        }
        sorted[i] = carry;
    }
    Node *all = 0;
    for (u32 i = 0; i < 16; i++) all = merge(sorted[i], all);
    return all;
}

u64 run(u32 n) {
    u64 state = SEED, sum = 0;
    for (u32 round = 0; round < n; round++) {
        Node *list = reverse(build(&state));
        for (u32 i = 0; i < 16; i++) sum = mix(sum, find(list, pool[i * 251].key));
        u32 place = 0;
        for (const Node *node = sort(list); node; node = node->next)
            sum += (u64)node->weight * ++place;
    }
    return sum;
}
