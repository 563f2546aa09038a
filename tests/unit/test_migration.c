// SPDX-License-Identifier: MIT
// Catalogs that an older samplecase wrote: they are read as they are, and whoever writes brings
// them forward.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/catalog.h"
#include "store/remove.h"
#include "store/verify.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scratch_ragged.h"

enum {
    NOBODY = 65534,
    PATIENCE = 10000, // milliseconds
};

static void run_sql(sqlite3 *db, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
}

static long long number(struct scratch *scratch, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(scratch_path(scratch, "catalog.sqlite3"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    long long value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return value;
}

// Imports two datasets and writes their catalog as the first version had it.
static void make_old(struct scratch *scratch)
{
    static const char *const TABLES[][2] = {
        {"dataset", "id, name, revision, created, title, description, license, citation, homepage,"
                    " task"},
        {"warning", "*"},
        {"source", "*"},
        {"split", "*"},
        {"feature", "dataset, number, name, kind, dtype, shape, white, target, parent"},
        {"class", "*"},
        {"class_count", "*"},
        {"array", "dataset, split, feature, role, bytes, sha256"},
    };
    struct error error = ERROR_INIT;
    struct writer_result result;
    assert_true(scratch_import(scratch->folder, "a", 20, 1, false, NULL, &error));
    struct writer *writer = scratch_begin(scratch->folder, "b", false, &error);
    assert_true(scratch_append(writer, "train", 0, 9, 4, &error));
    assert_true(scratch_append(writer, "test", 0, 7, 3, &error));
    assert_true(writer_warn(writer, &error, "old"));
    assert_true(writer_source(writer, "b.csv", 5, "", &error));
    assert_true(writer_commit(writer, &result, &error));
    writer_free(writer);

    char now[256], text[20000];
    snprintf(now, sizeof now, "%s", scratch_path(scratch, "new.sqlite3"));
    assert_int_equal(rename(scratch_path(scratch, "catalog.sqlite3"), now), 0);
    FILE *file = fopen("migrations/001_catalog.sql", "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(scratch_path(scratch, "catalog.sqlite3"), &db), SQLITE_OK);
    run_sql(db, "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL");
    run_sql(db, text);
    snprintf(text, sizeof text, "ATTACH '%s' AS new; PRAGMA user_version = 1", now);
    run_sql(db, text);
    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++) {
        snprintf(text, sizeof text, "INSERT INTO main.%s SELECT %s FROM new.%s", TABLES[i][0],
                 TABLES[i][1], TABLES[i][0]);
        run_sql(db, text);
    }
    sqlite3_close(db);
    assert_int_equal(unlink(now), 0);
}

// Exits with 0 when both datasets can be read.
static int look(const char *path)
{
    struct error error = ERROR_INIT;
    struct catalog_entry *entries = NULL;
    size_t count = 0;
    struct folder *folder = folder_open(path, FOLDER_READ, &error);
    struct catalog *catalog = folder ? catalog_open(folder, FOLDER_READ, &error) : NULL;
    bool ok = catalog && catalog_read(catalog, &entries, &count, &error) && count == 2 &&
              entries[1].num_arrays == 6 && entries[1].schema.num_sources == 1 &&
              entries[1].schema.num_set_aside == 0 &&
              entries[1].schema.features[0].storage == STORAGE_ROWS &&
              entries[1].arrays[4].role == ARRAY_VALUES &&
              entries[1].arrays[5].role == ARRAY_BY_CLASS;
    if (!ok)
        fprintf(stderr, "%zu datasets: %s\n", count, error.text);
    for (size_t i = 0; i < count; i++)
        catalog_entry_clear(&entries[i]);
    free(entries);
    catalog_close(catalog);
    folder_close(folder);
    return ok ? 0 : 1;
}

static void reads_what_is_old(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct verify_result result;
    make_old(scratch);
    assert_int_equal(look(scratch->path), 0);
    assert_true(verify_dataset(scratch->folder, "b", NULL, NULL, &result, &error));
    assert_int_equal(result.num_files, 6);
    assert_int_equal(result.num_damaged, 0);
    // Also where nothing can be written.
    assert_int_equal(chmod(scratch->path, 0555), 0);
    pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
            _exit(98);
        _exit(look(scratch->path));
    }
    int status;
    waitpid(child, &status, 0);
    chmod(scratch->path, 0755);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(number(scratch, "PRAGMA user_version"), 1); // reading leaves it alone
}

static void brings_it_forward(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_result result;
    uint64_t freed;
    make_old(scratch);
    catalog_close(catalog_open(scratch->folder, FOLDER_WRITE, &error));
    assert_int_equal(error.kind, ERROR_NONE);
    assert_int_equal(number(scratch, "PRAGMA user_version"), 2);
    assert_int_equal(number(scratch, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_int_equal(number(scratch, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"),
                     1);
    assert_int_equal(number(scratch, "SELECT count(*) FROM array"), 3 + 6);
    assert_int_equal(look(scratch->path), 0);
    // It is as good as a new one.
    assert_true(ragged_import(scratch->folder, "r", false, &result, &error));
    assert_true(remove_dataset(scratch->folder, "b", &freed, &error));
    assert_int_equal(freed, 6 * 128 + 16 * (4 + 1 + 8));
    assert_int_equal(number(scratch, "SELECT count(*) FROM array"), 3 + 20);
    assert_int_equal(number(scratch, "SELECT count(*) FROM array WHERE split IS NULL"), 2);
    assert_true(scratch_import(scratch->folder, "a", 30, 2, true, NULL, &error));
}

// A server has the old catalog open when somebody brings it forward.
static void a_running_reader_goes_on(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_result result;
    make_old(scratch);
    struct library *library = library_open(scratch->path, NULL, NULL, &error);
    if (!library)
        fail_msg("%s", error.text);
    struct snapshot *snapshot = library_snapshot(library);
    assert_int_equal(snapshot_num_datasets(snapshot), 2);
    struct dataset *before = dataset_hold(snapshot_find(snapshot, "a"));
    assert_true(scratch_is_whole(before));
    snapshot_release(snapshot);
    assert_true(ragged_import(scratch->folder, "r", false, &result, &error));
    size_t count = 0;
    for (int waited = 0; waited < PATIENCE && count < 3; waited += 10) {
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        snapshot = library_snapshot(library);
        count = snapshot_num_datasets(snapshot);
        snapshot_release(snapshot);
    }
    snapshot = library_snapshot(library);
    assert_int_equal(count, 3);
    assert_ptr_equal(snapshot_find(snapshot, "a"), before); // not even opened anew
    assert_non_null(snapshot_find(snapshot, "r"));
    snapshot_release(snapshot);
    dataset_release(before);
    library_close(library);
}

// A catalog that becomes too new for this program under its hands.
static void a_running_reader_says_that_it_is_too_old(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct catalog_entry *entries;
    size_t count;
    assert_true(scratch_import(scratch->folder, "a", 20, 1, false, NULL, &error));
    struct catalog *catalog = catalog_open(scratch->folder, FOLDER_READ, &error);
    assert_true(catalog_read(catalog, &entries, &count, &error));
    catalog_entry_clear(&entries[0]);
    free(entries);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(scratch_path(scratch, "catalog.sqlite3"), &db), SQLITE_OK);
    run_sql(db, "PRAGMA user_version = 99");
    sqlite3_close(db);
    assert_false(catalog_read(catalog, &entries, &count, &error));
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_non_null(strstr(error.text, "written by a newer samplecase"));
    catalog_close(catalog);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_what_is_old),
        TEST(brings_it_forward),
        TEST(a_running_reader_goes_on),
        TEST(a_running_reader_says_that_it_is_too_old),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
