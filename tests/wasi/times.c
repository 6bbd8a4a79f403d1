// Times. Functions: path_filestat_set_times, fd_filestat_set_times, clock_time_get, clock_res_get,
// poll_oneoff with clocks.
#include "check.h"
#include <time.h>

static void show(const char *path, int flags) {
    struct stat st;
    SAY(fstatat(base, path, &st, flags));
    printf("%s: %lld.%09ld %lld.%09ld\n", path, (long long)st.st_atim.tv_sec, st.st_atim.tv_nsec,
           (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

int main(int argc, char **argv) {
    start(argc, argv);
    int fd = openat(base, "f", O_RDWR | O_CREAT, 0666);
    struct timespec times[2] = {{1000000000, 5}, {1234567890, 123456789}};
    SAY(utimensat(base, "f", times, 0));
    show("f", 0);
    struct timespec one[2] = {{0, UTIME_OMIT}, {77, 0}};
    SAY(futimens(fd, one));
    show("f", 0);
    SAY(utimensat(base, "none", times, 0));
    symlinkat("f", base, "l");
    struct timespec of_link[2] = {{5, 6}, {7, 8}};
    SAY(utimensat(base, "l", of_link, AT_SYMLINK_NOFOLLOW));
    show("l", AT_SYMLINK_NOFOLLOW);
    show("f", 0);
    SAY(utimensat(base, "l", of_link, 0));
    show("f", 0);
    struct timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    struct timespec before, after;
    SAY(clock_gettime(CLOCK_REALTIME, &before));
    SAY(utimensat(base, "f", now, 0));
    struct stat st;
    SAY(fstatat(base, "f", &st, 0));
    // The time of a file system may be that of its last tick.
    printf("now %d\n", st.st_mtim.tv_sec - before.tv_sec <= 1 && before.tv_sec - st.st_mtim.tv_sec <= 1);
    SAY(clock_gettime(CLOCK_MONOTONIC, &before));
    struct timespec wait = {0, 20000000};
    SAY(clock_nanosleep(CLOCK_MONOTONIC, 0, &wait, 0));
    SAY(clock_gettime(CLOCK_MONOTONIC, &after));
    long long passed = (after.tv_sec - before.tv_sec) * 1000000000LL + after.tv_nsec - before.tv_nsec;
    printf("passed %d\n", passed >= 20000000 && passed < 5000000000LL);
    SAY(clock_getres(CLOCK_REALTIME, &wait));
    printf("finer than 10 ms %d\n", wait.tv_sec == 0 && wait.tv_nsec <= 10000000);
    return 0;
}
