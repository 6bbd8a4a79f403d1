// An open-addressing hash table: inserts, look-ups and removals with linear probing.
#include "kernel.h"

enum { SLOTS = 8192, KEYS = 5000 };
typedef struct {
    u64 key;
    u32 value, used;
} Slot;
static Slot slots[SLOTS];

static u32 home(u64 key) {
    key *= 0xFF51AFD7ED558CCD;
    return key >> 51;
}

static Slot *find(u64 key) {
    u32 at = home(key);
    while (slots[at].used && slots[at].key != key) at = (at + 1) & (SLOTS - 1);
    return &slots[at];
}

// Knuth's algorithm R: moves later entries of the cluster back instead of leaving tombstones.
static void remove(u64 key) {
    Slot *slot = find(key);
    if (!slot->used) return;
    u32 hole = slot - slots;
    for (u32 at = hole;;) {
        at = (at + 1) & (SLOTS - 1);
        if (!slots[at].used) break;
        u32 wanted = home(slots[at].key);
        if (((at - wanted) & (SLOTS - 1)) >= ((at - hole) & (SLOTS - 1))) {
            slots[hole] = slots[at];
            hole = at;
        }
    }
    slots[hole].used = 0;
}

u64 run(u32 n) {
    u64 sum = 0;
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < SLOTS; i++) slots[i].used = 0;
        u64 state = SEED + round;
        for (u32 i = 0; i < KEYS; i++) {
            u64 key = next(&state) >> 50;
            Slot *slot = find(key);
            *slot = (Slot){key, slot->used ? slot->value + i : i, 1};
        }
        for (u32 i = 0; i < KEYS; i += 3) remove(next(&state) >> 50);
        u32 total = 0;
        for (u32 i = 0; i < KEYS; i++) {
            Slot *slot = find(next(&state) >> 50);
            total += slot->used ? slot->value : 1;
        }
        sum = mix(sum, total);
    }
    return sum;
}
