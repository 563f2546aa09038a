// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/remove.h"
#include "tests/unit/scratch.h"

enum { PATIENCE = 10000 }; // milliseconds to wait for the library at most; it needs some 250

struct told {
    pthread_mutex_t lock;
    unsigned count;
    char last[1024];
};

static void note(void *context, const char *text)
{
    struct told *told = context;
    pthread_mutex_lock(&told->lock);
    told->count++;
    snprintf(told->last, sizeof told->last, "%s", text);
    pthread_mutex_unlock(&told->lock);
}

// What a test waits for.
typedef bool condition_met(struct snapshot *snapshot, const void *context);

// Waits until the library's snapshot meets the condition and returns it; NULL after a long while.
static struct snapshot *await(struct library *library, condition_met *met, const void *context)
{
    for (int waited = 0; waited < PATIENCE; waited += 10) {
        struct snapshot *snapshot = library_snapshot(library);
        if (met(snapshot, context))
            return snapshot;
        snapshot_release(snapshot);
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    return NULL;
}

static bool has_many(struct snapshot *snapshot, const void *context)
{
    return snapshot_num_datasets(snapshot) == *(const size_t *)context;
}

static struct snapshot *await_many(struct library *library, size_t count)
{
    struct snapshot *snapshot = await(library, has_many, &count);
    if (!snapshot)
        fail_msg("there were never %zu datasets", count);
    return snapshot;
}

static void import_ok(struct scratch *scratch, const char *name, uint64_t count, unsigned seed,
                      bool replace)
{
    struct error error = ERROR_INIT;
    if (!scratch_import(scratch->folder, name, count, seed, replace, NULL, &error))
        fail_msg("%s", error.text);
}

static void notices_everything(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    char path[256];
    uint64_t freed;
    snprintf(path, sizeof path, "%s", scratch_path(scratch, "later"));
    struct library *library = library_open(path, NULL, NULL, &error);
    struct snapshot *empty = library_snapshot(library);
    assert_int_equal(snapshot_num_datasets(empty), 0);
    assert_null(snapshot_find(empty, "a"));
    assert_null(snapshot_broken(empty, "a"));

    struct folder *folder = folder_open(path, FOLDER_WRITE, &error);
    assert_true(scratch_import(folder, "b", 30, 1, false, NULL, &error));
    struct snapshot *one = await_many(library, 1);
    assert_true(scratch_import(folder, "a", 40, 2, false, NULL, &error));
    struct snapshot *two = await_many(library, 2);
    assert_string_equal(dataset_schema(snapshot_dataset(two, 0))->name, "a");
    // Who still holds an old snapshot sees what it saw.
    assert_int_equal(snapshot_num_datasets(empty), 0);
    assert_int_equal(snapshot_num_datasets(one), 1);
    // What did not change is shared.
    assert_ptr_equal(snapshot_find(one, "b"), snapshot_find(two, "b"));
    assert_true(remove_dataset(folder, "b", &freed, &error));
    struct snapshot *left = await_many(library, 1);
    assert_null(snapshot_find(left, "b"));
    assert_true(scratch_is_whole(snapshot_find(two, "b")));
    snapshot_release(empty);
    snapshot_release(one);
    snapshot_release(two);
    snapshot_release(left);
    snapshot_release(NULL);
    folder_close(folder);
    library_close(library);
    library_close(NULL);
}

static void maps_what_numpy_maps(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    import_ok(scratch, "a", 10, 1, false);
    struct library *library = library_open(scratch->path, NULL, NULL, &error);
    struct snapshot *snapshot = library_snapshot(library);
    struct dataset *dataset = snapshot_find(snapshot, "a");
    const struct array *images = dataset_array(dataset, 0, 0);
    assert_int_equal(images->num_rows, 10);
    assert_int_equal(images->row_bytes, 4);
    assert_int_equal(images->file_bytes, 128 + 40);
    assert_ptr_equal(images->rows, images->file + 128);
    assert_memory_equal(images->file, "\x93NUMPY\x01\x00\x76\x00{'descr': '|u1'", 25);
    assert_string_equal(images->sha256,
                        "2b7b17d586d758dd5ca72e2baca40d4e4e883370bb588b2b95742a614a877006");
    const struct class_index *index = dataset_class_index(dataset, 0, 1);
    assert_int_equal(class_index_count(index, 1), 4);
    assert_int_equal(index->by_class.num_rows, 10);
    assert_true(scratch_is_whole(dataset));
    struct dataset *held = dataset_hold(dataset);
    snapshot_release(snapshot);
    library_close(library);
    assert_true(scratch_is_whole(held)); // outlives the library
    dataset_release(held);
    dataset_release(NULL);
}

static bool has_revision(struct snapshot *snapshot, const void *context)
{
    struct dataset *dataset = snapshot_find(snapshot, "a");
    return dataset && strcmp(dataset_schema(dataset)->revision, context) == 0;
}

static void replacing_disturbs_nobody(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    char revision[DIGEST_HEX];
    import_ok(scratch, "a", 5000, 1, false);
    struct library *library = library_open(scratch->path, NULL, NULL, &error);
    struct snapshot *before = library_snapshot(library);
    assert_true(scratch_import(scratch->folder, "a", 6000, 2, true, revision, &error));
    struct snapshot *after = await(library, has_revision, revision);
    assert_non_null(after);
    assert_true(scratch_is_whole(snapshot_find(before, "a")));
    assert_int_equal(dataset_array(snapshot_find(before, "a"), 0, 0)->num_rows, 5000);
    assert_int_equal(dataset_array(snapshot_find(after, "a"), 0, 0)->num_rows, 6000);
    snapshot_release(before);
    snapshot_release(after);
    library_close(library);
}

static bool is_broken(struct snapshot *snapshot, const void *context)
{
    return snapshot_broken(snapshot, context);
}

static void serves_the_others_when_one_is_broken(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct told told = {.lock = PTHREAD_MUTEX_INITIALIZER};
    char revision[DIGEST_HEX], path[512], aside[512];
    import_ok(scratch, "a", 10, 1, false);
    import_ok(scratch, "c", 10, 1, false);
    assert_true(scratch_import(scratch->folder, "b", 10, 1, false, revision, &error));
    snprintf(path, sizeof path, "%s",
             scratch_path(scratch, "arrays/b/%s/train/label.npy", revision));
    snprintf(aside, sizeof aside, "%s", scratch_path(scratch, "aside"));
    assert_int_equal(rename(path, aside), 0);
    struct library *library = library_open(scratch->path, note, &told, &error);
    struct snapshot *snapshot = library_snapshot(library);
    assert_int_equal(snapshot_num_datasets(snapshot), 2);
    assert_null(snapshot_find(snapshot, "b"));
    assert_null(snapshot_broken(snapshot, "a"));
    assert_non_null(strstr(snapshot_broken(snapshot, "b"), "train/label.npy is missing"));
    assert_int_equal(told.count, 1);
    assert_non_null(strstr(told.last, "\"b\" cannot be served: arrays/b/"));
    snapshot_release(snapshot);

    // It is put back.
    assert_int_equal(rename(aside, path), 0);
    snapshot_release(await_many(library, 3));
    // Another header, another size.
    assert_int_equal(truncate(path, 100), 0);
    snapshot = await(library, is_broken, "b");
    assert_non_null(snapshot);
    assert_non_null(strstr(snapshot_broken(snapshot, "b"), "has 100 bytes, but must have 138"));
    snapshot_release(snapshot);
    library_close(library);
    assert_int_equal(truncate(path, 138), 0);
    library = library_open(scratch->path, note, &told, &error);
    snapshot = library_snapshot(library);
    assert_non_null(strstr(snapshot_broken(snapshot, "b"), "another header"));
    snapshot_release(snapshot);
    library_close(library);
}

static void keeps_serving_without_its_catalog(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct told told = {.lock = PTHREAD_MUTEX_INITIALIZER};
    char path[256], aside[256];
    import_ok(scratch, "a", 10, 1, false);
    snprintf(path, sizeof path, "%s", scratch_path(scratch, "catalog.sqlite3"));
    snprintf(aside, sizeof aside, "%s", scratch_path(scratch, "aside"));
    struct library *library = library_open(scratch->path, note, &told, &error);
    struct snapshot *first = library_snapshot(library);
    // Gone: nothing is there. Back: all is there again.
    assert_int_equal(rename(path, aside), 0);
    snapshot_release(await_many(library, 0));
    assert_int_equal(rename(aside, path), 0);
    snapshot_release(await_many(library, 1));
    assert_true(scratch_is_whole(snapshot_find(first, "a")));
    snapshot_release(first);
    assert_int_equal(told.count, 0);
    library_close(library);
}

static void refuses_a_folder_that_is_none(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    FILE *file = fopen(scratch_path(scratch, "file"), "w");
    fclose(file);
    assert_null(library_open(scratch_path(scratch, "file"), NULL, NULL, &error));
    assert_int_equal(error.kind, ERROR_SYSTEM);
}

// Readers check every byte of whatever snapshot they get while datasets come, change and go.
struct stress {
    struct library *library;
    _Atomic(bool) done;
    _Atomic(unsigned) looks, wrong;
};

static void *read_on(void *context)
{
    struct stress *stress = context;
    while (!atomic_load(&stress->done)) {
        struct snapshot *snapshot = library_snapshot(stress->library);
        for (size_t i = 0; i < snapshot_num_datasets(snapshot); i++) {
            bool whole = scratch_is_whole(snapshot_dataset(snapshot, i));
            atomic_fetch_add(whole ? &stress->looks : &stress->wrong, 1);
        }
        snapshot_release(snapshot);
    }
    return NULL;
}

static void readers_are_never_disturbed(void **state)
{
    enum { READERS = 16 };
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    const char *text = getenv("STRESS_CYCLES");
    unsigned cycles = text ? (unsigned)atoi(text) : 20;
    pthread_t threads[READERS];
    uint64_t freed;
    struct stress stress = {.library = library_open(scratch->path, NULL, NULL, &error)};
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &stress), 0);
    for (unsigned i = 0; i < cycles; i++) {
        char name[8];
        snprintf(name, sizeof name, "d%u", i % 3);
        import_ok(scratch, name, 2000 + i % 7 * 100, i, true);
        if (i % 5 == 4)
            assert_true(remove_dataset(scratch->folder, name, &freed, &error));
    }
    // Let them see something also when the cycles were over before the first poll.
    for (int i = 0; i < PATIENCE && atomic_load(&stress.looks) == 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    atomic_store(&stress.done, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&stress.wrong), 0);
    assert_true(atomic_load(&stress.looks) > 0);
    if (text)
        print_message("%u cycles, %u datasets read whole\n", cycles, atomic_load(&stress.looks));
    library_close(stress.library);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(notices_everything),
        TEST(maps_what_numpy_maps),
        TEST(replacing_disturbs_nobody),
        TEST(serves_the_others_when_one_is_broken),
        TEST(keeps_serving_without_its_catalog),
        TEST(refuses_a_folder_that_is_none),
        TEST(readers_are_never_disturbed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
