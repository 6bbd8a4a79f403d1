// What the programs here share: they work below the directory that their first argument names, and
// print what each call answers, so that a run on Linux says what is right.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int base;

static const char *name_of(int number) {
    static const struct { int number; const char *name; } names[] = {
        {EACCES, "ACCES"}, {EAGAIN, "AGAIN"}, {EBADF, "BADF"}, {EBUSY, "BUSY"}, {EEXIST, "EXIST"},
        {EFBIG, "FBIG"}, {EINVAL, "INVAL"}, {EISDIR, "ISDIR"}, {ELOOP, "LOOP"},
        {ENAMETOOLONG, "NAMETOOLONG"}, {ENOENT, "NOENT"}, {ENOSYS, "NOSYS"}, {ENOTCONN, "NOTCONN"},
        {ENOTDIR, "NOTDIR"}, {ENOTEMPTY, "NOTEMPTY"}, {ENOTSUP, "NOTSUP"}, {EPERM, "PERM"},
        {EPIPE, "PIPE"}, {ESPIPE, "SPIPE"}, {EXDEV, "XDEV"},
    };
    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        if (names[n].number == number)
            return names[n].name;
    return "?";
}

// Prints a call, and its result or why it failed; gives the result.
static long long say(const char *call, long long result) {
    if (result < 0)
        printf("%s: %s\n", call, name_of(errno));
    else
        printf("%s: %lld\n", call, result);
    errno = 0;
    return result;
}

#define SAY(call) say(#call, (call))
// A descriptor's number is nobody's business.
#define OPENS(call) opens(#call, (call))

static inline int opens(const char *call, int fd) {
    say(call, fd < 0 ? -1 : 0);
    return fd;
}

static inline void text(const char *what, const void *bytes, long long length) {
    printf("%s: `%.*s`\n", what, length < 0 ? 0 : (int)length, (const char *)bytes);
}

static inline void start(int argc, char **argv) {
    base = argc > 1 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;
    if (base < 0)
        printf("no directory\n");
}
