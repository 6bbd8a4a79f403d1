// A cache that forgets what was used least recently: chains of keys, and a list in the order of use.
#include "kernel.h"

enum { ENTRIES = 64, BUCKETS = 128, NONE = -1, LOOKUPS = 1000 };
static i32 keys[ENTRIES], before[ENTRIES], after[ENTRIES], chain[ENTRIES], buckets[BUCKETS], newest, oldest;

static u32 bucket(i32 key) { return key * 7 % BUCKETS; }

static void clear(void) {
    for (u32 i = 0; i < BUCKETS; i++) buckets[i] = NONE;
    for (i32 i = 0; i < ENTRIES; i++) {
        keys[i] = chain[i] = NONE;
        before[i] = i - 1;
        after[i] = i + 1;
    }
    newest = 0;
    oldest = ENTRIES - 1;
}

static void forget(i32 entry) {
    i32 *at = &buckets[bucket(keys[entry])];
    while (*at != entry) at = &chain[*at];
    *at = chain[entry];
}

static void use(i32 entry) {
    if (entry == newest) return;
    if (entry == oldest) {
        oldest = before[entry];
    } else {
        after[before[entry]] = after[entry];
        before[after[entry]] = before[entry];
    }
    after[entry] = newest;
    before[newest] = entry;
    newest = entry;
}

static u32 lookup(i32 key) {
    i32 entry = buckets[bucket(key)];
    while (entry != NONE && keys[entry] != key) entry = chain[entry];
    u32 hit = entry != NONE;
    if (!hit) {
        entry = oldest;
        if (keys[entry] != NONE) forget(entry);
        keys[entry] = key;
        chain[entry] = buckets[bucket(key)];
        buckets[bucket(key)] = entry;
    }
    use(entry);
    return hit;
}

u64 run(u32 n) {
    u64 state = SEED, hits = 0;
    clear();
    for (u32 i = 0; i < n * LOOKUPS; i++) {
        u64 random = next(&state);
        hits += lookup((random >> 58) + (random >> 50 & 31) * (random >> 63));
    }
    return hits;
}
