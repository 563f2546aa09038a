// SPDX-License-Identifier: MIT
// Each allocation of an import, an opening and a selection fails once: the result is an error and
// nothing is lost, left behind or leaked.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/remove.h"
#include "store/selection.h"
#include "store/verify.h"
#include "tests/unit/failing.h"
#include "tests/unit/scratch_in_place.h"
#include "tests/unit/scratch_ragged.h"

enum { ENOUGH = 10000 }; // allocations; no loop comes near

// What is tried with failing allocations: true, or false with the error.
typedef bool attempt(struct scratch *scratch, struct error *error);

// Lets allocation after allocation fail until a run needs no more of them.
static void try_all(struct scratch *scratch, attempt *attempt_it, attempt *restore)
{
    for (unsigned long n = 1;; n++) {
        struct error error = ERROR_INIT, none = ERROR_INIT;
        failing_nth(n);
        bool ok = attempt_it(scratch, &error);
        bool failed = failing_happened();
        failing_nth(0);
        if (!ok && error.kind != ERROR_MEMORY)
            fail_msg("allocation %lu: kind %d, \"%s\"", n, (int)error.kind, error.text);
        assert_int_equal(scratch_entries(scratch_path(scratch, "tmp")), 0);
        if (!restore(scratch, &none))
            fail_msg("after allocation %lu: %s", n, none.text);
        if (!failed) {
            assert_true(ok);
            return;
        }
        assert_true(n < ENOUGH);
    }
}

static bool import(struct scratch *scratch, struct error *error)
{
    return scratch_import(scratch->folder, "b", 600, 2, true, NULL, error);
}

static bool is_sound(struct scratch *scratch, struct error *error)
{
    struct verify_result result;
    return verify_dataset(scratch->folder, "a", NULL, NULL, &result, error) &&
           result.num_damaged == 0 && scratch_entries(scratch_path(scratch, "arrays/a")) == 1;
}

static bool open_and_select(struct scratch *scratch, struct error *error)
{
    long ids[] = {0, 2};
    struct class_filter filters[] = {{1, ids, 2}, {1, ids + 1, 1}};
    struct selection_query query = {
        .filters = filters, .num_filters = 2, .order = ORDER_SHUFFLE, .shards = 1, .limit = 10};
    struct library *library = library_open(scratch->path, NULL, NULL, error);
    if (!library)
        return false;
    struct snapshot *snapshot = library_snapshot(library);
    struct dataset *dataset = snapshot_find(snapshot, "a");
    bool ok = dataset;
    if (!dataset && strcmp(snapshot_broken(snapshot, "a"), "not enough memory") == 0)
        error_memory(error);
    struct selection *selection = ok ? selection_new(dataset, &query, error) : NULL;
    ok = selection && selection_total(selection) == 200;
    selection_free(selection);
    snapshot_release(snapshot);
    library_close(library);
    return ok;
}

static bool import_ragged(struct scratch *scratch, struct error *error)
{
    struct writer_result result;
    struct writer *writer = ragged_begin(scratch->folder, "b", true, error);
    bool ok = writer && ragged_append(writer, error) &&
              writer_set_aside(writer, "x.jpg", "cut", error) &&
              writer_commit(writer, &result, error);
    writer_free(writer);
    return ok;
}

static bool begin_again(struct scratch *scratch, struct error *error)
{
    struct writer *writer = ragged_begin(scratch->folder, "b", true, error);
    bool ok = writer && ragged_append(writer, error) && writer_reset(writer, error) &&
              scratch_append(writer, "train", 0, 0, 0, error);
    writer_free(writer);
    return ok;
}

static bool import_in_place(struct scratch *scratch, struct error *error)
{
    struct writer_result result;
    return in_place_import(scratch, "p", true, &result, error);
}

// Opens what was imported as "b" and "p" and looks at samples of it.
static bool open_and_look(struct scratch *scratch, struct error *error)
{
    struct library *library = library_open(scratch->path, NULL, NULL, error);
    if (!library)
        return false;
    struct snapshot *snapshot = library_snapshot(library);
    struct dataset *ragged = snapshot_find(snapshot, "b"), *placed = snapshot_find(snapshot, "p");
    uint64_t count;
    size_t size;
    struct image_bytes image = {.owned = NULL};
    bool ok = (ragged && placed) || error_memory(error);
    ok = ok && dataset_run(ragged, 0, RAGGED_TEXT, 1, &count) && count == 7 &&
         dataset_word(ragged, RAGGED_TOKENS, 3, &size) && size == 6 &&
         dataset_image_bytes(placed, 1, 0, 0, &image, error) && memcmp(image.bytes, "67", 2) == 0;
    image_bytes_free(&image);
    snapshot_release(snapshot);
    library_close(library);
    return ok;
}

static bool verify_in_place(struct scratch *scratch, struct error *error)
{
    struct verify_result result;
    return verify_dataset(scratch->folder, "p", NULL, NULL, &result, error) &&
           result.num_damaged == 0;
}

static bool remove_and_verify(struct scratch *scratch, struct error *error)
{
    struct verify_result result;
    uint64_t freed;
    return verify_dataset(scratch->folder, "b", NULL, NULL, &result, error) &&
           remove_dataset(scratch->folder, "b", &freed, error);
}

static int setup(void **state)
{
    struct error error = ERROR_INIT;
    if (scratch_setup(state) != 0)
        return -1;
    struct scratch *scratch = *state;
    return scratch_import(scratch->folder, "a", 600, 1, false, NULL, &error) ? 0 : -1;
}

static void imports(void **state)
{
    try_all(*state, import, is_sound);
}

static void opens_and_selects(void **state)
{
    try_all(*state, open_and_select, is_sound);
}

static void verifies_and_removes(void **state)
{
    try_all(*state, remove_and_verify, import);
}

static void imports_what_is_ragged(void **state)
{
    try_all(*state, import_ragged, is_sound);
}

static void begins_again(void **state)
{
    try_all(*state, begin_again, is_sound);
}

static void imports_in_place(void **state)
{
    try_all(*state, import_in_place, is_sound);
}

static void opens_what_is_ragged(void **state)
{
    struct error error = ERROR_INIT;
    assert_true(import_ragged(*state, &error) && import_in_place(*state, &error));
    try_all(*state, open_and_look, is_sound);
    try_all(*state, verify_in_place, is_sound);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(imports),
        TEST(opens_and_selects),
        TEST(verifies_and_removes),
        TEST(imports_what_is_ragged),
        TEST(begins_again),
        TEST(imports_in_place),
        TEST(opens_what_is_ragged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
