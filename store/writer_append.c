// SPDX-License-Identifier: MIT
// Rows, runs, images and words on their way into columns.
#include "store/writer.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/size.h"
#include "base/text.h"
#include "store/reorder.h"
#include "store/writer_private.h"

enum {
    BUFFERS = 64 << 20,     // bytes that all columns of a split may buffer together
    LEAST_BUFFER = 4 << 10, // bytes of one
    MOST_BUFFER = 1 << 20,
    OFFSETS = 512, // that are appended at once
};

struct column *writer_column(const struct writer *writer, size_t split, size_t feature,
                             enum array_role role)
{
    size_t place = role_map_place(&writer->map, feature, role);
    return role_is_shared(role) ? &writer->shared[place] : &writer->columns[split][place];
}

static bool append(struct writer *writer, struct column *column, const void *rows, uint64_t count,
                   struct error *error)
{
    if (column_append(column, workspace_fd(writer->workspace), rows, count, writer->buffer_size,
                      error))
        return true;
    error_prefix(error, "data folder %s", folder_path(writer->folder));
    return false;
}

static void drop(struct column **columns, size_t count)
{
    for (size_t i = 0; *columns && i < count; i++)
        column_clear(&(*columns)[i]);
    free(*columns);
    *columns = NULL;
}

// Makes the columns of one split, or those that are one for all. Offsets begin with 0.
static struct column *make_columns(struct writer *writer, const char *split, struct error *error)
{
    const struct schema *schema = &writer->schema;
    size_t count = split ? writer->map.num_in_split : writer->map.num_shared;
    struct column *columns = calloc(count + 1, sizeof *columns), *next = columns;
    if (!columns) {
        error_memory(error);
        return NULL;
    }
    bool ok = true;
    for (size_t i = 0; i < schema->num_features; i++) {
        for (enum array_role role = 0; role < ARRAY_ROLES; role++) {
            if (!role_map_has(&writer->map, i, role) || role_is_shared(role) == (split != NULL))
                continue;
            column_init(next, split, &schema->features[i], role);
            if (role == ARRAY_OFFSETS || role == ARRAY_WORD_OFFSETS || role == ARRAY_FILE_OFFSETS)
                ok = ok && append(writer, next, &(int64_t){0}, 1, error);
            next++;
        }
    }
    if (ok)
        return columns;
    drop(&columns, count);
    return NULL;
}

bool writer_start(struct writer *writer, struct error *error)
{
    if (writer->shared)
        return true;
    role_map_free(&writer->map);
    free(writer->last_file);
    writer->last_file = calloc(writer->schema.num_features + 1, sizeof *writer->last_file);
    if (!writer->last_file)
        return error_memory(error);
    if (!role_map_init(&writer->map, &writer->schema, error))
        return false;
    size_t size = BUFFERS / (writer->map.num_in_split + writer->map.num_shared);
    writer->buffer_size = size < LEAST_BUFFER  ? LEAST_BUFFER
                          : size > MOST_BUFFER ? MOST_BUFFER
                                               : size;
    return (writer->shared = make_columns(writer, NULL, error));
}

bool writer_start_split(struct writer *writer, size_t split, struct error *error)
{
    const char *name = writer->schema.splits[split].name;
    if (writer->columns[split])
        return true;
    // Also before anything is written: one file would be the other's.
    if (!role_check_files(&writer->schema, error) || !writer_start(writer, error))
        return false;
    struct column *columns = make_columns(writer, name, error);
    if (!columns)
        return false;
    writer->columns[split] = columns;
    if (mkdirat(workspace_fd(writer->workspace), name, 0777) == 0)
        return true;
    drop(&writer->columns[split], writer->map.num_in_split);
    return error_system(error, "cannot make %s/%s/arrays/%s", folder_path(writer->folder),
                        workspace_path(writer->workspace), name);
}

// Room for the columns of one more feature in a split.
static bool add_columns(struct writer *writer, size_t split, const struct role_map *map,
                        struct error *error)
{
    const struct schema *schema = &writer->schema;
    size_t feature = schema->num_features - 1;
    struct column *columns =
        reallocarray(writer->columns[split], map->num_in_split + 1, sizeof *columns);
    if (!columns)
        return error_memory(error);
    writer->columns[split] = columns;
    for (enum array_role role = 0; role < ARRAY_ROLES; role++)
        if (role_map_has(map, feature, role))
            column_init(&columns[role_map_place(map, feature, role)], schema->splits[split].name,
                        &schema->features[feature], role);
    return true;
}

bool writer_start_late(struct writer *writer, struct error *error)
{
    size_t count = writer->schema.num_features;
    struct role_map map;
    char **last_file = reallocarray(writer->last_file, count + 1, sizeof *last_file);
    if (!last_file)
        return error_memory(error);
    last_file[count - 1] = last_file[count] = NULL;
    writer->last_file = last_file;
    bool ok =
        role_check_files(&writer->schema, error) && role_map_init(&map, &writer->schema, error);
    for (size_t split = 0; ok && split < writer->schema.num_splits; split++)
        ok = !writer->columns[split] || add_columns(writer, split, &map, error);
    if (!ok)
        return false; // the import cannot go on; the columns are those of the old map
    role_map_free(&writer->map);
    writer->map = map;
    return true;
}

void writer_drop_columns(struct writer *writer)
{
    for (size_t i = 0; writer->shared && i < writer->schema.num_features; i++)
        free(writer->last_file[i]);
    for (size_t split = 0; split < writer->schema.num_splits; split++)
        drop(&writer->columns[split], writer->map.num_in_split);
    drop(&writer->shared, writer->map.num_shared);
    free(writer->last_file);
    writer->last_file = NULL;
    role_map_free(&writer->map);
}

// Whether samples of that storage may be appended there; makes the split's columns.
static bool begin(struct writer *writer, int split, int feature, enum storage storage,
                  struct error *error)
{
    const struct schema *schema = &writer->schema;
    if (split < 0 || (size_t)split >= schema->num_splits || feature < 0 ||
        (size_t)feature >= schema->num_features)
        return error_set(error, ERROR_INTERNAL, "no split %d or no feature %d", split, feature);
    const struct feature *to = &schema->features[feature];
    if (to->storage != storage)
        return error_set(error, ERROR_INTERNAL, "feature \"%s\" is stored as %s, not as %s",
                         to->name, storage_name(to->storage), storage_name(storage));
    return writer_start_split(writer, (size_t)split, error);
}

// Notes how many samples there are, for whoever looks at the schema meanwhile.
static bool count_samples(struct writer *writer, int split, uint64_t count)
{
    struct split *to = &writer->schema.splits[split];
    if (count > to->num_samples)
        to->num_samples = count;
    return true;
}

bool writer_append(struct writer *writer, int split, int feature, const void *rows, uint64_t count,
                   struct error *error)
{
    if (!begin(writer, split, feature, STORAGE_ROWS, error))
        return false;
    struct column *column = writer_column(writer, (size_t)split, (size_t)feature, ARRAY_VALUES);
    return append(writer, column, rows, count, error) &&
           count_samples(writer, split, column->num_rows);
}

// Looks at one run; a text that is no UTF-8 or an id below 0 would trouble everybody later.
static bool check_run(const struct feature *feature, uint64_t sample, const void *values,
                      uint64_t count, struct error *error)
{
    if (feature->kind == FEATURE_TEXT && text_utf8_prefix(values, count) != count)
        return error_set(error, ERROR_INPUT, "feature \"%s\": sample %" PRIu64 " is no UTF-8",
                         feature->name, sample);
    for (uint64_t i = 0; feature->kind == FEATURE_TOKENS && i < count; i++) {
        long long id = dtype_integer(feature->dtype, values, i);
        if (id < 0)
            return error_set(error, ERROR_INPUT,
                             "feature \"%s\": sample %" PRIu64 " has the id %lld; ids are not "
                             "negative",
                             feature->name, sample, id);
    }
    return true;
}

static bool append_runs(struct writer *writer, int split, int number, const void *values,
                        const uint64_t *counts, uint64_t count, struct error *error)
{
    const struct feature *feature = &writer->schema.features[number];
    struct column *to = writer_column(writer, (size_t)split, (size_t)number, ARRAY_VALUES);
    struct column *offsets = writer_column(writer, (size_t)split, (size_t)number, ARRAY_OFFSETS);
    uint64_t sample = offsets->num_rows - 1, total = 0, end = to->num_rows;
    for (uint64_t i = 0; i < count; i++) {
        if (counts[i] > SIZE_MAX / to->row_bytes - total)
            return error_set(error, ERROR_LIMIT, "feature \"%s\": sample %" PRIu64 " is too long",
                             feature->name, sample + i);
        if (counts[i] > 0 &&
            !check_run(feature, sample + i, (const uint8_t *)values + total * to->row_bytes,
                       counts[i], error))
            return false;
        total += counts[i];
    }
    if (total > 0 && !append(writer, to, values, total, error))
        return false;
    int64_t ends[OFFSETS]; // none passes 2^63: the values fit into a file
    for (uint64_t i = 0; i < count;) {
        uint64_t used = 0;
        while (used < OFFSETS && i < count)
            ends[used++] = (int64_t)(end += counts[i++]);
        if (!append(writer, offsets, ends, used, error))
            return false;
    }
    return count_samples(writer, split, offsets->num_rows - 1);
}

bool writer_append_runs(struct writer *writer, int split, int feature, const void *values,
                        const uint64_t *counts, uint64_t count, struct error *error)
{
    if (!begin(writer, split, feature, STORAGE_RAGGED, error))
        return false;
    if (writer->schema.features[feature].kind == FEATURE_IMAGE)
        return error_set(error, ERROR_INTERNAL, "runs for \"%s\", whose images need their sizes",
                         writer->schema.features[feature].name);
    return append_runs(writer, split, feature, values, counts, count, error);
}

static bool check_image(const struct feature *feature, uint64_t bytes,
                        const struct image_size *shown, struct error *error)
{
    if (feature->kind != FEATURE_IMAGE)
        return error_set(error, ERROR_INTERNAL, "an image for \"%s\"", feature->name);
    if (bytes == 0 || bytes > SCHEMA_MAX_IMAGE)
        return error_set(error, ERROR_LIMIT,
                         "an image of %" PRIu64 " bytes for \"%s\"; it may have 1 to %d", bytes,
                         feature->name, SCHEMA_MAX_IMAGE);
    if (shown->height == 0 || shown->height > INT32_MAX || shown->width == 0 ||
        shown->width > INT32_MAX || shown->channels == 0 || shown->channels > 4)
        return error_set(error, ERROR_INPUT,
                         "an image of %" PRIu32 " x %" PRIu32 " pixels and %" PRIu32
                         " channels for \"%s\"",
                         shown->height, shown->width, shown->channels, feature->name);
    return true;
}

static bool append_size(struct writer *writer, int split, int feature,
                        const struct image_size *shown, struct error *error)
{
    struct column *column = writer_column(writer, (size_t)split, (size_t)feature, ARRAY_SIZES);
    int32_t row[] = {(int32_t)shown->height, (int32_t)shown->width, (int32_t)shown->channels};
    return append(writer, column, row, 1, error);
}

bool writer_append_image(struct writer *writer, int split, int feature, const void *bytes,
                         uint64_t size, const struct image_size *shown, struct error *error)
{
    return begin(writer, split, feature, STORAGE_RAGGED, error) &&
           check_image(&writer->schema.features[feature], size, shown, error) &&
           append_runs(writer, split, feature, bytes, &size, 1, error) &&
           append_size(writer, split, feature, shown, error);
}

static bool check_place(const struct image_place *place, struct error *error)
{
    uint64_t end;
    if (place->path[0] != '/' || strlen(place->path) >= PATH_MAX)
        return error_set(error, ERROR_INTERNAL, "\"%.200s\" is no absolute path", place->path);
    if (!size_add(place->offset, place->size, &end) || end > place->file_size ||
        place->file_size > INT64_MAX)
        return error_set(error, ERROR_INTERNAL, "%.400s: an image beyond the end of the file",
                         place->path);
    return true;
}

// Adds the file to the list, unless it is the last one there.
static bool append_file(struct writer *writer, int feature, const char *path, struct error *error)
{
    char **last = &writer->last_file[feature];
    if (*last && strcmp(*last, path) == 0)
        return true;
    struct column *files = writer_column(writer, 0, (size_t)feature, ARRAY_FILES);
    struct column *offsets = writer_column(writer, 0, (size_t)feature, ARRAY_FILE_OFFSETS);
    char *copy = strdup(path);
    if (!copy)
        return error_memory(error);
    free(*last);
    *last = copy;
    return append(writer, files, path, strlen(path), error) &&
           append(writer, offsets, &(int64_t){(int64_t)files->num_rows}, 1, error);
}

bool writer_append_place(struct writer *writer, int split, int feature,
                         const struct image_place *place, const struct image_size *shown,
                         struct error *error)
{
    if (!begin(writer, split, feature, STORAGE_IN_PLACE, error) ||
        !check_image(&writer->schema.features[feature], place->size, shown, error) ||
        !check_place(place, error) || !append_file(writer, feature, place->path, error))
        return false;
    size_t at = (size_t)split, of = (size_t)feature;
    struct column *places = writer_column(writer, at, of, ARRAY_PLACES);
    struct column *digests = writer_column(writer, at, of, ARRAY_DIGESTS);
    uint64_t num_files = writer_column(writer, 0, of, ARRAY_FILE_OFFSETS)->num_rows - 1;
    int64_t row[] = {(int64_t)num_files - 1, (int64_t)place->offset, (int64_t)place->size,
                     (int64_t)place->file_size, place->modified};
    return append(writer, places, row, 1, error) &&
           append(writer, digests, place->sha256, 1, error) &&
           append_size(writer, split, feature, shown, error) &&
           count_samples(writer, split, places->num_rows);
}

bool writer_reorder(struct writer *writer, int split, int feature, const uint64_t *order,
                    uint64_t count, struct error *error)
{
    size_t at = (size_t)split, of = (size_t)feature, size = writer->buffer_size;
    int dir = workspace_fd(writer->workspace);
    if (!begin(writer, split, feature, writer->schema.features[feature].storage, error))
        return false;
    bool good = true;
    for (enum array_role role = 0; good && role < ARRAY_ROLES; role++) {
        if (!role_map_has(&writer->map, of, role) || role_is_shared(role) ||
            role == ARRAY_BY_CLASS || role == ARRAY_OFFSETS)
            continue;
        struct column *column = writer_column(writer, at, of, role);
        bool has_runs = role == ARRAY_VALUES && role_map_has(&writer->map, of, ARRAY_OFFSETS);
        struct column *offsets = has_runs ? writer_column(writer, at, of, ARRAY_OFFSETS) : NULL;
        if ((offsets ? offsets->num_rows - 1 : column->num_rows) != count)
            return error_set(error, ERROR_INTERNAL, "%s has not %" PRIu64 " samples to reorder",
                             column->file, count);
        good = offsets ? reorder_runs(column, offsets, dir, order, size, error)
                       : reorder_rows(column, dir, order, size, error);
    }
    if (!good)
        error_prefix(error, "data folder %s", folder_path(writer->folder));
    return good;
}

bool writer_word(struct writer *writer, int feature, const char *word, size_t size,
                 struct error *error)
{
    struct schema *schema = &writer->schema;
    if (feature < 0 || (size_t)feature >= schema->num_features ||
        schema->features[feature].kind != FEATURE_TOKENS)
        return error_set(error, ERROR_INTERNAL, "feature %d has no words", feature);
    struct feature *of = &schema->features[feature];
    if (of->num_words == SCHEMA_MAX_WORDS)
        return error_set(error, ERROR_LIMIT, "feature \"%s\" has more than %d words", of->name,
                         SCHEMA_MAX_WORDS);
    if (text_utf8_prefix(word, size) != size)
        return error_set(error, ERROR_INPUT, "feature \"%s\": word %" PRIu64 " is no UTF-8",
                         of->name, of->num_words + 1);
    if (!writer_start(writer, error))
        return false;
    struct column *words = writer_column(writer, 0, (size_t)feature, ARRAY_WORDS);
    struct column *offsets = writer_column(writer, 0, (size_t)feature, ARRAY_WORD_OFFSETS);
    if ((size > 0 && !append(writer, words, word, size, error)) ||
        !append(writer, offsets, &(int64_t){(int64_t)words->num_rows}, 1, error))
        return false;
    of->num_words++;
    return true;
}
