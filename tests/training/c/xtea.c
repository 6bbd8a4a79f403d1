// The block cipher XTEA, chained over a message, and back again.
#include "kernel.h"

enum { ROUNDS = 32, BLOCKS = 64 };
static const u32 DELTA = 0x9E3779B9;
static u32 key[4], plain[BLOCKS][2], message[BLOCKS][2];

static void encrypt(u32 block[2]) {
    u32 a = block[0], b = block[1], sum = 0;
    for (u32 i = 0; i < ROUNDS; i++) {
        a += ((b << 4 ^ b >> 5) + b) ^ (sum + key[sum & 3]);
        sum += DELTA;
        b += ((a << 4 ^ a >> 5) + a) ^ (sum + key[sum >> 11 & 3]);
    }
    block[0] = a;
    block[1] = b;
}

static void decrypt(u32 block[2]) {
    u32 a = block[0], b = block[1], sum = DELTA * ROUNDS;
    for (u32 i = 0; i < ROUNDS; i++) {
        b -= ((a << 4 ^ a >> 5) + a) ^ (sum + key[sum >> 11 & 3]);
        sum -= DELTA;
        a -= ((b << 4 ^ b >> 5) + b) ^ (sum + key[sum & 3]);
    }
    block[0] = a;
    block[1] = b;
}

static void chain(u32 to[2], const u32 from[2]) {
    to[0] ^= from[0];
    to[1] ^= from[1];
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    for (u32 i = 0; i < 4; i++) key[i] = next(&state);
    for (u32 i = 0; i < BLOCKS; i++)
        for (u32 j = 0; j < 2; j++) message[i][j] = plain[i][j] = next(&state);
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < BLOCKS; i++) {
            if (i) chain(message[i], message[i - 1]);
            encrypt(message[i]);
            hash = mix(hash, message[i][0]);
        }
        for (u32 i = BLOCKS; i-- > 0;) {
            decrypt(message[i]);
            if (i) chain(message[i], message[i - 1]);
            if (message[i][0] != plain[i][0] || message[i][1] != plain[i][1]) return i;
        }
        key[round & 3] += round;
    }
    return hash;
}
