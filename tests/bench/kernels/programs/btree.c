// An ordered map as a B-tree: insertion that splits nodes on the way down, removal that fills them,
// lookup, and the sum over a range of keys.
#include "../kernel.h"

enum { DEGREE = 8, KEYS = 2 * DEGREE - 1, NODES = 4096, RANGE = 1 << 12, STEPS = 4000 };
typedef struct Node {
    struct Node *children[KEYS + 1];
    u32 keys[KEYS], values[KEYS], count, leaf;
} Node;
static Node pool[NODES], *unused, *root;

static Node *allocate(u32 leaf) {
    Node *node = unused;
    unused = node->children[0];
    node->count = 0;
    node->leaf = leaf;
    return node;
}

static void release(Node *node) {
    node->children[0] = unused;
    unused = node;
}

static void clear(void) {
    unused = 0;
    for (u32 i = 0; i < NODES; i++) release(&pool[i]);
    root = allocate(1);
}

// The number of keys that are less.
static u32 rank(const Node *node, u32 key) {
    u32 low = 0, high = node->count;
    while (low < high) {
        u32 middle = (low + high) / 2;
        if (node->keys[middle] < key) low = middle + 1;
        else high = middle;
    }
    return low;
}

static void copy(Node *to, u32 at, const Node *from, u32 begin) {
    to->keys[at] = from->keys[begin];
    to->values[at] = from->values[begin];
}

// Makes room for a key at `at`, and for a child after it.
static void open(Node *node, u32 at) {
    for (u32 i = node->count; i > at; i--) {
        copy(node, i, node, i - 1);
        node->children[i + 1] = node->children[i];
    }
    node->count++;
}

// Takes away the key at `at`, and the child after it.
static void close(Node *node, u32 at) {
    node->count--;
    for (u32 i = at; i < node->count; i++) {
        copy(node, i, node, i + 1);
        node->children[i + 1] = node->children[i + 2];
    }
}

static void split(Node *parent, u32 at) {
    Node *left = parent->children[at], *right = allocate(left->leaf);
    right->count = DEGREE - 1;
    for (u32 i = 0; i < DEGREE - 1; i++) copy(right, i, left, i + DEGREE);
    if (!left->leaf)
        for (u32 i = 0; i < DEGREE; i++) right->children[i] = left->children[i + DEGREE];
    left->count = DEGREE - 1;
    open(parent, at);
    copy(parent, at, left, DEGREE - 1);
    parent->children[at + 1] = right;
}

static void insert(u32 key, u32 value) {
    if (root->count == KEYS) {
        Node *old = root;
        root = allocate(0);
        root->children[0] = old;
        split(root, 0);
    }
    for (Node *node = root;;) {
        u32 at = rank(node, key);
        if (at < node->count && node->keys[at] == key) {
            node->values[at] = value;
            return;
        }
        if (node->leaf) {
            open(node, at);
            node->keys[at] = key;
            node->values[at] = value;
            return;
        }
        if (node->children[at]->count == KEYS) {
            split(node, at);
            continue;
        }
        node = node->children[at];
    }
}

// The two children around a key, and the key, become one.
static Node *merge(Node *parent, u32 at) {
    Node *left = parent->children[at], *right = parent->children[at + 1];
    copy(left, left->count, parent, at);
    for (u32 i = 0; i < right->count; i++) copy(left, left->count + 1 + i, right, i);
    if (!left->leaf)
        for (u32 i = 0; i <= right->count; i++) left->children[left->count + 1 + i] = right->children[i];
    left->count += right->count + 1;
    close(parent, at);
    release(right);
    return left;
}

// The child at `at` with more keys than the least number, so that one of them can go.
static Node *filled(Node *parent, u32 at) {
    Node *child = parent->children[at];
    if (child->count >= DEGREE) return child;
    if (at > 0 && parent->children[at - 1]->count >= DEGREE) {
        Node *left = parent->children[at - 1];
        Node *last = left->children[left->count];
        open(child, 0);
        child->children[1] = child->children[0];
        copy(child, 0, parent, at - 1);
        if (!child->leaf) child->children[0] = last;
        copy(parent, at - 1, left, --left->count);
        return child;
    }
    if (at < parent->count && parent->children[at + 1]->count >= DEGREE) {
        Node *right = parent->children[at + 1];
        copy(child, child->count++, parent, at);
        if (!child->leaf) child->children[child->count] = right->children[0];
        copy(parent, at, right, 0);
        right->children[0] = right->children[1];
        close(right, 0);
        return child;
    }
    return merge(parent, at < parent->count ? at : at - 1);
}

NOINLINE static u32 discard(Node *node, u32 key) {
    for (;;) {
        u32 at = rank(node, key);
        u32 found = at < node->count && node->keys[at] == key;
        if (node->leaf) {
            if (found) close(node, at);
            return found;
        }
        if (!found) {
            node = filled(node, at);
            continue;
        }
        Node *left = node->children[at], *right = node->children[at + 1];
        if (left->count < DEGREE && right->count < DEGREE) {
            node = merge(node, at);
            continue;
        }
        // Its neighbour takes its place and goes from where it was.
        u32 before = left->count >= DEGREE;
        Node *leaf = before ? left : right;
        while (!leaf->leaf) leaf = leaf->children[before ? leaf->count : 0];
        copy(node, at, leaf, before ? leaf->count - 1 : 0);
        key = node->keys[at];
        node = before ? left : right;
    }
}

static u32 discard_key(u32 key) {
    u32 found = discard(root, key);
    if (!root->count && !root->leaf) {
        Node *old = root;
        root = old->children[0];
        release(old);
    }
    return found;
}

static u32 lookup(u32 key) {
    for (const Node *node = root;;) {
        u32 at = rank(node, key);
        if (at < node->count && node->keys[at] == key) return node->values[at];
        if (node->leaf) return 0;
        node = node->children[at];
    }
}

NOINLINE static u64 sum(const Node *node, u32 first, u32 last) {
    u64 total = 0;
    for (u32 at = rank(node, first);; at++) {
        if (!node->leaf) total += sum(node->children[at], first, last);
        if (at == node->count || node->keys[at] > last) return total;
        total += node->values[at];
    }
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    for (u32 round = 0; round < n; round++) {
        clear();
        for (u32 i = 0; i < STEPS; i++) {
            u64 random = next(&state);
            u32 key = random % RANGE;
            u32 action = random >> 61;
            if (action < 4) insert(key, random >> 32);
            else if (action < 6) hash += discard_key(key);
            else hash = mix(hash, lookup(key));
        }
        hash = mix(hash, sum(root, RANGE / 4, RANGE / 2));
    }
    return hash;
}
