// SPDX-License-Identifier: MIT
// Revisions and hashes here were computed with Python's hashlib over numpy.save's bytes and the
// text that store/writer.h defines.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/catalog.h"
#include "tests/unit/scratch.h"

static void publishes_what_numpy_would_write(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_result result;
    struct writer *writer = scratch_begin(scratch->folder, "small", false, &error);
    // The order of declaration does not matter: the schema gets train first.
    assert_true(scratch_append(writer, "test", 0, 4, 2, &error));
    assert_true(scratch_append(writer, "train", 0, 10, 1, &error));
    assert_true(writer_commit(writer, &result, &error));
    writer_free(writer);
    assert_string_equal(result.revision,
                        "d72297317923f7c01573d2ca3cd196372282c9dc41a060bfbf638c94d2d0efc4");
    assert_false(result.unchanged);
    assert_int_equal(result.num_samples, 14);
    assert_int_equal(result.bytes, 14 * 5);

    struct catalog *catalog = catalog_open(scratch->folder, FOLDER_READ, &error);
    struct catalog_entry entry;
    assert_true(catalog_read_one(catalog, "small", &entry, &error));
    assert_string_equal(entry.schema.splits[0].name, "train");
    assert_string_equal(entry.schema.splits[1].name, "test");
    assert_int_equal(entry.schema.splits[0].num_samples, 10);
    assert_int_equal(entry.schema.splits[0].bytes, 50);
    assert_string_equal(entry.schema.card.title, "small");
    assert_string_equal(entry.schema.card.task, "image-classification");
    assert_string_equal(entry.schema.card.license, "");
    assert_int_equal(entry.num_arrays, 6);
    assert_string_equal(entry.arrays[0].sha256,
                        "2b7b17d586d758dd5ca72e2baca40d4e4e883370bb588b2b95742a614a877006");
    assert_string_equal(entry.arrays[1].sha256,
                        "545dd0becba763e2092a02b8bb67e5db010c40ef898003349d1be98f03970ba2");
    assert_int_equal(entry.arrays[2].role, ARRAY_BY_CLASS);
    assert_int_equal(entry.arrays[2].bytes, 128 + 80);
    assert_string_equal(entry.arrays[3].sha256,
                        "66aba5ecb796a7abf808a18ee2688581b831aa912a66fb98d3b7496c65aa9529");
    // labels of train: 1 2 0 1 2 0 1 2 0 1
    assert_int_equal(entry.class_counts[1][0], 3);
    assert_int_equal(entry.class_counts[1][1], 4);
    assert_int_equal(entry.class_counts[1][2], 3);
    assert_null(entry.class_counts[0]);
    catalog_entry_clear(&entry);
    catalog_close(catalog);
    assert_int_equal(scratch_entries(scratch_path(scratch, "tmp")), 0);
}

static bool append_rich(struct writer *writer, struct error *error)
{
    static const double X[3][2] = {{1.5, -2.0}, {__builtin_nan(""), 4.25}, {0, 1e300}};
    static const int64_t FINE[3] = {2, 0, 1};
    static const uint8_t COARSE[3] = {0, 1, 1};
    static const int32_t N[3] = {7, -8, 9};
    return writer_append(writer, 0, 0, X, 3, error) &&
           writer_append(writer, 0, 1, FINE, 3, error) &&
           writer_append(writer, 0, 2, COARSE, 2, error) &&
           writer_append(writer, 0, 2, COARSE + 2, 1, error) &&
           writer_append(writer, 0, 3, N, 3, error);
}

// Four kinds of features, names beyond ASCII, superclasses, labels after the rows.
static void names_content_whatever_it_is(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_options options = {.name = "rich", .split = "all", .title = "Rich"};
    struct feature features[] = {
        {.name = (char[]){"Größe m²"},
         .kind = FEATURE_ARRAY,
         .dtype = DTYPE_FLOAT64,
         .rank = 1,
         .shape = {2},
         .white = 3,
         .parent = 0},
        {.name = (char[]){"fine"},
         .kind = FEATURE_CLASS,
         .dtype = DTYPE_INT64,
         .parent = 2,
         .target = true},
        {.name = (char[]){"coarse"}, .kind = FEATURE_CLASS, .dtype = DTYPE_UINT8, .parent = -1},
        {.name = (char[]){"n"}, .kind = FEATURE_SCALAR, .dtype = DTYPE_INT32},
    };
    struct card card = {.license = (char[]){"MIT"}};
    struct writer_result result;
    struct writer *writer = writer_new(scratch->folder, &options, &error);
    assert_int_equal(writer_split(writer, "whatever", &error), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(writer_feature(writer, &features[i], &error), i);
    assert_true(append_rich(writer, &error));
    assert_true(
        writer_class(writer, 1, "a b", 1, &error) && writer_class(writer, 1, "c", -1, &error) &&
        writer_class(writer, 1, "é\n", 1, &error) && writer_class(writer, 2, "x", -1, &error) &&
        writer_class(writer, 2, "y", -1, &error) && writer_class_parent(writer, 1, 1, 0, &error));
    assert_true(writer_card(writer, &card, &error));
    assert_true(writer_warn(writer, &error, "only %d samples", 3));
    assert_true(writer_source(writer, "rich.csv", 99, "", &error));
    assert_true(writer_commit(writer, &result, &error));
    writer_free(writer);
    assert_string_equal(result.revision,
                        "cfe3b94a3a4b24ff05693a32994ded45a752ffa0c93c3474f42a63a2925d97cf");

    struct catalog *catalog = catalog_open(scratch->folder, FOLDER_READ, &error);
    struct catalog_entry entry;
    assert_true(catalog_read_one(catalog, "rich", &entry, &error));
    const struct schema *schema = &entry.schema;
    assert_string_equal(schema->splits[0].name, "all");
    assert_string_equal(schema->card.title, "Rich");
    assert_string_equal(schema->card.license, "MIT");
    assert_string_equal(schema->card.task, "tabular-classification");
    assert_int_equal(schema->card.num_warnings, 1);
    assert_string_equal(schema->card.warnings[0], "only 3 samples");
    assert_string_equal(schema->sources[0].file, "rich.csv");
    assert_int_equal(schema->sources[0].bytes, 99);
    assert_string_equal(schema->features[0].name, "Größe m²");
    assert_int_equal(schema->features[0].rank, 1);
    assert_int_equal(schema->features[0].shape[0], 2);
    assert_int_equal(schema->features[0].parent, -1);
    assert_true(schema->features[1].target);
    assert_int_equal(schema->features[1].parent, 2);
    assert_string_equal(schema->features[1].classes[2].name, "é\n");
    assert_int_equal(schema->features[1].classes[1].parent, 0);
    assert_int_equal(schema->features[2].classes[1].parent, -1);
    assert_string_equal(entry.arrays[2].sha256, // by_class of fine: 1 2 0
                        "06198379789ed8a1e8c5edc65281b58a29fb242e00ea277a79922cfd99c93474");
    catalog_entry_clear(&entry);
    catalog_close(catalog);
}

static void describes_in_utf8(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_result result;
    struct card card = {.homepage = (char[]){"\xc3\xa9\xff\xc3"}};
    struct writer *writer = scratch_begin(scratch->folder, "t", false, &error);
    assert_true(scratch_append(writer, "train", 0, 4, 2, &error));
    assert_true(writer_source(writer, "\xe9t\xe9.csv", 1, "", &error));
    assert_true(writer_warn(writer, &error, "in %s", "\xe9"));
    assert_true(writer_card(writer, &card, &error));
    assert_true(writer_commit(writer, &result, &error));
    const struct schema *schema = writer_schema(writer);
    assert_string_equal(schema->sources[0].file, "\xef\xbf\xbdt\xef\xbf\xbd.csv");
    assert_string_equal(schema->card.warnings[0], "in \xef\xbf\xbd");
    assert_string_equal(schema->card.homepage, "\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd");
    writer_free(writer);
}

static void the_same_samples_are_the_same_revision(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    char first[DIGEST_HEX], second[DIGEST_HEX];
    assert_true(scratch_import(scratch->folder, "a", 700, 5, false, first, &error));
    assert_true(scratch_import(scratch->folder, "b", 700, 5, false, second, &error));
    assert_string_equal(first, second);
    assert_true(scratch_import(scratch->folder, "b", 700, 6, true, second, &error));
    assert_string_not_equal(first, second);
    assert_int_equal(scratch_entries(scratch_path(scratch, "arrays/b")), 1);

    struct writer_result result;
    struct writer *writer = scratch_begin(scratch->folder, "a", true, &error);
    assert_true(scratch_append(writer, "train", 0, 700, 5, &error));
    assert_true(writer_warn(writer, &error, "again"));
    assert_true(writer_commit(writer, &result, &error));
    writer_free(writer);
    assert_true(result.unchanged);
    assert_string_equal(result.revision, first);
    assert_int_equal(scratch_entries(scratch_path(scratch, "arrays/a")), 1);

    struct catalog *catalog = catalog_open(scratch->folder, FOLDER_READ, &error);
    struct catalog_entry entry;
    assert_true(catalog_read_one(catalog, "a", &entry, &error));
    assert_int_equal(entry.schema.card.num_warnings, 1);
    catalog_entry_clear(&entry);
    catalog_close(catalog);
}

static void a_taken_name_is_refused(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_result result;
    struct writer *first = scratch_begin(scratch->folder, "name", false, &error);
    struct writer *second = scratch_begin(scratch->folder, "name", false, &error);
    struct writer *other = scratch_begin(scratch->folder, "other", false, &error);
    assert_true(scratch_append(first, "train", 0, 10, 0, &error));
    assert_true(scratch_append(second, "train", 0, 10, 1, &error));
    assert_true(scratch_append(other, "train", 0, 10, 1, &error));
    assert_true(writer_commit(second, &result, &error));
    assert_false(writer_commit(first, &result, &error));
    assert_int_equal(error.kind, ERROR_EXISTS);
    assert_non_null(strstr(error.text, "--replace"));
    error = (struct error)ERROR_INIT;
    assert_true(writer_commit(other, &result, &error));
    writer_free(first);
    writer_free(second);
    writer_free(other);
    assert_int_equal(scratch_entries(scratch_path(scratch, "arrays/name")), 1);
    assert_int_equal(scratch_entries(scratch_path(scratch, "tmp")), 0);
    assert_null(scratch_begin(scratch->folder, "name", false, &error));
    assert_int_equal(error.kind, ERROR_EXISTS);
    error = (struct error)ERROR_INIT;
    assert_null(scratch_begin(scratch->folder, "../name", false, &error));
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_int_equal(scratch_entries(scratch_path(scratch, "tmp")), 0);
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

static void checks_the_whole(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    static const uint8_t LABELS[] = {0, 1, 2, 3, 255};
    struct writer *writer = scratch_begin(scratch->folder, "bad", false, &error);
    commit_fails(scratch, writer, "\"bad\"", "not one sample", "");

    writer = scratch_begin(scratch->folder, "bad", false, &error);
    assert_int_equal(writer_split(writer, "train", &error), 0);
    commit_fails(scratch, writer, "\"bad\"", "not one sample", "");

    writer = scratch_begin(scratch->folder, "bad", false, &error);
    assert_true(scratch_append(writer, "train", 0, 10, 0, &error));
    assert_true(writer_append(writer, 0, 1, LABELS, 2, &error));
    commit_fails(scratch, writer, "\"train\"", "\"image\" has 10", "\"label\" has 12");

    writer = scratch_begin(scratch->folder, "bad", false, &error);
    assert_true(scratch_append(writer, "test", 0, 10, 0, &error));
    assert_true(writer_append(writer, 0, 1, LABELS, 5, &error));
    assert_true(writer_append(writer, 0, 0, "abcdefghijklmnopqrst", 5, &error));
    commit_fails(scratch, writer, "split \"test\", feature \"label\"", "sample 13 has the class 3",
                 "3 classes");

    writer = scratch_begin(scratch->folder, "bad", false, &error);
    assert_true(scratch_append(writer, "train", 0, 10, 0, &error));
    assert_true(writer_class(writer, 1, "two", -1, &error));
    commit_fails(scratch, writer, "\"label\"", "two classes are named \"two\"", "");
}

// One sample of one class feature with that value and no labels.
static struct writer *one_class(struct scratch *scratch, enum dtype dtype, const void *value)
{
    struct error error = ERROR_INIT;
    struct writer_options options = {.name = "one"};
    struct feature label = {
        .name = (char[]){"label"}, .kind = FEATURE_CLASS, .dtype = dtype, .parent = -1};
    struct writer *writer = writer_new(scratch->folder, &options, &error);
    assert_int_equal(writer_feature(writer, &label, &error), 0);
    assert_int_equal(writer_split(writer, "all", &error), 0);
    assert_true(writer_append(writer, 0, 0, value, 1, &error));
    return writer;
}

static void checks_class_values_of_every_type(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    int64_t negative = -3;
    uint64_t huge = UINT64_MAX;
    int32_t many = 1 << 20;
    commit_fails(scratch, one_class(scratch, DTYPE_INT64, &negative), "sample 0", "the class -3",
                 "");
    commit_fails(scratch, one_class(scratch, DTYPE_UINT64, &huge), "sample 0",
                 "the class 18446744073709551615", "");
    commit_fails(scratch, one_class(scratch, DTYPE_INT32, &many), "the class 1048576",
                 "at most 1048576 classes", "");

    // A class feature without labels gets numbers for names.
    uint16_t three = 3;
    struct writer_result result;
    struct writer *writer = one_class(scratch, DTYPE_UINT16, &three);
    assert_true(writer_commit(writer, &result, &error));
    assert_int_equal(writer_schema(writer)->features[0].num_classes, 4);
    assert_string_equal(writer_schema(writer)->features[0].classes[3].name, "3");
    writer_free(writer);
}

static void heeds_the_options(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_options options = {.name = "o", .split = "mine", .target = "b"};
    struct feature a = {
        .name = (char[]){"a"}, .kind = FEATURE_SCALAR, .dtype = DTYPE_UINT8, .target = true};
    struct writer *writer = writer_new(scratch->folder, &options, &error);
    assert_string_equal(writer_options(writer)->split, "mine");
    assert_int_equal(writer_feature(writer, &a, &error), 0);
    assert_false(writer_schema(writer)->features[0].target);
    assert_int_equal(writer_split(writer, "train", &error), 0);
    assert_int_equal(writer_split(writer, "train", &error), 0);
    assert_string_equal(writer_schema(writer)->splits[0].name, "mine");
    assert_int_equal(writer_split(writer, "test", &error), -1);
    assert_non_null(strstr(error.text, "(train, test)"));
    assert_true(writer_append(writer, 0, 0, "x", 1, NULL));
    commit_fails(scratch, writer, "--target b", "no such feature", "");
}

// Declares an image alone; label and superclass before the rows or after them.
static void import_classes(struct scratch *scratch, const char *name, bool late, char *revision)
{
    struct error error = ERROR_INIT;
    struct writer_options options = {.name = name};
    struct feature image = {.name = (char[]){"image"},
                            .kind = FEATURE_IMAGE,
                            .dtype = DTYPE_UINT8,
                            .rank = 2,
                            .shape = {1, 2},
                            .white = 255,
                            .parent = -1};
    struct feature classes[] = {{.name = (char[]){"label"},
                                 .kind = FEATURE_CLASS,
                                 .dtype = DTYPE_UINT16,
                                 .target = true,
                                 .parent = 2},
                                {.name = (char[]){"superclass"},
                                 .kind = FEATURE_CLASS,
                                 .dtype = DTYPE_UINT8,
                                 .parent = -1}};
    struct writer *writer = writer_new(scratch->folder, &options, &error);
    assert_int_equal(writer_feature(writer, &image, &error), 0);
    for (int i = 0; !late && i < 2; i++)
        assert_int_equal(writer_feature(writer, &classes[i], &error), i + 1);
    int test = writer_split(writer, "test", &error), train = writer_split(writer, "train", &error);
    assert_int_equal(writer_split(writer, "empty", &error), 2);
    assert_true(writer_append(writer, test, 0, "ab", 1, &error));
    assert_true(writer_append(writer, train, 0, "cdef", 2, &error));
    for (int i = 0; late && i < 2; i++)
        assert_int_equal(writer_feature(writer, &classes[i], &error), i + 1);
    for (int i = 1; i <= 2; i++) {
        assert_true(writer_class(writer, i, "x", i == 1 ? 0 : -1, &error));
        assert_true(writer_class(writer, i, "y", i == 1 ? 0 : -1, &error));
    }
    assert_true(writer_append(writer, train, 1, "\0\0\1\0", 2, &error));
    assert_true(writer_append(writer, test, 1, "\1\0", 1, &error));
    assert_true(writer_append(writer, train, 2, "\0\0", 2, &error));
    assert_true(writer_append(writer, test, 2, "\0", 1, &error));
    assert_true(writer_append(writer, 2, 0, "gh", 1, &error));
    assert_true(writer_append(writer, 2, 1, "\0\0", 1, &error));
    assert_true(writer_append(writer, 2, 2, "\0", 1, &error));
    struct writer_result result;
    if (!writer_commit(writer, &result, &error))
        fail_msg("%s", error.text);
    writer_free(writer);
    memcpy(revision, result.revision, DIGEST_HEX);
}

static void takes_classes_late(void **state)
{
    char early[DIGEST_HEX], late[DIGEST_HEX];
    import_classes(*state, "early", false, early);
    import_classes(*state, "late", true, late);
    assert_string_equal(early, late);
}

static void refuses_bad_declarations(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer *writer = scratch_begin(scratch->folder, "d", false, &error);
    struct feature again = {.name = (char[]){"label"}, .kind = FEATURE_SCALAR};
    struct feature late = {.name = (char[]){"late"}, .kind = FEATURE_SCALAR};
    assert_int_equal(writer_feature(writer, &again, &error), -1);
    assert_non_null(strstr(error.text, "two features are named \"label\""));
    error = (struct error)ERROR_INIT;
    assert_int_equal(writer_split(writer, "a/b", &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    error = (struct error)ERROR_INIT;
    assert_false(writer_class(writer, 0, "x", -1, &error)); // an image has no classes
    assert_false(writer_class_parent(writer, 1, 3, 0, NULL));
    error = (struct error)ERROR_INIT;
    assert_false(writer_append(writer, 0, 0, "", 1, &error)); // no such split yet
    assert_int_equal(error.kind, ERROR_INTERNAL);
    for (int i = 0; i < SCHEMA_MAX_SPLITS; i++) {
        char name[16];
        snprintf(name, sizeof name, "s%d", i);
        assert_int_equal(writer_split(writer, name, NULL), i);
    }
    error = (struct error)ERROR_INIT;
    assert_int_equal(writer_split(writer, "one more", &error), -1);
    assert_int_equal(error.kind, ERROR_LIMIT);
    assert_true(writer_append(writer, 0, 0, "1234", 1, NULL));
    error = (struct error)ERROR_INIT;
    assert_int_equal(writer_feature(writer, &late, &error), -1);
    assert_non_null(strstr(error.text, "after the first row"));
    writer_free(writer);
    writer_free(NULL);
    assert_int_equal(scratch_entries(scratch_path(scratch, "tmp")), 0);
}

// More samples than the class index is sorted of at once, appended in pieces of odd sizes.
static void sorts_many_samples(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    enum { SAMPLES = 5000001, PIECE = 99991 };
    struct writer_options options = {.name = "many"};
    struct feature label = {
        .name = (char[]){"label"}, .kind = FEATURE_CLASS, .dtype = DTYPE_UINT16, .parent = -1};
    struct writer *writer = writer_new(scratch->folder, &options, &error);
    assert_int_equal(writer_feature(writer, &label, &error), 0);
    assert_int_equal(writer_split(writer, "all", &error), 0);
    uint16_t *piece = malloc(PIECE * sizeof *piece);
    for (uint64_t done = 0; done < SAMPLES;) {
        uint64_t size = SAMPLES - done < PIECE ? SAMPLES - done : PIECE;
        for (uint64_t i = 0; i < size; i++)
            piece[i] = (uint16_t)((done + i) * UINT64_C(2654435761) >> 20 & 511);
        assert_true(writer_append(writer, 0, 0, piece, size, &error));
        done += size;
    }
    free(piece);
    struct writer_result result;
    assert_true(writer_commit(writer, &result, &error));
    writer_free(writer);

    struct library *library = library_open(scratch->path, NULL, NULL, &error);
    struct snapshot *snapshot = library_snapshot(library);
    struct dataset *dataset = snapshot_find(snapshot, "many");
    const struct class_index *index = dataset_class_index(dataset, 0, 0);
    const struct array *values = dataset_array(dataset, 0, 0);
    uint64_t wrong = 0;
    assert_int_equal(index->starts[512], SAMPLES);
    for (size_t class = 0; class < 512; class ++) {
        int64_t before = -1;
        for (uint64_t at = index->starts[class]; at < index->starts[class + 1]; at++) {
            int64_t sample;
            uint16_t value;
            memcpy(&sample, index->by_class.rows + at * sizeof sample, sizeof sample);
            memcpy(&value, values->rows + (uint64_t)sample * sizeof value, sizeof value);
            wrong += value != class || sample <= before;
            before = sample;
        }
    }
    assert_int_equal(wrong, 0);
    snapshot_release(snapshot);
    library_close(library);
}

static void writes_thousands_of_columns(void **state)
{
    struct scratch *scratch = *state;
    struct error error = ERROR_INIT;
    struct writer_options options = {.name = "wide"};
    struct writer *writer = writer_new(scratch->folder, &options, &error);
    for (int i = 0; i < 2000; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%d", i);
        struct feature feature = {.name = name, .kind = FEATURE_SCALAR, .dtype = DTYPE_INT32};
        assert_int_equal(writer_feature(writer, &feature, &error), i);
    }
    assert_int_equal(writer_split(writer, "all", &error), 0);
    for (int row = 0; row < 3; row++)
        for (int i = 0; i < 2000; i++)
            assert_true(writer_append(writer, 0, i, &(int32_t){row * 10000 + i}, 1, &error));
    struct writer_result result;
    assert_true(writer_commit(writer, &result, &error));
    writer_free(writer);
    assert_int_equal(scratch_entries(scratch_path(scratch, "arrays/wide/%s/all", result.revision)),
                     2000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(publishes_what_numpy_would_write),
        TEST(names_content_whatever_it_is),
        TEST(describes_in_utf8),
        TEST(the_same_samples_are_the_same_revision),
        TEST(a_taken_name_is_refused),
        TEST(checks_the_whole),
        TEST(checks_class_values_of_every_type),
        TEST(heeds_the_options),
        TEST(takes_classes_late),
        TEST(refuses_bad_declarations),
        TEST(sorts_many_samples),
        TEST(writes_thousands_of_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
