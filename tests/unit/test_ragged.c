// SPDX-License-Identifier: MIT
// Texts, tokens and encoded images, from the writer to the opened dataset. The revision and the
// hashes were computed with numpy.lib.format.write_array and Python's hashlib over the text that
// store/writer.h defines.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "store/catalog.h"
#include "tests/unit/scratch.h"
#include "tests/unit/scratch_ragged.h"

static const char REVISION[] = "34cb8ad1789e83a87423298c6d321865e82d69b59fb5d712c3b0660838551a15";

static void import_ok(struct scratch *scratch, const char *name)
{
    struct error error = ERROR_INIT;
    struct writer_result result;
    if (!ragged_import(scratch->folder, name, true, &result, &error))
        fail_msg("%s", error.text);
    assert_string_equal(result.revision, REVISION);
    assert_int_equal(result.num_samples, 4);
    assert_int_equal(result.bytes, 169 + 67);
}

static void writes_what_numpy_would_write(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    static const struct {
        int split, feature;
        enum array_role role;
        uint64_t bytes;
        const char *sha256;
    } EXPECTED[] = {
        {0, RAGGED_TEXT, ARRAY_VALUES, 137,
         "20ae21ad756ad7f6a311a6c9866b8fc07b3d057f6ba4cb3f42d693d35ddf7a9c"},
        {0, RAGGED_TEXT, ARRAY_OFFSETS, 160,
         "7309c0b51fd7b89bf2e9a1e16588e6cbf0a4f0c85d728db2edd65431d68f83af"},
        {0, RAGGED_TOKENS, ARRAY_VALUES, 144,
         "c0c15ef6f725a17bc0439a113cc7190a0fbd24caac7c32769cd564c73498168f"},
        {0, RAGGED_TOKENS, ARRAY_OFFSETS, 160,
         "98a241b758e8e2c14832141e7adf31549f1a593a58350e40a9867b770266f3c0"},
        {0, RAGGED_PICTURE, ARRAY_VALUES, 137,
         "943cd905da4c8254e8e296ca990c052ca1c0a38a9f1ef12b968f63eb8b1b7c9a"},
        {0, RAGGED_PICTURE, ARRAY_OFFSETS, 160,
         "f15c82bc6d928f73eb48f11cbbccd3305345ca2de6ddf07186e7b7e1e8fd08ed"},
        {0, RAGGED_PICTURE, ARRAY_SIZES, 128 + 36,
         "9cc0d0b12c78ad7d9306ea0e40295034a85c0bb89f35efc62f6e569e088231fe"},
        {0, RAGGED_LABEL, ARRAY_VALUES, 131,
         "7c5eaa4c7646717f2518d2096bb58d1d9d1de9e4e6525c16e3b8e91456a768a0"},
        {0, RAGGED_LABEL, ARRAY_BY_CLASS, 152, NULL},
        {1, RAGGED_TEXT, ARRAY_VALUES, 129,
         "69734b04e6b4220ab0ff6dcc0441717a602f674eb5391f8bdb28b1929206ee3c"},
        {1, RAGGED_TEXT, ARRAY_OFFSETS, 144,
         "edf57b3e7cc4d837db7a3b400e84ffa2cc07b6adc347edef9feabbc11c5183cb"},
        {1, RAGGED_TOKENS, ARRAY_VALUES, 132,
         "6853a7e11f96cc94d8c2e045157654bb0f2729ae3e19caf77f12a2b7df3309ee"},
        {1, RAGGED_TOKENS, ARRAY_OFFSETS, 144, NULL},
        {1, RAGGED_PICTURE, ARRAY_VALUES, 129, NULL},
        {1, RAGGED_PICTURE, ARRAY_OFFSETS, 144, NULL},
        {1, RAGGED_PICTURE, ARRAY_SIZES, 140,
         "03dcee7f8377874729190984f4126ade75b75bbe3d0073bd30754803de2c9724"},
        {1, RAGGED_LABEL, ARRAY_VALUES, 129, NULL},
        {1, RAGGED_LABEL, ARRAY_BY_CLASS, 136, NULL},
        {-1, RAGGED_TOKENS, ARRAY_WORDS, 137,
         "3e87876bf1556a7b3cd73e2a1ee5f53667609dff62e1207d0a71eef627f8b41a"},
        {-1, RAGGED_TOKENS, ARRAY_WORD_OFFSETS, 160,
         "d80c70adc7668abf30c0a1090d69749e51c986972131590de7b787e0e6201abb"},
    };
    enum { COUNT = sizeof EXPECTED / sizeof EXPECTED[0] };
    import_ok(scratch, "r");
    struct catalog *catalog = catalog_open(scratch->folder, FOLDER_READ, &error);
    struct catalog_entry entry;
    if (!catalog_read_one(catalog, "r", &entry, &error))
        fail_msg("%s", error.text);
    assert_int_equal(entry.num_arrays, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        const struct catalog_array *array = &entry.arrays[i];
        assert_int_equal(array->split, EXPECTED[i].split);
        assert_int_equal(array->feature, EXPECTED[i].feature);
        assert_int_equal(array->role, EXPECTED[i].role);
        assert_int_equal(array->bytes, EXPECTED[i].bytes);
        if (EXPECTED[i].sha256)
            assert_string_equal(array->sha256, EXPECTED[i].sha256);
    }
    const struct schema *schema = &entry.schema;
    assert_int_equal(schema->splits[0].bytes, 169);
    assert_int_equal(schema->splits[1].bytes, 67);
    assert_int_equal(schema->features[RAGGED_TEXT].storage, STORAGE_RAGGED);
    assert_int_equal(schema->features[RAGGED_LABEL].storage, STORAGE_ROWS);
    assert_int_equal(schema->features[RAGGED_TOKENS].num_words, 3);
    assert_string_equal(schema->card.task, "image-classification");
    catalog_entry_clear(&entry);
    catalog_close(catalog);
    static const char *const FILES[] = {"train/text.values.npy",   "train/text.offsets.npy",
                                        "train/picture.sizes.npy", "train/label.npy",
                                        "tokens.words.values.npy", "tokens.words.offsets.npy",
                                        "test/tokens.offsets.npy"};
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
        assert_true(scratch_exists(scratch_path(scratch, "arrays/r/%s/%s", REVISION, FILES[i])));
}

static struct dataset *open_one(struct scratch *scratch, const char *name, struct library **library)
{
    struct error error = ERROR_INIT;
    *library = library_open(scratch->path, NULL, NULL, &error);
    if (!*library)
        fail_msg("%s", error.text);
    struct snapshot *snapshot = library_snapshot(*library);
    struct dataset *dataset = snapshot_find(snapshot, name);
    if (!dataset)
        fail_msg("%s", snapshot_broken(snapshot, name));
    dataset_hold(dataset);
    snapshot_release(snapshot);
    return dataset;
}

static void run_is(struct dataset *dataset, int split, int feature, uint64_t index,
                   const void *expected, uint64_t count)
{
    uint64_t got;
    const void *run = dataset_run(dataset, split, feature, index, &got);
    assert_non_null(run);
    assert_int_equal(got, count);
    assert_memory_equal(run, expected,
                        count * dtype_size(dataset_schema(dataset)->features[feature].dtype));
}

static void gives_each_run(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct library *library;
    import_ok(scratch, "r");
    struct dataset *dataset = open_one(scratch, "r", &library);
    run_is(dataset, 0, RAGGED_TEXT, 0, "", 0);
    run_is(dataset, 0, RAGGED_TEXT, 1, "h\xc3\xa4user", 7);
    run_is(dataset, 0, RAGGED_TEXT, 2, "b\n", 2);
    run_is(dataset, 1, RAGGED_TEXT, 0, "z", 1);
    run_is(dataset, 0, RAGGED_TOKENS, 0, (const int32_t[]){1, 2, 3}, 3);
    run_is(dataset, 0, RAGGED_TOKENS, 1, "", 0);
    run_is(dataset, 0, RAGGED_TOKENS, 2, (const int32_t[]){70000}, 1);

    size_t size;
    assert_memory_equal(dataset_word(dataset, RAGGED_TOKENS, 1, &size), "the", 3);
    assert_int_equal(size, 3);
    assert_non_null(dataset_word(dataset, RAGGED_TOKENS, 2, &size));
    assert_int_equal(size, 0);
    assert_memory_equal(dataset_word(dataset, RAGGED_TOKENS, 3, &size), "na\xc3\xafve", 6);
    assert_int_equal(size, 6);
    assert_null(dataset_word(dataset, RAGGED_TOKENS, 0, &size));
    assert_null(dataset_word(dataset, RAGGED_TOKENS, 4, &size));

    uint32_t height, width, channels;
    dataset_image_size(dataset, 0, RAGGED_PICTURE, 2, &height, &width, &channels);
    assert_int_equal(height, 300);
    assert_int_equal(width, 200);
    assert_int_equal(channels, 4);
    struct image_bytes image;
    assert_true(dataset_image_bytes(dataset, 0, RAGGED_PICTURE, 2, &image, &error));
    assert_int_equal(image.size, 4);
    assert_memory_equal(image.bytes, "\x89PNG", 4);
    assert_null(image.owned);
    image_bytes_free(&image);
    assert_true(dataset_image_head(dataset, 0, RAGGED_PICTURE, 2, &image, &error));
    assert_int_equal(image.size, 4);
    assert_memory_equal(image.bytes, "\x89PNG", 4);
    image_bytes_free(&image);

    assert_int_equal(dataset_array(dataset, 0, RAGGED_TEXT)->num_rows, 9);
    assert_int_equal(dataset_part(dataset, 0, RAGGED_TEXT, ARRAY_OFFSETS)->num_rows, 4);
    assert_ptr_equal(dataset_part(dataset, 1, RAGGED_TOKENS, ARRAY_WORDS),
                     dataset_part(dataset, 0, RAGGED_TOKENS, ARRAY_WORDS));
    assert_null(dataset_part(dataset, 0, RAGGED_TEXT, ARRAY_WORDS));
    assert_null(dataset_part(dataset, 0, RAGGED_LABEL, ARRAY_OFFSETS));
    assert_int_equal(class_index_count(dataset_class_index(dataset, 0, RAGGED_LABEL), 0), 2);
    assert_null(dataset_damage(dataset));
    dataset_release(dataset);
    library_close(library);
}

// All features of train in another order, text and pictures too, whose runs have 0 to 7 elements.
static void reorder_all(struct writer *writer, const uint64_t *order)
{
    struct error error = ERROR_INIT;
    for (int feature = RAGGED_TEXT; feature <= RAGGED_LABEL; feature++)
        if (!writer_reorder(writer, 0, feature, order, 3, &error))
            fail_msg("%s", error.text);
}

static void reorders_samples(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_result result;
    struct library *library;
    for (int back = 0; back < 2; back++) {
        struct writer *writer = ragged_begin(scratch->folder, "r", true, &error);
        assert_true(ragged_append(writer, &error));
        reorder_all(writer, (const uint64_t[]){2, 0, 1});
        assert_false(writer_reorder(writer, 0, 0, (const uint64_t[]){1, 0}, 2, &error));
        error = (struct error)ERROR_INIT;
        if (back)
            reorder_all(writer, (const uint64_t[]){1, 2, 0});
        assert_true(writer_commit(writer, &result, &error));
        writer_free(writer);
        assert_int_equal(strcmp(result.revision, REVISION) == 0, back);
        if (back)
            continue;
        struct dataset *dataset = open_one(scratch, "r", &library);
        run_is(dataset, 0, RAGGED_TEXT, 0, "b\n", 2);
        run_is(dataset, 0, RAGGED_TEXT, 1, "", 0);
        run_is(dataset, 0, RAGGED_TEXT, 2, "h\xc3\xa4user", 7);
        run_is(dataset, 1, RAGGED_TEXT, 0, "z", 1);
        run_is(dataset, 0, RAGGED_TOKENS, 1, (const int32_t[]){1, 2, 3}, 3);
        run_is(dataset, 0, RAGGED_PICTURE, 0, "\x89PNG", 4);
        uint32_t height, width, channels;
        dataset_image_size(dataset, 0, RAGGED_PICTURE, 0, &height, &width, &channels);
        assert_int_equal(height, 300);
        assert_memory_equal(dataset_array(dataset, 0, RAGGED_LABEL)->rows, "\0\0\1", 3);
        dataset_release(dataset);
        library_close(library);
    }
}

// Puts a number into a file of int64, which nobody checks the hash of when a dataset is opened.
static void put_number(struct scratch *scratch, const char *file, unsigned place, int64_t number)
{
    int fd = open(scratch_path(scratch, "arrays/r/%s/%s", REVISION, file), O_RDWR);
    assert_int_equal(pwrite(fd, &number, sizeof number, 128 + 8 * (off_t)place), sizeof number);
    close(fd);
}

static void stays_within_the_file(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct library *library;
    static const int64_t BAD[] = {-1, 10, INT64_MAX, INT64_MIN, 8};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        uint64_t count;
        size_t size;
        struct image_bytes image;
        import_ok(scratch, "r");
        // Where the second run begins.
        put_number(scratch, "train/text.offsets.npy", 1, BAD[i]);
        put_number(scratch, "train/picture.offsets.npy", 1, BAD[i]);
        put_number(scratch, "tokens.words.offsets.npy", 1, BAD[i]);
        struct dataset *dataset = open_one(scratch, "r", &library);
        assert_null(dataset_damage(dataset));
        assert_null(dataset_run(dataset, 0, RAGGED_TEXT, 1, &count));
        assert_non_null(strstr(dataset_damage(dataset), "text.offsets.npy of r does not ascend"));
        assert_null(dataset_word(dataset, RAGGED_TOKENS, 2, &size));
        error = (struct error)ERROR_INIT;
        assert_false(dataset_image_bytes(dataset, 0, RAGGED_PICTURE, 1, &image, &error));
        assert_int_equal(error.kind, ERROR_DAMAGED);
        assert_non_null(strstr(error.text, "picture.offsets.npy"));
        image_bytes_free(&image);
        assert_null(dataset_run(dataset, 0, RAGGED_TEXT, 3, &count)); // there are three
        dataset_release(dataset);
        library_close(library);
    }
}

static void looks_at_both_ends(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    static const struct {
        const char *file;
        unsigned place;
        int64_t number;
        const char *words;
    } CASES[] = {
        {"train/text.offsets.npy", 0, 1, "goes from 1 to 9, but must go from 0 to 9"},
        {"train/text.offsets.npy", 3, 8, "goes from 0 to 8, but must go from 0 to 9"},
        {"test/tokens.offsets.npy", 1, -1, "goes from 0 to -1, but must go from 0 to 1"},
        {"tokens.words.offsets.npy", 3, 10, "goes from 0 to 10, but must go from 0 to 9"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        import_ok(scratch, "r");
        put_number(scratch, CASES[i].file, CASES[i].place, CASES[i].number);
        struct library *library = library_open(scratch->path, NULL, NULL, &error);
        struct snapshot *snapshot = library_snapshot(library);
        const char *broken = snapshot_broken(snapshot, "r");
        if (!broken || !strstr(broken, CASES[i].file) || !strstr(broken, CASES[i].words))
            fail_msg("%s", broken ? broken : "not broken");
        snapshot_release(snapshot);
        library_close(library);
    }
}

// Commits, which must fail in words that hold all three, and leave nothing.
static void commit_fails(struct scratch *scratch, struct writer *writer, const char *a,
                         const char *b, const char *c)
{
    struct error error = ERROR_INIT;
    struct writer_result result;
    assert_false(writer_commit(writer, &result, &error));
    if (!strstr(error.text, a) || !strstr(error.text, b) || !strstr(error.text, c))
        fail_msg("\"%s\" does not say \"%s\", \"%s\" and \"%s\"", error.text, a, b, c);
    writer_free(writer);
    assert_int_equal(scratch_entries(scratch_path(scratch, "tmp")), 0);
    assert_int_equal(scratch_entries(scratch_path(scratch, "arrays")), 0);
}

// The last call must have failed so.
static void failed(struct error *error, enum error_kind kind, const char *words)
{
    assert_int_equal(error->kind, kind);
    if (!strstr(error->text, words))
        fail_msg("\"%s\" does not say \"%s\"", error->text, words);
    *error = (struct error)ERROR_INIT;
}

static void refuses_what_does_not_fit(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    static const struct image_size FLAT = {0, 3, 3}, DEEP = {2, 3, 5}, FINE = {2, 3, 3};
    static const int32_t NEGATIVE[] = {1, -2};
    uint64_t two[] = {1, 1}, endless[] = {2, UINT64_MAX - 1};
    struct writer *writer = ragged_begin(scratch->folder, "r", false, &error);
    assert_true(ragged_append(writer, &error));
    assert_false(writer_append_runs(writer, 0, RAGGED_TEXT, "\xc3\xa4", two, 2, &error));
    failed(&error, ERROR_INPUT, "\"text\": sample 3 is no UTF-8");
    assert_false(writer_append_runs(writer, 0, RAGGED_TEXT, "ab", endless, 2, &error));
    failed(&error, ERROR_LIMIT, "sample 4 is too long");
    assert_false(writer_append_runs(writer, 1, RAGGED_TOKENS, NEGATIVE, two, 2, &error));
    failed(&error, ERROR_INPUT, "\"tokens\": sample 2 has the id -2");
    assert_false(writer_append_runs(writer, 0, RAGGED_PICTURE, "ab", two, 2, &error));
    failed(&error, ERROR_INTERNAL, "sizes");
    assert_false(writer_append_runs(writer, 0, RAGGED_LABEL, "ab", two, 2, &error));
    failed(&error, ERROR_INTERNAL, "stored as rows");
    assert_false(writer_append(writer, 0, RAGGED_TEXT, "ab", 2, &error));
    failed(&error, ERROR_INTERNAL, "stored as ragged");
    assert_false(writer_append_image(writer, 0, RAGGED_PICTURE, "ab", 2, &FLAT, &error));
    failed(&error, ERROR_INPUT, "0 x 3 pixels");
    assert_false(writer_append_image(writer, 0, RAGGED_PICTURE, "ab", 2, &DEEP, &error));
    failed(&error, ERROR_INPUT, "5 channels");
    assert_false(writer_append_image(writer, 0, RAGGED_PICTURE, "ab", 0, &FINE, &error));
    failed(&error, ERROR_LIMIT, "an image of 0 bytes");
    assert_false(
        writer_append_image(writer, 0, RAGGED_PICTURE, "", SCHEMA_MAX_IMAGE + 1, &FINE, &error));
    failed(&error, ERROR_LIMIT, "an image of 268435457 bytes");
    assert_false(writer_append_image(writer, 0, RAGGED_TEXT, "ab", 2, &FINE, &error));
    failed(&error, ERROR_INTERNAL, "an image for \"text\"");
    assert_false(writer_word(writer, RAGGED_TEXT, "ab", 2, &error));
    failed(&error, ERROR_INTERNAL, "no words");
    assert_false(writer_word(writer, RAGGED_TOKENS, "\xff", 1, &error));
    failed(&error, ERROR_INPUT, "word 4 is no UTF-8");
    assert_true(writer_append_runs(writer, 0, RAGGED_TEXT, "ab", two, 2, &error));
    commit_fails(scratch, writer, "\"train\"", "\"text\" has 5 samples", "\"tokens\" has 3");
}

static void refuses_bad_features(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    static const struct {
        enum feature_kind kind;
        enum storage storage;
        enum dtype dtype;
        unsigned rank;
        double white;
        const char *words;
    } CASES[] = {
        {FEATURE_TEXT, STORAGE_ROWS, DTYPE_UINT8, 0, 0, "a text cannot be stored as rows"},
        {FEATURE_TEXT, STORAGE_IN_PLACE, DTYPE_UINT8, 0, 0, "a text cannot be stored as in_place"},
        {FEATURE_SCALAR, STORAGE_RAGGED, DTYPE_UINT8, 0, 0, "a scalar cannot be stored as ragged"},
        {FEATURE_TEXT, STORAGE_RAGGED, DTYPE_INT32, 0, 0, "of uint8 without axes, not int32"},
        {FEATURE_TOKENS, STORAGE_RAGGED, DTYPE_INT64, 0, 0, "of int32 without axes, not int64"},
        {FEATURE_IMAGE, STORAGE_IN_PLACE, DTYPE_UINT8, 2, 255, "without axes, not uint8 with 2"},
        {FEATURE_IMAGE, STORAGE_RAGGED, DTYPE_UINT8, 0, 16, "is 255, not 16"},
        {FEATURE_TEXT, (enum storage)3, DTYPE_UINT8, 0, 0, "no kind, dtype or storage"},
    };
    struct writer *writer = ragged_begin(scratch->folder, "r", false, &error);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct feature feature = {.name = (char[]){"f"},
                                  .kind = CASES[i].kind,
                                  .storage = CASES[i].storage,
                                  .dtype = CASES[i].dtype,
                                  .rank = CASES[i].rank,
                                  .shape = {2, 2},
                                  .white = CASES[i].white};
        assert_int_equal(writer_feature(writer, &feature, &error), -1);
        if (!strstr(error.text, CASES[i].words))
            fail_msg("\"%s\" does not say \"%s\"", error.text, CASES[i].words);
        error = (struct error)ERROR_INIT;
    }
    // A word ends the declaring as a row does.
    struct feature late = {.name = (char[]){"late"}, .kind = FEATURE_SCALAR};
    assert_true(writer_word(writer, RAGGED_TOKENS, "a", 1, &error));
    assert_int_equal(writer_feature(writer, &late, &error), -1);
    failed(&error, ERROR_INTERNAL, "after the first row or word");
    writer_free(writer);
}

static void refuses_files_of_one_name(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    static const char *const NAMES[] = {"text.values", "text.offsets", "tokens.words.values",
                                        "picture.sizes"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "%s", NAMES[i]);
        struct feature feature = {.name = name, .kind = FEATURE_SCALAR, .dtype = DTYPE_UINT8};
        struct writer *writer = ragged_begin(scratch->folder, "r", false, &error);
        assert_int_equal(writer_feature(writer, &feature, &error), 4);
        assert_false(ragged_append(writer, &error));
        char file[64];
        snprintf(file, sizeof file, "a file %s.npy", name);
        failed(&error, ERROR_INPUT, file);
        writer_free(writer);
    }
    struct writer *writer = ragged_begin(scratch->folder, "r", false, &error);
    assert_true(writer_split(writer, "tokens.words.values.npy", &error) >= 0);
    assert_false(ragged_append(writer, &error));
    failed(&error, ERROR_INPUT, "split \"tokens.words.values.npy\" has the name of a file");
    writer_free(writer);
    // The other way round there is no such file.
    writer = ragged_begin(scratch->folder, "r", false, &error);
    assert_true(writer_split(writer, "text.words.values.npy", &error) >= 0);
    assert_true(ragged_append(writer, &error));
    writer_free(writer);
}

// A format that has to read in another way after all.
static void begins_again(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_result result;
    struct writer_options options = {.name = "r", .split = "all"};
    struct feature other = {.name = (char[]){"text"}, .kind = FEATURE_SCALAR, .dtype = DTYPE_INT32};
    struct writer *writer = writer_new(scratch->folder, &options, &error);
    assert_int_equal(writer_feature(writer, &other, &error), 0);
    assert_int_equal(writer_split(writer, "one", &error), 0);
    int32_t *many = calloc(1 << 20, sizeof *many); // enough to be in the file already
    assert_true(writer_append(writer, 0, 0, many, 1 << 20, &error));
    free(many);
    assert_true(writer_warn(writer, &error, "gone"));
    assert_true(writer_source(writer, "gone", 1, "", &error));
    assert_true(writer_set_aside(writer, "gone", "why", &error));
    assert_true(writer_reset(writer, &error));
    const struct schema *schema = writer_schema(writer);
    assert_string_equal(schema->name, "r");
    assert_int_equal(schema->num_features, 0);
    assert_int_equal(schema->num_splits, 0);
    assert_int_equal(schema->num_sources, 0);
    assert_int_equal(schema->num_set_aside, 0);
    assert_int_equal(schema->card.num_warnings, 0);
    assert_true(writer_reset(writer, &error)); // also with nothing in it
    // --split takes another name for the one split.
    other.storage = STORAGE_RAGGED;
    other.kind = FEATURE_TEXT;
    other.dtype = DTYPE_UINT8;
    assert_int_equal(writer_split(writer, "two", &error), 0);
    assert_int_equal(writer_feature(writer, &other, &error), 0);
    assert_true(writer_append_runs(writer, 0, 0, "xy", &(uint64_t){2}, 1, &error));
    assert_true(writer_commit(writer, &result, &error));
    writer_free(writer);
    assert_int_equal(result.num_samples, 1);
    assert_int_equal(result.bytes, 2 + 16);
    assert_int_equal(scratch_entries(scratch_path(scratch, "arrays/r/%s", result.revision)), 1);
    assert_int_equal(scratch_entries(scratch_path(scratch, "arrays/r/%s/all", result.revision)), 2);
    assert_int_equal(scratch_entries(scratch_path(scratch, "tmp")), 0);
}

// Nothing of the first attempt is in the revision of the second.
static void begins_again_to_the_same_end(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_result result;
    struct class_label classes[] = {{(char[]){"neg"}, -1}, {(char[]){"pos"}, -1}};
    struct feature features[] = {
        {.name = (char[]){"text"}, .kind = FEATURE_TEXT, .storage = 1, .dtype = DTYPE_UINT8},
        {.name = (char[]){"tokens"}, .kind = FEATURE_TOKENS, .storage = 1, .dtype = DTYPE_INT32},
        {.name = (char[]){"picture"},
         .kind = FEATURE_IMAGE,
         .storage = 1,
         .dtype = DTYPE_UINT8,
         .white = 255},
        {.name = (char[]){"label"},
         .kind = FEATURE_CLASS,
         .dtype = DTYPE_UINT8,
         .target = true,
         .parent = -1,
         .num_classes = 2,
         .classes = classes}};
    struct writer *writer = ragged_begin(scratch->folder, "r", false, &error);
    assert_true(ragged_append(writer, &error));
    assert_true(writer_reset(writer, &error));
    for (int i = 0; i < 4; i++)
        assert_int_equal(writer_feature(writer, &features[i], &error), i);
    assert_true(ragged_append(writer, &error));
    assert_true(writer_commit(writer, &result, &error));
    writer_free(writer);
    assert_string_equal(result.revision, REVISION);
}

static void lists_a_thousand_files_set_aside(void **state)
{
    enum { FILES = SCHEMA_MAX_SET_ASIDE + 234 };
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_result result;
    struct writer *writer = ragged_begin(scratch->folder, "r", false, &error);
    assert_true(ragged_append(writer, &error));
    for (int i = 0; i < FILES; i++) {
        char file[32];
        snprintf(file, sizeof file, "cat/%d\xff.jpg", i);
        assert_true(writer_set_aside(writer, file, "cut short", &error));
    }
    assert_true(writer_commit(writer, &result, &error));
    writer_free(writer);
    assert_string_equal(result.revision, REVISION); // what is not there does not count
    struct catalog *catalog = catalog_open(scratch->folder, FOLDER_READ, &error);
    struct catalog_entry entry;
    if (!catalog_read_one(catalog, "r", &entry, &error))
        fail_msg("%s", error.text);
    assert_int_equal(entry.schema.num_set_aside, FILES);
    assert_int_equal(entry.schema.num_listed_aside, SCHEMA_MAX_SET_ASIDE);
    assert_string_equal(entry.schema.set_aside[999].file, "cat/999\xef\xbf\xbd.jpg");
    assert_string_equal(entry.schema.set_aside[0].reason, "cut short");
    catalog_entry_clear(&entry);
    catalog_close(catalog);
    // It gives way as a whole.
    import_ok(scratch, "r");
    catalog = catalog_open(scratch->folder, FOLDER_READ, &error);
    assert_true(catalog_read_one(catalog, "r", &entry, &error));
    assert_int_equal(entry.schema.num_set_aside, 0);
    assert_int_equal(entry.schema.num_listed_aside, 0);
    catalog_entry_clear(&entry);
    catalog_close(catalog);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(writes_what_numpy_would_write),
        TEST(gives_each_run),
        TEST(reorders_samples),
        TEST(stays_within_the_file),
        TEST(looks_at_both_ends),
        TEST(refuses_what_does_not_fit),
        TEST(refuses_bad_features),
        TEST(refuses_files_of_one_name),
        TEST(begins_again),
        TEST(begins_again_to_the_same_end),
        TEST(lists_a_thousand_files_set_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
