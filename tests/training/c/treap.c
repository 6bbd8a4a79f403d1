// A search tree that random priorities keep in balance: recursive insertion with rotations, lookup.
#include "kernel.h"

enum { NODES = 1000, LOOKUPS = 3000 };
typedef struct Node {
    struct Node *left, *right;
    u32 key, priority;
} Node;
static Node pool[NODES];
static u32 used;

static Node *create(u32 key, u32 priority) {
    Node *node = &pool[used++];
    *node = (Node){0, 0, key, priority};
    return node;
}

NOINLINE static Node *insert(Node *node, u32 key, u32 priority) {
    if (!node) return create(key, priority);
    if (key < node->key) {
        Node *child = node->left = insert(node->left, key, priority);
        if (child->priority <= node->priority) return node;
        node->left = child->right;
        child->right = node;
        return child;
    }
    if (key > node->key) {
        Node *child = node->right = insert(node->right, key, priority);
        if (child->priority <= node->priority) return node;
        node->right = child->left;
        child->left = node;
        return child;
    }
    return node;
}

NOINLINE static u32 sum(const Node *node) { return node ? sum(node->left) + sum(node->right) * 3 + node->key : 0; }

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    for (u32 round = 0; round < n; round++) {
        Node *root = 0;
        used = 0;
        for (u32 i = 0; i < NODES; i++) root = insert(root, next(&state) >> 52, next(&state) >> 32);
        u32 found = 0;
        for (u32 i = 0; i < LOOKUPS; i++) {
            u32 key = next(&state) >> 52;
            const Node *node = root;
            while (node && node->key != key) node = key < node->key ? node->left : node->right;
            found += node != 0;
        }
        hash = mix(hash, sum(root) + found);
    }
    return hash;
}
