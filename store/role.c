// SPDX-License-Identifier: MIT
#include "store/role.h"

#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "encode/npy.h"

// How many rows an array has.
enum extent {
    EACH_SAMPLE,
    SAMPLES_AND_ONE,
    WORDS_AND_ONE,
    AS_WRITTEN, // only the file tells
};

static const struct {
    const char *name, *suffix;
    bool shared;
    enum extent extent;
    enum dtype dtype;
    unsigned width; // numbers a row; 0: a single one, without an axis
} ROLES[ARRAY_ROLES] = {
    [ARRAY_VALUES] = {"values", ".npy", false, EACH_SAMPLE, DTYPE_COUNT, 0}, // as the feature says
    [ARRAY_BY_CLASS] = {"by_class", ".by_class.npy", false, EACH_SAMPLE, DTYPE_INT64, 0},
    [ARRAY_OFFSETS] = {"offsets", ".offsets.npy", false, SAMPLES_AND_ONE, DTYPE_INT64, 0},
    [ARRAY_SIZES] = {"sizes", ".sizes.npy", false, EACH_SAMPLE, DTYPE_INT32, 3},
    [ARRAY_PLACES] = {"places", ".places.npy", false, EACH_SAMPLE, DTYPE_INT64, 5},
    [ARRAY_DIGESTS] = {"digests", ".digests.npy", false, EACH_SAMPLE, DTYPE_UINT8, 32},
    [ARRAY_WORDS] = {"words", ".words.values.npy", true, AS_WRITTEN, DTYPE_UINT8, 0},
    [ARRAY_WORD_OFFSETS] = {"word_offsets", ".words.offsets.npy", true, WORDS_AND_ONE, DTYPE_INT64,
                            0},
    [ARRAY_FILES] = {"files", ".files.values.npy", true, AS_WRITTEN, DTYPE_UINT8, 0},
    [ARRAY_FILE_OFFSETS] = {"file_offsets", ".files.offsets.npy", true, AS_WRITTEN, DTYPE_INT64, 0},
};

struct role_places {
    unsigned roles; // a bit each
    size_t in_split, shared;
};

static unsigned bit(enum array_role role)
{
    return 1u << role;
}

static unsigned roles_of(const struct feature *feature)
{
    unsigned roles = feature->storage == STORAGE_IN_PLACE ? 0 : bit(ARRAY_VALUES);
    if (feature->storage == STORAGE_RAGGED)
        roles |= bit(ARRAY_OFFSETS);
    if (feature->storage == STORAGE_IN_PLACE)
        roles |=
            bit(ARRAY_PLACES) | bit(ARRAY_DIGESTS) | bit(ARRAY_FILES) | bit(ARRAY_FILE_OFFSETS);
    if (feature->kind == FEATURE_IMAGE && feature->storage != STORAGE_ROWS)
        roles |= bit(ARRAY_SIZES);
    if (feature->kind == FEATURE_CLASS)
        roles |= bit(ARRAY_BY_CLASS);
    if (feature->kind == FEATURE_TOKENS)
        roles |= bit(ARRAY_WORDS) | bit(ARRAY_WORD_OFFSETS);
    return roles;
}

bool feature_has_role(const struct feature *feature, enum array_role role)
{
    return roles_of(feature) >> role & 1;
}

const char *role_name(enum array_role role)
{
    return ROLES[role].name;
}

bool role_from_name(const char *name, enum array_role *out)
{
    for (enum array_role role = 0; role < ARRAY_ROLES; role++) {
        if (strcmp(ROLES[role].name, name) == 0) {
            *out = role;
            return true;
        }
    }
    return false;
}

const char *role_suffix(const struct feature *feature, enum array_role role)
{
    return role == ARRAY_VALUES && feature->storage != STORAGE_ROWS ? ".values.npy"
                                                                    : ROLES[role].suffix;
}

bool role_is_shared(enum array_role role)
{
    return ROLES[role].shared;
}

struct role_layout role_layout(const struct feature *feature, enum array_role role)
{
    struct role_layout layout = {.dtype = ROLES[role].dtype};
    if (role == ARRAY_VALUES) {
        layout.dtype = feature->dtype;
        layout.rank = feature->rank;
        memcpy(layout.shape, feature->shape, sizeof layout.shape);
        layout.row_bytes = feature_row_bytes(feature);
        return layout;
    }
    layout.row_bytes = dtype_size(layout.dtype);
    if (ROLES[role].width > 0) {
        layout.rank = 1;
        layout.shape[0] = ROLES[role].width;
        layout.row_bytes *= ROLES[role].width;
    }
    return layout;
}

bool role_rows(const struct feature *feature, enum array_role role, uint64_t num_samples,
               uint64_t *rows)
{
    bool runs = role == ARRAY_VALUES && feature->storage != STORAGE_ROWS;
    switch (runs ? AS_WRITTEN : ROLES[role].extent) {
    case EACH_SAMPLE:
        *rows = num_samples;
        return true;
    case SAMPLES_AND_ONE:
        *rows = num_samples < UINT64_MAX ? num_samples + 1 : UINT64_MAX; // no file has as many
        return true;
    case WORDS_AND_ONE:
        *rows = feature->num_words + 1; // SCHEMA_MAX_WORDS
        return true;
    case AS_WRITTEN:
        break;
    }
    return false;
}

bool role_file_bytes(const struct feature *feature, enum array_role role, uint64_t rows,
                     uint64_t *bytes)
{
    return size_mul(rows, role_layout(feature, role).row_bytes, bytes) &&
           size_add(*bytes, NPY_HEADER, bytes) && *bytes <= INT64_MAX;
}

// A file's name in two parts.
struct file_name {
    const char *name, *suffix;
    size_t size; // of name
};

static char letter(const struct file_name *file, size_t i)
{
    return i < file->size ? file->name[i] : file->suffix[i - file->size];
}

static int by_letters(const void *a, const void *b)
{
    for (size_t i = 0;; i++) {
        char left = letter(a, i), right = letter(b, i);
        if (left != right || !left)
            return (unsigned char)left - (unsigned char)right;
    }
}

static bool check_splits(const struct schema *schema, const struct file_name *file,
                         struct error *error)
{
    for (size_t i = 0; i < schema->num_splits; i++) {
        const char *name = schema->splits[i].name;
        if (by_letters(file, &(struct file_name){name, "", strlen(name)}) == 0)
            return error_set(error, ERROR_INPUT,
                             "split \"%s\" has the name of a file of the feature \"%s\"", name,
                             file->name);
    }
    return true;
}

bool role_check_files(const struct schema *schema, struct error *error)
{
    size_t count = 0;
    struct file_name *files = calloc(schema->num_features * ARRAY_ROLES, sizeof *files);
    if (!files)
        return error_memory(error);
    bool ok = true;
    for (size_t i = 0; ok && i < schema->num_features; i++) {
        const struct feature *feature = &schema->features[i];
        unsigned roles = roles_of(feature);
        for (enum array_role role = 0; ok && role < ARRAY_ROLES; role++) {
            if (!(roles & bit(role)))
                continue;
            files[count] = (struct file_name){feature->name, role_suffix(feature, role),
                                              strlen(feature->name)};
            ok = !role_is_shared(role) || check_splits(schema, &files[count], error);
            count++;
        }
    }
    qsort(files, count, sizeof *files, by_letters);
    for (size_t i = 1; ok && i < count; i++)
        if (by_letters(&files[i - 1], &files[i]) == 0)
            ok = error_set(error, ERROR_INPUT,
                           "the features \"%s\" and \"%s\" would both have a file %s%s",
                           files[i - 1].name, files[i].name, files[i].name, files[i].suffix);
    free(files);
    return ok;
}

bool role_map_init(struct role_map *map, const struct schema *schema, struct error *error)
{
    *map = (struct role_map){.num_in_split = 0};
    map->features = calloc(schema->num_features + 1, sizeof *map->features);
    if (!map->features)
        return error_memory(error);
    for (size_t i = 0; i < schema->num_features; i++) {
        unsigned roles = roles_of(&schema->features[i]);
        map->features[i] = (struct role_places){roles, map->num_in_split, map->num_shared};
        for (enum array_role role = 0; role < ARRAY_ROLES; role++)
            if (roles & bit(role))
                ++*(role_is_shared(role) ? &map->num_shared : &map->num_in_split);
    }
    return true;
}

void role_map_free(struct role_map *map)
{
    free(map->features);
    *map = (struct role_map){.num_in_split = 0};
}

size_t role_map_place(const struct role_map *map, size_t feature, enum array_role role)
{
    const struct role_places *places = &map->features[feature];
    size_t place = role_is_shared(role) ? places->shared : places->in_split;
    for (enum array_role before = 0; before < role; before++)
        place += (places->roles & bit(before)) && role_is_shared(before) == role_is_shared(role);
    return place;
}

bool role_map_has(const struct role_map *map, size_t feature, enum array_role role)
{
    return map->features[feature].roles >> role & 1;
}
