// Standard streams that are files or pipes: what is known of them. Functions: fd_fdstat_get,
// fd_filestat_get, fd_seek, fd_tell, fd_read, fd_write.
#include "check.h"

static void show(const char *name, int fd) {
    struct stat st;
    int known = fstat(fd, &st);
    fprintf(stderr, "%s: known %d, regular %d, size %lld, terminal %d\n", name, known,
            S_ISREG(st.st_mode) ? 1 : 0, S_ISREG(st.st_mode) ? (long long)st.st_size : -1LL, isatty(fd));
    long long at = lseek(fd, 0, SEEK_CUR);
    if (at < 0)
        fprintf(stderr, "%s: %s\n", name, name_of(errno));
    else
        fprintf(stderr, "%s: at %lld\n", name, at);
}

int main(void) {
    char buffer[16];
    show("input", 0);
    show("output", 1);
    long long count = read(0, buffer, 4);
    fprintf(stderr, "read %lld\n", count);
    fprintf(stderr, "wrote %lld\n", (long long)write(1, buffer, count));
    show("input", 0);
    show("output", 1);
    if (lseek(0, -2, SEEK_END) >= 0) {
        count = read(0, buffer, 16);
        fprintf(stderr, "the end: `%.*s`\n", (int)count, buffer);
    }
    if (lseek(1, 1, SEEK_SET) >= 0)
        fprintf(stderr, "wrote %lld\n", (long long)write(1, "X", 1));
    return 0;
}
