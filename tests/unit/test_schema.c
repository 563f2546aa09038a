// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/schema.h"

// A schema with an image, a fine and a coarse class, to be spoilt by a test. Everything is owned by
// the schema, as schema_clear wants it.
static struct schema sound(void)
{
    static const char *const FINE[] = {"cat", "dog", "oak"}, *const COARSE[] = {"animal", "tree"};
    struct schema schema = {.name = strdup("pets"), .num_features = 3, .num_splits = 2};
    schema.splits = calloc(2, sizeof *schema.splits);
    schema.splits[0].name = strdup("test");
    schema.splits[1].name = strdup("train");
    schema.features = calloc(3, sizeof *schema.features);
    schema.features[0] = (struct feature){.name = strdup("image"),
                                          .kind = FEATURE_IMAGE,
                                          .dtype = DTYPE_UINT8,
                                          .rank = 3,
                                          .shape = {32, 48, 3},
                                          .white = 255,
                                          .parent = -1};
    schema.features[1] = (struct feature){.name = strdup("fine"),
                                          .kind = FEATURE_CLASS,
                                          .dtype = DTYPE_UINT8,
                                          .parent = 2,
                                          .num_classes = 3,
                                          .classes = calloc(3, sizeof(struct class_label))};
    schema.features[2] = (struct feature){.name = strdup("coarse"),
                                          .kind = FEATURE_CLASS,
                                          .dtype = DTYPE_INT64,
                                          .parent = -1,
                                          .num_classes = 2,
                                          .classes = calloc(2, sizeof(struct class_label))};
    for (size_t i = 0; i < 3; i++)
        schema.features[1].classes[i] = (struct class_label){strdup(FINE[i]), (long)i / 2};
    for (size_t i = 0; i < 2; i++)
        schema.features[2].classes[i] = (struct class_label){strdup(COARSE[i]), -1};
    return schema;
}

static void rename_to(char **name, const char *to)
{
    free(*name);
    *name = strdup(to);
}

static void finds_by_name(void **state)
{
    (void)state;
    struct schema schema = sound();
    struct error error = ERROR_INIT;
    assert_true(schema_check(&schema, &error));
    assert_int_equal(schema_feature(&schema, "coarse"), 2);
    assert_int_equal(schema_feature(&schema, "coars"), -1);
    assert_int_equal(schema_split(&schema, "train"), 1);
    assert_int_equal(schema_split(&schema, ""), -1);
    assert_int_equal(schema_default_split(&schema), 1);
    rename_to(&schema.splits[1].name, "other");
    assert_int_equal(schema_default_split(&schema), 0);
    assert_int_equal(feature_class_id(&schema.features[1], "dog"), 1);
    assert_int_equal(feature_class_id(&schema.features[1], "tree"), -1);
    assert_int_equal(feature_class_id(&schema.features[0], "dog"), -1);
    schema_clear(&schema);
    schema_clear(&schema);
}

static void knows_the_label(void **state)
{
    (void)state;
    struct schema schema = sound();
    assert_int_equal(schema_label(&schema), 1); // it has a parent
    schema.features[1].parent = -1;
    assert_int_equal(schema_label(&schema), 1); // it has more classes
    rename_to(&schema.features[2].name, "label");
    assert_int_equal(schema_label(&schema), 2); // it is called so
    schema.features[1].kind = schema.features[2].kind = FEATURE_SCALAR;
    assert_int_equal(schema_label(&schema), -1);
    schema_clear(&schema);
}

static void measures_samples(void **state)
{
    (void)state;
    struct schema schema = sound();
    unsigned height, width, channels;
    assert_int_equal(feature_row_bytes(&schema.features[0]), 32 * 48 * 3);
    assert_int_equal(feature_row_bytes(&schema.features[2]), 8);
    feature_image_size(&schema.features[0], &height, &width, &channels);
    assert_int_equal(height, 32);
    assert_int_equal(width, 48);
    assert_int_equal(channels, 3);
    schema.features[0].rank = 2;
    feature_image_size(&schema.features[0], &height, &width, &channels);
    assert_int_equal(channels, 1);
    schema_clear(&schema);
}

static void names_kinds(void **state)
{
    (void)state;
    enum feature_kind kind = FEATURE_IMAGE;
    assert_string_equal(feature_kind_name(FEATURE_SCALAR), "scalar");
    assert_true(feature_kind_from_name("class", &kind));
    assert_int_equal(kind, FEATURE_CLASS);
    assert_false(feature_kind_from_name("classes", &kind));
    assert_false(feature_kind_from_name("", &kind));
}

// Checks a spoilt schema: it must be refused in words that hold all of these.
static void refused(struct schema *schema, const char *word, const char *other)
{
    struct error error = ERROR_INIT;
    assert_false(schema_check(schema, &error));
    if (!strstr(error.text, word) || !strstr(error.text, other))
        fail_msg("\"%s\" does not say \"%s\" and \"%s\"", error.text, word, other);
    schema_clear(schema);
}

static void refuses_bad_names(void **state)
{
    (void)state;
    static const char *const DATASETS[] = {"", "Pets", "../x", "a/b", ".a"};
    static const char *const FILES[] = {"", "..", ".x", "a/b", "a\nb", "\xff"};
    struct schema schema;
    for (size_t i = 0; i < sizeof DATASETS / sizeof DATASETS[0]; i++) {
        schema = sound();
        rename_to(&schema.name, DATASETS[i]);
        refused(&schema, "dataset's name", "a-z");
    }
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        schema = sound();
        rename_to(&schema.splits[0].name, FILES[i]);
        refused(&schema, "split's name", "UTF-8");
        schema = sound();
        rename_to(&schema.features[0].name, FILES[i]);
        refused(&schema, "feature's name", "UTF-8");
    }
    schema = sound();
    rename_to(&schema.splits[0].name, "train");
    refused(&schema, "two splits", "\"train\"");
    schema = sound();
    rename_to(&schema.features[0].name, "fine");
    refused(&schema, "two features", "\"fine\"");
    schema = sound();
    rename_to(&schema.features[0].name, "fine.by_class");
    refused(&schema, "\"fine.by_class\"", "\"fine\"");
}

static void refuses_bad_shapes(void **state)
{
    (void)state;
    struct schema schema = sound();
    schema.features[0].rank = 9;
    refused(&schema, "9 axes", "at most 8");
    schema = sound();
    schema.features[0].shape[1] = 0;
    refused(&schema, "\"image\"", "axis 2 has length 0");
    schema = sound();
    schema.features[0].shape[2] = 2;
    refused(&schema, "\"image\"", "1, 3 or 4 channels, not 2");
    schema = sound();
    schema.features[0].rank = 1;
    refused(&schema, "\"image\"", "2 or 3 axes, not 1");
    schema = sound();
    schema.features[0].white = 0;
    refused(&schema, "\"image\"", "brightness");
    schema = sound();
    schema.features[0].kind = FEATURE_ARRAY;
    schema.features[0].rank = 8;
    for (int i = 0; i < 8; i++)
        schema.features[0].shape[i] = UINT64_C(1) << 32;
    refused(&schema, "\"image\"", "2^40 bytes");
    schema = sound();
    schema.features[0].shape[0] = UINT64_C(1) << 31;
    schema.features[0].shape[1] = 2;
    refused(&schema, "\"image\"", "too large");
    schema = sound();
    schema.features[2].rank = 1;
    schema.features[2].shape[0] = 4;
    refused(&schema, "\"coarse\"", "a class has no axes");
    schema = sound();
    schema.features[2].dtype = DTYPE_FLOAT64;
    refused(&schema, "\"coarse\"", "whole number");
}

static void refuses_bad_classes(void **state)
{
    (void)state;
    struct schema schema = sound();
    rename_to(&schema.features[1].classes[2].name, "cat");
    refused(&schema, "\"fine\"", "two classes are named \"cat\"");
    schema = sound();
    rename_to(&schema.features[1].classes[2].name, "");
    refused(&schema, "class 2", "empty");
    schema = sound();
    rename_to(&schema.features[1].classes[0].name, "\xc3");
    refused(&schema, "class 0", "no UTF-8");
    schema = sound();
    schema.features[1].classes[1].parent = 2;
    refused(&schema, "class 1 has the parent 2", "there are 2");
    schema = sound();
    schema.features[2].classes[1].parent = 0;
    refused(&schema, "class 1 has the parent 0", "there are 0");
    schema = sound();
    schema.features[1].parent = 0;
    refused(&schema, "\"fine\"", "\"image\", which has no classes");
    schema = sound();
    schema.features[2].parent = 1; // a circle
    refused(&schema, "parent", "no class feature above it");
    schema = sound();
    schema.features[1].parent = 3;
    refused(&schema, "\"fine\"", "no class feature above it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_by_name),       cmocka_unit_test(knows_the_label),
        cmocka_unit_test(measures_samples),    cmocka_unit_test(names_kinds),
        cmocka_unit_test(refuses_bad_names),   cmocka_unit_test(refuses_bad_shapes),
        cmocka_unit_test(refuses_bad_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
