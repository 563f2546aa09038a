// SPDX-License-Identifier: MIT
#include "store/schema.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "base/text.h"
#include "store/role.h"

static const char *const KINDS[] = {
    [FEATURE_IMAGE] = "image", [FEATURE_CLASS] = "class", [FEATURE_SCALAR] = "scalar",
    [FEATURE_ARRAY] = "array", [FEATURE_TEXT] = "text",   [FEATURE_TOKENS] = "tokens",
};

static const char *const STORAGES[] = {
    [STORAGE_ROWS] = "rows",
    [STORAGE_RAGGED] = "ragged",
    [STORAGE_IN_PLACE] = "in_place",
};

enum {
    NUM_KINDS = sizeof KINDS / sizeof KINDS[0],
    NUM_STORAGES = sizeof STORAGES / sizeof STORAGES[0],
};

// An array may have at most so many bytes a sample, which leaves room to multiply by any believable
// number of samples.
static const uint64_t MAX_ROW_BYTES = UINT64_C(1) << 40;

// Pictures are addressed with 31 bits.
static const uint64_t MAX_SIDE = INT32_MAX;

void feature_clear(struct feature *feature)
{
    free(feature->name);
    for (size_t i = 0; i < feature->num_classes; i++)
        free(feature->classes[i].name);
    free(feature->classes);
}

void schema_clear(struct schema *schema)
{
    free(schema->name);
    struct card *card = &schema->card;
    char *texts[] = {card->title,    card->description, card->license,
                     card->citation, card->homepage,    card->task};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    for (size_t i = 0; i < card->num_warnings; i++)
        free(card->warnings[i]);
    free(card->warnings);
    for (size_t i = 0; i < schema->num_features; i++)
        feature_clear(&schema->features[i]);
    free(schema->features);
    for (size_t i = 0; i < schema->num_splits; i++)
        free(schema->splits[i].name);
    free(schema->splits);
    for (size_t i = 0; i < schema->num_sources; i++)
        free(schema->sources[i].file);
    free(schema->sources);
    for (size_t i = 0; i < schema->num_listed_aside; i++) {
        free(schema->set_aside[i].file);
        free(schema->set_aside[i].reason);
    }
    free(schema->set_aside);
    *schema = (struct schema){.num_features = 0};
}

int schema_feature(const struct schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->num_features; i++)
        if (strcmp(schema->features[i].name, name) == 0)
            return (int)i;
    return -1;
}

int schema_split(const struct schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->num_splits; i++)
        if (strcmp(schema->splits[i].name, name) == 0)
            return (int)i;
    return -1;
}

int schema_default_split(const struct schema *schema)
{
    int train = schema_split(schema, "train");
    return train >= 0 ? train : 0;
}

int schema_label(const struct schema *schema)
{
    int best = -1;
    for (size_t i = 0; i < schema->num_features; i++) {
        const struct feature *feature = &schema->features[i];
        if (feature->kind != FEATURE_CLASS)
            continue;
        if (strcmp(feature->name, "label") == 0)
            return (int)i;
        const struct feature *rival = best < 0 ? NULL : &schema->features[best];
        bool finer = rival && (feature->parent >= 0) != (rival->parent >= 0)
                         ? feature->parent >= 0
                         : rival && feature->num_classes > rival->num_classes;
        if (!rival || finer)
            best = (int)i;
    }
    return best;
}

long feature_class_id(const struct feature *feature, const char *name)
{
    for (size_t i = 0; i < feature->num_classes; i++)
        if (strcmp(feature->classes[i].name, name) == 0)
            return (long)i;
    return -1;
}

uint64_t feature_row_bytes(const struct feature *feature)
{
    uint64_t bytes = 0;
    size_of_shape(dtype_size(feature->dtype), feature->shape, feature->rank, &bytes);
    return bytes;
}

const char *feature_kind_name(enum feature_kind kind)
{
    return KINDS[kind];
}

bool feature_kind_from_name(const char *name, enum feature_kind *out)
{
    for (int i = 0; i < NUM_KINDS; i++) {
        if (strcmp(KINDS[i], name) == 0) {
            *out = (enum feature_kind)i;
            return true;
        }
    }
    return false;
}

const char *storage_name(enum storage storage)
{
    return STORAGES[storage];
}

bool storage_from_name(const char *name, enum storage *out)
{
    for (int i = 0; i < NUM_STORAGES; i++) {
        if (strcmp(STORAGES[i], name) == 0) {
            *out = (enum storage)i;
            return true;
        }
    }
    return false;
}

void feature_image_size(const struct feature *feature, unsigned *height, unsigned *width,
                        unsigned *channels)
{
    *height = (unsigned)feature->shape[0];
    *width = (unsigned)feature->shape[1];
    *channels = feature->rank > 2 ? (unsigned)feature->shape[2] : 1;
}

static bool check_image(const struct feature *feature, struct error *error)
{
    const uint64_t *shape = feature->shape;
    if (feature->rank != 2 && feature->rank != 3)
        return error_set(error, ERROR_INPUT, "feature \"%s\": an image has 2 or 3 axes, not %u",
                         feature->name, feature->rank);
    if (feature->rank == 3 && shape[2] != 1 && shape[2] != 3 && shape[2] != 4)
        return error_set(error, ERROR_INPUT,
                         "feature \"%s\": an image has 1, 3 or 4 channels, not %llu", feature->name,
                         (unsigned long long)shape[2]);
    if (shape[0] > MAX_SIDE || shape[1] > MAX_SIDE)
        return error_set(error, ERROR_LIMIT, "feature \"%s\": an image of %llu x %llu is too large",
                         feature->name, (unsigned long long)shape[0], (unsigned long long)shape[1]);
    if (!(feature->white > 0) || !isfinite(feature->white))
        return error_set(error, ERROR_INPUT,
                         "feature \"%s\": full brightness must be a positive number, not %g",
                         feature->name, feature->white);
    return true;
}

// Texts, tokens and encoded images, which have no fixed shape.
static bool check_runs(const struct feature *feature, struct error *error)
{
    const char *kind = KINDS[feature->kind];
    enum dtype dtype = feature->kind == FEATURE_TOKENS ? DTYPE_INT32 : DTYPE_UINT8;
    bool is_image = feature->kind == FEATURE_IMAGE;
    bool may = is_image || feature->kind == FEATURE_TEXT || feature->kind == FEATURE_TOKENS;
    if (!may || feature->storage == STORAGE_ROWS ||
        (feature->storage == STORAGE_IN_PLACE && !is_image))
        return error_set(error, ERROR_INPUT, "feature \"%s\": a %s cannot be stored as %s",
                         feature->name, kind, STORAGES[feature->storage]);
    if (feature->dtype != dtype || feature->rank != 0)
        return error_set(error, ERROR_INPUT,
                         "feature \"%s\": a %s stored as %s is of %s without axes, not %s with %u",
                         feature->name, kind, STORAGES[feature->storage], dtype_name(dtype),
                         dtype_name(feature->dtype), feature->rank);
    if (is_image && feature->white != 255)
        return error_set(error, ERROR_INPUT,
                         "feature \"%s\": full brightness of encoded images is 255, not %g",
                         feature->name, feature->white);
    return true;
}

bool feature_check(const struct feature *feature, struct error *error)
{
    if (!feature->name || !text_is_file_name(feature->name))
        return error_set(error, ERROR_INPUT,
                         "\"%.100s\" cannot be a feature's name: 1 to 100 bytes of UTF-8 without "
                         "control characters and '/', not beginning with '.'",
                         feature->name ? feature->name : "");
    if ((unsigned)feature->kind >= NUM_KINDS || (unsigned)feature->dtype >= DTYPE_COUNT ||
        (unsigned)feature->storage >= NUM_STORAGES)
        return error_set(error, ERROR_INTERNAL, "feature \"%s\" has no kind, dtype or storage",
                         feature->name);
    if (feature->num_words > (feature->kind == FEATURE_TOKENS ? SCHEMA_MAX_WORDS : 0))
        return error_set(error, ERROR_LIMIT, "feature \"%s\": %llu words are too many",
                         feature->name, (unsigned long long)feature->num_words);
    if (feature->kind == FEATURE_TEXT || feature->kind == FEATURE_TOKENS ||
        feature->storage != STORAGE_ROWS)
        return check_runs(feature, error);
    if (feature->rank > SCHEMA_MAX_RANK)
        return error_set(error, ERROR_LIMIT, "feature \"%s\" has %u axes a sample; at most %d",
                         feature->name, feature->rank, SCHEMA_MAX_RANK);
    for (unsigned i = 0; i < feature->rank; i++)
        if (feature->shape[i] == 0)
            return error_set(error, ERROR_INPUT, "feature \"%s\": axis %u has length 0",
                             feature->name, i + 1);
    uint64_t bytes;
    if (!size_of_shape(dtype_size(feature->dtype), feature->shape, feature->rank, &bytes) ||
        bytes > MAX_ROW_BYTES)
        return error_set(error, ERROR_LIMIT, "feature \"%s\": one sample has more than 2^40 bytes",
                         feature->name);
    if (feature->kind == FEATURE_IMAGE)
        return check_image(feature, error);
    if (feature->kind != FEATURE_ARRAY && feature->rank != 0)
        return error_set(error, ERROR_INPUT, "feature \"%s\": a %s has no axes, not %u",
                         feature->name, KINDS[feature->kind], feature->rank);
    if (feature->kind == FEATURE_CLASS && !dtype_is_integer(feature->dtype))
        return error_set(error, ERROR_INPUT, "feature \"%s\": a class is a whole number, not %s",
                         feature->name, dtype_name(feature->dtype));
    return true;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// Sorts the names and fails on two that are equal: "where: two WHAT are named ...".
static bool check_unique(const char **names, size_t count, const char *where, const char *what,
                         struct error *error)
{
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 1; i < count; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            return error_set(error, ERROR_INPUT, "%s: two %s are named \"%.100s\"", where, what,
                             names[i]);
    return true;
}

static bool check_classes(const struct schema *schema, const struct feature *feature,
                          struct error *error)
{
    size_t count = feature->num_classes;
    if (count == 0 || count > SCHEMA_MAX_CLASSES)
        return error_set(error, count ? ERROR_LIMIT : ERROR_INPUT,
                         "feature \"%s\" has %zu classes; it must have 1 to %d", feature->name,
                         count, SCHEMA_MAX_CLASSES);
    long num_parents = 0;
    if (feature->parent >= 0)
        num_parents = (long)schema->features[feature->parent].num_classes;
    const char **names = calloc(count, sizeof *names);
    if (!names)
        return error_memory(error);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        const struct class_label *label = &feature->classes[i];
        names[i] = label->name;
        size_t size = strlen(label->name);
        if (size == 0 || text_utf8_prefix(label->name, size) != size)
            ok = error_set(error, ERROR_INPUT, "feature \"%s\": the name of class %zu is %s",
                           feature->name, i, size ? "no UTF-8" : "empty");
        else if (label->parent < -1 || label->parent >= num_parents)
            ok = error_set(error, ERROR_INPUT,
                           "feature \"%s\": class %zu has the parent %ld, but there are %ld",
                           feature->name, i, label->parent, num_parents);
    }
    char where[128];
    snprintf(where, sizeof where, "feature \"%s\"", feature->name);
    ok = ok && check_unique(names, count, where, "classes", error);
    free(names);
    return ok;
}

static bool check_parent(const struct schema *schema, const struct feature *feature,
                         struct error *error)
{
    const struct feature *up = feature;
    for (size_t steps = 0; up->parent != -1; steps++) {
        if (up->kind != FEATURE_CLASS || up->parent < 0 ||
            (size_t)up->parent >= schema->num_features || steps == schema->num_features)
            return error_set(error, ERROR_INPUT,
                             "feature \"%s\" has a parent that is no class feature above it",
                             feature->name);
        up = &schema->features[up->parent];
    }
    if (up->kind != FEATURE_CLASS && up != feature)
        return error_set(error, ERROR_INPUT,
                         "feature \"%s\" has the parent \"%s\", which has no "
                         "classes",
                         feature->name, up->name);
    return true;
}

static bool check_splits(const struct schema *schema, struct error *error)
{
    const char *names[SCHEMA_MAX_SPLITS];
    if (schema->num_splits == 0 || schema->num_splits > SCHEMA_MAX_SPLITS)
        return error_set(error, ERROR_LIMIT, "%zu splits; a dataset has 1 to %d",
                         schema->num_splits, SCHEMA_MAX_SPLITS);
    for (size_t i = 0; i < schema->num_splits; i++) {
        const char *name = names[i] = schema->splits[i].name;
        if (!name || !text_is_file_name(name))
            return error_set(error, ERROR_INPUT,
                             "\"%.100s\" cannot be a split's name: 1 to 100 bytes of UTF-8 without "
                             "control characters and '/', not beginning with '.'",
                             name ? name : "");
    }
    return check_unique(names, schema->num_splits, schema->name, "splits", error);
}

static bool check_features(const struct schema *schema, struct error *error)
{
    if (schema->num_features == 0 || schema->num_features > SCHEMA_MAX_FEATURES)
        return error_set(error, ERROR_LIMIT, "%zu features; a dataset has 1 to %d",
                         schema->num_features, SCHEMA_MAX_FEATURES);
    const char **names = calloc(schema->num_features, sizeof *names);
    if (!names)
        return error_memory(error);
    bool ok = true;
    for (size_t i = 0; ok && i < schema->num_features; i++) {
        const struct feature *feature = &schema->features[i];
        names[i] = feature->name;
        ok = feature_check(feature, error) && check_parent(schema, feature, error) &&
             (feature->kind != FEATURE_CLASS || check_classes(schema, feature, error));
    }
    ok = ok && check_unique(names, schema->num_features, schema->name, "features", error) &&
         role_check_files(schema, error);
    free(names);
    return ok;
}

bool schema_check(const struct schema *schema, struct error *error)
{
    if (!schema->name || !text_is_dataset_name(schema->name))
        return error_set(error, ERROR_INPUT,
                         "\"%.100s\" cannot be a dataset's name: 1 to 64 of a-z 0-9 _ . - and "
                         "beginning with a letter or a digit",
                         schema->name ? schema->name : "");
    return check_splits(schema, error) && check_features(schema, error);
}
