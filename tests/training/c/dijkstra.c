// Shortest paths from one node to all others, with a binary heap that keeps outdated entries.
#include "kernel.h"

enum { NODES = 400, EDGES = NODES * 8, FAR = 0x7FFFFFFF };
typedef struct {
    u32 distance, node;
} Entry;
static u32 first[NODES], following[EDGES], target[EDGES], weight[EDGES], distances[NODES];
static Entry heap[EDGES + NODES];
static u32 size;

static void push(Entry entry) {
    u32 at = size++;
    for (; at && heap[(at - 1) / 2].distance > entry.distance; at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
    heap[at] = entry;
}

static Entry pop(void) {
    Entry top = heap[0], last = heap[--size];
    u32 at = 0;
    for (u32 child; (child = 2 * at + 1) < size; at = child) {
        if (child + 1 < size && heap[child + 1].distance < heap[child].distance) child++;
        if (heap[child].distance >= last.distance) break;
        heap[at] = heap[child];
    }
    heap[at] = last;
    return top;
}

static void connect(u64 *state) {
    for (u32 i = 0; i < NODES; i++) first[i] = 0;
    for (u32 edge = 1; edge < EDGES; edge++) {
        u32 from = next(state) % NODES;
        target[edge] = next(state) % NODES;
        weight[edge] = 1 + (next(state) >> 57);
        following[edge] = first[from];
        first[from] = edge;
    }
}

static void search(u32 source) {
    for (u32 i = 0; i < NODES; i++) distances[i] = FAR;
    distances[source] = size = 0;
    push((Entry){0, source});
    while (size) {
        Entry entry = pop();
        if (entry.distance > distances[entry.node]) continue;
        for (u32 edge = first[entry.node]; edge; edge = following[edge]) {
            u32 distance = entry.distance + weight[edge];
            if (distance >= distances[target[edge]]) continue;
            distances[target[edge]] = distance;
            push((Entry){distance, target[edge]});
        }
    }
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    connect(&state);
    for (u32 round = 0; round < n; round++) {
        search(round % NODES);
        for (u32 i = 0; i < NODES; i++) hash = mix(hash, distances[i]);
    }
    return hash;
}
