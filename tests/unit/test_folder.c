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
#include <pthread.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/tree.h"
#include "store/workspace.h"
#include "tests/unit/scratch.h"

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void knows_the_default_path(void **state)
{
    (void)state;
    char path[64];
    struct error error = ERROR_INIT;
    setenv("SAMPLECASE_DATA", "/srv/data", 1);
    setenv("XDG_DATA_HOME", "/xdg", 1);
    setenv("HOME", "/home/me", 1);
    assert_true(folder_default_path(path, sizeof path, &error));
    assert_string_equal(path, "/srv/data");
    assert_false(folder_default_path(path, 9, &error));
    assert_int_equal(error.kind, ERROR_INPUT);
    setenv("SAMPLECASE_DATA", "", 1);
    assert_true(folder_default_path(path, sizeof path, NULL));
    assert_string_equal(path, "/xdg/samplecase");
    setenv("XDG_DATA_HOME", "relative", 1);
    assert_true(folder_default_path(path, sizeof path, NULL));
    assert_string_equal(path, "/home/me/.local/share/samplecase");
    unsetenv("SAMPLECASE_DATA");
    unsetenv("XDG_DATA_HOME");
    unsetenv("HOME");
    assert_false(folder_default_path(path, sizeof path, NULL));
}

static void makes_all_of_the_path(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    char path[256];
    snprintf(path, sizeof path, "%s", scratch_path(scratch, "a//b/c/"));
    assert_null(folder_open("", FOLDER_WRITE, &error));
    error = (struct error)ERROR_INIT;
    struct folder *folder = folder_open(path, FOLDER_READ, &error);
    assert_non_null(folder);
    assert_int_equal(folder_fd(folder), -1);
    folder_close(folder);
    assert_false(scratch_exists(path));
    folder = folder_open(path, FOLDER_WRITE, &error);
    assert_non_null(folder);
    assert_string_equal(folder_path(folder), path);
    folder_close(folder);
    assert_true(scratch_exists(path));
    folder_close(NULL);
}

static void refuses_a_file(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    write_file(scratch_path(scratch, "file"), "");
    assert_null(folder_open(scratch_path(scratch, "file"), FOLDER_WRITE, &error));
    assert_int_equal(error.kind, ERROR_SYSTEM);
    assert_non_null(strstr(error.text, "/file"));
    error = (struct error)ERROR_INIT;
    assert_null(folder_open(scratch_path(scratch, "file/below"), FOLDER_WRITE, &error));
    assert_non_null(strstr(error.text, "Not a directory"));
}

struct waiter {
    struct folder *folder;
    _Atomic(bool) has_it;
};

static void *wait_for_lock(void *context)
{
    struct waiter *waiter = context;
    if (folder_lock(waiter->folder, NULL)) {
        atomic_store(&waiter->has_it, true);
        folder_unlock(waiter->folder);
    }
    return NULL;
}

static void the_lock_excludes(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct waiter waiter = {.folder = folder_open(scratch->path, FOLDER_WRITE, &error)};
    pthread_t thread;
    assert_true(folder_lock(scratch->folder, &error));
    assert_false(folder_lock(scratch->folder, NULL)); // would wait for itself
    int other = open(scratch_path(scratch, "lock"), O_RDONLY);
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), -1);
    assert_int_equal(pthread_create(&thread, NULL, wait_for_lock, &waiter), 0);
    assert_false(atomic_load(&waiter.has_it));
    folder_unlock(scratch->folder);
    pthread_join(thread, NULL);
    assert_true(atomic_load(&waiter.has_it));
    folder_close(waiter.folder);
    close(other);
    folder_unlock(scratch->folder);

    struct folder *reader = folder_open(scratch->path, FOLDER_READ, &error);
    assert_false(folder_lock(reader, &error));
    assert_int_equal(error.kind, ERROR_INTERNAL);
    folder_close(reader);
}

static void removes_trees_but_follows_no_link(void **state)
{
    struct scratch *scratch = *state;
    uint64_t freed = 0;
    char path[256];
    mkdir(scratch_path(scratch, "tree"), 0777);
    mkdir(scratch_path(scratch, "tree/in"), 0777);
    mkdir(scratch_path(scratch, "kept"), 0777);
    write_file(scratch_path(scratch, "kept/file"), "12345");
    write_file(scratch_path(scratch, "tree/in/a"), "123");
    write_file(scratch_path(scratch, "tree/b"), "4567");
    snprintf(path, sizeof path, "%s", scratch_path(scratch, "tree/in/link"));
    assert_int_equal(symlink("../../kept", path), 0);
    assert_true(tree_remove(folder_fd(scratch->folder), "tree", &freed, NULL));
    assert_false(scratch_exists(scratch_path(scratch, "tree")));
    assert_true(scratch_exists(scratch_path(scratch, "kept/file")));
    assert_int_equal(freed, 7);
    assert_true(tree_remove(folder_fd(scratch->folder), "tree", NULL, NULL));
}

static void refuses_to_remove_a_pit(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    char path[1024] = "pit";
    for (int i = 0; i < 40; i++) {
        assert_int_equal(mkdirat(folder_fd(scratch->folder), path, 0777), 0);
        strcat(path, "/x");
    }
    assert_false(tree_remove(folder_fd(scratch->folder), "pit", NULL, &error));
    assert_int_equal(error.kind, ERROR_LIMIT);
    // From half its depth on it can be removed.
    path[strlen("pit") + 20 * 2] = '\0';
    assert_true(tree_remove(folder_fd(scratch->folder), path, NULL, NULL));
}

static void a_workspace_lives_as_long_as_its_import(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct workspace *workspace = workspace_new(scratch->folder, &error);
    assert_non_null(workspace);
    mkdir(scratch_path(scratch, "tmp/dead"), 0777);
    mkdir(scratch_path(scratch, "tmp/dead/arrays"), 0777);
    write_file(scratch_path(scratch, "tmp/dead/lock"), "");
    write_file(scratch_path(scratch, "tmp/dead/arrays/x.npy"), "x");
    mkdir(scratch_path(scratch, "tmp/unborn"), 0777);
    write_file(scratch_path(scratch, "tmp/stray"), "x");
    workspace_clear(scratch->folder);
    assert_int_equal(scratch_entries(scratch_path(scratch, "tmp")), 1);
    assert_true(scratch_exists(scratch_path(scratch, "%s/arrays", workspace_path(workspace))));
    workspace_free(workspace);
    assert_int_equal(scratch_entries(scratch_path(scratch, "tmp")), 0);
    workspace_free(NULL);
}

static void publishing_exchanges(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    for (int i = 0; i < 2; i++) {
        struct workspace *workspace = workspace_new(scratch->folder, &error);
        assert_non_null(workspace);
        char path[256];
        snprintf(path, sizeof path, "%s",
                 scratch_path(scratch, "%s/arrays/file%d", workspace_path(workspace), i));
        write_file(path, "x");
        assert_true(workspace_publish(workspace, "name", "revision", &error));
        workspace_free(workspace);
        assert_true(scratch_exists(scratch_path(scratch, "arrays/name/revision/file%d", i)));
        assert_int_equal(scratch_entries(scratch_path(scratch, "arrays/name/revision")), 1);
        assert_int_equal(scratch_entries(scratch_path(scratch, "tmp")), 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(makes_all_of_the_path),   TEST(refuses_a_file),
        TEST(the_lock_excludes),       TEST(removes_trees_but_follows_no_link),
        TEST(refuses_to_remove_a_pit), TEST(a_workspace_lives_as_long_as_its_import),
        TEST(publishing_exchanges),    cmocka_unit_test(knows_the_default_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
