// The process. Functions: args_get, args_sizes_get, environ_get, environ_sizes_get, random_get,
// sched_yield, proc_exit.
#include "check.h"
#include <sched.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    // The name and the directory differ.
    for (int n = 2; n < argc; n++) {
        printf("argument");
        for (const char *byte = argv[n]; *byte; byte++)
            printf(" %02x", (unsigned char)*byte);
        printf("\n");
    }
    const char *value = getenv("BYTES");
    for (; value && *value; value++)
        printf("value %02x\n", (unsigned char)*value);
    printf("none %d\n", getenv("NONE") == NULL);
    unsigned char random[256] = {0}, different = 0;
    SAY(getentropy(random, 256));
    for (int n = 1; n < 256; n++)
        different |= random[n] != random[0];
    printf("random %d\n", different);
    SAY(sched_yield());
    fflush(stdout);
    exit(7);
}
