// An allocator: lists of free blocks by size, blocks that are split and joined by their borders, written to
// and moved. Addresses of 64 bits in memory, in arithmetic and in loops.
#include "../kernel.h"

enum { BYTES = 1 << 18, OWNERS = 512, CLASSES = 14, LEAST = 32 };

// Before the bytes of a block: its own size and that of the block before, with a bit that says whether it
// is free. A free block is in the list of its class.
typedef struct Block {
    u64 size;
    u64 before;
    struct Block *next, *previous;
} Block;
enum { HEADER = 16, FREE = 1 };

static u8 space[BYTES + sizeof(Block)] __attribute__((aligned(16)));
static Block lists[CLASSES];
static u64 *owned[OWNERS];

static u64 size_of(const Block *block) { return block->size & ~(u64)FREE; }
static Block *at(const void *address, i64 distance) { return (Block *)((u8 *)address + distance); }
static u32 class_of(u64 size) {
    u32 class = 63 - __builtin_clzll(size / LEAST);
    return class < CLASSES ? class : CLASSES - 1;
}

static void resize(Block *block, u64 size, u64 state) {
    block->size = size | state;
    at(block, size)->before = size;
}

static void release(Block *block, u64 size) {
    Block *list = &lists[class_of(size)];
    resize(block, size, FREE);
    block->next = list->next;
    block->previous = list;
    list->next->previous = block;
    list->next = block;
}

static void take(Block *block) {
    block->next->previous = block->previous;
    block->previous->next = block->next;
}

static u64 *allocate(u64 bytes) {
    u64 size = (bytes + HEADER + LEAST - 1) / LEAST * LEAST;
    for (u32 class = class_of(size); class < CLASSES; class++) {
        Block *block = lists[class].next;
        while (block != &lists[class] && size_of(block) < size) block = block->next;
        if (block == &lists[class]) continue;
        u64 rest = size_of(block) - size;
        take(block);
        resize(block, size, 0);
        if (rest) release(at(block, size), rest);
        return (u64 *)at(block, HEADER);
    }
    return 0;
}

static void free_block(u64 *bytes) {
    Block *block = at(bytes, -HEADER), *after = at(block, size_of(block)), *before = at(block, -(i64)block->before);
    u64 size = size_of(block);
    if (after->size & FREE) take(after), size += size_of(after);
    if (block->before && before->size & FREE) take(before), size += size_of(before), block = before;
    release(block, size);
}

static void clear(void) {
    for (u32 class = 0; class < CLASSES; class++) lists[class].next = lists[class].previous = &lists[class];
    for (u32 owner = 0; owner < OWNERS; owner++) owned[owner] = 0;
    Block *block = (Block *)space;
    block->before = 0;
    release(block, BYTES);
    at(block, BYTES)->size = 0;
}

static u64 words_of(const u64 *bytes) { return (size_of(at(bytes, -HEADER)) - HEADER) / 8; }

u64 run(u32 n) {
    u64 state = SEED, sum = 0;
    clear();
    for (u32 step = 0; step < n * 1000; step++) {
        u64 random = next(&state);
        u64 **owner = &owned[random % OWNERS];
        u64 words = 1 + (random >> 32) % (8 << (random >> 60));
        u64 *fresh = allocate((words < 512 ? words : 512) * 8);
        u64 *old = *owner, kept = old ? words_of(old) : 0, room = fresh ? words_of(fresh) : 0;
        for (u64 word = 0; word < kept; word++) sum = mix(sum, old[word]);
        for (u64 word = 0; word < room; word++) fresh[word] = word < kept ? old[word] + 1 : sum ^ word;
        if (old) free_block(old);
        *owner = fresh;
    }
    return sum;
}
