// Descriptors as WASI knows them and POSIX does not: directories that are there from the start, rights,
// numbers that move; and a signal. Functions: fd_prestat_get, fd_prestat_dir_name, fd_fdstat_get,
// fd_fdstat_set_rights, fd_renumber, proc_raise.
#include "check.h"
#include <stdlib.h>
#include <wasi/api.h>

#define FIRST 3

// The headers of the C library have no such function, and no names of signals.
__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise")))
__wasi_errno_t proc_raise(int signal);
enum { NONE = 0, KILL = 9 };

// Prints a call, and why it failed; gives whether it did not.
static int answers(const char *call, __wasi_errno_t error) {
    // POSIX has no such error.
    if (error == __WASI_ERRNO_NOTCAPABLE) {
        printf("%s: NOTCAPABLE\n", call);
        return 0;
    }
    errno = error;
    return say(call, error ? -1 : 0) == 0;
}

#define ANSWERS(call) answers(#call, (call))

// What is there from the start: one directory, with its name to the byte.
static void from_the_start(const char *name) {
    __wasi_prestat_t known;
    memset(&known, 0x55, sizeof known);
    ANSWERS(__wasi_fd_prestat_get(FIRST, &known));
    size_t length = known.u.dir.pr_name_len;
    printf("directory %d, length %d\n", known.tag == __WASI_PREOPENTYPE_DIR, length == strlen(name));
    unsigned char bytes[64];
    memset(bytes, 0x55, sizeof bytes);
    ANSWERS(__wasi_fd_prestat_dir_name(FIRST, bytes, length - 1));
    printf("untouched %d\n", bytes[0] == 0x55);
    ANSWERS(__wasi_fd_prestat_dir_name(FIRST, bytes, length));
    text("name", bytes, length);
    printf("no zero behind it %d\n", bytes[length] == 0x55);
    ANSWERS(__wasi_fd_prestat_get(0, &known));
    ANSWERS(__wasi_fd_prestat_dir_name(0, bytes, sizeof bytes));
    ANSWERS(__wasi_fd_prestat_get(FIRST + 1, &known));
    ANSWERS(__wasi_fd_prestat_get(77, &known));
    // The same directory, opened by the guest.
    ANSWERS(__wasi_fd_prestat_get(base, &known));
}

static __wasi_fdstat_t known_of(int fd) {
    __wasi_fdstat_t known;
    memset(&known, 0x55, sizeof known);
    if (__wasi_fd_fdstat_get(fd, &known))
        printf("nothing known\n");
    return known;
}

// Rights go and never come back, neither to the descriptor nor to what is opened through it.
static void rights(void) {
    char buffer[8];
    int fd = OPENS(openat(base, "f", O_RDWR | O_CREAT, 0666));
    SAY(write(fd, "bytes", 5));
    const __wasi_rights_t all = known_of(fd).fs_rights_base;
    const __wasi_rights_t write_ = __WASI_RIGHTS_FD_WRITE, read_ = __WASI_RIGHTS_FD_READ;
    printf("reads and writes %d\n", (all & read_) && (all & write_));
    ANSWERS(__wasi_fd_fdstat_set_rights(fd, all, 0));
    ANSWERS(__wasi_fd_fdstat_set_rights(fd, all & ~write_, 0));
    printf("gone %d\n", known_of(fd).fs_rights_base == (all & ~write_));
    ANSWERS(__wasi_fd_pwrite(fd, NULL, 0, 0, &(__wasi_size_t){0}));
    SAY(pread(fd, buffer, 8, 0));
    ANSWERS(__wasi_fd_fdstat_set_rights(fd, all, 0));
    ANSWERS(__wasi_fd_fdstat_set_rights(fd, all & ~write_, write_));
    printf("as before %d\n", known_of(fd).fs_rights_base == (all & ~write_));
    ANSWERS(__wasi_fd_fdstat_set_rights(fd, 0, 0));
    ANSWERS(__wasi_fd_fdstat_set_rights(fd, read_, 0));
    ANSWERS(__wasi_fd_tell(fd, &(__wasi_filesize_t){0}));
    SAY(close(fd));
    // Of a directory: what is opened through it may do no more.
    const __wasi_fdstat_t directory = known_of(base);
    ANSWERS(__wasi_fd_fdstat_set_rights(base, directory.fs_rights_base & ~__WASI_RIGHTS_PATH_UNLINK_FILE,
                                        directory.fs_rights_inheriting & ~write_));
    ANSWERS(__wasi_path_unlink_file(base, "f"));
    __wasi_fd_t opened;
    ANSWERS(__wasi_path_open(base, 0, "f", 0, read_ | write_, 0, 0, &opened));
    if (ANSWERS(__wasi_path_open(base, 0, "f", 0, read_, 0, 0, &opened)))
        printf("only reads %d\n", known_of(opened).fs_rights_base == read_);
    SAY(close(opened));
    ANSWERS(__wasi_fd_fdstat_set_rights(77, 0, 0));
}

// A descriptor takes the number of another one, which is closed.
static void numbers(void) {
    char buffer[8];
    int one = OPENS(openat(base, "one", O_RDONLY));
    int two = OPENS(openat(base, "two", O_RDONLY));
    SAY(read(two, buffer, 1));
    ANSWERS(__wasi_fd_renumber(two, one));
    SAY(read(one, buffer, 8));
    text("of two, from where it was", buffer, 2);
    SAY(read(two, buffer, 8));
    ANSWERS(__wasi_fd_renumber(two, one));
    ANSWERS(__wasi_fd_renumber(one, two));
    ANSWERS(__wasi_fd_renumber(one, one));
    SAY(lseek(one, 0, SEEK_CUR));
    ANSWERS(__wasi_fd_renumber(one, FIRST));
    ANSWERS(__wasi_fd_renumber(FIRST, one));
    ANSWERS(__wasi_fd_renumber(77, 78));
    ANSWERS(__wasi_fd_renumber(one, 77));
    SAY(close(one));
    SAY(close(one));
}

// A stream is a descriptor as any other: what is printed next goes to a file.
static void output(void) {
    char buffer[8] = {0};
    int file = OPENS(openat(base, "out", O_RDWR | O_CREAT, 0666));
    fflush(stdout);
    __wasi_errno_t error = __wasi_fd_renumber(file, 2);
    fprintf(stderr, "to file");
    int read_again = OPENS(openat(base, "out", O_RDONLY));
    answers("__wasi_fd_renumber(file, 2)", error);
    SAY(read(read_again, buffer, 8));
    text("printed", buffer, 7);
}

static void file(const char *name, const char *bytes) {
    int fd = openat(base, name, O_WRONLY | O_CREAT, 0666);
    if (write(fd, bytes, strlen(bytes)) < 0)
        exit(1);
    close(fd);
}

int main(int argc, char **argv) {
    start(argc, argv);
    file("one", "1234");
    file("two", "abc");
    from_the_start(argv[1]);
    numbers();
    output();
    rights();
    ANSWERS(proc_raise(NONE));
    ANSWERS(proc_raise(KILL));
    return 0;
}
