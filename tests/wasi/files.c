// Files: open, read, write, seek, sizes. Functions: path_open, fd_read, fd_write, fd_pread, fd_pwrite,
// fd_seek, fd_tell, fd_filestat_get, fd_filestat_set_size, fd_allocate, fd_advise, fd_sync,
// fd_datasync, fd_fdstat_get, fd_fdstat_set_flags, fd_close.
#include "check.h"
#include <sys/uio.h>

int main(int argc, char **argv) {
    char buffer[64] = {0};
    struct stat st;
    start(argc, argv);
    OPENS(openat(base, "none", O_RDONLY));
    int fd = OPENS(openat(base, "f", O_RDWR | O_CREAT | O_EXCL, 0666));
    OPENS(openat(base, "f", O_RDWR | O_CREAT | O_EXCL, 0666));
    OPENS(openat(base, "f", O_RDONLY | O_DIRECTORY));
    OPENS(openat(base, "f/", O_RDONLY));
    OPENS(openat(base, "f/x", O_RDONLY));
    OPENS(openat(base, "", O_RDONLY));
    SAY(write(fd, "hello world", 11));
    SAY(lseek(fd, -5, SEEK_END));
    SAY(read(fd, buffer, 64));
    text("read", buffer, 5);
    SAY(read(fd, buffer, 64));
    SAY(lseek(fd, -1, SEEK_SET));
    SAY(lseek(fd, 0, 9));
    SAY(lseek(fd, 0, SEEK_CUR));
    SAY(pread(fd, buffer, 4, 1));
    text("pread", buffer, 4);
    SAY(pread(fd, buffer, 4, 100));
    SAY(pread(fd, buffer, 4, -1));
    SAY(pwrite(fd, "J", 1, 0));
    SAY(pwrite(fd, "J", 1, -1));
    SAY(lseek(fd, 0, SEEK_CUR));
    struct iovec out[3] = {{"ab", 2}, {"", 0}, {"cde", 3}};
    SAY(writev(fd, out, 3));
    struct iovec in[2] = {{buffer, 3}, {buffer + 32, 32}};
    SAY(preadv(fd, in, 2, 9));
    text("first", buffer, 3);
    text("second", buffer + 32, 4);
    SAY(pwritev(fd, out, 3, 14));
    SAY(lseek(fd, 0, SEEK_SET));
    SAY(readv(fd, in, 2));
    text("second", buffer + 32, 16);
    SAY(fstat(fd, &st));
    printf("size %lld, regular %d\n", (long long)st.st_size, S_ISREG(st.st_mode));
    SAY(ftruncate(fd, 4));
    SAY(ftruncate(fd, -1));
    SAY(lseek(fd, 0, SEEK_END));
    SAY(lseek(fd, 8, SEEK_SET));
    SAY(write(fd, "x", 1));
    SAY(pread(fd, buffer, 64, 0));
    printf("zeros between: %d\n", buffer[4] == 0 && buffer[7] == 0 && buffer[8] == 'x');
    // These give the error, and do not set it.
    printf("fallocate %d %d\n", posix_fallocate(fd, 0, 100), posix_fallocate(fd, 0, 0) == EINVAL);
    printf("advise %d\n", posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
    SAY(fstat(fd, &st));
    printf("size %lld\n", (long long)st.st_size);
    SAY(fsync(fd));
    SAY(fdatasync(fd));
    SAY(close(fd));
    SAY(close(fd));
    SAY(write(fd, "x", 1));

    int append = OPENS(openat(base, "f", O_WRONLY | O_APPEND));
    SAY(write(append, "end", 3));
    SAY(lseek(append, 0, SEEK_CUR));
    SAY(read(append, buffer, 1));
    SAY(fcntl(append, F_GETFL) & O_APPEND ? 1 : 0);
    SAY(fcntl(append, F_SETFL, 0));
    SAY(lseek(append, 0, SEEK_SET));
    SAY(write(append, "begin", 5));
    SAY(close(append));
    fd = OPENS(openat(base, "f", O_RDONLY));
    SAY(write(fd, "x", 1));
    SAY(ftruncate(fd, 1) < 0 ? 1 : 0);
    SAY(pread(fd, buffer, 5, 0));
    text("begins", buffer, 5);
    SAY(pread(fd, buffer, 9, 100));
    text("ends", buffer, 3);
    SAY(close(fd));
    fd = OPENS(openat(base, "f", O_WRONLY | O_TRUNC));
    SAY(fstat(fd, &st));
    printf("size %lld\n", (long long)st.st_size);
    // Open, but without a name.
    SAY(unlinkat(base, "f", 0));
    SAY(write(fd, "gone", 4));
    SAY(fstat(fd, &st));
    printf("size %lld, names %d\n", (long long)st.st_size, (int)st.st_nlink);
    SAY(close(fd));
    OPENS(openat(base, ".", O_WRONLY));
    OPENS(openat(base, "new/", O_WRONLY | O_CREAT, 0666));
    char long_name[300];
    memset(long_name, 'n', 299);
    long_name[299] = 0;
    OPENS(openat(base, long_name, O_WRONLY | O_CREAT, 0666));
    return 0;
}
