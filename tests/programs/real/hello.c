// What clang compiles inside of the runtime: headers, a library and floats.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    char *text = malloc(64);
    snprintf(text, 64, "%.3f", 355.0 / 113.0);
    printf("hello from clang: %s, %zu\n", text, strlen(text));
    free(text);
    return 7;
}
