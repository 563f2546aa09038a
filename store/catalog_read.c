// SPDX-License-Identifier: MIT
// From rows to schemas. A catalog is a file that may be damaged like any other: every number that
// is used as an index or a size is checked here, so that nobody behind this file has to.
#include "store/catalog.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "base/text.h"
#include "encode/npy.h"
#include "store/catalog_database.h"
#include "store/role.h"

enum table {
    DATASET,
    WARNING,
    SOURCE,
    SET_ASIDE,
    SPLIT,
    FEATURE,
    CLASS,
    CLASS_COUNT,
    ARRAY,
    NUM_TABLES
};

static const char *const QUERIES[NUM_TABLES] = {
    [DATASET] =
        "SELECT id, name, revision, created, title, description, license, citation,"
        " homepage, task, num_set_aside FROM dataset WHERE ?1 IS NULL OR name = ?1 ORDER BY name",
    [WARNING] = "SELECT text FROM warning WHERE dataset = ?1 ORDER BY number",
    [SOURCE] = "SELECT file, bytes, sha256 FROM source WHERE dataset = ?1 ORDER BY number",
    [SET_ASIDE] = "SELECT file, reason FROM set_aside WHERE dataset = ?1 ORDER BY number",
    [SPLIT] =
        "SELECT number, name, num_samples, bytes FROM split WHERE dataset = ?1 ORDER BY number",
    [FEATURE] = "SELECT number, name, kind, dtype, shape, white, target, ifnull(parent, -1),"
                " storage, num_words FROM feature WHERE dataset = ?1 ORDER BY number",
    [CLASS] = "SELECT feature, number, name, ifnull(parent, -1) FROM class WHERE dataset = ?1"
              " ORDER BY feature, number",
    [CLASS_COUNT] = "SELECT split, feature, class, samples FROM class_count WHERE dataset = ?1",
    [ARRAY] =
        "SELECT ifnull(split, -1), feature, role, bytes, sha256 FROM array WHERE dataset = ?1",
};

// Where catalogs of version 1 are asked otherwise.
static const char *const QUERIES_1[NUM_TABLES] = {
    [DATASET] = "SELECT id, name, revision, created, title, description, license, citation,"
                " homepage, task, 0 FROM dataset WHERE ?1 IS NULL OR name = ?1 ORDER BY name",
    [SET_ASIDE] = "SELECT '', '' WHERE ?1 IS NULL", // none
    [FEATURE] = "SELECT number, name, kind, dtype, shape, white, target, ifnull(parent, -1),"
                " 'rows', 0 FROM feature WHERE dataset = ?1 ORDER BY number",
};

// One reading of the catalog.
struct reading {
    struct catalog *catalog;
    sqlite3_stmt *statements[NUM_TABLES];
    void *grown; // see ADD
    struct error *error;
};

static bool begin(struct reading *reading, struct catalog *catalog, struct error *error)
{
    *reading = (struct reading){.catalog = catalog, .error = error};
    int64_t version; // another process may have brought the catalog forward
    if ((catalog->immutable && !catalog_reopen(catalog, error)) ||
        !catalog_run(catalog, "BEGIN", error) ||
        !catalog_number(catalog, "PRAGMA user_version", &version, error) ||
        !catalog_check_version(catalog, version, error))
        return false;
    for (int i = 0; i < NUM_TABLES; i++) {
        const char *query = version == 1 && QUERIES_1[i] ? QUERIES_1[i] : QUERIES[i];
        if (!(reading->statements[i] = catalog_prepare(catalog, query, error)))
            return false;
    }
    return true;
}

static void end(struct reading *reading)
{
    for (int i = 0; i < NUM_TABLES; i++)
        sqlite3_finalize(reading->statements[i]);
    if (reading->catalog->db && !sqlite3_get_autocommit(reading->catalog->db))
        sqlite3_exec(reading->catalog->db, "ROLLBACK", NULL, NULL, NULL);
    catalog_let_go(reading->catalog);
}

static bool damaged(struct reading *reading, const struct catalog_entry *entry, const char *what)
{
    return error_set(
        reading->error, ERROR_DAMAGED, "%s/catalog.sqlite3 is damaged: dataset \"%.64s\": %s",
        folder_path(reading->catalog->folder), entry->schema.name ? entry->schema.name : "", what);
}

// The next row of the dataset's rows in that table: 1, 0 at the end, -1 with the error.
static int next(struct reading *reading, enum table table)
{
    int code = sqlite3_step(reading->statements[table]);
    if (code == SQLITE_ROW)
        return 1;
    if (code == SQLITE_DONE)
        return 0;
    catalog_fail(reading->catalog, reading->error);
    return -1;
}

static char *text(sqlite3_stmt *row, int column)
{
    const char *value = (const char *)sqlite3_column_text(row, column);
    return strdup(value ? value : "");
}

// A hash's text; "" when it does not fit.
static void hash(sqlite3_stmt *row, int column, char out[DIGEST_HEX])
{
    const char *value = (const char *)sqlite3_column_text(row, column);
    snprintf(out, DIGEST_HEX, "%s", value ? value : "");
}

// Room for one more item at *items[count], zeroed; the capacity doubles whenever count is a power
// of two. NULL with the error.
static void *more(struct reading *reading, void *items, size_t count, size_t size)
{
    void *grown = items;
    if ((count & (count - 1)) == 0) {
        grown = reallocarray(items, count ? 2 * count : 1, size);
        if (!grown) {
            error_memory(reading->error);
            return NULL;
        }
    }
    memset((char *)grown + count * size, 0, size);
    return grown;
}

// Adds an item to the array `items` of `count`; a pointer to it, or NULL with the error.
#define ADD(reading, items, count)                                                                 \
    (((reading)->grown = more(reading, items, count, sizeof *(items)))                             \
         ? ((items) = (reading)->grown, &(items)[(count)++])                                       \
         : NULL)

static bool read_warnings(struct reading *reading, struct catalog_entry *entry)
{
    struct card *card = &entry->schema.card;
    int step;
    while ((step = next(reading, WARNING)) > 0) {
        char **warning = ADD(reading, card->warnings, card->num_warnings);
        if (!warning)
            return false;
        *warning = text(reading->statements[WARNING], 0);
        if (!*warning)
            return error_memory(reading->error);
    }
    return step == 0;
}

static bool read_sources(struct reading *reading, struct catalog_entry *entry)
{
    struct schema *schema = &entry->schema;
    sqlite3_stmt *row = reading->statements[SOURCE];
    int step;
    while ((step = next(reading, SOURCE)) > 0) {
        struct source_file *source = ADD(reading, schema->sources, schema->num_sources);
        if (!source)
            return false;
        source->file = text(row, 0);
        source->bytes = (uint64_t)sqlite3_column_int64(row, 1);
        hash(row, 2, source->sha256);
        if (!source->file)
            return error_memory(reading->error);
    }
    return step == 0;
}

static bool read_set_aside(struct reading *reading, struct catalog_entry *entry)
{
    struct schema *schema = &entry->schema;
    sqlite3_stmt *row = reading->statements[SET_ASIDE];
    int step;
    while ((step = next(reading, SET_ASIDE)) > 0) {
        if (schema->num_listed_aside == SCHEMA_MAX_SET_ASIDE)
            return damaged(reading, entry, "it has too many files set aside");
        struct set_aside *aside = ADD(reading, schema->set_aside, schema->num_listed_aside);
        if (!aside)
            return false;
        aside->file = text(row, 0);
        aside->reason = text(row, 1);
        if (!aside->file || !aside->reason)
            return error_memory(reading->error);
    }
    return step == 0;
}

static bool read_splits(struct reading *reading, struct catalog_entry *entry)
{
    struct schema *schema = &entry->schema;
    sqlite3_stmt *row = reading->statements[SPLIT];
    int step;
    while ((step = next(reading, SPLIT)) > 0) {
        if (sqlite3_column_int64(row, 0) != (int64_t)schema->num_splits)
            return damaged(reading, entry, "a split is missing");
        if (schema->num_splits == SCHEMA_MAX_SPLITS)
            return damaged(reading, entry, "it has too many splits");
        struct split *split = ADD(reading, schema->splits, schema->num_splits);
        if (!split)
            return false;
        split->name = text(row, 1);
        split->num_samples = (uint64_t)sqlite3_column_int64(row, 2);
        split->bytes = (uint64_t)sqlite3_column_int64(row, 3);
        if (!split->name)
            return error_memory(reading->error);
    }
    return step == 0;
}

// "28,28,3" into a feature's shape.
static bool parse_shape(const char *text, struct feature *feature)
{
    char *copy = strdup(text), *rest = copy;
    bool ok = copy;
    for (char *part; ok && *text && (part = strsep(&rest, ","));)
        ok = feature->rank < SCHEMA_MAX_RANK && text_uint64(part, &feature->shape[feature->rank++]);
    free(copy);
    return ok;
}

static bool read_features(struct reading *reading, struct catalog_entry *entry)
{
    struct schema *schema = &entry->schema;
    sqlite3_stmt *row = reading->statements[FEATURE];
    int step;
    while ((step = next(reading, FEATURE)) > 0) {
        if (sqlite3_column_int64(row, 0) != (int64_t)schema->num_features)
            return damaged(reading, entry, "a feature is missing");
        if (schema->num_features == SCHEMA_MAX_FEATURES)
            return damaged(reading, entry, "it has too many features");
        struct feature *feature = ADD(reading, schema->features, schema->num_features);
        if (!feature)
            return false;
        feature->name = text(row, 1);
        char *kind = text(row, 2), *dtype = text(row, 3), *shape = text(row, 4);
        char *storage = text(row, 8);
        bool memory = feature->name && kind && dtype && shape && storage;
        bool ok = memory && feature_kind_from_name(kind, &feature->kind) &&
                  dtype_from_name(dtype, &feature->dtype) && parse_shape(shape, feature) &&
                  storage_from_name(storage, &feature->storage);
        free(kind);
        free(dtype);
        free(shape);
        free(storage);
        if (!ok)
            return memory ? damaged(reading, entry, "a feature makes no sense")
                          : error_memory(reading->error);
        feature->white = sqlite3_column_double(row, 5);
        feature->target = sqlite3_column_int(row, 6) != 0;
        feature->parent = sqlite3_column_int(row, 7);
        feature->num_words = (uint64_t)sqlite3_column_int64(row, 9);
    }
    return step == 0;
}

static bool read_classes(struct reading *reading, struct catalog_entry *entry)
{
    struct schema *schema = &entry->schema;
    sqlite3_stmt *row = reading->statements[CLASS];
    int step;
    while ((step = next(reading, CLASS)) > 0) {
        int64_t number = sqlite3_column_int64(row, 0);
        struct feature *feature = number >= 0 && number < (int64_t)schema->num_features
                                      ? &schema->features[number]
                                      : NULL;
        if (!feature || sqlite3_column_int64(row, 1) != (int64_t)feature->num_classes)
            return damaged(reading, entry, "a class is missing");
        if (feature->num_classes == SCHEMA_MAX_CLASSES)
            return damaged(reading, entry, "it has too many classes");
        struct class_label *label = ADD(reading, feature->classes, feature->num_classes);
        if (!label)
            return false;
        label->name = text(row, 2);
        label->parent = (long)sqlite3_column_int64(row, 3);
        if (!label->name)
            return error_memory(reading->error);
    }
    return step == 0;
}

static bool read_counts(struct reading *reading, struct catalog_entry *entry)
{
    const struct schema *schema = &entry->schema;
    size_t columns = schema->num_splits * schema->num_features;
    sqlite3_stmt *row = reading->statements[CLASS_COUNT];
    if (!(entry->class_counts = calloc(columns, sizeof *entry->class_counts)))
        return error_memory(reading->error);
    entry->num_columns = columns;
    for (size_t i = 0; i < columns; i++) {
        const struct feature *feature = &schema->features[i % schema->num_features];
        if (feature->kind == FEATURE_CLASS &&
            !(entry->class_counts[i] = calloc(feature->num_classes, sizeof(uint64_t))))
            return error_memory(reading->error);
    }
    int step;
    while ((step = next(reading, CLASS_COUNT)) > 0) {
        uint64_t split = (uint64_t)sqlite3_column_int64(row, 0);
        uint64_t feature = (uint64_t)sqlite3_column_int64(row, 1);
        uint64_t class = (uint64_t)sqlite3_column_int64(row, 2);
        if (split >= schema->num_splits || feature >= schema->num_features ||
            schema->features[feature].kind != FEATURE_CLASS ||
            class >= schema->features[feature].num_classes)
            return damaged(reading, entry, "a count is of no class");
        entry->class_counts[split * schema->num_features + feature][class] =
            (uint64_t)sqlite3_column_int64(row, 3);
    }
    return step == 0;
}

// Those of splits first, then those that are one for all; -1 counts as the largest split.
static int by_place(const void *a, const void *b)
{
    const struct catalog_array *x = a, *y = b;
    unsigned split = (unsigned)x->split, other = (unsigned)y->split;
    if (split != other)
        return split < other ? -1 : 1;
    return x->feature != y->feature ? x->feature - y->feature : (int)x->role - (int)y->role;
}

static bool read_arrays(struct reading *reading, struct catalog_entry *entry)
{
    sqlite3_stmt *row = reading->statements[ARRAY];
    int step;
    while ((step = next(reading, ARRAY)) > 0) {
        struct catalog_array *array = ADD(reading, entry->arrays, entry->num_arrays);
        if (!array)
            return false;
        const char *role = (const char *)sqlite3_column_text(row, 2);
        array->split = sqlite3_column_int(row, 0);
        array->feature = sqlite3_column_int(row, 1);
        array->bytes = (uint64_t)sqlite3_column_int64(row, 3);
        hash(row, 4, array->sha256);
        if (!role || !role_from_name(role, &array->role))
            return damaged(reading, entry, "an array has no known role");
    }
    if (entry->num_arrays > 0)
        qsort(entry->arrays, entry->num_arrays, sizeof *entry->arrays, by_place);
    return step == 0;
}

// Whether the array has the size that it must have, as far as the schema tells.
static bool size_fits(const struct schema *schema, const struct catalog_array *array)
{
    const struct feature *feature = &schema->features[array->feature];
    uint64_t samples = array->split < 0 ? 0 : schema->splits[array->split].num_samples;
    uint64_t rows, bytes, unit = role_layout(feature, array->role).row_bytes;
    if (!role_rows(feature, array->role, samples, &rows))
        rows = array->bytes < NPY_HEADER ? 0 : (array->bytes - NPY_HEADER) / unit;
    return role_file_bytes(feature, array->role, rows, &bytes) && array->bytes == bytes &&
           (array->role != ARRAY_FILE_OFFSETS || rows > 0);
}

// Whether there are exactly the arrays that the schema asks for.
static bool check_arrays(struct reading *reading, const struct catalog_entry *entry)
{
    struct catalog_entry wanted = {.schema = entry->schema};
    if (!catalog_entry_list(&wanted, reading->error))
        return false;
    const char *wrong = entry->num_arrays > wanted.num_arrays ? "there are too many arrays" : NULL;
    for (size_t i = 0; !wrong && i < wanted.num_arrays; i++)
        if (i >= entry->num_arrays || by_place(&entry->arrays[i], &wanted.arrays[i]) != 0)
            wrong = "an array is missing";
        else if (!size_fits(&entry->schema, &entry->arrays[i]))
            wrong = "an array has another size than it must";
    free(wanted.arrays);
    return !wrong || damaged(reading, entry, wrong);
}

// Whether the samples of the classes of each class feature add up.
static bool check_counts(struct reading *reading, const struct catalog_entry *entry)
{
    const struct schema *schema = &entry->schema;
    for (size_t i = 0; i < entry->num_columns; i++) {
        const uint64_t *counts = entry->class_counts[i];
        size_t num_classes = schema->features[i % schema->num_features].num_classes;
        uint64_t sum = 0;
        for (size_t class = 0; counts && class < num_classes; class ++)
            if (!size_add(sum, counts[class], &sum))
                return damaged(reading, entry, "its class counts make no sense");
        if (counts && sum != schema->splits[i / schema->num_features].num_samples)
            return damaged(reading, entry, "its class counts do not add up");
    }
    return true;
}

static bool check(struct reading *reading, const struct catalog_entry *entry)
{
    const struct schema *schema = &entry->schema;
    struct error error = ERROR_INIT;
    if (!schema_check(schema, &error))
        return error.kind == ERROR_MEMORY ? error_memory(reading->error)
                                          : damaged(reading, entry, error.text);
    if (strlen(schema->revision) != DIGEST_HEX - 1 ||
        strspn(schema->revision, "0123456789abcdef") != DIGEST_HEX - 1)
        return damaged(reading, entry, "its revision is no SHA-256");
    if (schema->num_set_aside < schema->num_listed_aside)
        return damaged(reading, entry, "it has more files set aside than it counts");
    return check_arrays(reading, entry) && check_counts(reading, entry);
}

// The entry of the dataset whose row was just read.
static bool read_entry(struct reading *reading, struct catalog_entry *entry)
{
    struct schema *schema = &entry->schema;
    struct card *card = &schema->card;
    sqlite3_stmt *row = reading->statements[DATASET];
    char **texts[] = {&schema->name,   &card->title,    &card->description, &card->license,
                      &card->citation, &card->homepage, &card->task};
    static const int COLUMNS[] = {1, 4, 5, 6, 7, 8, 9};
    int64_t id = sqlite3_column_int64(row, 0);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!(*texts[i] = text(row, COLUMNS[i])))
            return error_memory(reading->error);
    hash(row, 2, schema->revision);
    const char *created = (const char *)sqlite3_column_text(row, 3);
    snprintf(schema->created, sizeof schema->created, "%s", created ? created : "");
    schema->num_set_aside = (uint64_t)sqlite3_column_int64(row, 10);
    for (int i = DATASET + 1; i < NUM_TABLES; i++) {
        sqlite3_reset(reading->statements[i]);
        sqlite3_bind_int64(reading->statements[i], 1, id);
    }
    return read_warnings(reading, entry) && read_sources(reading, entry) &&
           read_set_aside(reading, entry) && read_splits(reading, entry) &&
           read_features(reading, entry) && read_classes(reading, entry) &&
           read_counts(reading, entry) && read_arrays(reading, entry) && check(reading, entry);
}

bool catalog_read(struct catalog *catalog, struct catalog_entry **entries, size_t *num_entries,
                  struct error *error)
{
    struct reading reading;
    struct catalog_entry *list = NULL;
    size_t count = 0;
    bool ok = begin(&reading, catalog, error);
    int step = 0;
    while (ok && (step = next(&reading, DATASET)) > 0) {
        struct catalog_entry *entry = ADD(&reading, list, count);
        ok = entry && read_entry(&reading, entry);
    }
    ok = ok && step == 0;
    end(&reading);
    if (!ok) {
        for (size_t i = 0; i < count; i++)
            catalog_entry_clear(&list[i]);
        free(list);
        list = NULL;
        count = 0;
    }
    *entries = list;
    *num_entries = count;
    return ok;
}

bool catalog_read_one(struct catalog *catalog, const char *name, struct catalog_entry *entry,
                      struct error *error)
{
    struct reading reading;
    *entry = (struct catalog_entry){.num_arrays = 0};
    bool ok = begin(&reading, catalog, error);
    if (ok) {
        sqlite3_bind_text(reading.statements[DATASET], 1, name, -1, SQLITE_STATIC);
        int step = next(&reading, DATASET);
        ok = step > 0 ? read_entry(&reading, entry)
                      : step == 0 && catalog_missing(catalog, name, error);
    }
    end(&reading);
    if (!ok)
        catalog_entry_clear(entry);
    return ok;
}
