// Solves a sudoku given as 81 characters, with `.` or `0` for an empty cell.
//
//     sudoku [PUZZLE]
//
// Prints the grid and how many guesses it took; fails if there is no solution.
#include <stdio.h>
#include <string.h>

static const char *EXAMPLE =
    "53..7...."
    "6..195..."
    ".98....6."
    "8...6...3"
    "4..8.3..1"
    "7...2...6"
    ".6....28."
    "...419..5"
    "....8..79";

// Digits used in each row, column and box, as bits 1 to 9.
static unsigned rows[9], columns[9], boxes[9];
static int cells[81];
static unsigned guesses;

static int box(int cell) { return cell / 27 * 3 + cell % 9 / 3; }

static unsigned candidates(int cell) {
    return 0x3FE & ~(rows[cell / 9] | columns[cell % 9] | boxes[box(cell)]);
}

static void toggle(int cell, int digit) {
    rows[cell / 9] ^= 1u << digit;
    columns[cell % 9] ^= 1u << digit;
    boxes[box(cell)] ^= 1u << digit;
}

// Fills the empty cell with the fewest candidates, and tries each of them.
static int solve(void) {
    int best = -1, fewest = 10;
    for (int cell = 0; cell < 81; cell++) {
        if (cells[cell]) continue;
        int count = __builtin_popcount(candidates(cell));
        if (count < fewest) fewest = count, best = cell;
    }
    if (best < 0) return 1;
    for (int digit = 1; digit <= 9; digit++) {
        if (!(candidates(best) >> digit & 1)) continue;
        guesses += fewest > 1;
        cells[best] = digit;
        toggle(best, digit);
        if (solve()) return 1;
        toggle(best, digit);
        cells[best] = 0;
    }
    return 0;
}

static int read_puzzle(const char *text) {
    if (strlen(text) != 81) return fprintf(stderr, "a puzzle has 81 cells, this has %zu\n", strlen(text)), 0;
    for (int cell = 0; cell < 81; cell++) {
        char c = text[cell];
        if (c == '.' || c == '0') continue;
        if (c < '1' || c > '9') return fprintf(stderr, "cell %d: `%c` is no digit\n", cell + 1, c), 0;
        if (!(candidates(cell) >> (c - '0') & 1))
            return fprintf(stderr, "cell %d: a second %c\n", cell + 1, c), 0;
        cells[cell] = c - '0';
        toggle(cell, c - '0');
    }
    return 1;
}

int main(int argc, char **argv) {
    if (argc > 2) return fprintf(stderr, "usage: sudoku [PUZZLE]\n"), 2;
    if (!read_puzzle(argc == 2 ? argv[1] : EXAMPLE)) return 2;
    if (!solve()) return printf("no solution\n"), 1;
    for (int cell = 0; cell < 81; cell++) printf("%d%c", cells[cell], cell % 9 == 8 ? '\n' : ' ');
    printf("%u guesses\n", guesses);
    return 0;
}
