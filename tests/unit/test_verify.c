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
#include <sys/stat.h>
#include <unistd.h>

#include "store/verify.h"
#include "tests/unit/scratch.h"

struct damages {
    unsigned count;
    char file[512], reason[1024];
};

static void note(void *context, const char *file, const char *reason)
{
    struct damages *damages = context;
    damages->count++;
    snprintf(damages->file, sizeof damages->file, "%s", file);
    snprintf(damages->reason, sizeof damages->reason, "%s", reason);
}

// Verifies; there must be that many damaged files, the last of them with those words.
static void finds(struct scratch *scratch, unsigned count, const char *file, const char *reason)
{
    struct error error = ERROR_INIT;
    struct damages damages = {.count = 0};
    struct verify_result result;
    assert_true(verify_dataset(scratch->folder, "a", note, &damages, &result, &error));
    assert_int_equal(result.num_files, 3);
    assert_int_equal(result.bytes, (128 + 40) + (128 + 10) + (128 + 80));
    assert_int_equal(result.num_damaged, count);
    assert_int_equal(damages.count, count);
    if (!strstr(damages.file, file) || !strstr(damages.reason, reason))
        fail_msg("%s: %s", damages.file, damages.reason);
}

static void overwrite(const char *path, off_t at)
{
    uint8_t byte;
    int file = open(path, O_RDWR);
    assert_int_equal(pread(file, &byte, 1, at), 1);
    byte ^= 1;
    assert_int_equal(pwrite(file, &byte, 1, at), 1);
    close(file);
}

static void names_what_is_damaged(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    char revision[DIGEST_HEX], path[512];
    assert_true(scratch_import(scratch->folder, "a", 10, 1, false, revision, &error));
    finds(scratch, 0, "", "");
    snprintf(path, sizeof path, "%s",
             scratch_path(scratch, "arrays/a/%s/train/image.npy", revision));
    overwrite(path, 130);
    finds(scratch, 1, "/train/image.npy",
          "must be 2b7b17d586d758dd5ca72e2baca40d4e4e883370bb588b2b95742a614a877006");
    overwrite(path, 130);
    overwrite(path, 20);
    finds(scratch, 1, "/train/image.npy", "another header");
    overwrite(path, 20);
    finds(scratch, 0, "", "");
    assert_int_equal(truncate(path, 167), 0);
    finds(scratch, 1, "/train/image.npy", "has 167 bytes, but must have 168");
    assert_int_equal(unlink(path), 0);
    finds(scratch, 1, "/train/image.npy", "is missing");
    assert_int_equal(mkfifo(path, 0666), 0);
    finds(scratch, 1, "/train/image.npy", "no regular file");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("label.npy", path), 0);
    finds(scratch, 1, "/train/image.npy", "cannot open");

    // The same samples again put the damaged files right.
    assert_true(scratch_import(scratch->folder, "a", 10, 1, true, revision, &error));
    finds(scratch, 0, "", "");
}

static void says_what_there_is(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct verify_result result;
    assert_false(verify_dataset(scratch->folder, "a", NULL, NULL, &result, &error));
    assert_int_equal(error.kind, ERROR_MISSING);
    assert_string_equal(error.text, "no dataset \"a\"; there are none");
    error = (struct error)ERROR_INIT;
    assert_true(scratch_import(scratch->folder, "b", 10, 1, false, NULL, &error));
    assert_false(verify_dataset(scratch->folder, "a", NULL, NULL, &result, &error));
    assert_string_equal(error.text, "no dataset \"a\"; there are: b");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_what_is_damaged),
        TEST(says_what_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
