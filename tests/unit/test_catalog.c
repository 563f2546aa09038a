// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/catalog.h"
#include "store/remove.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scratch_ragged.h"

enum { NOBODY = 65534 };

// Does to the catalog what no samplecase would.
static void tamper(struct scratch *scratch, const char *sql)
{
    sqlite3 *db;
    char *message = NULL;
    assert_int_equal(sqlite3_open(scratch_path(scratch, "catalog.sqlite3"), &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
    sqlite3_close(db);
}

static void import_ok(struct scratch *scratch, const char *name, unsigned seed, bool replace)
{
    struct error error = ERROR_INIT;
    if (!scratch_import(scratch->folder, name, 20, seed, replace, NULL, &error))
        fail_msg("%s", error.text);
}

static void is_absent_before_the_first_import(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    assert_null(catalog_open(scratch->folder, FOLDER_READ, &error));
    assert_int_equal(error.kind, ERROR_NONE);
    struct folder *missing = folder_open(scratch_path(scratch, "missing"), FOLDER_READ, &error);
    assert_null(catalog_open(missing, FOLDER_READ, &error));
    assert_int_equal(error.kind, ERROR_NONE);
    folder_close(missing);
    // One that somebody is just making counts as absent too.
    close(open(scratch_path(scratch, "catalog.sqlite3"), O_CREAT | O_WRONLY, 0666));
    assert_null(catalog_open(scratch->folder, FOLDER_READ, &error));
    assert_int_equal(error.kind, ERROR_NONE);
    catalog_close(NULL);
    import_ok(scratch, "a", 1, false);
}

static void lists_by_name_and_removes(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct catalog_entry *entries, entry;
    size_t count;
    uint64_t freed, before, after;
    import_ok(scratch, "b", 1, false);
    import_ok(scratch, "c", 2, false);
    import_ok(scratch, "a", 3, false);
    struct catalog *catalog = catalog_open(scratch->folder, FOLDER_READ, &error);
    assert_true(catalog_read(catalog, &entries, &count, &error));
    assert_int_equal(count, 3);
    assert_string_equal(entries[0].schema.name, "a");
    assert_string_equal(entries[2].schema.name, "c");
    assert_int_equal(strlen(entries[0].schema.created), strlen("2026-01-02T03:04:05.678901Z"));
    for (size_t i = 0; i < count; i++)
        catalog_entry_clear(&entries[i]);
    free(entries);

    assert_true(catalog_version(catalog, &before, &error));
    assert_true(catalog_version(catalog, &after, &error));
    assert_int_equal(before, after);
    struct folder *other = folder_open(scratch->path, FOLDER_WRITE, &error);
    assert_true(remove_dataset(other, "b", &freed, &error));
    assert_int_equal(freed, (128 + 80) + (128 + 20) + (128 + 160));
    assert_false(scratch_exists(scratch_path(scratch, "arrays/b")));
    assert_true(catalog_version(catalog, &after, &error));
    assert_int_not_equal(before, after);

    assert_false(catalog_read_one(catalog, "b", &entry, &error));
    assert_int_equal(error.kind, ERROR_MISSING);
    assert_string_equal(error.text, "no dataset \"b\"; there are: a, c");
    error = (struct error)ERROR_INIT;
    assert_false(remove_dataset(other, "b", &freed, &error));
    assert_int_equal(error.kind, ERROR_MISSING);
    error = (struct error)ERROR_INIT;
    assert_true(remove_dataset(other, "a", &freed, &error));
    assert_true(remove_dataset(other, "c", &freed, &error));
    assert_false(catalog_read_one(catalog, "a", &entry, &error));
    assert_string_equal(error.text, "no dataset \"a\"; there are none");
    folder_close(other);
    catalog_close(catalog);
}

static void a_writer_leaves_all_in_the_file(void **state)
{
    struct scratch *scratch = *state;
    struct stat info;
    import_ok(scratch, "a", 1, false);
    assert_false(scratch_exists(scratch_path(scratch, "catalog.sqlite3-wal")));
    // Also when a reader keeps the WAL open.
    struct catalog *reader = catalog_open(scratch->folder, FOLDER_READ, NULL);
    uint64_t version;
    assert_true(catalog_version(reader, &version, NULL));
    struct folder *other = folder_open(scratch->path, FOLDER_WRITE, NULL);
    assert_true(scratch_import(other, "b", 20, 2, false, NULL, NULL));
    folder_close(other);
    assert_int_equal(stat(scratch_path(scratch, "catalog.sqlite3-wal"), &info), 0);
    assert_int_equal(info.st_size, 0);
    catalog_close(reader);
}

static void opening_fails(struct scratch *scratch, enum folder_access access, enum error_kind kind,
                          const char *words)
{
    struct error error = ERROR_INIT;
    struct catalog_entry *entries;
    size_t count;
    struct catalog *catalog = catalog_open(scratch->folder, access, &error);
    if (catalog)
        assert_false(catalog_read(catalog, &entries, &count, &error));
    catalog_close(catalog);
    assert_int_equal(error.kind, kind);
    if (!strstr(error.text, words))
        fail_msg("\"%s\" does not say \"%s\"", error.text, words);
}

static void refuses_newer_and_foreign_files(void **state)
{
    struct scratch *scratch = *state;
    import_ok(scratch, "a", 1, false);
    tamper(scratch, "PRAGMA user_version = 99");
    opening_fails(scratch, FOLDER_READ, ERROR_INPUT, "newer samplecase (its version is 99");
    opening_fails(scratch, FOLDER_WRITE, ERROR_INPUT, "newer samplecase (its version is 99");
    tamper(scratch, "PRAGMA user_version = 1; PRAGMA application_id = 7");
    opening_fails(scratch, FOLDER_READ, ERROR_INPUT, "another program");
    opening_fails(scratch, FOLDER_WRITE, ERROR_INPUT, "another program");
    assert_true(scratch_entries(scratch_path(scratch, "arrays")) == 1);
}

static void a_lost_catalog_does_not_lose_the_arrays(void **state)
{
    struct scratch *scratch = *state;
    import_ok(scratch, "a", 1, false);
    assert_int_equal(unlink(scratch_path(scratch, "catalog.sqlite3")), 0);
    opening_fails(scratch, FOLDER_WRITE, ERROR_DAMAGED, "put the catalog back");
    opening_fails(scratch, FOLDER_WRITE, ERROR_DAMAGED, "put the catalog back");
    assert_int_equal(scratch_entries(scratch_path(scratch, "arrays/a")), 1);
}

static void clears_orphans(void **state)
{
    struct scratch *scratch = *state;
    static const char ORPHAN[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    import_ok(scratch, "a", 1, false);
    mkdir(scratch_path(scratch, "arrays/a/%s", ORPHAN), 0777);
    mkdir(scratch_path(scratch, "arrays/gone"), 0777);
    mkdir(scratch_path(scratch, "arrays/gone/%s", ORPHAN), 0777);
    mkdir(scratch_path(scratch, "arrays/gone/%s/train", ORPHAN), 0777);
    mkdir(scratch_path(scratch, "arrays/a/notes"), 0777); // somebody else's
    mkdir(scratch_path(scratch, "tmp/dead"), 0777);
    catalog_close(catalog_open(scratch->folder, FOLDER_READ, NULL));
    assert_int_equal(scratch_entries(scratch_path(scratch, "arrays")), 2);
    catalog_close(catalog_open(scratch->folder, FOLDER_WRITE, NULL));
    assert_int_equal(scratch_entries(scratch_path(scratch, "arrays")), 1);
    assert_int_equal(scratch_entries(scratch_path(scratch, "arrays/a")), 2);
    assert_int_equal(scratch_entries(scratch_path(scratch, "tmp")), 0);
}

static void finds_damage(void **state)
{
    struct scratch *scratch = *state;
    static const struct {
        const char *sql, *undo, *words;
    } CASES[] = {
        {"UPDATE dataset SET name = '../a'", "UPDATE dataset SET name = 'a'", "dataset's name"},
        {"UPDATE split SET name = '..'", "UPDATE split SET name = 'train'", "split's name"},
        {"UPDATE split SET num_samples = 21", "UPDATE split SET num_samples = 20", "another size"},
        {"UPDATE split SET number = 1", "UPDATE split SET number = 0", "a split is missing"},
        {"UPDATE feature SET number = 7 WHERE number = 0",
         "UPDATE feature SET number = 0 WHERE number = 7", "a feature is missing"},
        {"UPDATE feature SET dtype = 'float128' WHERE number = 0",
         "UPDATE feature SET dtype = 'uint8' WHERE number = 0", "makes no sense"},
        {"UPDATE feature SET shape = '2,-2' WHERE number = 0",
         "UPDATE feature SET shape = '2,2' WHERE number = 0", "makes no sense"},
        {"UPDATE feature SET shape = '4294967296,4294967296,3' WHERE number = 0",
         "UPDATE feature SET shape = '2,2' WHERE number = 0", "2^40 bytes"},
        {"UPDATE feature SET parent = 5 WHERE number = 1",
         "UPDATE feature SET parent = NULL WHERE number = 1", "no class feature above"},
        {"UPDATE class SET number = 9 WHERE number = 2",
         "UPDATE class SET number = 2 WHERE number = 9", "a class is missing"},
        {"UPDATE class_count SET samples = samples + 1 WHERE class = 0",
         "UPDATE class_count SET samples = samples - 1 WHERE class = 0", "do not add up"},
        {"UPDATE class_count SET class = 9 WHERE class = 0",
         "UPDATE class_count SET class = 0 WHERE class = 9", "a count is of no class"},
        {"UPDATE array SET feature = 4 WHERE role = 'by_class'",
         "UPDATE array SET feature = 1 WHERE feature = 4", "an array is missing"},
        {"UPDATE array SET role = 'other' WHERE role = 'by_class'",
         "UPDATE array SET role = 'by_class' WHERE role = 'other'", "no known role"},
        {"UPDATE feature SET storage = 'heap'", "UPDATE feature SET storage = 'rows'",
         "makes no sense"},
        {"UPDATE feature SET storage = 'ragged' WHERE number = 1",
         "UPDATE feature SET storage = 'rows' WHERE number = 1", "cannot be stored as ragged"},
        {"UPDATE feature SET num_words = 1", "UPDATE feature SET num_words = 0", "1 words"},
        {"UPDATE array SET split = NULL WHERE feature = 0",
         "UPDATE array SET split = 0 WHERE feature = 0", "an array is missing"},
        {"UPDATE array SET split = 7 WHERE feature = 0",
         "UPDATE array SET split = 0 WHERE feature = 0", "an array is missing"},
        {"INSERT INTO array SELECT dataset, NULL, 0, 'words', 128, sha256 FROM array LIMIT 1",
         "DELETE FROM array WHERE split IS NULL", "too many arrays"},
        {"INSERT INTO set_aside VALUES (1, 0, 'a', 'b')", "DELETE FROM set_aside",
         "more files set aside than it counts"},
        {"UPDATE dataset SET revision = replace(revision, substr(revision, 1, 1), '/')",
         "UPDATE dataset SET revision = replace(revision, '/', 'z')", "no SHA-256"},
    };
    import_ok(scratch, "a", 1, false);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        tamper(scratch, CASES[i].sql);
        opening_fails(scratch, FOLDER_READ, ERROR_DAMAGED, CASES[i].words);
        tamper(scratch, CASES[i].undo);
    }
}

// Arrays of whose sizes the schema does not know all.
static void finds_damage_in_what_is_ragged(void **state)
{
    struct scratch *scratch = *state;
    static const char *const CASES[] = {
        "UPDATE array SET bytes = 127 WHERE role = 'values' AND feature = 0",
        "UPDATE array SET bytes = 0 WHERE role = 'words'",
        "UPDATE array SET bytes = bytes + 1 WHERE role = 'values' AND feature = 1",
        "UPDATE array SET bytes = bytes - 8 WHERE role = 'offsets'",
        "UPDATE array SET bytes = bytes + 12 WHERE role = 'sizes'",
        "UPDATE feature SET num_words = 4 WHERE number = 1",
        "UPDATE split SET num_samples = -1 WHERE number = 1",
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct error error = ERROR_INIT;
        struct writer_result result;
        assert_true(ragged_import(scratch->folder, "r", true, &result, &error));
        char sql[256];
        snprintf(sql, sizeof sql, "PRAGMA ignore_check_constraints = ON; %s", CASES[i]);
        tamper(scratch, sql);
        opening_fails(scratch, FOLDER_READ, ERROR_DAMAGED, "another size than it must");
    }
    // One that only the file belies.
    struct error error = ERROR_INIT;
    struct writer_result result;
    assert_true(ragged_import(scratch->folder, "r", true, &result, &error));
    tamper(scratch, "UPDATE array SET bytes = bytes + 4 WHERE role = 'values' AND feature = 1");
    struct library *library = library_open(scratch->path, NULL, NULL, &error);
    struct snapshot *snapshot = library_snapshot(library);
    assert_non_null(strstr(snapshot_broken(snapshot, "r"),
                           "tokens.values.npy has 144 bytes, but must have 148"));
    snapshot_release(snapshot);
    library_close(library);
}

static void says_when_the_file_is_no_database(void **state)
{
    struct scratch *scratch = *state;
    import_ok(scratch, "a", 1, false);
    int file = open(scratch_path(scratch, "catalog.sqlite3"), O_WRONLY);
    assert_int_equal(pwrite(file, "no database at all", 18, 0), 18);
    close(file);
    opening_fails(scratch, FOLDER_READ, ERROR_DAMAGED, "catalog.sqlite3: file is not a database");
    opening_fails(scratch, FOLDER_WRITE, ERROR_DAMAGED, "catalog.sqlite3: file is not a database");
}

// What somebody sees who may only read the folder: reads the catalog, says so, waits, looks at the
// version again and reads again. Exits with ten times the number of datasets seen first plus the
// number seen then; 99 on a failure.
static void look_without_writing(struct scratch *scratch, int done, int wake)
{
    struct error error = ERROR_INIT;
    uint64_t before, after;
    struct catalog_entry *entries;
    size_t first, then;
    char byte = 0;
    if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
        _exit(98);
    struct folder *folder = folder_open(scratch->path, FOLDER_READ, &error);
    struct catalog *catalog = folder ? catalog_open(folder, FOLDER_READ, &error) : NULL;
    bool ok = catalog && catalog_version(catalog, &before, &error) &&
              catalog_read(catalog, &entries, &first, &error);
    ok = ok && write(done, &byte, 1) == 1 && read(wake, &byte, 1) == 1 &&
         catalog_version(catalog, &after, &error) && before != after &&
         catalog_read(catalog, &entries, &then, &error);
    if (!ok)
        fprintf(stderr, "%s\n", error.text);
    _exit(ok ? (int)(10 * first + then) : 99);
}

// Adds the dataset "b" between the two looks.
static int seen_by_a_reader(struct scratch *scratch)
{
    int done[2], wake[2], status;
    char byte = 0;
    assert_int_equal(pipe(done), 0);
    assert_int_equal(pipe(wake), 0);
    assert_int_equal(chmod(scratch->path, 0555), 0);
    pid_t child = fork();
    if (child == 0) {
        close(done[0]);
        close(wake[1]);
        look_without_writing(scratch, done[1], wake[0]);
    }
    close(done[1]);
    close(wake[0]);
    bool ready = read(done[0], &byte, 1) == 1;
    chmod(scratch->path, 0755);
    import_ok(scratch, "b", 2, false);
    chmod(scratch->path, 0555);
    assert_true(!ready || write(wake[1], &byte, 1) == 1);
    waitpid(child, &status, 0);
    chmod(scratch->path, 0755);
    close(done[0]);
    close(wake[1]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void can_be_read_in_a_read_only_folder(void **state)
{
    struct scratch *scratch = *state;
    import_ok(scratch, "a", 1, false);
    assert_int_equal(seen_by_a_reader(scratch), 12);
}

// The path goes into a URI then.
static void can_be_read_at_an_odd_path(void **state)
{
    struct scratch *scratch = *state;
    struct scratch odd = {.folder = NULL};
    snprintf(odd.path, sizeof odd.path, "/%s",
             scratch_path(scratch, "%s", "a%41#b?c=d&e \xc3\xa9"));
    odd.folder = folder_open(odd.path, FOLDER_WRITE, NULL);
    import_ok(&odd, "a", 1, false);
    assert_int_equal(seen_by_a_reader(&odd), 12);
    folder_close(odd.folder);
}

// Somebody else has the catalog open, so that SQLite's files for readers lie there.
static void can_be_read_beside_others(void **state)
{
    struct scratch *scratch = *state;
    uint64_t version;
    import_ok(scratch, "a", 1, false);
    struct catalog *other = catalog_open(scratch->folder, FOLDER_READ, NULL);
    assert_true(catalog_version(other, &version, NULL));
    struct folder *folder = scratch->folder;
    scratch->folder = folder_open(scratch->path, FOLDER_WRITE, NULL);
    assert_int_equal(seen_by_a_reader(scratch), 12);
    folder_close(scratch->folder);
    scratch->folder = folder;
    catalog_close(other);
}

// A writer died after its commit: what it committed is in the WAL alone.
static void does_not_overlook_a_wal(void **state)
{
    struct scratch *scratch = *state;
    import_ok(scratch, "a", 1, false);
    pid_t child = fork();
    if (child == 0) {
        sqlite3 *db;
        sqlite3_open(scratch_path(scratch, "catalog.sqlite3"), &db);
        sqlite3_exec(db, "UPDATE dataset SET title = 'in the WAL'", NULL, NULL, NULL);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    assert_int_equal(unlink(scratch_path(scratch, "catalog.sqlite3-shm")), 0);
    assert_int_equal(chmod(scratch->path, 0555), 0);
    child = fork();
    if (child == 0) {
        if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
            _exit(98);
        struct error error = ERROR_INIT;
        struct folder *folder = folder_open(scratch->path, FOLDER_READ, &error);
        struct catalog *catalog = folder ? catalog_open(folder, FOLDER_READ, &error) : NULL;
        _exit(!catalog && strstr(error.text, "can only be read where files can be written") ? 0
                                                                                            : 1);
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(chmod(scratch->path, 0755), 0);
    // Whoever may write reads it.
    struct catalog *catalog = catalog_open(scratch->folder, FOLDER_READ, NULL);
    struct catalog_entry entry;
    assert_true(catalog_read_one(catalog, "a", &entry, NULL));
    assert_string_equal(entry.schema.card.title, "in the WAL");
    catalog_entry_clear(&entry);
    catalog_close(catalog);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(is_absent_before_the_first_import),
        TEST(lists_by_name_and_removes),
        TEST(a_writer_leaves_all_in_the_file),
        TEST(refuses_newer_and_foreign_files),
        TEST(a_lost_catalog_does_not_lose_the_arrays),
        TEST(clears_orphans),
        TEST(finds_damage),
        TEST(finds_damage_in_what_is_ragged),
        TEST(says_when_the_file_is_no_database),
        TEST(can_be_read_in_a_read_only_folder),
        TEST(can_be_read_at_an_odd_path),
        TEST(can_be_read_beside_others),
        TEST(does_not_overlook_a_wal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
