// Makes a database on disk, fills it and queries it, by the C interface of SQLite.
//
// Usage: sqlite FILE make|query. `make` writes 2,000 words in one transaction, with an index; `query`,
// in another process, counts, joins, sorts and checks the file.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sqlite3 *db;

static void check(int code) {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) {
        fprintf(stderr, "%s: %s\n", sqlite3_errstr(code), sqlite3_errmsg(db));
        exit(1);
    }
}

static int print(void *unused, int count, char **values, char **names) {
    (void)unused;
    (void)names;
    for (int i = 0; i < count; i++) {
        printf("%s%s", i ? "|" : "", values[i] ? values[i] : "NULL");
    }
    putchar('\n');
    return 0;
}

static void run(const char *sql) { check(sqlite3_exec(db, sql, print, NULL, NULL)); }

static void make(void) {
    run("CREATE TABLE word(id INTEGER PRIMARY KEY, text TEXT NOT NULL, weight REAL);"
        "CREATE TABLE use(word INTEGER REFERENCES word(id), page INTEGER);"
        "CREATE INDEX use_by_word ON use(word);"
        "BEGIN");
    sqlite3_stmt *insert;
    check(sqlite3_prepare_v2(db, "INSERT INTO word(text, weight) VALUES(?, ?)", -1, &insert, NULL));
    for (int i = 0; i < 2000; i++) {
        char text[16];
        snprintf(text, sizeof text, "w%05d", i * 7919 % 2000);
        check(sqlite3_bind_text(insert, 1, text, -1, SQLITE_TRANSIENT));
        check(sqlite3_bind_double(insert, 2, i / 8.0));
        check(sqlite3_step(insert));
        check(sqlite3_reset(insert));
    }
    check(sqlite3_finalize(insert));
    run("INSERT INTO use SELECT id, id % 97 FROM word; INSERT INTO use SELECT id, id % 89 FROM word WHERE id % 3 = 0;"
        "COMMIT;"
        "SELECT count(*), (SELECT count(*) FROM use) FROM word");
}

static void query(void) {
    run("SELECT text, weight FROM word ORDER BY text LIMIT 3;"
        "SELECT page, count(*), round(sum(weight), 3) FROM use JOIN word ON word.id = use.word"
        " GROUP BY page ORDER BY 2 DESC, 1 LIMIT 3;"
        "WITH RECURSIVE f(n, a, b) AS (SELECT 1, 0, 1 UNION ALL SELECT n + 1, b, a + b FROM f WHERE n < 60)"
        " SELECT max(a) FROM f;"
        "SELECT group_concat(upper(substr(text, 1, 3)), '-') FROM (SELECT text FROM word ORDER BY id DESC LIMIT 4);"
        "PRAGMA integrity_check");
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: sqlite FILE make|query\n");
        return 2;
    }
    check(sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL));
    if (strcmp(argv[2], "make") == 0) {
        make();
    } else {
        query();
    }
    check(sqlite3_close(db));
    return 0;
}
