// SPDX-License-Identifier: MIT
// Runs every case of tests/golden/FORMAT/CASE: what `input` holds is imported and compared with
// expected.json, or its failure with the text of `error`. options.json may name the paths below the
// case (else `input` itself), the dataset, format, split, target and title. make.py, beside the
// cases, wrote them; this program knows none.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "formats/importer.h"
#include "formats/source.h"
#include "tests/unit/fake_writer.h"

enum { MAX_PATHS = 16, MAX_BYTES = 64 << 20 };

static json_t *describe_feature(const struct feature *feature)
{
    json_t *shape = json_array(), *classes = json_array();
    for (unsigned i = 0; i < feature->rank; i++)
        json_array_append_new(shape, json_integer((json_int_t)feature->shape[i]));
    for (size_t i = 0; i < feature->num_classes; i++)
        json_array_append_new(classes, json_pack("[s,I]", feature->classes[i].name,
                                                 (json_int_t)feature->classes[i].parent));
    return json_pack("{s:s, s:s, s:s, s:o, s:f, s:b, s:i, s:o}", "name", feature->name, "kind",
                     feature_kind_name(feature->kind), "dtype", dtype_name(feature->dtype), "shape",
                     shape, "white", feature->white, "target", feature->target, "parent",
                     feature->parent, "classes", classes);
}

// The SHA-256 of what a feature's file of that role would hold, under its name and the suffix.
static void describe_part(json_t *columns, const struct writer *writer, size_t split, size_t i,
                          enum array_role role, const char *suffix)
{
    const struct feature *feature = &writer_schema(writer)->features[i];
    if (!feature_has_role(feature, role))
        return;
    const struct buffer *part = fake_writer_part(writer, split, i, role);
    char name[200], sha256[DIGEST_HEX];
    snprintf(name, sizeof name, "%s%s", feature->name, suffix);
    digest_of(part->data, part->size, sha256);
    json_object_set_new(columns, name, json_string(sha256));
}

// The SHA-256 of each feature's rows, of runs also where they begin, and of the words they mean.
static json_t *describe_split(const struct writer *writer, size_t split)
{
    const struct schema *schema = writer_schema(writer);
    json_t *columns = json_object();
    for (size_t i = 0; i < schema->num_features; i++) {
        const struct buffer *rows = fake_writer_rows(writer, split, i);
        char sha256[DIGEST_HEX];
        digest_of(rows->data, rows->size, sha256);
        json_object_set_new(columns, schema->features[i].name, json_string(sha256));
        describe_part(columns, writer, split, i, ARRAY_OFFSETS, ".offsets");
        if (schema->features[i].num_words > 0) {
            describe_part(columns, writer, split, i, ARRAY_WORDS, ".words");
            describe_part(columns, writer, split, i, ARRAY_WORD_OFFSETS, ".word_offsets");
        }
    }
    return json_pack("{s:I, s:o}", "samples", (json_int_t)fake_writer_count(writer, split, 0),
                     "columns", columns);
}

static json_t *describe_writer(const struct writer *writer)
{
    const struct schema *schema = writer_schema(writer);
    json_t *features = json_array(), *splits = json_object(), *warnings = json_array();
    json_t *sources = json_array();
    for (size_t i = 0; i < schema->num_features; i++)
        json_array_append_new(features, describe_feature(&schema->features[i]));
    for (size_t i = 0; i < schema->num_splits; i++)
        json_object_set_new(splits, schema->splits[i].name, describe_split(writer, i));
    for (size_t i = 0; i < schema->card.num_warnings; i++)
        json_array_append_new(warnings, json_string(schema->card.warnings[i]));
    for (size_t i = 0; i < schema->num_sources; i++)
        json_array_append_new(sources, json_pack("{s:s, s:I, s:s}", "file", schema->sources[i].file,
                                                 "bytes", (json_int_t)schema->sources[i].bytes,
                                                 "sha256", schema->sources[i].sha256));
    json_t *aside = schema->num_listed_aside > 0 ? json_array() : NULL;
    for (size_t i = 0; i < schema->num_listed_aside; i++)
        json_array_append_new(aside, json_pack("[s,s]", schema->set_aside[i].file,
                                               schema->set_aside[i].reason));
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o*}", "title", schema->card.title, "task",
                     schema->card.task, "warnings", warnings, "features", features, "splits",
                     splits, "sources", sources,
                     "set_aside", aside);
}

static const char *option(const json_t *options, const char *key)
{
    return json_string_value(json_object_get(options, key));
}

// The result of importing a case, whose folder is the current one: a description, or NULL and the
// error.
static json_t *import(const json_t *options, struct error *error)
{
    char input[] = "input";
    char *paths[MAX_PATHS] = {input};
    size_t num_paths = 1;
    const json_t *list = json_object_get(options, "paths");
    for (size_t i = 0; i < json_array_size(list) && i < MAX_PATHS; i++) {
        paths[i] = strdup(json_string_value(json_array_get(list, i)));
        num_paths = i + 1;
    }
    const struct writer_options wanted = {.name = option(options, "name") ? option(options, "name")
                                                                          : "golden",
                                          .split = option(options, "split"),
                                          .target = option(options, "target"),
                                          .title = option(options, "title"),
                                          .in_place = json_is_true(
                                              json_object_get(options, "in_place"))};
    const struct source_limits limits = SOURCE_LIMITS_DEFAULT;
    struct writer *writer = fake_writer_new(&wanted, MAX_BYTES);
    struct source *source = source_open(paths, num_paths, &limits, error);
    json_t *result = NULL;
    if (source && importer_read(source, option(options, "format"), writer, error) &&
        fake_writer_check(writer, error))
        result = describe_writer(writer);
    source_close(source);
    writer_free(writer);
    for (size_t i = 0; list && i < num_paths; i++)
        free(paths[i]);
    return result;
}

static char *read_text(const char *path)
{
    char text[1024];
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return strdup(text);
}

// Runs the case in the current folder. Whether it came out as it should.
static bool run_case(const char *name)
{
    struct error error = ERROR_INIT;
    json_t *options = json_load_file("options.json", 0, NULL);
    json_t *expected = json_load_file("expected.json", 0, NULL);
    char *failure = read_text("error");
    json_t *result = import(options, &error);
    bool good = false;
    if (!expected == !failure)
        print_error("%s: needs either expected.json or error\n", name);
    else if (failure)
        good = strcmp(error.text, failure) == 0;
    else
        good = result && json_equal(result, expected);
    if (!good) {
        char *text = result ? json_dumps(result, JSON_INDENT(1)) : NULL;
        print_error("%s: %s%s\n", name, error.text, text ? text : "");
        free(text);
    }
    json_decref(result);
    json_decref(expected);
    json_decref(options);
    free(failure);
    return good;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && !strchr(entry->d_name, '.');
}

// Runs `each` in every folder of the current one; how many there were, and how many went wrong.
static void run_formats(void **state)
{
    (void)state;
    struct dirent **formats, **cases;
    unsigned count = 0, wrong = 0;
    assert_int_equal(chdir("tests/golden"), 0);
    int num_formats = scandir(".", &formats, is_shown, alphasort);
    assert_true(num_formats > 0);
    for (int i = 0; i < num_formats; i++) {
        assert_int_equal(chdir(formats[i]->d_name), 0);
        int num_cases = scandir(".", &cases, is_shown, alphasort);
        assert_true(num_cases > 0);
        for (int j = 0; j < num_cases; j++) {
            char name[600];
            snprintf(name, sizeof name, "%s/%s", formats[i]->d_name, cases[j]->d_name);
            assert_int_equal(chdir(cases[j]->d_name), 0);
            wrong += !run_case(name);
            count++;
            assert_int_equal(chdir(".."), 0);
            free(cases[j]);
        }
        free(cases);
        assert_int_equal(chdir(".."), 0);
        free(formats[i]);
    }
    free(formats);
    print_message("%u cases\n", count);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(run_formats)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
