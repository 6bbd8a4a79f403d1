// Satisfiability of random formulas: propagation over two watched literals of each clause, and a
// search that goes back to the last decision with an alternative.
#include "../kernel.h"

enum { VARIABLES = 60, CLAUSES = 255, WIDTH = 3, NONE = -1 };
enum { UNKNOWN, TRUE, FALSE };

// A literal is a variable twice, plus one where it is negated. Of a clause the first two literals are
// watched; a watch is its clause twice, plus which of the two.
static u32 clauses[CLAUSES][WIDTH];
static i32 watches[2 * VARIABLES], following[2 * CLAUSES];
static u8 values[2 * VARIABLES];
static u32 trail[VARIABLES], assigned, propagated;
static struct {
    u32 begin, literal, flipped;
} decisions[VARIABLES];
static u32 depth, uses[VARIABLES];

static void watch(u32 literal, i32 entry) {
    following[entry] = watches[literal];
    watches[literal] = entry;
}

static void formula(u64 *state) {
    for (u32 i = 0; i < 2 * VARIABLES; i++) {
        watches[i] = NONE;
        values[i] = UNKNOWN;
        uses[i / 2] = 0;
    }
    for (u32 i = 0; i < CLAUSES; i++) {
        for (u32 j = 0; j < WIDTH; j++) {
            u32 same, literal;
            do {
                literal = (next(state) >> 32) % (2 * VARIABLES);
                same = 0;
                for (u32 k = 0; k < j; k++) same |= clauses[i][k] / 2 == literal / 2;
            } while (same);
            clauses[i][j] = literal;
            uses[literal / 2]++;
        }
        watch(clauses[i][0], 2 * i);
        watch(clauses[i][1], 2 * i + 1);
    }
    assigned = propagated = depth = 0;
}

static void assign(u32 literal) {
    values[literal] = TRUE;
    values[literal ^ 1] = FALSE;
    trail[assigned++] = literal;
}

// Assigns what follows; whether no clause is false.
NOINLINE static u32 propagate(void) {
    while (propagated < assigned) {
        u32 wrong = trail[propagated++] ^ 1;
        for (i32 *at = &watches[wrong]; *at != NONE;) {
            i32 entry = *at;
            u32 *clause = clauses[entry / 2];
            u32 other = clause[~entry & 1];
            if (values[other] == TRUE) {
                at = &following[entry];
            } else if (values[clause[2]] != FALSE) {
                clause[entry & 1] = clause[2];
                clause[2] = wrong;
                *at = following[entry];
                watch(clause[entry & 1], entry);
            } else if (values[other] == FALSE) {
                return 0;
            } else {
                assign(other);
                at = &following[entry];
            }
        }
    }
    return 1;
}

static void decide(u32 literal, u32 flipped) {
    decisions[depth].begin = assigned;
    decisions[depth].literal = literal;
    decisions[depth++].flipped = flipped;
    assign(literal);
}

// Takes back the last decision that has an alternative, and takes the alternative.
static u32 back(void) {
    while (depth) {
        depth--;
        while (assigned > decisions[depth].begin) {
            u32 literal = trail[--assigned];
            values[literal] = values[literal ^ 1] = UNKNOWN;
        }
        propagated = assigned;
        if (!decisions[depth].flipped) {
            decide(decisions[depth].literal ^ 1, 1);
            return 1;
        }
    }
    return 0;
}

static u32 most_used(void) {
    u32 best = VARIABLES;
    for (u32 i = 0; i < VARIABLES; i++)
        if (values[2 * i] == UNKNOWN && (best == VARIABLES || uses[i] > uses[best])) best = i;
    return best;
}

u64 run(u32 n) {
    u64 state = SEED, hash = 0;
    for (u32 round = 0; round < n; round++) {
        formula(&state);
        u32 conflicts = 0, satisfied = 0;
        for (;;) {
            if (!propagate()) {
                conflicts++;
                if (!back()) break;
                continue;
            }
            if (assigned == VARIABLES) {
                satisfied = 1;
                break;
            }
            decide(2 * most_used(), 0);
        }
        hash = mix(hash, conflicts << 1 | satisfied);
        for (u32 i = 0; i < assigned; i++) hash = mix(hash, trail[i]);
    }
    return hash;
}
