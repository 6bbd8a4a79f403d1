// Rays against spheres, in double precision, with a root by Newton's method.
#include "kernel.h"

enum { SPHERES = 6, SIDE = 24 };
typedef struct {
    f64 x, y, z;
} Vector;
static struct {
    Vector centre;
    f64 radius;
} spheres[SPHERES];

static f64 root(f64 x) {
    f64 guess = x > 1 ? x : 1;
    for (u32 i = 0; i < 12; i++) guess = 0.5 * (guess + x / guess);
    return guess;
}

static f64 dot(Vector a, Vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }

static void place(u64 *state) {
    for (u32 i = 0; i < SPHERES; i++) {
        spheres[i].centre.x = (f64)(next(state) % 100) / 10 - 5;
        spheres[i].centre.y = (f64)(next(state) % 100) / 10 - 5;
        spheres[i].centre.z = (f64)(next(state) % 100) / 10 + 5;
        spheres[i].radius = (f64)(next(state) % 10) / 8 + 1;
    }
}

static u64 trace(Vector ray) {
    f64 nearest = 1e9;
    u32 hit = 0;
    for (u32 i = 0; i < SPHERES; i++) {
        f64 along = dot(ray, spheres[i].centre);
        f64 apart = dot(spheres[i].centre, spheres[i].centre) - spheres[i].radius * spheres[i].radius;
        f64 inside = along * along - apart;
        if (inside <= 0) continue;
        f64 distance = along - root(inside);
        if (distance < 1e-3 || distance >= nearest) continue;
        nearest = distance;
        hit = i + 1;
    }
    return hit ? hit + (u64)(nearest * 100) : 0;
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    place(&state);
    for (u32 round = 0; round < n; round++)
        for (i32 y = 0; y < SIDE; y++)
            for (i32 x = 0; x < SIDE; x++) {
                Vector ray = {(x - SIDE / 2) / 12.0, (y - SIDE / 2) / 12.0, 1};
                f64 length = root(dot(ray, ray));
                hash = hash * 31 + trace((Vector){ray.x / length, ray.y / length, ray.z / length});
            }
    return hash;
}
