// Quicksort with insertion sort for small parts, and heap sort: compares, swaps, both recursive
// and not.
#include "kernel.h"

enum { LEN = 10000 };
static i32 values[LEN], copy[LEN];

static inline void swap(i32 *a, i32 *b) {
    i32 kept = *a;
    *a = *b;
    *b = kept;
}

NOINLINE static void quick(i32 *v, i32 low, i32 high) {
    while (high - low > 12) {
        i32 middle = low + (high - low) / 2;
        if (v[middle] < v[low]) swap(&v[middle], &v[low]);
        if (v[high] < v[low]) swap(&v[high], &v[low]);
        if (v[high] < v[middle]) swap(&v[high], &v[middle]);
        i32 pivot = v[middle], i = low, j = high;
        while (i <= j) {
            while (v[i] < pivot) i++;
            while (v[j] > pivot) j--;
            if (i <= j) swap(&v[i++], &v[j--]);
        }
        quick(v, low, j);
        low = i;
    }
    for (i32 i = low + 1; i <= high; i++) {
        i32 value = v[i], j = i;
        for (; j > low && v[j - 1] > value; j--) v[j] = v[j - 1];
        v[j] = value;
    }
}

NOINLINE static void sift(i32 *v, u32 root, u32 len) {
    for (u32 child; (child = 2 * root + 1) < len; root = child) {
        if (child + 1 < len && v[child] < v[child + 1]) child++;
        if (v[root] >= v[child]) return;
        swap(&v[root], &v[child]);
    }
}

static void heap(i32 *v, u32 len) {
    for (u32 i = len / 2; i-- > 0;) sift(v, i, len);
    for (u32 end = len; end-- > 1;) {
        swap(&v[0], &v[end]);
        sift(v, 0, end);
    }
}

u64 run(u32 n) {
    u64 state = SEED, sum = 0;
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < LEN; i++) copy[i] = values[i] = next(&state) >> 32;
        quick(values, 0, LEN - 1);
        heap(copy, LEN);
        u32 same = 1;
        for (u32 i = 0; i < LEN; i++) same &= values[i] == copy[i];
        sum = mix(sum, (u64)(u32)values[LEN / 3] << 1 | same);
    }
    return sum;
}
