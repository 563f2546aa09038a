// SPDX-License-Identifier: MIT
// Images that stay in the user's files. Hashes were computed with numpy.lib.format.write_array and
// Python's hashlib.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "store/catalog.h"
#include "store/remove.h"
#include "store/verify.h"
#include "tests/unit/scratch_in_place.h"

static void import_ok(struct scratch *scratch, struct writer_result *result)
{
    struct error error = ERROR_INIT;
    if (!in_place_import(scratch, "p", true, result, &error))
        fail_msg("%s", error.text);
}

static void lists_where_images_lie(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_result result;
    static const struct {
        int split;
        enum array_role role;
        const char *sha256; // NULL: paths differ from run to run
    } EXPECTED[] = {
        {0, ARRAY_SIZES, "5a9ff01efa1a743634a18eedd200654649043f978dc9489d169dce99aefed2bd"},
        {0, ARRAY_PLACES, "fec982a389baabaa06a05f98dec77cdb36efcb1db4d35ba6d34d8280d18ba7fc"},
        {0, ARRAY_DIGESTS, "9df026573672cf876fff94eb16c75b052aa9edd74672040501f0773b18fb6294"},
        {1, ARRAY_SIZES, NULL},
        {1, ARRAY_PLACES, "9dafd2f4a0c42c35aba291bccce951c77d959fb7833832e01611c62a68a14172"},
        {1, ARRAY_DIGESTS, "98303402181dc7c29f2bb8655e0f17971e7d551b8d3af34e83d886210a0b9b4c"},
        {-1, ARRAY_FILES, NULL},
        {-1, ARRAY_FILE_OFFSETS, NULL},
    };
    import_ok(scratch, &result);
    assert_int_equal(result.bytes, 3 * (12 + 40 + 32 + 1));
    struct catalog *catalog = catalog_open(scratch->folder, FOLDER_READ, &error);
    struct catalog_entry entry;
    if (!catalog_read_one(catalog, "p", &entry, &error))
        fail_msg("%s", error.text);
    size_t found = 0;
    for (size_t i = 0; i < entry.num_arrays; i++) {
        const struct catalog_array *array = &entry.arrays[i];
        if (array->feature != 0)
            continue;
        assert_int_equal(array->split, EXPECTED[found].split);
        assert_int_equal(array->role, EXPECTED[found].role);
        if (EXPECTED[found].sha256)
            assert_string_equal(array->sha256, EXPECTED[found].sha256);
        found++;
    }
    assert_int_equal(found, sizeof EXPECTED / sizeof EXPECTED[0]);
    assert_int_equal(entry.schema.features[0].storage, STORAGE_IN_PLACE);
    catalog_entry_clear(&entry);
    catalog_close(catalog);
    assert_true(scratch_exists(
        scratch_path(scratch, "arrays/p/%s/image.files.offsets.npy", result.revision)));

    // Untouched they are the same revision; files with another time are another one.
    struct writer_result again;
    import_ok(scratch, &again);
    assert_true(again.unchanged);
    assert_string_equal(again.revision, result.revision);
    assert_true(user_file(scratch, "a", "abc", 1000000001));
    import_ok(scratch, &again);
    assert_false(again.unchanged);
    assert_string_not_equal(again.revision, result.revision);
}

struct opened {
    struct library *library;
    struct snapshot *snapshot;
    struct dataset *dataset;
};

static struct opened open_it(struct scratch *scratch)
{
    struct error error = ERROR_INIT;
    struct opened opened = {.library = library_open(scratch->path, NULL, NULL, &error)};
    if (!opened.library)
        fail_msg("%s", error.text);
    opened.snapshot = library_snapshot(opened.library);
    opened.dataset = snapshot_find(opened.snapshot, "p");
    if (!opened.dataset)
        fail_msg("%s", snapshot_broken(opened.snapshot, "p"));
    return opened;
}

static void close_it(struct opened *opened)
{
    snapshot_release(opened->snapshot);
    library_close(opened->library);
}

static void image_is(struct dataset *dataset, int split, uint64_t index, const char *expected)
{
    struct error error = ERROR_INIT;
    struct image_bytes image;
    if (!dataset_image_bytes(dataset, split, 0, index, &image, &error))
        fail_msg("%s", error.text);
    assert_int_equal(image.size, strlen(expected));
    assert_memory_equal(image.bytes, expected, image.size);
    image_bytes_free(&image);
    assert_null(image.bytes);
}

static void reads_images(void **state)
{
    struct scratch *scratch = *state;
    struct writer_result result;
    uint32_t height, width, channels;
    import_ok(scratch, &result);
    struct opened opened = open_it(scratch);
    image_is(opened.dataset, 0, 0, "abc");
    image_is(opened.dataset, 0, 1, "45");
    image_is(opened.dataset, 1, 0, "67");
    dataset_image_size(opened.dataset, 1, 0, 0, &height, &width, &channels);
    assert_int_equal(height, 7);
    assert_int_equal(width, 5);
    assert_int_equal(channels, 3);
    assert_null(dataset_part(opened.dataset, 0, 0, ARRAY_VALUES));
    assert_int_equal(dataset_array(opened.dataset, 0, 0)->num_rows, 0);
    assert_null(dataset_array(opened.dataset, 0, 0)->rows);
    assert_int_equal(dataset_part(opened.dataset, 0, 0, ARRAY_FILE_OFFSETS)->num_rows, 3);
    close_it(&opened);
}

// Reading the first image must fail so.
static void fails(struct dataset *dataset, enum error_kind kind, const char *a, const char *b)
{
    struct error error = ERROR_INIT;
    struct image_bytes image;
    assert_false(dataset_image_bytes(dataset, 0, 0, 0, &image, &error));
    assert_int_equal(error.kind, kind);
    if (!strstr(error.text, a) || !strstr(error.text, b))
        fail_msg("\"%s\" does not say \"%s\" and \"%s\"", error.text, a, b);
    assert_null(strchr(error.text, '/')); // nor in which folders
    image_bytes_free(&image);
    image_is(dataset, 1, 0, "67"); // the others go on
    assert_null(dataset_damage(dataset));
}

static void notices_what_changed(void **state)
{
    struct scratch *scratch = *state;
    struct writer_result result;
    import_ok(scratch, &result);
    struct opened opened = open_it(scratch);
    char path[256];
    snprintf(path, sizeof path, "%s", user_path(scratch, "a"));
    assert_true(user_file(scratch, "a", "xyz", 1000000001));
    fails(opened.dataset, ERROR_DAMAGED, "a has changed since it was added",
          "(then 3 bytes of 1970-01-01T00:00:01.000000000Z, now 3 bytes of "
          "1970-01-01T00:00:01.000000001Z); add the dataset again with --replace");
    assert_true(user_file(scratch, "a", "abcd", 1000000000));
    fails(opened.dataset, ERROR_DAMAGED, "then 3 bytes", "now 4 bytes of 1970-01-01T00:00:01.0");
    assert_true(user_file(scratch, "a", "", 1000000000));
    fails(opened.dataset, ERROR_DAMAGED, "a has changed", "now 0 bytes");
    assert_int_equal(unlink(path), 0);
    fails(opened.dataset, ERROR_MISSING, "a is gone", "--replace");
    assert_int_equal(symlink("b", path), 0);
    fails(opened.dataset, ERROR_DAMAGED, "a is a symbolic link now", "");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0666), 0);
    fails(opened.dataset, ERROR_DAMAGED, "a is no regular file any more", "");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0777), 0);
    fails(opened.dataset, ERROR_DAMAGED, "a is no regular file any more", "");
    assert_int_equal(rmdir(path), 0);
    // As it was, it is served again.
    assert_true(user_file(scratch, "a", "abc", 1000000000));
    image_is(opened.dataset, 0, 0, "abc");
    close_it(&opened);
}

// Puts a number into a file whose hash nobody checks when a dataset is opened.
static void put_number(struct scratch *scratch, const char *revision, const char *file,
                       unsigned place, int64_t number)
{
    FILE *to = fopen(scratch_path(scratch, "arrays/p/%s/%s", revision, file), "r+");
    assert_non_null(to);
    assert_int_equal(fseek(to, 128 + 8 * (long)place, SEEK_SET), 0);
    assert_int_equal(fwrite(&number, sizeof number, 1, to), 1);
    fclose(to);
}

static void believes_no_place(void **state)
{
    struct scratch *scratch = *state;
    static const struct {
        const char *file;
        unsigned place;
        int64_t number;
    } CASES[] = {
        {"train/image.places.npy", 0, 2},          {"train/image.places.npy", 0, -1},
        {"train/image.places.npy", 1, 1},          {"train/image.places.npy", 1, -1},
        {"train/image.places.npy", 2, 0},          {"train/image.places.npy", 2, INT64_MAX},
        {"train/image.places.npy", 2, 1LL << 40},  {"train/image.places.npy", 3, -1},
        {"image.files.offsets.npy", 1, INT64_MAX}, {"image.files.offsets.npy", 1, -1},
        {"image.files.offsets.npy", 1, 0},         {"image.files.values.npy", 0, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct error error = ERROR_INIT;
        struct writer_result result;
        struct image_bytes image;
        import_ok(scratch, &result);
        put_number(scratch, result.revision, CASES[i].file, CASES[i].place, CASES[i].number);
        struct opened opened = open_it(scratch);
        assert_false(dataset_image_bytes(opened.dataset, 0, 0, 0, &image, &error));
        assert_int_equal(error.kind, ERROR_DAMAGED);
        assert_non_null(strstr(error.text, "image.places.npy of p names a place that cannot be"));
        assert_string_equal(dataset_damage(opened.dataset), error.text);
        close_it(&opened);
    }
}

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

// Verifies; that many files are damaged and were told of, the last of them with those words.
static void finds(struct scratch *scratch, uint64_t count, unsigned told, const char *file,
                  const char *reason)
{
    struct error error = ERROR_INIT;
    struct damages damages = {.count = 0};
    struct verify_result result;
    if (!verify_dataset(scratch->folder, "p", note, &damages, &result, &error))
        fail_msg("%s", error.text);
    assert_int_equal(result.num_damaged, count);
    assert_int_equal(damages.count, told);
    if (!strstr(damages.file, file) || !strstr(damages.reason, reason))
        fail_msg("%s: %s", damages.file, damages.reason);
}

static void verifies_the_users_files(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_result result;
    struct verify_result verified;
    import_ok(scratch, &result);
    assert_true(verify_dataset(scratch->folder, "p", NULL, NULL, &verified, &error));
    assert_int_equal(verified.num_damaged, 0);
    assert_int_equal(verified.num_files, 12 + 2);
    finds(scratch, 0, 0, "", "");
    // Nothing but the bytes tells.
    assert_true(user_file(scratch, "a", "abd", 1000000000));
    finds(scratch, 1, 1, "/a",
          "its 3 bytes from byte 0 on have the SHA-256 "
          "a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9, but must have "
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    // Two images of one file are one file.
    assert_true(user_file(scratch, "a", "abc", 1000000000));
    assert_true(user_file(scratch, "b", "0123", 2000000001));
    finds(scratch, 1, 1, "/b", "has changed");
    assert_int_equal(unlink(user_path(scratch, "b")), 0);
    finds(scratch, 1, 1, "/b", "is gone");
    assert_true(user_file(scratch, "b", "01234567", 2000000001));
    finds(scratch, 0, 0, "", "");
    // A damaged list of places says nothing about the user's files.
    put_number(scratch, result.revision, "train/image.places.npy", 1, 1);
    finds(scratch, 1, 1, "train/image.places.npy", "its SHA-256 is");
}

static void names_a_hundred_files_at_most(void **state)
{
    enum { FILES = 130 };
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_result result;
    struct writer *writer = in_place_begin(scratch, "p", true, &error);
    for (int i = 0; i < FILES; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%d", i);
        assert_true(user_file(scratch, name, name, 5));
        assert_true(in_place_append(scratch, writer, "all", name, 0, 1, &error));
        assert_true(in_place_append(scratch, writer, "all", name, 1, 1, &error));
    }
    assert_true(writer_commit(writer, &result, &error));
    writer_free(writer);
    finds(scratch, 0, 0, "", "");
    for (int i = 5; i < FILES; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%d", i);
        assert_true(user_file(scratch, name, name, 6));
    }
    finds(scratch, FILES - 5, 101, "p", "25 more files are missing or have changed");
}

static void removing_leaves_the_users_files(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_result result;
    uint64_t freed;
    import_ok(scratch, &result);
    assert_true(remove_dataset(scratch->folder, "p", &freed, &error));
    assert_int_equal(scratch_entries(scratch_path(scratch, "arrays")), 0);
    assert_true(scratch_exists(user_path(scratch, "a")));
    assert_true(scratch_exists(user_path(scratch, "b")));
}

static void refuses_bad_places(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    static const struct image_size SHOWN = {1, 1, 1};
    char endless[5000];
    memset(endless, 'x', sizeof endless - 1);
    endless[0] = '/';
    endless[sizeof endless - 1] = '\0';
    const struct image_place CASES[] = {
        {.path = "a", .size = 1, .file_size = 1},
        {.path = "", .size = 1, .file_size = 1},
        {.path = endless, .size = 1, .file_size = 1},
        {.path = "/a", .size = 0, .file_size = 1},
        {.path = "/a", .size = 2, .file_size = 1},
        {.path = "/a", .offset = 1, .size = 1, .file_size = 1},
        {.path = "/a", .offset = UINT64_MAX, .size = 1, .file_size = 1},
        {.path = "/a", .size = 1, .file_size = UINT64_MAX},
        {.path = "/a", .size = SCHEMA_MAX_IMAGE + 1, .file_size = 1ULL << 40},
    };
    struct writer *writer = in_place_begin(scratch, "p", false, &error);
    assert_int_equal(writer_split(writer, "all", &error), 0);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        error = (struct error)ERROR_INIT;
        assert_false(writer_append_place(writer, 0, 0, &CASES[i], &SHOWN, &error));
        assert_true(error.kind == ERROR_INTERNAL || error.kind == ERROR_LIMIT);
    }
    error = (struct error)ERROR_INIT;
    assert_false(writer_append_place(writer, 0, 1,
                                     &(struct image_place){.path = "/a", .size = 1, .file_size = 1},
                                     &SHOWN, &error));
    assert_non_null(strstr(error.text, "stored as rows, not as in_place"));
    writer_free(writer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lists_where_images_lie),
        TEST(reads_images),
        TEST(notices_what_changed),
        TEST(believes_no_place),
        TEST(verifies_the_users_files),
        TEST(names_a_hundred_files_at_most),
        TEST(removing_leaves_the_users_files),
        TEST(refuses_bad_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
