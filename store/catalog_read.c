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

enum table { DATASET, WARNING, SOURCE, SPLIT, FEATURE, CLASS, CLASS_COUNT, ARRAY, NUM_TABLES };

static const char *const QUERIES[NUM_TABLES] = {
    [DATASET] = "SELECT id, name, revision, created, title, description, license, citation,"
                " homepage, task FROM dataset WHERE ?1 IS NULL OR name = ?1 ORDER BY name",
    [WARNING] = "SELECT text FROM warning WHERE dataset = ?1 ORDER BY number",
    [SOURCE] = "SELECT file, bytes, sha256 FROM source WHERE dataset = ?1 ORDER BY number",
    [SPLIT] =
        "SELECT number, name, num_samples, bytes FROM split WHERE dataset = ?1 ORDER BY number",
    [FEATURE] = "SELECT number, name, kind, dtype, shape, white, target, ifnull(parent, -1)"
                " FROM feature WHERE dataset = ?1 ORDER BY number",
    [CLASS] = "SELECT feature, number, name, ifnull(parent, -1) FROM class WHERE dataset = ?1"
              " ORDER BY feature, number",
    [CLASS_COUNT] = "SELECT split, feature, class, samples FROM class_count WHERE dataset = ?1",
    [ARRAY] = "SELECT split, feature, role, bytes, sha256 FROM array WHERE dataset = ?1"
              " ORDER BY split, feature, role DESC",
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
    if (catalog->immutable && !catalog_reopen(catalog, error))
        return false;
    for (int i = 0; i < NUM_TABLES; i++)
        if (!(reading->statements[i] = catalog_prepare(catalog, QUERIES[i], error)))
            return false;
    return catalog_run(catalog, "BEGIN", error);
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
        bool memory = feature->name && kind && dtype && shape;
        bool ok = memory && feature_kind_from_name(kind, &feature->kind) &&
                  dtype_from_name(dtype, &feature->dtype) && parse_shape(shape, feature);
        free(kind);
        free(dtype);
        free(shape);
        if (!ok)
            return memory ? damaged(reading, entry, "a feature makes no sense")
                          : error_memory(reading->error);
        feature->white = sqlite3_column_double(row, 5);
        feature->target = sqlite3_column_int(row, 6) != 0;
        feature->parent = sqlite3_column_int(row, 7);
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

static bool read_arrays(struct reading *reading, struct catalog_entry *entry)
{
    const struct schema *schema = &entry->schema;
    sqlite3_stmt *row = reading->statements[ARRAY];
    int step;
    while ((step = next(reading, ARRAY)) > 0) {
        struct catalog_array *array = ADD(reading, entry->arrays, entry->num_arrays);
        if (!array)
            return false;
        const char *role = (const char *)sqlite3_column_text(row, 2);
        array->split = sqlite3_column_int(row, 0);
        array->feature = sqlite3_column_int(row, 1);
        array->role = role && strcmp(role, "by_class") == 0 ? ARRAY_BY_CLASS : ARRAY_VALUES;
        array->bytes = (uint64_t)sqlite3_column_int64(row, 3);
        hash(row, 4, array->sha256);
        if (array->split < 0 || (size_t)array->split >= schema->num_splits || array->feature < 0 ||
            (size_t)array->feature >= schema->num_features)
            return damaged(reading, entry, "an array is of no feature");
    }
    return step == 0;
}

// Whether there is exactly the array that the schema asks for at that place, of the size that it
// must have. They come in the order split, feature, values before by_class.
static bool array_fits(const struct catalog_entry *entry, size_t place, size_t split,
                       size_t feature, enum array_role role)
{
    const struct catalog_array *array = &entry->arrays[place];
    const struct feature *of = &entry->schema.features[feature];
    uint64_t unit = role == ARRAY_VALUES ? feature_row_bytes(of) : sizeof(int64_t);
    uint64_t bytes;
    return place < entry->num_arrays && array->split == (int)split &&
           array->feature == (int)feature && array->role == role &&
           size_mul(entry->schema.splits[split].num_samples, unit, &bytes) &&
           size_add(bytes, NPY_HEADER, &bytes) && bytes <= INT64_MAX && array->bytes == bytes;
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
    size_t place = 0;
    for (size_t split = 0; split < schema->num_splits; split++) {
        for (size_t feature = 0; feature < schema->num_features; feature++) {
            if (!array_fits(entry, place++, split, feature, ARRAY_VALUES))
                return damaged(reading, entry, "an array is missing or has another size");
            const uint64_t *counts = entry->class_counts[split * schema->num_features + feature];
            if (!counts)
                continue;
            if (!array_fits(entry, place++, split, feature, ARRAY_BY_CLASS))
                return damaged(reading, entry, "a class index is missing or has another size");
            uint64_t sum = 0;
            for (size_t i = 0; i < schema->features[feature].num_classes; i++)
                if (!size_add(sum, counts[i], &sum))
                    return damaged(reading, entry, "its class counts make no sense");
            if (sum != schema->splits[split].num_samples)
                return damaged(reading, entry, "its class counts do not add up");
        }
    }
    return place == entry->num_arrays || damaged(reading, entry, "there are too many arrays");
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
    for (int i = DATASET + 1; i < NUM_TABLES; i++) {
        sqlite3_reset(reading->statements[i]);
        sqlite3_bind_int64(reading->statements[i], 1, id);
    }
    return read_warnings(reading, entry) && read_sources(reading, entry) &&
           read_splits(reading, entry) && read_features(reading, entry) &&
           read_classes(reading, entry) && read_counts(reading, entry) &&
           read_arrays(reading, entry) && check(reading, entry);
}

void catalog_entry_clear(struct catalog_entry *entry)
{
    for (size_t i = 0; i < entry->num_columns; i++)
        free(entry->class_counts[i]);
    free(entry->class_counts);
    free(entry->arrays);
    schema_clear(&entry->schema);
    *entry = (struct catalog_entry){.num_arrays = 0};
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
