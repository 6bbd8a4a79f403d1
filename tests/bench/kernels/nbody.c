// Five bodies of the solar system, from the Computer Language Benchmarks Game: divisions, square
// roots and many live doubles.
#include "kernel.h"

enum { BODIES = 5 };
#define PI 3.141592653589793
#define MASS (4 * PI * PI)
#define YEAR 365.24

typedef struct {
    f64 x, y, z, vx, vy, vz, mass;
} Body;

static const Body START[BODIES] = {
    {0, 0, 0, 0, 0, 0, MASS},
    {4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01,
     1.66007664274403694e-03 * YEAR, 7.69901118419740425e-03 * YEAR,
     -6.90460016972063023e-05 * YEAR, 9.54791938424326609e-04 * MASS},
    {8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01,
     -2.76742510726411899e-03 * YEAR, 4.99852801234917238e-03 * YEAR,
     2.30417297573763929e-05 * YEAR, 2.85885980666130812e-04 * MASS},
    {1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01,
     2.96460137564761618e-03 * YEAR, 2.37847173959480950e-03 * YEAR,
     -2.96589568540237556e-05 * YEAR, 4.36624404335156298e-05 * MASS},
    {1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01,
     2.68067772490389322e-03 * YEAR, 1.62824170038242295e-03 * YEAR,
     -9.51592254519715870e-05 * YEAR, 5.15138902046611451e-05 * MASS}};

static Body bodies[BODIES];

static void advance(f64 dt) {
    for (u32 i = 0; i < BODIES; i++) {
        Body *a = &bodies[i];
        for (u32 j = i + 1; j < BODIES; j++) {
            Body *b = &bodies[j];
            f64 dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            f64 square = dx * dx + dy * dy + dz * dz;
            f64 strength = dt / (square * __builtin_sqrt(square));
            a->vx -= dx * b->mass * strength;
            a->vy -= dy * b->mass * strength;
            a->vz -= dz * b->mass * strength;
            b->vx += dx * a->mass * strength;
            b->vy += dy * a->mass * strength;
            b->vz += dz * a->mass * strength;
        }
    }
    for (u32 i = 0; i < BODIES; i++) {
        Body *a = &bodies[i];
        a->x += dt * a->vx, a->y += dt * a->vy, a->z += dt * a->vz;
    }
}

static f64 energy(void) {
    f64 e = 0;
    for (u32 i = 0; i < BODIES; i++) {
        const Body *a = &bodies[i];
        e += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
        for (u32 j = i + 1; j < BODIES; j++) {
            const Body *b = &bodies[j];
            f64 dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            e -= a->mass * b->mass / __builtin_sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return e;
}

u64 run(u32 n) {
    f64 px = 0, py = 0, pz = 0;
    for (u32 i = 0; i < BODIES; i++) {
        bodies[i] = START[i];
        px += bodies[i].vx * bodies[i].mass;
        py += bodies[i].vy * bodies[i].mass;
        pz += bodies[i].vz * bodies[i].mass;
    }
    bodies[0].vx = -px / MASS, bodies[0].vy = -py / MASS, bodies[0].vz = -pz / MASS;
    for (u32 step = 0; step < n * 1000; step++) advance(0.01);
    return -energy() * 1e12;
}
