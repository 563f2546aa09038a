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
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/guard.h"
#include "tests/unit/scratch.h"

enum { PAGES = 16 };

static void reads_zeros_where_the_file_ends(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = PAGES * page - 100;
    int file = open(scratch_path(scratch, "file"), O_RDWR | O_CREAT, 0666);
    char *bytes = malloc(size);
    memset(bytes, 7, size);
    assert_int_equal(write(file, bytes, size), size);
    free(bytes);
    const volatile char *map = mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0);
    _Atomic(const char *) flag = NULL;
    assert_true(guard_install(&error));
    assert_true(guard_install(&error));
    long ticket = guard_add((const char *)(uintptr_t)map, size, &flag, "cut", &error);
    assert_true(ticket >= 0);
    assert_int_equal(ftruncate(file, (off_t)(3 * page)), 0);
    assert_int_equal(map[0], 7);
    assert_null(atomic_load(&flag));
    assert_int_equal(map[5 * page + 9], 0);
    assert_string_equal(atomic_load(&flag), "cut");
    assert_int_equal(map[3 * page], 0);
    assert_int_equal(map[size - 1], 0);
    assert_int_equal(map[3 * page - 1], 7); // what is still there stays readable
    guard_remove(ticket);
    guard_remove(-1);
    munmap((void *)(uintptr_t)map, size);
    close(file);
}

// Ends by the signal outside of guarded ranges, as without a guard.
static void elsewhere_the_signal_ends_the_process(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    for (int sent = 0; sent < 2; sent++) {
        pid_t child = fork();
        if (child == 0) {
            setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
            signal(SIGBUS, SIG_DFL); // not that of a sanitizer
            if (!guard_install(&error))
                _exit(1);
            size_t page = (size_t)sysconf(_SC_PAGESIZE);
            int file = open(scratch_path(scratch, "empty"), O_RDWR | O_CREAT, 0666);
            const volatile char *map = mmap(NULL, page, PROT_READ, MAP_SHARED, file, 0);
            if (sent)
                raise(SIGBUS);
            else
                _exit(map[0]);
            _exit(2);
        }
        int status;
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGBUS);
    }
}

static void a_cut_dataset_says_so(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    char revision[DIGEST_HEX];
    enum { SAMPLES = 100000 };
    assert_true(scratch_import(scratch->folder, "a", SAMPLES, 1, false, revision, &error));
    assert_true(scratch_import(scratch->folder, "b", SAMPLES, 1, false, NULL, &error));
    struct library *library = library_open(scratch->path, NULL, NULL, &error);
    struct snapshot *snapshot = library_snapshot(library);
    struct dataset *dataset = snapshot_find(snapshot, "a");
    assert_true(scratch_is_whole(dataset));
    assert_int_equal(
        truncate(scratch_path(scratch, "arrays/a/%s/train/image.npy", revision), 65536), 0);
    assert_false(scratch_is_whole(dataset));
    assert_non_null(strstr(dataset_damage(dataset), "train/image.npy cannot be read whole"));
    assert_true(scratch_is_whole(snapshot_find(snapshot, "b")));
    snapshot_release(snapshot);
    library_close(library);
}

// Inside the last page a cut gives zeros without a signal: looking at the size finds it.
static void a_small_cut_is_found_by_looking(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    char revision[DIGEST_HEX];
    assert_true(scratch_import(scratch->folder, "a", 100, 1, false, revision, &error));
    struct library *library = library_open(scratch->path, NULL, NULL, &error);
    struct snapshot *snapshot = library_snapshot(library);
    struct dataset *dataset = snapshot_find(snapshot, "a");
    dataset_look(dataset, scratch->folder);
    assert_null(dataset_damage(dataset));
    assert_int_equal(truncate(scratch_path(scratch, "arrays/a/%s/train/label.npy", revision), 200),
                     0);
    dataset_look(dataset, scratch->folder);
    assert_non_null(strstr(dataset_damage(dataset), "train/label.npy cannot be read whole"));
    dataset_mark_damaged(dataset, "later");
    assert_null(strstr(dataset_damage(dataset), "later"));
    snapshot_release(snapshot);
    library_close(library);
}

static void guards_very_many(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    static char ranges[COUNT];
    static long tickets[COUNT];
    _Atomic(const char *) flag = NULL;
    for (int i = 0; i < COUNT; i++) {
        tickets[i] = guard_add(&ranges[i], 1, &flag, "", NULL);
        assert_true(tickets[i] >= 0);
        for (int j = 0; j < i; j++)
            assert_true(tickets[i] != tickets[j]);
    }
    for (int i = 0; i < COUNT; i++)
        guard_remove(tickets[i]);
    long again = guard_add(&ranges[0], 1, &flag, "", NULL);
    assert_int_equal(again, tickets[0]); // slots are used again
    guard_remove(again);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(elsewhere_the_signal_ends_the_process), // before this process installs the guard
        TEST(reads_zeros_where_the_file_ends),       TEST(a_cut_dataset_says_so),
        TEST(a_small_cut_is_found_by_looking),       cmocka_unit_test(guards_very_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
