// Primes below 100,000 by the sieve of Eratosthenes: byte stores in nested integer loops.
#include "kernel.h"

enum { LIMIT = 100000 };
static u8 composite[LIMIT];

u64 run(u32 n) {
    u64 sum = 0;
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < LIMIT; i++) composite[i] = 0;
        for (u32 i = 2; i * i < LIMIT; i++) {
            if (composite[i]) continue;
            for (u32 j = i * i; j < LIMIT; j += i) composite[j] = 1;
        }
        u32 count = 0;
        for (u32 i = 2; i < LIMIT; i++) count += !composite[i];
        sum = mix(sum, count + round);
    }
    return sum;
}
