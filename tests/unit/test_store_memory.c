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
#include "tests/unit/scratch.h"

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(imports),
        TEST(opens_and_selects),
        TEST(verifies_and_removes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
