// Counts the words of the standard input and prints the commonest ones.
//
//     words [COUNT]
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *text;
    unsigned count;
} Word;

static Word *table;
static size_t capacity = 1024, used;

static Word *find(Word *words, size_t size, const char *text) {
    size_t hash = 2166136261u;
    for (const char *c = text; *c; c++) hash = (hash ^ (unsigned char)*c) * 16777619;
    size_t at = hash & (size - 1);
    while (words[at].text && strcmp(words[at].text, text)) at = (at + 1) & (size - 1);
    return &words[at];
}

static void *must(void *memory) {
    if (!memory) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    return memory;
}

static void add(const char *text) {
    if (used * 2 >= capacity) {
        Word *larger = must(calloc(capacity * 2, sizeof *larger));
        for (size_t i = 0; i < capacity; i++)
            if (table[i].text) *find(larger, capacity * 2, table[i].text) = table[i];
        free(table);
        table = larger;
        capacity *= 2;
    }
    Word *word = find(table, capacity, text);
    if (!word->text) {
        word->text = must(strdup(text));
        used++;
    }
    word->count++;
}

static int commonest_first(const void *a, const void *b) {
    const Word *x = a, *y = b;
    if (x->count != y->count) return x->count < y->count ? 1 : -1;
    if (!x->text || !y->text) return !x->text - !y->text;
    return strcmp(x->text, y->text);
}

int main(int argc, char **argv) {
    size_t shown = argc > 1 ? strtoul(argv[1], NULL, 10) : 10;
    table = must(calloc(capacity, sizeof *table));
    char word[64];
    size_t length = 0;
    unsigned total = 0;
    for (int c; (c = getchar()) != EOF || length;) {
        if (c != EOF && isalpha(c)) {
            if (length < sizeof word - 1) word[length++] = tolower(c);
        } else if (length) {
            word[length] = 0;
            add(word);
            total++;
            length = 0;
        }
    }
    qsort(table, capacity, sizeof *table, commonest_first);
    for (size_t i = 0; i < shown && i < used; i++) printf("%7u %s\n", table[i].count, table[i].text);
    printf("%u words, %zu different\n", total, used);
    return 0;
}
