// Directories. Functions: path_create_directory, path_remove_directory, path_unlink_file, path_rename,
// fd_readdir, path_filestat_get.
#include "check.h"
#include <dirent.h>
#include <stdlib.h>

static int compare(const void *a, const void *b) { return strcmp(a, b); }

static void list(const char *path) {
    char names[64][32];
    int count = 0;
    DIR *dir = fdopendir(openat(base, path, O_RDONLY | O_DIRECTORY));
    for (struct dirent *entry; (entry = readdir(dir)) && count < 64; count++)
        snprintf(names[count], 32, "%s%s", entry->d_name, entry->d_type == DT_DIR ? "/" : "");
    qsort(names, count, 32, compare);
    printf("%s:", path);
    for (int n = 0; n < count; n++)
        printf(" %s", names[n]);
    printf("\n");
    // From a place in the middle, the rest comes once more.
    rewinddir(dir);
    int all = count;
    for (count = 0; count < all / 2; count++)
        readdir(dir);
    long middle = telldir(dir);
    for (int times = 0; times < 2; times++) {
        seekdir(dir, middle);
        int rest = 0;
        while (readdir(dir))
            rest++;
        printf("rest %d of %d\n", rest, all);
    }
    closedir(dir);
}

int main(int argc, char **argv) {
    struct stat st;
    start(argc, argv);
    SAY(mkdirat(base, "d", 0777));
    SAY(mkdirat(base, "d", 0777));
    SAY(mkdirat(base, "d/e/", 0777));
    SAY(mkdirat(base, "none/e", 0777));
    SAY(mkdirat(base, "d/.", 0777));
    for (int n = 0; n < 20; n++) {
        char name[32];
        snprintf(name, 32, "d/file%d", n);
        close(openat(base, name, O_WRONLY | O_CREAT, 0666));
    }
    list("d");
    SAY(mkdirat(base, "d/file0/x", 0777));
    SAY(mkdirat(base, "d/file0", 0777));
    SAY(unlinkat(base, "d", AT_REMOVEDIR));
    SAY(unlinkat(base, "d/file0", AT_REMOVEDIR));
    SAY(unlinkat(base, "none", AT_REMOVEDIR));
    SAY(unlinkat(base, "d/e/.", AT_REMOVEDIR));
    SAY(unlinkat(base, "d/e", 0));
    SAY(unlinkat(base, "none", 0));
    SAY(unlinkat(base, "d/file1/", 0));
    SAY(renameat(base, "d/file1", base, "d/e/moved"));
    SAY(renameat(base, "d/file1", base, "d/e/moved"));
    SAY(renameat(base, "d/file2", base, "d/file3"));
    SAY(renameat(base, "d/file3", base, "d/e"));
    SAY(renameat(base, "d/e", base, "d/file3"));
    SAY(renameat(base, "d", base, "d/e/inside"));
    SAY(renameat(base, "d/e", base, "d"));
    SAY(renameat(base, "d/e/moved", base, "top/"));
    SAY(mkdirat(base, "empty", 0777));
    SAY(renameat(base, "empty", base, "d/e"));
    SAY(renameat(base, "d/e", base, "empty"));
    SAY(renameat(base, "empty", base, "again/"));
    list("d");
    list("again");
    SAY(fstatat(base, "again", &st, 0));
    printf("directory %d\n", S_ISDIR(st.st_mode));
    SAY(fstatat(base, "again/moved/", &st, 0));
    SAY(fstatat(base, "again/../again/moved", &st, 0));
    // What is removed while it is open has nothing in it.
    SAY(mkdirat(base, "gone", 0777));
    int gone = OPENS(openat(base, "gone", O_RDONLY | O_DIRECTORY));
    SAY(unlinkat(base, "gone", AT_REMOVEDIR));
    SAY(mkdirat(gone, "x", 0777));
    OPENS(openat(gone, "x", O_WRONLY | O_CREAT, 0666));
    SAY(close(gone));
    int file = openat(base, "d/file5", O_RDONLY);
    SAY(mkdirat(file, "x", 0777));
    SAY(unlinkat(file, "x", 0));
    return 0;
}
